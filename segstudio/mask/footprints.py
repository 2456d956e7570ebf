"""Which pixels a tool touches: pure functions from pointer positions to a window and a bool array.

Pixel (col, row) covers [col, col + 1) x [row, row + 1). A brush is centred on the middle of the pixel under
the pointer, so whole and fractional positions both work. Every footprint is cut at the extent; one that lies
outside is an empty window with an empty array.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.mask.plane import Array
from segstudio.raster.window import Window

Footprint = tuple[Window, npt.NDArray[np.bool_]]
Point = tuple[float, float]
"""Column and row in image coordinates, fractions allowed."""

FILL_LIMIT_PX = 4096 * 4096
"""A fill looks at no more pixels than this: 16 MB, about 50 ms."""

_FIRST_FILL_PX = 512

_NEARLY = 1e-9
"""Pixel centres on the very rim are inside, whatever the rounding of a square root."""


class ShownReader(Protocol):
    """Gives the class ids shown in a window, uint8 (height, width): `Mask.shown`, or a plane's `read`."""

    def __call__(self, window: Window) -> Array:
        """Class ids of a window."""
        ...


def disc(col: float, row: float, radius_px: float, extent: Window) -> Footprint:
    """All pixels whose centre is at most `radius_px` from the centre of the pixel under (col, row)."""
    return stroke_segment((col, row), (col, row), radius_px, extent)


def stroke_segment(start: Point, end: Point, radius_px: float, extent: Window) -> Footprint:
    """What a disc touches on its way from one pointer position to the next.

    The shape is convex, so each row is one run of pixels: its ends are computed for all rows at once. A
    radius below half a pixel draws a line one pixel wide.
    """
    radius_px = max(radius_px, 0.5)
    col0, row0, col1, row1 = (math.floor(number) for number in (*start, *end))
    around = Window.from_bounds(min(col0, col1), min(row0, row1), max(col0, col1) + 1, max(row0, row1) + 1)
    whole = around.padded(math.floor(radius_px))
    window = whole.intersection(extent)
    if window.is_empty:
        return _nothing()
    left, right = _capsule_rows((col0, row0), (col1, row1), radius_px, whole)
    rows = slice(window.row_off - whole.row_off, window.row_end - whole.row_off)
    return window, _rows_filled(left[rows], right[rows], window)


def polygon(points: Sequence[Point], extent: Window) -> Footprint:
    """All pixels whose centre lies inside a closed outline; holes only where it turns back on itself.

    A scene-wide polygon can be asked for band by band: the extent cuts before anything is drawn.
    """
    corners = np.asarray(points, np.float64).reshape(-1, 2)
    if len(corners) < 3:
        return _nothing()
    low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    window = Window.from_bounds(int(low[0]), int(low[1]), int(high[0]), int(high[1])).intersection(extent)
    if window.is_empty:
        return _nothing()
    rows, cols, turns = _crossings(corners - (window.col_off, window.row_off), window)
    winding = np.zeros((window.height, window.width + 1), np.int8)
    np.add.at(winding, (rows, cols), turns)
    np.cumsum(winding, axis=1, dtype=np.int8, out=winding)
    return _tight(window, winding[:, :-1] != 0)


def lasso(points: Sequence[Point], extent: Window) -> Footprint:
    """The inside of a hand-drawn outline, together with the pixels the pointer ran over."""
    if not points:
        return _nothing()
    pixels = np.floor(np.asarray(points, np.float64).reshape(-1, 2)).astype(np.int32)
    low, high = pixels.min(axis=0).tolist(), pixels.max(axis=0).tolist()
    window = Window.from_bounds(low[0], low[1], high[0] + 1, high[1] + 1).intersection(extent)
    if window.is_empty:
        return _nothing()
    where = np.zeros(window.shape, np.uint8)
    cv2.polylines(where, [pixels - (window.col_off, window.row_off)], isClosed=True, color=1)
    return union((window, where.view(bool)), polygon(points, extent))


def flood(values: Array, seed: tuple[int, int], tolerance: float) -> npt.NDArray[np.bool_]:
    """Pixels connected with the seed (col, row) over steps of at most `tolerance` between neighbours.

    Args:
        values: uint8 or float32, (height, width) or (height, width, 3).
        seed: Column and row within `values`.
        tolerance: Largest step between neighbours (edge to edge); 0 = equal values.

    Returns:
        Bool (height, width).
    """
    height, width = values.shape[:2]
    marks = np.zeros((height + 2, width + 2), np.uint8)
    step = (tolerance,) * 3
    flags = 4 | (1 << 8) | cv2.FLOODFILL_MASK_ONLY
    cv2.floodFill(np.ascontiguousarray(values), marks, seed, 0, step, step, flags)
    return marks[1:-1, 1:-1].astype(bool)


def fill_region(
    shown: ShownReader, seed_col: int, seed_row: int, extent: Window, limit_px: int = FILL_LIMIT_PX
) -> Footprint:
    """The connected region of the class shown under the pointer.

    The search window grows until the region lies within it; a region that needs more than `limit_px` is cut
    at that window's border.
    """
    if not extent.contains_pixel(seed_col, seed_row):
        return _nothing()
    reach = _FIRST_FILL_PX // 2
    while True:
        window = Window(seed_col, seed_row, 1, 1).padded(reach).intersection(extent)
        region = flood(shown(window), (seed_col - window.col_off, seed_row - window.row_off), 0)
        grown = Window(seed_col, seed_row, 1, 1).padded(2 * reach).intersection(extent)
        if not _touches_open_border(region, window, extent) or grown.area > limit_px:
            return _tight(window, region)
        reach *= 2


