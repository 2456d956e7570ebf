"""Where one looks: shared by all panes, so that they pan and zoom together."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QObject, QPointF, QSize, QSizeF, Qt, QTimer, Signal

from segstudio.raster.window import Window
from segstudio.ui.canvas.projection import Projection, whole

MAX_SCALE = 64.0
# zoomed out to a third of the fitting size at most: further away nothing can be seen any more
SMALLEST_SHARE_OF_FIT = 1 / 3
FIT_MARGIN = 0.96
ZOOM_DURATION_MS = 130
FRAME_MS = 12
# so much of the image (device pixels) always stays in reach while panning
REACH_PX = 64


@dataclass(frozen=True, slots=True)
class _Motion:
    """A zoom under way: the image point `anchor` stays at `offset` from the middle of the pane."""

    anchor: tuple[float, float]
    offset: tuple[float, float]  # device pixels
    start: float
    target: float

    def scale_at(self, share: float) -> float:
        eased = 1 - (1 - share) ** 3
        return self.start * math.pow(self.target / self.start, eased)


class Viewport(QObject):
    """Centre (image pixels) and scale (device pixels per image pixel) of the view.

    The scale stays within its limits, and some of the image stays in reach. Offsets from the middle of a pane
    are logical pixels, as mouse events give them.
    """

    changed = Signal()
    settled = Signal()  # a zoom has come to rest

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.animated = True
        self.centre = (0.0, 0.0)
        self.scale = 1.0
        self.ratio = 1.0
        self._image = QSize(0, 0)
        self._pane = QSizeF(1, 1)
        self._is_fitted = True
        self._motion: _Motion | None = None
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._advance)

    # ---- what is looked at ---------------------------------------------------------------------------------

    def set_image(self, width: int, height: int) -> None:
        """Look at another image, all of it."""
        self._image = QSize(width, height)
        self.fit()

    def set_pane(self, size: QSizeF, ratio: float) -> None:
        """Tell the size of a pane (logical pixels); a view that fitted is fitted again."""
        if size == self._pane and ratio == self.ratio:
            return
        self.scale *= ratio / self.ratio
        self._pane, self.ratio = size, ratio
        if self._is_fitted:
            self.fit()
        else:
            self._place(self.centre, self.scale)

    def projection(self, size: QSize) -> Projection:
        """The view as a pane of this size (logical pixels) shows it now."""
        return self._projection(self.centre, self.scale, size)

    def coming_projection(self, size: QSize) -> Projection:
        """The view as it will be when the zoom under way has come to rest: what is worth reading."""
        if self._motion is None:
            return self.projection(size)
        return self._projection(self._centre_at(self._motion.target), self._motion.target, size)

    @property
    def coming_scale(self) -> float:
        """The scale when the zoom under way has come to rest."""
        return self._motion.target if self._motion else self.scale

    @property
    def fit_scale(self) -> float:
        """The scale at which the whole image just fits."""
        width, height = max(1, self._image.width()), max(1, self._image.height())
        room = min(self._pane.width() / width, self._pane.height() / height) * self.ratio
        return max(1e-9, min(MAX_SCALE, room * FIT_MARGIN))

    @property
    def min_scale(self) -> float:
        """The smallest scale allowed."""
        return min(1.0, self.fit_scale * SMALLEST_SHARE_OF_FIT)

    @property
    def is_moving(self) -> bool:
        """Whether a zoom is under way."""
        return self._motion is not None

    # ---- moving --------------------------------------------------------------------------------------------

    def pan_by(self, dx: float, dy: float) -> None:
        """Move what is shown by so many logical pixels."""
        self._stop()
        step = self.ratio / self.scale
        self._is_fitted = False
        self._place((self.centre[0] - dx * step, self.centre[1] - dy * step), self.scale)

    def pan_by_share(self, across: float, down: float) -> None:
        """Move what is shown by a share of the pane."""
        self.pan_by(round(self._pane.width() * across), round(self._pane.height() * down))

    def zoom_at(self, factor: float, offset: QPointF, *, animated: bool = False) -> None:
        """Zoom so that the image point at `offset` from the middle stays where it is."""
        begun = self._motion.target if self._motion else self.scale
        target = self.limited(begun * factor)
        anchor = self._nearest_in_image(offset)
        at = self._offset_of(anchor)
        self._is_fitted = False
        self._motion = _Motion(anchor, at, self.scale, target)
        if animated and self.animated and not math.isclose(target, self.scale):
            self._clock.start()
            self._timer.start()
        else:
            self._finish()

    def zoom_by(self, factor: float) -> None:
        """Zoom about the middle."""
        self.zoom_at(factor, QPointF(0, 0), animated=True)

    def set_scale(self, scale: float) -> None:
        """Zoom about the middle to a scale, for example 1.0 for one image pixel per device pixel."""
        self._stop()
        self._is_fitted = False
        self._place(self.centre, self.limited(scale))

    def fit(self) -> None:
        """Show the whole image."""
        self._stop()
        self._is_fitted = True
        self._place((self._image.width() / 2, self._image.height() / 2), self.fit_scale)

    def look_at(self, window: Window) -> None:
        """Show a window, as large as fits, with some of what lies around it."""
        self._stop()
        self._is_fitted = False
        wide = self._pane.width() * self.ratio / max(1, window.width)
        high = self._pane.height() * self.ratio / max(1, window.height)
        self._place(window.centre, self.limited(min(wide, high) * 0.8))

    def centre_on(self, col: float, row: float) -> None:
        """Bring an image point to the middle."""
        self._stop()
        self._is_fitted = False
        self._place((col, row), self.scale)

    def limited(self, scale: float) -> float:
        """The nearest scale allowed."""
        return max(self.min_scale, min(MAX_SCALE, scale))

    # ---- inside --------------------------------------------------------------------------------------------

    def _projection(self, centre: tuple[float, float], scale: float, size: QSize) -> Projection:
        width, height = round(size.width() * self.ratio), round(size.height() * self.ratio)
        return Projection(
            scale,
            whole(centre[0] * scale - width / 2),
            whole(centre[1] * scale - height / 2),
            width,
            height,
            self.ratio,
        )

    def _nearest_in_image(self, offset: QPointF) -> tuple[float, float]:
        step = self.ratio / self.scale
        col, row = self.centre[0] + offset.x() * step, self.centre[1] + offset.y() * step
        return max(0.0, min(col, self._image.width())), max(0.0, min(row, self._image.height()))

    def _offset_of(self, point: tuple[float, float]) -> tuple[float, float]:
        return (point[0] - self.centre[0]) * self.scale, (point[1] - self.centre[1]) * self.scale

    def _centre_at(self, scale: float) -> tuple[float, float]:
        assert self._motion is not None
        (col, row), (dx, dy) = self._motion.anchor, self._motion.offset
        return col - dx / scale, row - dy / scale

    def _advance(self) -> None:
        if self._motion is None:
            self._timer.stop()
            return
        share = self._clock.elapsed() / ZOOM_DURATION_MS
        if share >= 1:
            self._finish()
            return
        scale = self._motion.scale_at(share)
        self.centre, self.scale = self._centre_at(scale), scale
        self.changed.emit()

    def _finish(self) -> None:
        assert self._motion is not None
        target = self._motion.target
        self.centre, self.scale = self._centre_at(target), target
        self._stop()
        self.changed.emit()
        self.settled.emit()

    def _stop(self) -> None:
        self._timer.stop()
        self._motion = None

    def _place(self, centre: tuple[float, float], scale: float) -> None:
        self.scale = scale
        self.centre = (
            self._reachable(centre[0], self._image.width(), self._pane.width()),
            self._reachable(centre[1], self._image.height(), self._pane.height()),
        )
        self.changed.emit()

    def _reachable(self, centre: float, length: int, pane: float) -> float:
        """One coordinate of the centre, held so that some of the image stays on screen."""
        keep = min(REACH_PX, length * self.scale)
        slack = (pane * self.ratio / 2 - keep) / self.scale
        return max(-slack, min(length + slack, centre)) if length else centre
