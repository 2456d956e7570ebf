"""The brush outline under the pointer."""

import math

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from segstudio.ui.canvas.projection import Projection
from segstudio.ui.canvas.strokes import DARK, DASH, LIGHT, two_tone

# below this radius on screen the outline is too small to aim with, and a cross helps
SMALL_PX = 4.0
_CROSS_PX = 9.0
# a second ring in the colour of the class says what would be painted
_RING_PX = 1.8
_RING_FROM_PX = 8.0
_LINE_PX = 1.3
_MARGIN_PX = 4


class BrushOutline:
    """Where the outline was drawn last, so that only old and new place are painted again."""

    def __init__(self) -> None:
        self._drawn = QRect()

    def move(self, projection: Projection, spot: tuple[float, float] | None, radius_px: float) -> QRect:
        """Remember the new place; gives the rectangle (logical pixels) to paint again."""
        old, self._drawn = self._drawn, QRect()
        if spot is not None:
            middle, radius = _circle(projection, spot, radius_px)
            reach = max(radius, _CROSS_PX) + _MARGIN_PX
            around = QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)
            self._drawn = around.toAlignedRect()
        return old.united(self._drawn)


def draw_brush_outline(
    painter: QPainter,
    projection: Projection,
    spot: tuple[float, float],
    radius_px: float,
    colour: QColor | None,
) -> None:
    """Draw the circle that the brush covers; `colour` is that of the class, None for the eraser."""
    middle, radius = _circle(projection, spot, radius_px)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ratio = projection.ratio
    _draw_rim(painter, middle, radius, QPen(DARK, _LINE_PX + 1.8), ratio)
    _draw_rim(painter, middle, radius, QPen(LIGHT, _LINE_PX), ratio, dashed=colour is None)
    if radius < SMALL_PX:
        _draw_cross(painter, middle, radius)
    elif colour is not None and radius >= _RING_FROM_PX:
        _draw_rim(painter, middle, radius - _RING_PX, QPen(colour, _RING_PX), ratio)


def _draw_rim(
    painter: QPainter, middle: QPointF, radius: float, pen: QPen, ratio: float, *, dashed: bool = False
) -> None:
    """A circle as thick as its pen, drawn as hairlines a device pixel apart.

    A thick pen walks through every row of the circle: at a radius of 256 pixels that takes twenty times as
    long, and the outline is drawn whenever the pointer moves.
    """
    count = max(1, math.ceil(pen.widthF() * ratio))
    inner = radius - (pen.widthF() - 1 / ratio) / 2
    step = (pen.widthF() - 1 / ratio) / max(1, count - 1)
    hairline = QPen(pen.color(), 0)
    if dashed:
        hairline.setDashPattern([part * ratio for part in DASH])
    painter.setPen(hairline)
    for number in range(count):
        painter.drawEllipse(middle, inner + number * step, inner + number * step)


def _draw_cross(painter: QPainter, middle: QPointF, radius: float) -> None:
    """Four ticks around a circle that is too small to be found."""
    near, far = radius + 3, _CROSS_PX
    for pen in two_tone(1.1):
        painter.setPen(pen)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(middle + QPointF(dx * near, dy * near), middle + QPointF(dx * far, dy * far))


def _circle(projection: Projection, spot: tuple[float, float], radius_px: float) -> tuple[QPointF, float]:
    """Where the brush really paints: around the middle of the pixel under the pointer, rim included."""
    middle = projection.to_pane(math.floor(spot[0]) + 0.5, math.floor(spot[1]) + 0.5)
    return middle, (max(0.0, radius_px) + 0.5) * projection.scale / projection.ratio