def union(one: Footprint, other: Footprint) -> Footprint:
    """All pixels of both."""
    if one[0].is_empty:
        return other
    if other[0].is_empty:
        return one
    window = one[0].union(other[0])
    where = np.zeros(window.shape, bool)
    for part, chosen in (one, other):
        where[part.slices_in(window)] |= chosen
    return window, where


def _nothing() -> Footprint:
    return Window(0, 0, 0, 0), np.zeros((0, 0), bool)


def _capsule_rows(
    start: tuple[int, int], end: tuple[int, int], radius_px: float, window: Window
) -> tuple[Array, Array]:
    """First and last column (fractions) within reach of a segment, for every row of the window around it."""
    left, right = np.full(window.height, np.inf), np.full(window.height, -np.inf)
    if start != end:
        left, right = _band_rows(start, end, radius_px, np.arange(window.row_off, window.row_end))
    reach = _disc_rows(radius_px)
    for col, row in {start, end}:
        first = row - len(reach) // 2 - window.row_off
        rows = slice(first, first + len(reach))
        np.minimum(left[rows], col - reach, out=left[rows])
        np.maximum(right[rows], col + reach, out=right[rows])
    return left, right


@lru_cache(maxsize=64)
def _disc_rows(radius_px: float) -> Array:
    """Half the width of a disc in each of its rows."""
    reach = math.floor(radius_px)
    rows = np.arange(-reach, reach + 1, dtype=np.float64)
    return np.sqrt(radius_px * radius_px - rows * rows)


def _band_rows(
    start: tuple[int, int], end: tuple[int, int], radius_px: float, rows: Array
) -> tuple[Array, Array]:
    """First and last column of the rectangle over a segment, `radius_px` to either side; (inf, -inf) if none.

    A pixel at (x, y) from the start is inside if it lies within reach across the segment and between its ends
    along it: two pairs of half planes, each of which bounds every row from the left and from the right.
    """
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    length = math.hypot(along_x, along_y)
    y = rows - start[1]
    left, right = _between(y, -along_y, along_x, -radius_px * length, radius_px * length)
    begin, stop = _between(y, along_x, along_y, 0.0, length * length)
    left, right = np.maximum(left, begin), np.minimum(right, stop)
    empty = left > right
    left[empty], right[empty] = np.inf, -np.inf
    return left + start[0], right + start[0]


def _between(y: Array, a: float, b: float, low: float, high: float) -> tuple[Array, Array]:
    """The x between which low <= a * x + b * y <= high, row by row."""
    if a == 0:
        outside = (b * y < low) | (b * y > high)
        return np.where(outside, np.inf, -np.inf), np.where(outside, -np.inf, np.inf)
    one, other = (low - b * y) / a, (high - b * y) / a
    return (one, other) if a > 0 else (other, one)


def _rows_filled(left: Array, right: Array, window: Window) -> npt.NDArray[np.bool_]:
    """Bool array of a window, true from left to right (columns of the image) in each row."""
    # unsigned: a column left of the run wraps to a large number, so one comparison does for both ends,
    # and the narrowest type is the fastest
    dtype, nowhere = (np.uint16, 2**16 - 1) if window.width < 2**16 - 1 else (np.uint32, 2**32 - 1)
    first = np.clip(np.ceil(left - _NEARLY) - window.col_off, 0, window.width)
    last = np.clip(np.floor(right + _NEARLY) - window.col_off, -1, window.width - 1)
    empty = last < first
    first[empty], last[empty] = nowhere, nowhere
    length = (last - first).astype(dtype)
    cols = np.arange(window.width, dtype=dtype)
    filled: npt.NDArray[np.bool_] = (cols - first.astype(dtype)[:, None]) <= length[:, None]
    return filled


def _crossings(corners: Array, window: Window) -> tuple[Array, Array, Array]:
    """Where the outline crosses the pixel rows: row, first column right of it, and +1 or -1 by direction."""
    starts, ends = corners, np.roll(corners, -1, axis=0)
    downward = starts[:, 1] < ends[:, 1]
    tops = np.where(downward[:, None], starts, ends)
    bottoms = np.where(downward[:, None], ends, starts)
    first = np.clip(np.ceil(tops[:, 1] - 0.5), 0, window.height).astype(np.int64)
    stop = np.clip(np.ceil(bottoms[:, 1] - 0.5), 0, window.height).astype(np.int64)
    edges = np.repeat(np.arange(len(corners)), stop - first)
    rows = np.arange(len(edges)) - np.repeat(np.cumsum(stop - first) - (stop - first), stop - first)
    rows = rows + first[edges]
    rise = bottoms[edges, 1] - tops[edges, 1]
    share = (rows + 0.5 - tops[edges, 1]) / rise
    cols = tops[edges, 0] + share * (bottoms[edges, 0] - tops[edges, 0])
    pixel = np.clip(np.ceil(cols - 0.5), 0, window.width).astype(np.int64)
    return rows, pixel, np.where(downward[edges], 1, -1).astype(np.int8)


def _tight(window: Window, where: Array) -> Footprint:
    """The smallest window around the chosen pixels."""
    col, row, width, height = cv2.boundingRect(where.view(np.uint8))
    if not width:
        return _nothing()
    tight = Window(window.col_off + col, window.row_off + row, width, height)
    return tight, np.ascontiguousarray(where[tight.slices_in(window)])


def _touches_open_border(region: Array, window: Window, extent: Window) -> bool:
    """Whether a region reaches a border of its window behind which the extent goes on."""
    return bool(
        (window.row_off > extent.row_off and region[0].any())
        or (window.row_end < extent.row_end and region[-1].any())
        or (window.col_off > extent.col_off and region[:, 0].any())
        or (window.col_end < extent.col_end and region[:, -1].any())
    )
