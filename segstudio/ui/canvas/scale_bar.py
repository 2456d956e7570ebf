"""The scale bar: a round length and how long it is on screen."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from segstudio.ui.canvas.plates import HEIGHT_PX, INSET_PX, MARGIN_PX, draw_plate, plate_font, plate_text

LONGEST_PX = 120.0
_STEPS = (5, 2, 1)


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A length of 1, 2 or 5 times a power of ten, its name, and its size on screen (logical pixels)."""

    text: str
    length_px: float


def scale_bar(pixels_per_unit: float, *, metres: bool, longest_px: float = LONGEST_PX) -> ScaleBar:
    """The longest round length that fits; `pixels_per_unit` is logical pixels per metre or image pixel."""
    limit = longest_px / pixels_per_unit
    power = 10.0 ** math.floor(math.log10(limit))
    length = next((step * power for step in _STEPS if step * power <= limit), power)
    if not metres:
        # there is nothing shorter than a pixel
        length = max(1.0, length)
    return ScaleBar(_named(length, metres=metres), length * pixels_per_unit)


def draw_scale_bar(painter: QPainter, pane: QRectF, bar: ScaleBar, zoom: float) -> QRectF:
    """Draw the bar in the lower left corner with the zoom beside it; gives the room it takes."""
    painter.setFont(plate_font(painter.font()))
    metrics = QFontMetricsF(painter.font())
    percent = zoom_text(zoom)
    widths = bar.length_px, metrics.horizontalAdvance(bar.text), metrics.horizontalAdvance(percent)
    plate = QRectF(MARGIN_PX, pane.height() - MARGIN_PX - HEIGHT_PX, sum(widths) + 4 * INSET_PX, HEIGHT_PX)
    draw_plate(painter, plate)
    left = QPointF(plate.left() + INSET_PX, plate.center().y() + 3)
    _draw_ruler(painter, left, bar.length_px)
    text = plate.adjusted(bar.length_px + 2 * INSET_PX, 0, 0, 0)
    plate_text(painter, text, bar.text)
    plate_text(painter, text.adjusted(widths[1] + INSET_PX, 0, 0, 0), percent, dim=True)
    return plate


def zoom_text(scale: float) -> str:
    """Device pixels per image pixel in per cent."""
    percent = scale * 100
    digits = 0 if percent >= 10 else 1 if percent >= 1 else 2
    return f"{QLocale().toString(percent, 'f', digits)} %"


def _draw_ruler(painter: QPainter, left: QPointF, length: float) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(Qt.GlobalColor.white, 1.4))
    right = left + QPointF(length, 0)
    for start, end in ((left, right), (left, left - QPointF(0, 5)), (right, right - QPointF(0, 5))):
        painter.drawLine(start, end)


def _named(length: float, *, metres: bool) -> str:
    if not metres:
        return QCoreApplication.translate("ScaleBar", "{count} px").format(count=_number(length))
    for unit, size in (("km", 1000.0), ("m", 1.0), ("cm", 0.01)):
        if length >= size * 0.999:
            return f"{_number(length / size)} {unit}"
    return f"{_number(length / 0.001)} mm"


def _number(value: float) -> str:
    return QLocale().toString(value, "f", 0 if value >= 0.999 else 2)
