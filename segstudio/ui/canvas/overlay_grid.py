"""Tiles of the overlays, and how windows of image pixels lie in them."""

import math
from collections.abc import Iterator

from segstudio.mask.plane import CHUNK_SIZE, ChunkKey
from segstudio.raster.tiles import TileKey
from segstudio.raster.window import Window

OVERLAY_TILE_PX = 256
# outlines are drawn finer than image pixels when zoomed in, so that they stay a few screen pixels thin
FINEST_LEVEL = -6


class OverlayGrid:
    """Tiles of a plane: 2**level image pixels per tile pixel; so a level below 0 is finer than the image."""

    def __init__(self, width: int, height: int) -> None:
        self.extent = Window(0, 0, width, height)

    def level_for(self, scale: float, *, outline: bool) -> int:
        """The level whose pixels are nearest to one screen pixel; areas are never finer than the image."""
        level = math.floor(0.5 - math.log2(max(scale, 1e-9)))
        return max(level, FINEST_LEVEL if outline else 0)

    def side(self, level: int) -> int:
        """Image pixels along one side of a tile."""
        return OVERLAY_TILE_PX << level if level >= 0 else OVERLAY_TILE_PX >> -level

    def window(self, key: TileKey) -> Window:
        """The image pixels of a tile, cut at the image."""
        side = self.side(key.level)
        return Window(key.col * side, key.row * side, side, side).intersection(self.extent)

    def tiles(self, window: Window, level: int) -> Iterator[TileKey]:
        """The tiles that hold some of a window."""
        inside, side = window.intersection(self.extent), self.side(level)
        if inside.is_empty:
            return
        for row in range(inside.row_off // side, (inside.row_end - 1) // side + 1):
            for col in range(inside.col_off // side, (inside.col_end - 1) // side + 1):
                yield TileKey(level, col, row)


def chunks_in(window: Window) -> Iterator[ChunkKey]:
    """The chunks of the planes that hold some of a window."""
    for row in range(window.row_off // CHUNK_SIZE, -(-window.row_end // CHUNK_SIZE)):
        for col in range(window.col_off // CHUNK_SIZE, -(-window.col_end // CHUNK_SIZE)):
            yield row, col


def aligned(part: Window, whole: Window, level: int) -> Window:
    """The part grown to whole tile pixels."""
    step = 1 << max(0, level)
    return Window.from_bounds(
        part.col_off // step * step,
        part.row_off // step * step,
        -(-part.col_end // step) * step,
        -(-part.row_end // step) * step,
    ).intersection(whole)


def at_level(edge: slice, level: int) -> slice:
    """A slice of image pixels as one of tile pixels."""
    if level >= 0:
        return slice(edge.start >> level, -(-edge.stop >> level))
    return slice(edge.start << -level, edge.stop << -level)


def shape_at_level(window: Window, level: int) -> tuple[int, int]:
    """Rows and columns of tile pixels that show a window from its first pixel on."""
    rows, cols = (at_level(slice(0, length), level) for length in window.shape)
    return rows.stop, cols.stop
