"""Lines and outlines that are seen on any ground: light on dark."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

DARK = QColor(0, 0, 0, 170)
LIGHT = QColor(255, 255, 255, 245)
_TINT_ALPHA = 70
DASH = [5.0, 4.0]


def two_tone(width: float = 1.4, *, dashed: bool = False) -> tuple[QPen, QPen]:
    """A dark pen and a light one to be drawn over it."""
    under, over = QPen(DARK, width + 1.8), QPen(LIGHT, width)
    for pen in (under, over):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if dashed else Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashed:
        over.setDashPattern([part / width for part in DASH])
    return under, over


def draw_line(painter: QPainter, line: QPolygonF, *, dashed: bool = False) -> None:
    """A line through points, visible on any ground."""
    for pen in two_tone(dashed=dashed):
        painter.setPen(pen)
        painter.drawPolyline(line)


def draw_vertex(painter: QPainter, point: QPointF, *, large: bool = False) -> None:
    """A corner that can be seen and hit."""
    radius = 6.0 if large else 3.4
    painter.setPen(QPen(DARK, 1.4))
    painter.setBrush(LIGHT)
    painter.drawEllipse(point, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_tint(painter: QPainter, shape: QPolygonF, colour: QColor) -> None:
    """What a shape would fill, in the colour of its class."""
    tint = QColor(colour)
    tint.setAlpha(_TINT_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint)
    painter.drawPolygon(shape)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_frame(painter: QPainter, rect: QRectF, *, dashed: bool = False) -> None:
    """A rectangle, visible on any ground."""
    corners = (rect.topLeft(), rect.topRight(), rect.bottomRight(), rect.bottomLeft(), rect.topLeft())
    draw_line(painter, QPolygonF([QPointF(corner) for corner in corners]), dashed=dashed)
