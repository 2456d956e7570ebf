"""Overlapping answers become one: a band of rows that holds only what a later window can still change."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.inference.bands import Band, Floats, HostBand
from segstudio.inference.relative_depth import feather
from segstudio.raster.window import Window

NO_CLASS = 255
_FLOOR = 0.02  # a window's corner still counts: it may be the only one to see a scene's corner
_ROWS_AT_ONCE = 16  # 16 rows of 8192 float32 in a few planes stay in a core's cache


@dataclass(frozen=True, slots=True)
class StripDone:
    """Rows that no later window touches.

    Attributes:
        window: Where, in the raster's pixels.
        class_ids: uint8 (h, w): output channel; 255 where there is no data or nothing is said.
        doubt: uint8 (h, w): 255 * (1 - margin between the two best scores); 0 where there is no data.
        depth: float16 (h, w), relative; NaN where there is no data; None where the net has none.
        scores: float32 (K, h, w), the blended scores; None where nobody asked for them.
    """

    window: Window
    class_ids: NDArray[np.uint8]
    doubt: NDArray[np.uint8]
    depth: NDArray[np.float16] | None
    scores: NDArray[np.float32] | None = None


def importance(patch: int) -> Floats:
    """How much a window's pixels count, (patch, patch): a Gaussian about its middle with a floor.

    Sigma is an eighth of the patch, as in MONAI's and nnU-Net's importance maps.
    """
    axis = (np.arange(patch, dtype=np.float32) - (patch - 1) / 2) / (patch / 8)
    bell = np.exp(-0.5 * axis**2)
    weight: Floats = np.maximum(np.outer(bell, bell), _FLOOR).astype(np.float32)
    return weight


class ScoreStrip:
    """Weighted sums over a band of rows of `region`; memory depends on its width, never on its height.

    Windows arrive in rows from top to bottom. `finish_above(row)` hands out what is final and frees those
    rows: the band is a ring, in which row r of the raster lies at r modulo the band's height. Its planes are
    the classes' scores and their weights, then depth and its weights where the net has it.
    """

    def __init__(
        self,
        region: Window,
        class_count: int,
        patch: int,
        *,
        has_depth: bool = False,
        overlap: float = 0.25,
        last_is_silent: bool = False,
        keeps_scores: bool = False,
        new_band: Callable[[int, int, int], Band] = HostBand,
    ) -> None:
        self.region = region
        self.class_count = class_count
        self._keeps_scores = keeps_scores
        self._silent = class_count - 1 if last_is_silent else None
        self._rows = min(patch, region.height)
        self._band = new_band(class_count + (3 if has_depth else 1), self._rows, region.width)
        self._valid = np.zeros((self._rows, region.width), np.bool_)
        self._top = region.row_off
        self._importance = self._band.own(importance(patch))
        # A window's depth is off by an offset of its own. With the scores' weights, which end at a floor,
        # that offset would begin and end in a step, a faint line along every window.
        self._depth_importance = self._band.own(feather(patch, overlap)) if has_depth else None

    @property
    def nbytes(self) -> int:
        """Bytes of the band."""
        return self._band.nbytes + self._valid.nbytes

    def add(self, window: Window, scores: Any, depth: Any | None, valid: NDArray[np.bool_] | None) -> None:
        """Add one window's answer; every row above it must be finished.

        Args:
            window: Where it was seen; what lies outside the region is dropped.
            scores: (K, h, w), an array or a tensor.
            depth: (h, w), or None where the net has none.
            valid: (h, w), None where every pixel holds data.
        """
        part = window.intersection(self.region)
        if part.is_empty:
            return
        for ring, piece in self._cut(part):
            seen = piece.slices_in(window)
            place = ring, slice(part.col_off - self.region.col_off, part.col_end - self.region.col_off)
            self._add_planes(0, place, scores[(slice(None), *seen)], self._importance[seen])
            if self._depth_importance is not None and depth is not None:
                self._add_planes(
                    self.class_count + 1, place, depth[None, *seen], self._depth_importance[seen]
                )
            self._valid[place] |= True if valid is None else valid[seen]

    def _add_planes(self, plane: int, place: tuple[slice, slice], values: Any, weight: Any) -> None:
        """Values (n, h, w) into n planes, their weight into the one after them."""
        self._band.add(plane, place, self._band.own(values), weight)
        self._band.add_weight(plane + len(values), place, weight)

    def finish_above(self, row: int) -> Generator[StripDone, None, None]:
        """The strip above `row`, if anything new is final there."""
        bottom = min(row, self.region.row_end)
        if bottom <= self._top:
            return
        window = Window(self.region.col_off, self._top, self.region.width, bottom - self._top)
        strip = self._take(window)
        self._top = bottom
        yield strip

    def _cut(self, window: Window, most_rows: int = 1 << 30) -> Iterator[tuple[slice, Window]]:
        """The window in pieces that lie in one run in the ring: where in the ring, and which pixels."""
        row = window.row_off
        while row < window.row_end:
            at = row % self._rows
            count = min(self._rows - at, window.row_end - row, most_rows)
            yield slice(at, at + count), Window(window.col_off, row, window.width, count)
            row += count

    def _take(self, window: Window) -> StripDone:
        """Decide the window's rows and leave zeros behind."""
        class_ids, doubt = np.empty(window.shape, np.uint8), np.empty(window.shape, np.uint8)
        depth = np.empty(window.shape, np.float16) if self._depth_importance is not None else None
        scores = np.empty((self.class_count, *window.shape), np.float32) if self._keeps_scores else None
        # a few rows at a time: decided and zeroed while they are in the core's cache
        for ring, piece in self._cut(window, _ROWS_AT_ONCE):
            rows, _ = piece.slices_in(window)
            planes = self._band.read(ring)
            sums, weights = planes[: self.class_count], planes[self.class_count]
            class_ids[rows], doubt[rows] = decide(sums, weights)
            if scores is not None:
                scores[:, rows] = sums / weights
            if depth is not None:
                depth[rows] = planes[-2] / planes[-1]
            missing = ~self._valid[ring]
            if self._silent is not None:
                missing |= class_ids[rows] == self._silent
            if missing.any():
                class_ids[rows][missing], doubt[rows][missing] = NO_CLASS, 0
                if depth is not None:
                    depth[rows][missing] = np.nan
            self._band.clear(ring)
            self._valid[ring] = False
        return StripDone(window, class_ids, doubt, depth, scores)


def decide(
    sums: NDArray[np.float32], weights: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The best channel and the doubt, both uint8 (h, w), of weighted score sums (K, h, w).

    Plane by plane with whole-array compare and max: an argmax over the class axis is fifteen times slower.
    """
    best, second = sums[0].copy(), np.zeros_like(sums[0])
    class_ids = np.zeros(best.shape, np.uint8)
    for channel in range(1, len(sums)):
        plane = sums[channel]
        better = cv2.compare(plane, best, cv2.CMP_GT)  # 255 where this channel leads, so "and" leaves its id
        np.maximum(class_ids, better & np.uint8(channel), out=class_ids)
        cv2.max(second, cv2.min(plane, best), dst=second)
        cv2.max(best, plane, dst=best)
    margin = cv2.divide(cv2.subtract(best, second), weights)
    return class_ids, np.asarray(cv2.convertScaleAbs(margin, alpha=-255.0, beta=255.0), np.uint8)
