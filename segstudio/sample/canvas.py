"""Sheets painted onto pixels: which surface shows where, at twice the resolution, and the crowns above."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.sample.geometry import Points
from segstudio.sample.sheet import COLUMNS, Sheet
from segstudio.sample.vegetation import VARIANTS, crown
from segstudio.sample.water import WaterField

FINE = 2
"""Sub-pixels per pixel: surfaces are drawn finer and averaged, so that edges are not jagged."""
_SHIFT = 4


@dataclass(frozen=True, slots=True)
class Grid:
    """Pixels of a piece of the world: world metres of the first corner, pixel size, rows and columns."""

    x0: float
    y0: float
    gsd_m: float
    rows: int
    cols: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """World metres west, north, east, south."""
        return self.x0, self.y0, self.x0 + self.cols * self.gsd_m, self.y0 + self.rows * self.gsd_m


@dataclass(slots=True)
class Painting:
    """Row of `table` at every sub-pixel; row 0 is bare ground that nothing covers."""

    fine_ids: NDArray[np.int32]
    table: NDArray[np.float64]


def paint(
    sheets: list[Sheet], grid: Grid, ground: NDArray[np.float64], lean: tuple[float, float] = (0.0, 0.0)
) -> Painting:
    """Draw all polygons of the sheets that touch the grid, in order.

    `lean` is how far a camera that looks askew moves what is high: metres east and south per metre of height.
    """
    ids = np.zeros((grid.rows * FINE, grid.cols * FINE), np.int32)
    tables = [ground.reshape(1, COLUMNS)]
    first = 1
    for sheet in sheets:
        seen = _seen(sheet, grid, max(map(abs, lean)) * sheet.tallest_m)
        if len(seen):
            _fill(ids, sheet, seen, grid, first, lean)
            tables.append(sheet.table[seen])
            first += len(seen)
    table = np.concatenate(tables)
    # the planes of the roofs, told from the grid's corner: large coordinates would cost precision
    table[:, 18] += table[:, 16] * grid.x0 + table[:, 17] * grid.y0
    return Painting(ids, table)


def _seen(sheet: Sheet, grid: Grid, pad: float) -> NDArray[np.int64]:
    x0, y0, x1, y1 = grid.bounds[0] - pad, grid.bounds[1] - pad, grid.bounds[2] + pad, grid.bounds[3] + pad
    b = sheet.bounds
    if not len(b):
        return np.empty(0, np.int64)
    return np.flatnonzero((b[:, 0] < x1) & (b[:, 2] > x0) & (b[:, 1] < y1) & (b[:, 3] > y0))


def _fill(
    ids: NDArray[np.int32],
    sheet: Sheet,
    seen: NDArray[np.int64],
    grid: Grid,
    first: int,
    lean: tuple[float, float],
) -> None:
    askew = lean != (0.0, 0.0)
    foot = _fixed(sheet.points, grid)
    top = _fixed(sheet.points + sheet.tops[:, None] * lean, grid) if askew else foot
    starts, walls = sheet.starts.tolist(), (sheet.table[:, 20] > 0).tolist()
    for number, polygon in enumerate(seen.tolist(), first):
        span = slice(starts[polygon], starts[polygon + 1])
        points = top[span]
        if walls[polygon]:
            if not askew:
                continue
            points = np.asarray(cv2.convexHull(np.concatenate([foot[span], points])), dtype=np.int32)
        if len(points) <= 4:
            cv2.fillConvexPoly(ids, points, number, 8, _SHIFT)
        else:
            cv2.fillPoly(ids, [points], number, 8, _SHIFT)


def _fixed(points: Points, grid: Grid) -> NDArray[np.int32]:
    """World metres as OpenCV's fixed-point sub-pixels."""
    # a sub-pixel belongs to a polygon where its middle lies inside
    local = (points - (grid.x0, grid.y0)) * (FINE / grid.gsd_m) - 0.5
    return np.round(local * (1 << _SHIFT)).astype(np.int32)


@dataclass(slots=True)
class Crowns:
    """Trees on the grid: height of the crown surface, and which tree it is (-1 none)."""

    height_m: NDArray[np.float32]
    tree: NDArray[np.int32]
    colours: NDArray[np.float32]  # (trees, 3)
    kinds: NDArray[np.float64]  # (trees,)


def grow(sheets: list[Sheet], grid: Grid, height_m: NDArray[np.float32], keep: NDArray[np.bool_]) -> Crowns:
    """Stamp every crown above what stands there; trunks outside `keep` (water, roads) are left out."""
    trees = np.concatenate([s.trees for s in sheets]) if sheets else np.empty((0, 8))
    col, row = (trees[:, 0] - grid.x0) / grid.gsd_m, (trees[:, 1] - grid.y0) / grid.gsd_m
    half = trees[:, 2] / grid.gsd_m
    near = (col > -half) & (col < grid.cols + half) & (row > -half) & (row < grid.rows + half)
    trees, col, row, half = trees[near], col[near], row[near], half[near]
    inside_col = np.clip(col, 0, grid.cols - 1).astype(np.intp)
    inside_row = np.clip(row, 0, grid.rows - 1).astype(np.intp)
    alive = keep[inside_row, inside_col]
    trees, col, row, half = trees[alive], col[alive], row[alive], half[alive]
    top = height_m.copy()
    ids = np.full(height_m.shape, -1, np.int32)
    variants = ((trees[:, 0] * 7 + trees[:, 1] * 13) // 1).astype(np.int64) % VARIANTS
    stamps = zip(
        np.round(col - 0.5).astype(int).tolist(),
        np.round(row - 0.5).astype(int).tolist(),
        np.maximum(1, np.round(half)).astype(int).tolist(),
        trees[:, 4].astype(int).tolist(),
        variants.tolist(),
        trees[:, 3].tolist(),
        strict=True,
    )
    for number, (c, r, h, kind, variant, height) in enumerate(stamps):
        _stamp(top, ids, crown(kind, h, variant), c - h, r - h, height, number)
    return Crowns(top, ids, trees[:, 5:8].astype(np.float32), trees[:, 4])


def _stamp(
    top: NDArray[np.float32],
    ids: NDArray[np.int32],
    shape: NDArray[np.float32],
    col: int,
    row: int,
    height: float,
    number: int,
) -> None:
    size = shape.shape[0]
    c0, r0 = max(0, col), max(0, row)
    c1, r1 = min(top.shape[1], col + size), min(top.shape[0], row + size)
    if c0 >= c1 or r0 >= r1:
        return
    dome = shape[r0 - row : r1 - row, c0 - col : c1 - col] * np.float32(height)
    under = top[r0:r1, c0:c1]
    higher = dome > under
    np.copyto(under, dome, where=higher)
    np.copyto(ids[r0:r1, c0:c1], number, where=higher)


def shore_distance(water: WaterField, grid: Grid) -> NDArray[np.float32]:
    """The water field on the grid's sub-pixels, from samples every few pixels."""
    step = 4
    rows, cols = math.ceil(grid.rows / step) + 2, math.ceil(grid.cols / step) + 2
    x = grid.x0 + (np.arange(cols) * step + 0.5) * grid.gsd_m
    y = grid.y0 + (np.arange(rows) * step + 0.5) * grid.gsd_m
    xs, ys = np.meshgrid(x, y)
    coarse = water.depth(xs, ys).astype(np.float32)
    scale = 1 / (step * FINE)
    matrix = np.array([[scale, 0, -0.25 / step], [0, scale, -0.25 / step]])
    size = (grid.cols * FINE, grid.rows * FINE)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    field = cv2.warpAffine(coarse, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(field, dtype=np.float32)
