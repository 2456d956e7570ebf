"""Where image pixels lie in one pane at one moment."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF

from segstudio.raster.window import Window


@dataclass(frozen=True, slots=True)
class Projection:
    """Maps image pixels to a pane and back.

    The image is thought of as enlarged by `scale` to whole device pixels, and `origin_x`, `origin_y` is the
    pane's top left corner in it. Since the origin is whole, a pan moves every device pixel by the same whole
    distance: what is drawn can be shifted instead of drawn anew, and 100 % is exact.
    """

    scale: float  # device pixels per image pixel
    origin_x: int
    origin_y: int
    width: int  # of the pane, device pixels
    height: int
    ratio: float = 1.0  # device pixels per logical pixel

    def to_image(self, point: QPointF) -> tuple[float, float]:
        """Column and row under a point of the pane (logical pixels)."""
        return (
            (point.x() * self.ratio + self.origin_x) / self.scale,
            (point.y() * self.ratio + self.origin_y) / self.scale,
        )

    def to_pane(self, col: float, row: float) -> QPointF:
        """The point of the pane (logical pixels) where a column and row lie."""
        return QPointF(
            (col * self.scale - self.origin_x) / self.ratio, (row * self.scale - self.origin_y) / self.ratio
        )

    def device_rect(self, window: Window) -> QRect:
        """The device pixels a window covers; neighbouring windows meet without gap or overlap."""
        return self.device_span(window.col_off, window.row_off, window.col_end, window.row_end)

    def device_span(self, col: int, row: int, col_end: int, row_end: int) -> QRect:
        """The same from four edges, for those who ask for hundreds."""
        scale, floor = self.scale, math.floor
        left, top = floor(col * scale + 0.5), floor(row * scale + 0.5)
        right, bottom = floor(col_end * scale + 0.5), floor(row_end * scale + 0.5)
        return QRect(left - self.origin_x, top - self.origin_y, right - left, bottom - top)

    def pane_rect(self, window: Window) -> QRectF:
        """The rectangle of a window in logical pixels."""
        return QRectF(
            self.to_pane(window.col_off, window.row_off), self.to_pane(window.col_end, window.row_end)
        )

    def window_of(self, rect: QRect) -> Window:
        """The image pixels that a rectangle of device pixels shows, cut ones included."""
        return Window.from_bounds(
            math.floor((rect.left() + self.origin_x) / self.scale),
            math.floor((rect.top() + self.origin_y) / self.scale),
            math.ceil((rect.left() + rect.width() + self.origin_x) / self.scale),
            math.ceil((rect.top() + rect.height() + self.origin_y) / self.scale),
        )

    @property
    def device_area(self) -> QRect:
        """The whole pane in device pixels."""
        return QRect(0, 0, self.width, self.height)

    @property
    def window(self) -> Window:
        """The image pixels on screen; may reach beyond the image."""
        return self.window_of(self.device_area)

    @property
    def is_crisp(self) -> bool:
        """Whether pixels are shown as squares: so large that smoothing would hide what is measured."""
        return self.scale >= 3

    def shift_from(self, other: "Projection") -> tuple[int, int] | None:
        """Device pixels by which everything moved since `other`; None if more than the place changed."""
        same = (self.scale, self.width, self.height, self.ratio)
        if same != (other.scale, other.width, other.height, other.ratio):
            return None
        return other.origin_x - self.origin_x, other.origin_y - self.origin_y


def whole(value: float) -> int:
    """The nearest whole number; halves always go up, so that a shift by whole pixels stays one."""
    return math.floor(value + 0.5)
