"""What a pane has drawn, kept, so that only what changed is drawn again."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QImage, QPainter, QRegion

from segstudio.raster.window import Window
from segstudio.ui.canvas.projection import Projection

Compose = Callable[[QPainter, Projection, QRect], None]
# so many rectangles are composed one by one; beyond, one walk over the tiles of all is cheaper
_FEW = 4


class Frame:
    """A picture of a pane's tiles in device pixels, without pointer, titles and other small things.

    After a pan the picture is shifted and only the strips that came into view are composed; after a dab, only
    its rectangle. A pointer that moves composes nothing.
    """

    def __init__(self) -> None:
        self._image = QImage()
        self._spare = QImage()
        self._projection: Projection | None = None
        self._stale = QRegion()
        self.composed_px = 0  # device pixels composed since the beginning, for tests and figures

    def invalidate(self, *windows: Window) -> QRegion:
        """Let windows, or without any everything, be composed again; gives the device pixels they cover."""
        if self._projection is None:
            return QRegion()
        area = QRegion(self._projection.device_area)
        if windows:
            # one pixel more: smoothing carries a change over the rim
            rects = (self._projection.device_rect(window).adjusted(-1, -1, 1, 1) for window in windows)
            area &= _together(rects)
        self._stale += area
        return area

    def invalidate_rect(self, rect: QRect) -> None:
        """Let a rectangle of device pixels be composed again."""
        if self._projection is not None:
            self._stale += rect & self._projection.device_area

    def show(self, projection: Projection, compose: Compose) -> QImage:
        """The picture for this projection, after composing what is missing in it."""
        self._image.setDevicePixelRatio(1)
        self._move_to(projection)
        if not self._stale.isEmpty():
            self._compose(projection, compose)
        self._image.setDevicePixelRatio(projection.ratio)
        return self._image

    def _compose(self, projection: Projection, compose: Compose) -> None:
        stale, self._stale = self._stale, QRegion()
        painter = QPainter(self._image)
        for rect in _few(stale):
            painter.setClipRect(rect)
            compose(painter, projection, rect)
            self.composed_px += rect.width() * rect.height()
        painter.end()

    def _move_to(self, projection: Projection) -> None:
        shift = projection.shift_from(self._projection) if self._projection else None
        area = projection.device_area
        if shift is None or abs(shift[0]) >= area.width() or abs(shift[1]) >= area.height():
            if self._image.size() != area.size():
                self._image = QImage(area.size().expandedTo(QSize(1, 1)), QImage.Format.Format_RGB32)
            self._stale = QRegion(area)
        elif shift != (0, 0):
            self._scroll(*shift)
            self._stale.translate(*shift)
            self._stale = (self._stale & area) + (QRegion(area) - QRegion(area.translated(*shift)))
        self._projection = projection

    def _scroll(self, dx: int, dy: int) -> None:
        """Shift the picture by painting it into a second one: Qt has no scroll for images."""
        if self._spare.size() != self._image.size():
            self._spare = QImage(self._image.size(), self._image.format())
        self._spare.setDevicePixelRatio(1)
        painter = QPainter(self._spare)
        painter.drawImage(QPoint(dx, dy), self._image)
        painter.end()
        self._image, self._spare = self._spare, self._image


def _few(region: QRegion) -> list[QRect]:
    rects = [QRect(rect) for rect in region]  # type: ignore[attr-defined]  # missing in the stubs only
    return rects if len(rects) <= _FEW else [region.boundingRect()]


def _together(rects: Iterable[QRect]) -> QRegion:
    region = QRegion()
    for rect in rects:
        region += rect
    return region
