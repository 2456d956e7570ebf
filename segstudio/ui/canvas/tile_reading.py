"""How tiles are read together and cut apart; runs in the reader threads."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from PySide6.QtGui import QImage

from segstudio.raster.raster import Raster, RasterInfo, Valid, fit_shape
from segstudio.raster.stretch import Rgb8, Stretch, apply_stretch, read_display
from segstudio.raster.tiles import TileGrid, TileKey
from segstudio.raster.window import Window
from segstudio.ui.canvas.tile_picture import picture

# decoded in well under 100 ms, so that a reader soon sees that its work is not wanted any more
PIECE_BYTES = 24 * 1024 * 1024
# tiles of a striped file are read in runs as long as a view: every strip holds whole rows anyway
LONG_RUN_TILES = 64
PREVIEW_PX = 512


def block_shape(info: RasterInfo, tile_size: int) -> tuple[int, int]:
    """Columns and rows of tiles that share a block of the file: decoded for one, all of them are there."""
    block_rows, block_cols = info.block_shape
    rows = _tiles_in(block_rows, tile_size)
    if block_cols >= info.width > tile_size:
        return LONG_RUN_TILES, rows
    return _tiles_in(block_cols, tile_size), rows


def in_batches(
    now: Sequence[TileKey], later: Sequence[TileKey], shape: tuple[int, int]
) -> list[tuple[TileKey, ...]]:
    """Tiles gathered into what is read at once, those of the view first, each with the rest of its blocks.

    Two blocks side by side make a batch: a call costs as much as half a block.
    """
    cols, rows = shape
    blocks = {(key.level, key.col // cols, key.row // rows) for key in now}
    near = [key for key in later if (key.level, key.col // cols, key.row // rows) in blocks]
    far = [key for key in later if (key.level, key.col // cols, key.row // rows) not in blocks]
    wide = (2 * cols, rows)
    return grouped([*now, *near], wide) + grouped(far, wide)


def grouped(keys: Sequence[TileKey], shape: tuple[int, int]) -> list[tuple[TileKey, ...]]:
    """Keys gathered on a fixed raster; the batch of the first key comes first."""
    cols, rows = shape
    batches: dict[tuple[int, int, int], list[TileKey]] = {}
    for key in keys:
        batches.setdefault((key.level, key.col // cols, key.row // rows), []).append(key)
    return [tuple(batch) for batch in batches.values()]


def is_heavy(info: RasterInfo, level: int) -> bool:
    """Whether a level has no overview near it and is therefore made from many more pixels than it shows."""
    best = max((factor for factor in info.overviews if factor <= 2**level), default=1)
    return 2**level > 2 * best and not info.is_photo


def read_tiles(
    raster: Raster, grid: TileGrid, keys: Sequence[TileKey], stretch: Stretch, go_on: Callable[[], bool]
) -> Iterator[tuple[TileKey, QImage]]:
    """Read tiles of one level together and give each as a picture; stops early when `go_on` says no."""
    window, step = _around(grid, keys), 2 ** keys[0].level
    parts: list[tuple[Rgb8, Valid]] = []
    for piece in _pieces(raster, window, step):
        if not go_on():
            return
        shape = -(-piece.height // step), -(-piece.width // step)
        parts.append(read_display(raster, piece, shape, stretch))
    rgb, valid = parts[0] if len(parts) == 1 else map(np.concatenate, zip(*parts, strict=True))
    for key in keys:
        cut = _cut(grid, key, window)
        yield key, picture(rgb[cut], valid[cut])


def read_preview(raster: Raster, stretch: Stretch) -> QImage:
    """The whole image small, within about a second whatever its size."""
    extent = raster.info.extent
    shape = fit_shape(extent, PREVIEW_PX)
    pixels, valid = raster.read_coarse(extent, out_shape=shape, bands=stretch.bands)
    return picture(apply_stretch(stretch, pixels, valid), valid)


def _tiles_in(block: int, tile_size: int) -> int:
    """Tiles along one side of a block; two at least, so that a read is worth its call."""
    return max(2, min(8, math.ceil(block / tile_size)))


def _around(grid: TileGrid, keys: Sequence[TileKey]) -> Window:
    """The smallest window around tiles of one level."""
    side = grid.tile_size << keys[0].level
    cols, rows = [key.col for key in keys], [key.row for key in keys]
    return Window.from_bounds(
        min(cols) * side,
        min(rows) * side,
        min(grid.width, (max(cols) + 1) * side),
        min(grid.height, (max(rows) + 1) * side),
    )


def _pieces(raster: Raster, window: Window, step: int) -> Iterator[Window]:
    """Bands of whole rows of the level and of the file's blocks, so that a long read can be given up."""
    shape = -(-window.height // step), -(-window.width // step)
    count = math.ceil(raster.decoded_bytes(window, shape) / PIECE_BYTES)
    unit = math.lcm(step, raster.info.block_shape[0])
    height = max(1, math.ceil(window.height / max(1, count) / unit)) * unit
    for row in range(window.row_off, window.row_end, height):
        yield Window(window.col_off, row, window.width, min(height, window.row_end - row))


def _cut(grid: TileGrid, key: TileKey, window: Window) -> tuple[slice, slice]:
    """Where a tile lies in the pixels of a window at its level; the last ones may be cut short."""
    row = key.row * grid.tile_size - (window.row_off >> key.level)
    col = key.col * grid.tile_size - (window.col_off >> key.level)
    return slice(row, row + grid.tile_size), slice(col, col + grid.tile_size)
