"""The line between image and mask in the swipe view."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from segstudio.ui.canvas.strokes import DARK, LIGHT

_REACH_PX = 7.0
_EDGE = 0.02
_KNOB_PX = 13.0


class Divider:
    """Stands at a share of the pane's width, whatever the width is."""

    def __init__(self, share: float = 0.5) -> None:
        self.share = share
        self.is_held = False

    def x(self, width: float) -> float:
        """Its place in a pane of this width (logical pixels)."""
        return round(self.share * width)

    def is_hit(self, x: float, width: float) -> bool:
        """Whether a place is near enough to take hold of it."""
        return abs(x - self.x(width)) <= _REACH_PX

    def hold_at(self, x: float, width: float) -> None:
        """Drag it to a place; it never leaves the pane."""
        self.is_held = True
        self.share = max(_EDGE, min(1 - _EDGE, x / max(1.0, width)))

    def paint(self, painter: QPainter, pane: QRectF) -> None:
        """Draw the line and a knob that invites to drag it."""
        x = self.x(pane.width())
        middle = QPointF(x, pane.center().y())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(x - 1.5, 0, 3, pane.height()), DARK)
        painter.fillRect(QRectF(x - 0.5, 0, 1, pane.height()), LIGHT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(DARK, 1.2))
        painter.setBrush(LIGHT)
        painter.drawEllipse(middle, _KNOB_PX, _KNOB_PX)
        painter.setPen(QPen(Qt.GlobalColor.black, 1.8, c=Qt.PenCapStyle.RoundCap))
        for way in (-1, 1):
            tip = middle + QPointF(way * 7, 0)
            painter.drawLine(tip, tip + QPointF(-way * 3.5, -3.5))
            painter.drawLine(tip, tip + QPointF(-way * 3.5, 3.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
