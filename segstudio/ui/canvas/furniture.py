"""The few words and marks that stand over a pane: its name, the scale bar, the depth colours, a sentence."""

from dataclasses import dataclass

from PySide6.QtCore import QLocale, QRectF
from PySide6.QtGui import QColor, QPainter

from segstudio.ui.canvas.divider import Divider
from segstudio.ui.canvas.overlay_colours import depth_table
from segstudio.ui.canvas.plates import draw_legend, draw_middle, draw_title
from segstudio.ui.canvas.projection import Projection
from segstudio.ui.canvas.scale_bar import draw_scale_bar, scale_bar

_RAMP_COLOURS = 9
_NARROW_PX = 260


@dataclass(slots=True)
class Furniture:
    """What a pane shows besides the scene; an empty word or None leaves it out."""

    title: str = ""
    title_right: str = ""  # beside the divider
    message: str = ""  # in the middle
    has_scale_bar: bool = False
    pixel_size_m: float | None = None
    depth_range: tuple[float, float] | None = None

    def paint(self, painter: QPainter, pane: QRectF, projection: Projection, divider: Divider | None) -> None:
        """Draw it all."""
        font = painter.font()
        if self.message:
            draw_middle(painter, pane, self.message)
        if self.title:
            draw_title(painter, self.title)
        painter.setFont(font)
        if self.title_right and divider is not None:
            draw_title(painter, self.title_right, right_of=divider.x(pane.width()))
        painter.setFont(font)
        if self.has_scale_bar and pane.width() > _NARROW_PX:
            self._paint_scale_bar(painter, pane, projection)
        painter.setFont(font)
        if self.depth_range is not None and pane.width() > _NARROW_PX:
            low, high = (_value(edge, self.depth_range) for edge in self.depth_range)
            draw_legend(painter, pane, _ramp(), low, high)

    def _paint_scale_bar(self, painter: QPainter, pane: QRectF, projection: Projection) -> None:
        per_pixel = projection.scale / projection.ratio
        size = self.pixel_size_m
        bar = scale_bar(per_pixel / size if size else per_pixel, metres=bool(size))
        draw_scale_bar(painter, pane, bar, projection.scale)


def _value(value: float, depth_range: tuple[float, float]) -> str:
    span = abs(depth_range[1] - depth_range[0])
    return QLocale().toString(value, "f", 0 if span >= 20 else 1 if span >= 2 else 2)


def _ramp() -> list[QColor]:
    table = depth_table()
    return [QColor(int(table[1 + 254 * step // (_RAMP_COLOURS - 1)])) for step in range(_RAMP_COLOURS)]
