"""A sample of an image's blocks: something to show and to measure within a second, however large the file."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.raster.raster import Pixels, Raster, Valid, judge_read
from segstudio.raster.window import Window

# Deflate unpacks 100-250 MB a second on one core: about a quarter of a second.
COARSE_BUDGET_BYTES = 32_000_000
# So many blocks along each side tell how much a sparse file holds; asking about one takes a microsecond.
_PROBES = 32
# Of a file that holds less, more blocks are asked about than can be read in the same time.
_LEAST_SHARE = 1 / 256

Floats = NDArray[np.float32]


def coarse_read(
    raster: Raster, window: Window, *, out_shape: tuple[int, int], bands: Sequence[int] | None, step: int
) -> tuple[Pixels, Valid]:
    """Pixels (B, h, w) and validity (h, w); averages of some blocks where all would cost too much.

    Args:
        raster: The image.
        window: Which part of it.
        out_shape: Rows and columns wanted.
        bands: Which bands; all if None.
        step: Decimation of the overview the pixels come from.
    """
    if raster.decoded_bytes(window, out_shape) <= COARSE_BUDGET_BYTES:
        return raster.read_with_valid(window, out_shape=out_shape, bands=bands)
    chosen = judge_read(raster.info, window, bands)
    rows, cols = block_grid(raster, window, step, COARSE_BUDGET_BYTES)
    sums, weights = _average(raster, chosen, rows, cols, step, out_shape)
    return _enlarge(sums, weights, out_shape, np.dtype(raster.info.dtype))


def sample_values(
    raster: Raster, window: Window, bands: Sequence[int], *, budget_bytes: int
) -> Iterator[tuple[Pixels, Valid]]:
    """Full-resolution blocks (B, h, w), (h, w) spread evenly over the window; the same ones every time."""
    rows, cols = block_grid(raster, window, 1, budget_bytes)
    for row in rows.picked:
        for col in cols.picked:
            cell = _cell(rows, cols, row, col)
            if not raster.is_left_out(cell):
                yield raster.read_with_valid(cell, bands=bands)


class Axis:
    """Blocks along one side of a window, and which of them are read."""

    def __init__(self, start: int, end: int, block: int) -> None:
        self.start, self.end, self.block = start, end, block
        self.first = start // block
        self.count = max(1, -(-end // block) - self.first)
        self.picked = list(range(self.count))

    def pick(self, count: int) -> None:
        """Keep `count` blocks, evenly spread."""
        self.picked = self.spread(count)

    def spread(self, count: int) -> list[int]:
        """So many blocks, or all there are, evenly spread."""
        count = min(max(1, count), self.count)
        return [(2 * i + 1) * self.count // (2 * count) for i in range(count)]

    def span(self, index: int) -> tuple[int, int]:
        """First and last-but-one pixel of a block, clipped to the window."""
        begin = (self.first + index) * self.block
        return max(begin, self.start), min(begin + self.block, self.end)

    def parts(self, wanted: int) -> int:
        """Into how many pixels a block is averaged: one where its neighbours are skipped."""
        return max(1, wanted // self.count) if len(self.picked) == self.count else 1


def block_grid(raster: Raster, window: Window, step: int, budget_bytes: int) -> tuple[Axis, Axis]:
    """Rows and columns of blocks of an overview (`step`), thinned until they keep to a budget.

    What a sparse file leaves out costs nothing: the less of it there is, the more places are looked at.
    """
    info = raster.info
    height, width = info.block_shape
    rows = Axis(window.row_off, window.row_end, height * step)
    cols = Axis(window.col_off, window.col_end, width * step)
    affordable = max(1, budget_bytes // info.block_bytes)
    if rows.count * cols.count > affordable:
        affordable = round(affordable / _share_stored(raster, rows, cols)) if step == 1 else affordable
    if rows.count * cols.count > affordable:
        cols.pick(min(affordable, round((affordable * cols.count / rows.count) ** 0.5)))
        rows.pick(affordable // len(cols.picked))
    return rows, cols


def _share_stored(raster: Raster, rows: Axis, cols: Axis) -> float:
    """About which share of the blocks a sparse file holds."""
    probes = [_cell(rows, cols, row, col) for row in rows.spread(_PROBES) for col in cols.spread(_PROBES)]
    return max(_LEAST_SHARE, sum(not raster.is_left_out(probe) for probe in probes) / len(probes))


def _cell(rows: Axis, cols: Axis, row: int, col: int) -> Window:
    (top, bottom), (left, right) = rows.span(row), cols.span(col)
    return Window.from_bounds(left, top, right, bottom)


def _average(
    raster: Raster, bands: tuple[int, ...], rows: Axis, cols: Axis, step: int, out_shape: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Mean of the valid pixels (B, h, w) and their share (h, w), for every part of every picked block."""
    part = rows.parts(out_shape[0]), cols.parts(out_shape[1])
    shape = len(rows.picked) * part[0], len(cols.picked) * part[1]
    means, shares = np.zeros((len(bands), *shape), np.float32), np.zeros(shape, np.float32)
    for i, row in enumerate(rows.picked):
        for j, col in enumerate(cols.picked):
            cell = _cell(rows, cols, row, col)
            if raster.is_left_out(cell):
                continue
            block_shape = max(1, cell.height // step), max(1, cell.width // step)
            pixels, valid = raster.read_with_valid(cell, out_shape=block_shape, bands=bands)
            place = np.s_[i * part[0] : (i + 1) * part[0], j * part[1] : (j + 1) * part[1]]
            shares[place] = _shrink(valid.astype(np.float32), part)
            for k, band in enumerate(pixels):
                known = np.where(valid, band, 0).astype(np.float32)
                means[k][place] = _shrink(known, part) / np.maximum(shares[place], 1e-6)
    return means, shares


def _shrink(values: Floats, shape: tuple[int, int]) -> Floats:
    return np.asarray(cv2.resize(values, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.float32)


def _enlarge(
    means: Floats, shares: Floats, out_shape: tuple[int, int], dtype: np.dtype[np.generic]
) -> tuple[Pixels, Valid]:
    size = out_shape[1], out_shape[0]
    known = (shares > 0).astype(np.float32)
    weight = cv2.resize(known, size, interpolation=cv2.INTER_LINEAR)
    pixels = np.empty((len(means), *out_shape), dtype)
    for band, mean in zip(pixels, means, strict=True):
        smooth = cv2.resize(mean * known, size, interpolation=cv2.INTER_LINEAR) / np.maximum(weight, 1e-6)
        band[...] = np.rint(smooth) if dtype.kind in "ui" else smooth
    return pixels, weight >= 0.5
