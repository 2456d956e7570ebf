"""Small dark plates that carry a few words over any image."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QLinearGradient, QPainter

HEIGHT_PX = 22.0
INSET_PX = 8.0
MARGIN_PX = 10.0
_RADIUS_PX = 5.0
_GROUND = QColor(14, 15, 17, 178)
_TEXT = QColor(255, 255, 255, 235)
_DIM = QColor(255, 255, 255, 150)


def plate_font(font: QFont) -> QFont:
    """The font of plates: a little smaller than that of the panels."""
    small = QFont(font)
    small.setPointSizeF(max(7.5, font.pointSizeF() * 0.92))
    return small


def draw_plate(painter: QPainter, rect: QRectF) -> None:
    """The ground of a plate."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GROUND)
    painter.drawRoundedRect(rect, _RADIUS_PX, _RADIUS_PX)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def plate_text(painter: QPainter, rect: QRectF, text: str, *, dim: bool = False) -> None:
    """Words on a plate, from the left, in the middle of its height."""
    painter.setPen(_DIM if dim else _TEXT)
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def draw_title(painter: QPainter, text: str, right_of: float | None = None) -> None:
    """The name of a pane in its upper left corner, or beside a line at `right_of`."""
    painter.setFont(plate_font(painter.font()))
    width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 2 * INSET_PX
    left = MARGIN_PX if right_of is None else right_of + MARGIN_PX
    plate = QRectF(left, MARGIN_PX, width, HEIGHT_PX)
    draw_plate(painter, plate)
    plate_text(painter, plate.adjusted(INSET_PX, 0, 0, 0), text)


def draw_middle(painter: QPainter, pane: QRectF, text: str) -> None:
    """A sentence in the middle of a pane that has nothing to show."""
    painter.setPen(_DIM)
    painter.drawText(
        pane.adjusted(24, 24, -24, -24), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text
    )


def draw_legend(painter: QPainter, pane: QRectF, ramp: list[QColor], low: str, high: str) -> None:
    """A colour ramp with its two ends in the lower right corner."""
    painter.setFont(plate_font(painter.font()))
    metrics = QFontMetricsF(painter.font())
    widths = metrics.horizontalAdvance(low), metrics.horizontalAdvance(high)
    length = 96.0
    width = length + sum(widths) + 4 * INSET_PX
    plate = QRectF(pane.right() - MARGIN_PX - width, pane.bottom() - MARGIN_PX - HEIGHT_PX, width, HEIGHT_PX)
    draw_plate(painter, plate)
    plate_text(painter, plate.adjusted(INSET_PX, 0, 0, 0), low)
    bar = QRectF(plate.left() + widths[0] + 2 * INSET_PX, plate.center().y() - 4, length, 8)
    _draw_ramp(painter, bar, ramp)
    plate_text(painter, plate.adjusted(bar.right() + INSET_PX - plate.left(), 0, 0, 0), high)


def _draw_ramp(painter: QPainter, bar: QRectF, ramp: list[QColor]) -> None:
    gradient = QLinearGradient(QPointF(bar.left(), 0), QPointF(bar.right(), 0))
    for index, colour in enumerate(ramp):
        gradient.setColorAt(index / max(1, len(ramp) - 1), colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(gradient)
    painter.drawRoundedRect(bar, 2, 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
