"""Which pixels a tool touches: pure functions from pointer positions to a window and a bool array.

Pixel (col, row) covers [col, col + 1) x [row, row + 1). Every footprint is cut at the extent; one that lies
outside is an empty window with an empty array. What a brush touches is in `dabs`.
"""

from collections.abc import Sequence
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


class ShownReader(Protocol):
    """Gives the class ids shown in a window, uint8 (height, width): `Mask.shown`, or a plane's `read`."""

    def __call__(self, window: Window) -> Array:
        """Class ids of a window."""
        ...


def polygon(points: Sequence[Point], extent: Window) -> Footprint:
    """All pixels whose centre lies inside a closed outline; holes only where it turns back on itself.

    A scene-wide polygon can be asked for band by band: the extent cuts before anything is drawn.
    """
    corners = np.asarray(points, np.float64).reshape(-1, 2)
    if len(corners) < 3:
        return nothing()
    low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    window = Window.from_bounds(int(low[0]), int(low[1]), int(high[0]), int(high[1])).intersection(extent)
    if window.is_empty:
        return nothing()
    rows, cols, turns = _crossings(corners - (window.col_off, window.row_off), window)
    winding = np.zeros((window.height, window.width + 1), np.int8)
    np.add.at(winding, (rows, cols), turns)
    np.cumsum(winding, axis=1, dtype=np.int8, out=winding)
    return _tight(window, winding[:, :-1] != 0)


def lasso(points: Sequence[Point], extent: Window) -> Footprint:
    """The inside of a hand-drawn outline, together with the pixels the pointer ran over."""
    if not points:
        return nothing()
    pixels = np.floor(np.asarray(points, np.float64).reshape(-1, 2)).astype(np.int32)
    low, high = pixels.min(axis=0).tolist(), pixels.max(axis=0).tolist()
    window = Window.from_bounds(low[0], low[1], high[0] + 1, high[1] + 1).intersection(extent)
    if window.is_empty:
        return nothing()
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
        return nothing()
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


def nothing() -> Footprint:
    """No pixel at all."""
    return Window(0, 0, 0, 0), np.zeros((0, 0), bool)


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
        return nothing()
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
