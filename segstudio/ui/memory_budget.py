"""How much memory what is only kept for speed may take, and who gets which part of it."""

from dataclasses import dataclass

import psutil

from segstudio.mask.mask import Mask
from segstudio.raster.gdal import keep_blocks
from segstudio.ui import settings
from segstudio.ui.canvas.overlay import OverlayTiles
from segstudio.ui.canvas.tile_reader import TileReader

PERCENTS = (10, 25, 50)
DEFAULT_PERCENT = 25
_KEY = "memory/percent"
# With less the view would read the same tiles over and over.
_LEAST_BYTES = 256 << 20
# Tiles are kept ready to draw, so blocks of the file are needed only until all tiles of a block are cut.
_MOST_BLOCK_BYTES = 64 << 20
# A class-id chunk is looked at far more often than one of depth, and is a quarter of its size.
_PLANE_SHARES = {
    "annotation": 0.2, "prediction": 0.2, "origin": 0.1, "doubt": 0.1, "depth": 0.2, "depth_target": 0.2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MemoryBudget:
    """The parts together never exceed the whole; what a person painted and is not yet stored comes on top."""

    total_bytes: int

    @property
    def tile_bytes(self) -> int:
        """For tiles of the image, ready to draw."""
        return self.total_bytes * 45 // 100

    @property
    def overlay_bytes(self) -> int:
        """For tiles of mask, doubt and depth, ready to draw."""
        return self.total_bytes * 15 // 100

    @property
    def plane_bytes(self) -> int:
        """For chunks of mask, doubt and depth."""
        return self.total_bytes * 35 // 100

    @property
    def block_bytes(self) -> int:
        """For decoded blocks of image files."""
        return min(self.total_bytes * 5 // 100, _MOST_BLOCK_BYTES)

    def limit_planes(self, mask: Mask) -> None:
        """Let the planes of a mask keep so many chunks as their part allows."""
        for name, share in _PLANE_SHARES.items():
            plane = getattr(mask, name)
            plane.limit(round(self.plane_bytes * share / (plane.chunk_size**2 * plane.dtype.itemsize)))


def memory_percent() -> int:
    """The share of this machine's memory that was chosen, 1..90."""
    return round(min(90, max(1, settings.number(_KEY, DEFAULT_PERCENT))))


def choose_memory_percent(percent: int) -> None:
    """Remember a share; it counts from the next image on that is opened."""
    settings.remember(_KEY, percent)


def memory_budget(percent: int | None = None) -> MemoryBudget:
    """The budget at a share of this machine's memory; the chosen one if none is given."""
    share = memory_percent() if percent is None else percent
    return MemoryBudget(max(_LEAST_BYTES, psutil.virtual_memory().total * share // 100))


def share_out(budget: MemoryBudget, tiles: TileReader, overlays: OverlayTiles, mask: Mask | None) -> None:
    """Give everyone who keeps something for speed its part."""
    keep_blocks(budget.block_bytes)
    tiles.limit(budget.tile_bytes)
    overlays.limit(budget.overlay_bytes)
    if mask is not None:
        budget.limit_planes(mask)
