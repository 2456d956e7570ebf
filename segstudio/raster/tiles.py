"""Which tiles of which decimation a view needs."""

import math
from dataclasses import dataclass
from functools import cached_property

from segstudio.raster.window import Window


@dataclass(frozen=True, slots=True)
class TileKey:
    """Place of a tile: its level (0 = full resolution, k = every 2**k-th pixel), column and row of tiles."""

    level: int
    col: int
    row: int


@dataclass(frozen=True)
class TileGrid:
    """Tiles over an image; those of one level cover every pixel exactly once, clipped at the far edges."""

    width: int
    height: int
    tile_size: int = 256

    @cached_property
    def levels(self) -> int:
        """How many levels there are; at the last one the whole image is a single tile."""
        return max(0, math.ceil(math.log2(max(1, self.width, self.height) / self.tile_size))) + 1

    def level_for(self, scale: float) -> int:
        """Coarsest level with a pixel for every screen pixel; `scale` is screen pixels per image pixel."""
        if scale >= 1:
            return 0
        # A scale of 2**-k computed in floating point may fall a hair short of it.
        return min(self.levels - 1, math.floor(math.log2(1 / max(scale, 1e-12)) + 1e-9))

    def visible(self, view: Window, level: int) -> list[TileKey]:
        """Tiles that meet a view in full-resolution pixels, nearest to its centre first."""
        seen = view.intersection(Window(0, 0, self.width, self.height))
        if seen.is_empty:
            return []
        side = self.tile_size << level
        cols = range(seen.col_off // side, -(-seen.col_end // side))
        rows = range(seen.row_off // side, -(-seen.row_end // side))
        middle_col, middle_row = (position / side - 0.5 for position in seen.centre)
        keys = [TileKey(level, col, row) for row in rows for col in cols]
        return sorted(keys, key=lambda key: (key.col - middle_col) ** 2 + (key.row - middle_row) ** 2)

    def window(self, key: TileKey) -> Window:
        """The full-resolution pixels of a tile, clipped to the image."""
        side = self.tile_size << key.level
        return Window(key.col * side, key.row * side, side, side).intersection(
            Window(0, 0, self.width, self.height)
        )

    def out_shape(self, key: TileKey) -> tuple[int, int]:
        """Rows and columns of a tile's picture at its level."""
        window, step = self.window(key), 1 << key.level
        return -(-window.height // step), -(-window.width // step)
