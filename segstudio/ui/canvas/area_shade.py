"""The area of interest: clear inside, dimmed outside."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QRegion

from segstudio.ui.canvas.strokes import draw_frame

_SHADE = QColor(0, 0, 0, 90)


def draw_area(painter: QPainter, pane: QRectF, area: QRectF) -> None:
    """Dim what lies outside the area and draw its rim."""
    inside = area.toAlignedRect()
    for rect in QRegion(pane.toAlignedRect()) - QRegion(inside):  # type: ignore[attr-defined]
        painter.fillRect(rect, _SHADE)
    draw_frame(painter, QRectF(inside), dashed=True)
