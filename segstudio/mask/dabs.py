"""What a brush touches: a dab, the way from one dab to the next, and what that way adds to the first.

Pixel (col, row) covers [col, col + 1) x [row, row + 1). A brush is centred on the middle of the pixel under
the pointer, so whole and fractional positions both work. A dab and the hull of two dabs are convex: each row
is one run of pixels, whose ends are computed for all rows at once. A radius below half a pixel draws a line
one pixel wide.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from segstudio.mask.footprints import Footprint, Point, nothing
from segstudio.mask.plane import Array
from segstudio.raster.window import Window

_NEARLY = 1e-9
"""Pixel centres on the very rim are inside, whatever the rounding of a square root."""

_LARGE_PX = 1 << 18
"""A way whose window holds more pixels is given in bands that leave out what the first dab has painted."""

_BAND_ROWS = 128


@dataclass(frozen=True, slots=True)
class Dab:
    """A brush set down: all pixels whose centre is at most `radius_px` from that of the pixel under it."""

    col: float
    row: float
    radius_px: float

    @property
    def pixel(self) -> tuple[int, int]:
        """Column and row of the pixel under the middle."""
        return math.floor(self.col), math.floor(self.row)

    @property
    def reach_px(self) -> float:
        """The radius, at least half a pixel."""
        return max(self.radius_px, 0.5)


def disc(col: float, row: float, radius_px: float, extent: Window) -> Footprint:
    """The pixels of one dab."""
    dab = _disc(Dab(col, row, radius_px))
    window = _around(dab, dab)
    if extent.contains(window):
        return window, _whole_disc(dab.radius_px)
    return _Runs.of_hull(dab, dab).footprint(extent)


def stroke_segment(start: Point, end: Point, radius_px: float, extent: Window) -> Footprint:
    """What a disc touches on its way from one pointer position to the next."""
    return _Runs.of_hull(_disc(Dab(*start, radius_px)), _disc(Dab(*end, radius_px))).footprint(extent)


def stroke_growth(start: Dab, end: Dab, extent: Window) -> list[Footprint]:
    """What is to be painted between two dabs, the first of which has been painted already.

    A brush whose size changes on its way touches the convex hull of both dabs. All parts together cover what
    the hull holds beyond the first dab, and perhaps some of that dab again; so the cost of a large brush
    grows with how far it moved, not with its area.
    """
    begin = _disc(start)
    hull = _Runs.of_hull(begin, _disc(end))
    if hull.window.area <= _LARGE_PX:
        part = hull.footprint(extent)
        return [] if part[0].is_empty else [part]
    painted = _Runs.of_hull(begin, begin)
    return [part for side in hull.beyond(painted) for part in side.cut(extent).bands()]


class _Disc(NamedTuple):
    """The disc of a dab in whole pixels: its middle, its radius, and so many rows above and below."""

    col: int
    row: int
    radius_px: float
    reach: int


def _disc(dab: Dab) -> _Disc:
    return _Disc(*dab.pixel, dab.reach_px, math.floor(dab.reach_px))


@dataclass(frozen=True, slots=True)
class _Runs:
    """A run of pixels in each row of a window: columns `first` to `last`, both included, int64 (height,).

    A run that ends before it begins is empty.
    """

    window: Window
    first: Array
    last: Array

    @classmethod
    def of_hull(cls, start: _Disc, end: _Disc) -> "_Runs":
        """The convex hull of two discs."""
        window = _around(start, end)
        left, right = _hull_rows(start, end, window)
        left -= _NEARLY
        right += _NEARLY
        return cls(
            window, np.ceil(left, out=left).astype(np.int64), np.floor(right, out=right).astype(np.int64)
        )

    def footprint(self, extent: Window) -> Footprint:
        """The pixels within an extent."""
        inside = self.cut(extent)
        if inside.window.is_empty:
            return nothing()
        return inside.window, _filled(inside.first, inside.last, inside.window)

    def cut(self, extent: Window) -> "_Runs":
        """The runs within an extent."""
        window = self.window.intersection(extent)
        if window.shape == self.window.shape:
            return self
        top = window.row_off - self.window.row_off
        rows = slice(top, top + window.height)
        first = np.maximum(self.first[rows], window.col_off)
        return _Runs(window, first, np.minimum(self.last[rows], window.col_end - 1))

    def beyond(self, inner: "_Runs") -> tuple["_Runs", "_Runs"]:
        """What these hold to the left and to the right of runs that lie within them."""
        top = inner.window.row_off - self.window.row_off
        rows = slice(top, top + inner.window.height)
        left_end, right_begin = self.last.copy(), np.full_like(self.first, self.window.col_end)
        left_end[rows] = inner.first - 1
        right_begin[rows] = inner.last + 1
        return _Runs(self.window, self.first, left_end), _Runs(self.window, right_begin, self.last)

    def bands(self) -> Iterator[Footprint]:
        """The pixels in bands of rows, each with the smallest window around it."""
        for top in range(0, self.window.height, _BAND_ROWS):
            first, last = self.first[top : top + _BAND_ROWS], self.last[top : top + _BAND_ROWS]
            held = np.flatnonzero(last >= first)
            if held.size:
                begin, end = int(held[0]), int(held[-1]) + 1
                col, col_end = int(first[held].min()), int(last[held].max()) + 1
                window = Window(col, self.window.row_off + top + begin, col_end - col, end - begin)
                yield window, _filled(first[begin:end], last[begin:end], window)


def _around(start: _Disc, end: _Disc) -> Window:
    """The smallest window around two discs."""
    left, top = (
        min(start.col - start.reach, end.col - end.reach),
        min(start.row - start.reach, end.row - end.reach),
    )
    right = max(start.col + start.reach, end.col + end.reach)
    bottom = max(start.row + start.reach, end.row + end.reach)
    return Window(left, top, right + 1 - left, bottom + 1 - top)


def _hull_rows(start: _Disc, end: _Disc, window: Window) -> tuple[Array, Array]:
    """First and last column (fractions) of the hull of two discs, for every row of the window around it."""
    left, right = np.full(window.height, np.inf), np.full(window.height, -np.inf)
    half, rows = _disc_rows(start.radius_px), _rows_of(start, window)
    np.subtract(start.col, half, out=left[rows])
    np.add(start.col, half, out=right[rows])
    if start == end:
        return left, right
    half, rows = _disc_rows(end.radius_px), _rows_of(end, window)
    np.minimum(left[rows], end.col - half, out=left[rows])
    np.maximum(right[rows], end.col + half, out=right[rows])
    for rows, cols, is_left in _tangents(start, end, window.row_off):
        if is_left:
            np.minimum(left[rows], cols, out=left[rows])
        else:
            np.maximum(right[rows], cols, out=right[rows])
    return left, right


def _rows_of(disc: _Disc, window: Window) -> slice:
    """The rows of a window that a disc within it touches."""
    top = disc.row - disc.reach - window.row_off
    return slice(top, top + 2 * disc.reach + 1)


def _tangents(start: _Disc, end: _Disc, row_off: int) -> Iterator[tuple[slice, Array, bool]]:
    """The two lines that touch both discs from outside: rows, column in each, and whether it bounds the left.

    None where one disc holds the other, and none of a line along the rows.
    """
    (x0, y0, r0, _), (x1, y1, r1, _) = start, end
    length = math.hypot(x1 - x0, y1 - y0)
    if length <= abs(r0 - r1):
        return
    along_x, along_y = (x1 - x0) / length, (y1 - y0) / length
    sine = (r0 - r1) / length
    cosine = math.sqrt(1 - sine * sine)
    for turn in (cosine, -cosine):
        # the unit normal of the line, pointing away from the hull
        normal_x, normal_y = along_x * sine - along_y * turn, along_y * sine + along_x * turn
        if not normal_x:
            continue
        one, other = y0 + r0 * normal_y, y1 + r1 * normal_y
        top, bottom = math.ceil(min(one, other)), math.floor(max(one, other))
        if top <= bottom:
            begin, slope = x0 + (r0 - normal_y * (top - y0)) / normal_x, -normal_y / normal_x
            cols = _numbers(bottom + 1 - top) * slope
            cols += begin
            yield slice(top - row_off, bottom + 1 - row_off), cols, normal_x < 0


@lru_cache(maxsize=4)
def _whole_disc(radius_px: float) -> npt.NDArray[np.bool_]:
    """A disc that no rim cuts; every stroke begins with one, so it is kept, and not to be written into."""
    dab = _disc(Dab(0, 0, radius_px))
    _, inside = _Runs.of_hull(dab, dab).footprint(_around(dab, dab))
    inside.flags.writeable = False
    return inside


@lru_cache(maxsize=64)
def _disc_rows(radius_px: float) -> Array:
    """Half the width of a disc in each of its rows."""
    reach = math.floor(radius_px)
    rows = np.arange(-reach, reach + 1, dtype=np.float64)
    return np.sqrt(radius_px * radius_px - rows * rows)


_NUMBERS = np.arange(4096, dtype=np.float64)


def _numbers(count: int) -> Array:
    """0, 1, ... so many of them."""
    return _NUMBERS[:count] if count <= _NUMBERS.size else np.arange(count, dtype=np.float64)


def _filled(first: Array, last: Array, window: Window) -> npt.NDArray[np.bool_]:
    """Bool array of a window, true from column `first` to `last`, int64 (height,), in each row."""
    # unsigned: a column left of the run wraps to a large number, so one comparison does for both ends,
    # and the narrowest type is the fastest
    width = window.width
    dtype = np.uint8 if width < 2**8 - 1 else np.uint16 if width < 2**16 - 1 else np.uint32
    first, length = first - window.col_off, last - first
    if length.min() < 0:
        empty = length < 0
        first[empty], length[empty] = np.iinfo(dtype).max, 0
    filled: npt.NDArray[np.bool_] = (
        _cols(dtype, width) - first.astype(dtype)[:, None] <= length.astype(dtype)[:, None]
    )
    return filled


@lru_cache(maxsize=64)
def _cols(dtype: type[np.unsignedinteger[Any]], width: int) -> Array:
    """0, 1, ... as far as a row goes."""
    return np.arange(width, dtype=dtype)
