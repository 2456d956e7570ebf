"""Overlay tiles: mask, its outlines, doubt and depth, coloured from the planes of the open document."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from segstudio.mask.classes import UNLABELLED, ClassList
from segstudio.mask.depth_filter import DepthFilter
from segstudio.mask.mask import Mask
from segstudio.mask.plane import CHUNK_SIZE, ChunkKey, Plane
from segstudio.raster.tiles import TileKey
from segstudio.raster.window import Window
from segstudio.ui.canvas.overlay_colours import (
    Argb,
    ClassColours,
    depth_levels,
    depth_table,
    doubt_table,
    outlined,
)
from segstudio.ui.canvas.overlay_grid import (
    OVERLAY_TILE_PX,
    OverlayGrid,
    aligned,
    at_level,
    chunks_in,
    shape_at_level,
)
from segstudio.ui.canvas.tile_picture import shared_picture
from segstudio.ui.display import DepthFrom

OverlayKind = Literal["mask", "outline", "doubt", "depth", "outside"]
"""`outside` dims what the depth filter keeps from the tools."""

OVERLAY_BUDGET_BYTES = 128 * 1024 * 1024
OUTLINE_REACH = 2
SPARES = 9  # a brush of 512 pixels meets no more tiles at once
# beyond so many, the planes are asked which of their chunks hold anything
MANY_CHUNKS = 1000
OUTSIDE = Window(0, 0, 0, 0)
# black, two thirds dense: what cannot be changed steps back and can still be seen
OUTSIDE_ARGB = np.uint32(0xA8000000)


@dataclass(slots=True)
class OverlayTile:
    """A picture of a tile, None where there is nothing to show, and whether it is up to date."""

    image: QImage | None = None
    is_new: bool = True
    argb: Argb | None = None  # what the picture shows; changed in place
    stale: Window = field(default=OUTSIDE)  # image pixels that changed since

    @property
    def size_bytes(self) -> int:
        """What the colours take."""
        return self.argb.nbytes if self.argb is not None else 0


_NOTHING_YET = OverlayTile(is_new=False)


class OverlayTiles:
    """Colours what the planes hold, tile by tile, and again only where they changed.

    Belongs to the GUI thread like the mask itself. Work is cut into slices: `begin_slice` gives an allowance,
    and beyond it `tile` gives what there is, perhaps out of date.
    """

    def __init__(self, budget_bytes: int = OVERLAY_BUDGET_BYTES) -> None:
        self.grid = OverlayGrid(0, 0)
        self.depth_range = (0.0, 1.0)
        self.depth_filter: DepthFilter | None = None
        self._budget_bytes = budget_bytes
        self._depth_from: DepthFrom = "model"
        self._mask: Mask | None = None
        self._colours = ClassColours()
        self._doubt, self._depth = doubt_table(), depth_table()
        self._spoken: set[ChunkKey] = set()
        self._tiles: dict[tuple[OverlayKind, TileKey], OverlayTile] = {}
        self._layers: set[tuple[OverlayKind, int]] = set()  # kinds and levels there are or were tiles of
        self._spares: list[Argb] = []
        self._bytes = 0
        self._deadline = math.inf
        self._is_first = True

    # ---- what is shown -------------------------------------------------------------------------------------

    def set_mask(self, mask: Mask | None) -> None:
        """Colour another mask, or none."""
        self._mask = mask
        extent = mask.extent if mask else OUTSIDE
        self.grid = OverlayGrid(extent.width, extent.height)
        self._spoken = _written_chunks(mask) if mask else set()
        self.forget()

    def set_classes(self, classes: ClassList | None) -> None:
        """Use the colours of these classes; a class that is not visible is transparent."""
        self._colours = ClassColours(classes or ())
        self.forget("mask", "outline")

    def set_depth_range(self, low: float, high: float) -> None:
        """Spread the depth colours between two values."""
        if (low, high) != self.depth_range:
            self.depth_range = (low, high)
            self.forget("depth")

    def prefer_depth(self, source: DepthFrom) -> None:
        """Show the model's depth or the target it learns from, where there are both."""
        if source != self._depth_from:
            self._depth_from = source
            self.forget("depth", "outside")

    def depth_plane(self) -> Plane | None:
        """Where depth comes from: the model's or the target, whichever is preferred and there; else None."""
        if self._mask is None:
            return None
        return self._mask.depth_shown(prefer_target=self._depth_from == "target")

    def set_depth_filter(self, wanted: DepthFilter | None) -> None:
        """Dim what this filter keeps from the tools; None dims nothing."""
        if wanted != self.depth_filter:
            self.depth_filter = wanted
            self.forget("outside")

    def forget(self, *kinds: OverlayKind) -> None:
        """Throw tiles of these kinds away; all of them if none is named."""
        self._tiles = {key: tile for key, tile in self._tiles.items() if kinds and key[0] not in kinds}
        self._layers = {(kind, key.level) for kind, key in self._tiles}
        self._bytes = sum(tile.size_bytes for tile in self._tiles.values())

    def mark_stale(self, window: Window) -> None:
        """Say that the planes changed in a window; only this much is coloured again when it is next drawn."""
        inside = window.intersection(self.grid.extent)
        is_vast = inside.area > MANY_CHUNKS * CHUNK_SIZE**2
        self._spoken |= _written_chunks(self._mask) if is_vast and self._mask else set(chunks_in(inside))
        for (kind, key), tile in self._touched(window):
            # an outline depends on the neighbours too
            reach = OUTLINE_REACH << max(0, key.level) if kind == "outline" else 0
            tile.stale, tile.is_new = tile.stale.union(window.padded(reach)), False

    def limit(self, budget_bytes: int) -> None:
        """Keep tiles of at most so many bytes."""
        self._budget_bytes = budget_bytes
        self._make_room()

    @property
    def size_bytes(self) -> int:
        """What the tiles in memory take."""
        return self._bytes

    # ---- drawing -------------------------------------------------------------------------------------------

    def begin_slice(self, milliseconds: float) -> None:
        """Allow so much colouring from now on; one tile is always allowed, so that every slice gets on."""
        self._deadline = time.perf_counter() + milliseconds / 1000
        self._is_first = True

    def tile(self, kind: OverlayKind, key: TileKey) -> OverlayTile:
        """A tile to draw; when the allowance is used up it may be old, or not there yet."""
        tile = self._tiles.pop((kind, key), None)
        if tile is not None:
            self._tiles[kind, key] = tile  # now the last one to be dropped
            if tile.is_new:
                return tile
        if tile is None and kind != "outside" and self._is_silent(key):
            # most of a scene is empty at first: an empty tile takes no room and is not drawn
            self._layers.add((kind, key.level))
            return self._tiles.setdefault((kind, key), OverlayTile())
        if not self._is_first and time.perf_counter() > self._deadline:
            return tile or _NOTHING_YET
        self._is_first = False
        if tile is None:
            whole = self._coloured(kind, key.level, self.grid.window(key))
            return self._keep(kind, key, np.ascontiguousarray(whole))
        if tile.argb is None:
            # it was silent: beyond what changed since then it still is
            stale, shape = tile.stale, shape_at_level(self.grid.window(key), key.level)
            tile = self._keep(kind, key, self._blank(shape))
            tile.stale = stale
        self._refresh(kind, key, tile)
        return tile

    def prepare(self) -> None:
        """In a quiet moment, lay an empty tile ready: fresh memory costs more than colouring a dab in it."""
        if len(self._spares) < SPARES:
            self._spares.append(np.full((OVERLAY_TILE_PX, OVERLAY_TILE_PX), 0, np.uint32))

    def known(self, kind: OverlayKind, key: TileKey) -> QImage | None:
        """A tile's picture as it lies there, perhaps out of date."""
        tile = self._tiles.get((kind, key))
        return tile.image if tile else None

    # ---- inside --------------------------------------------------------------------------------------------

    def _touched(self, window: Window) -> Iterator[tuple[tuple[OverlayKind, TileKey], OverlayTile]]:
        """The tiles that show some of a window or of its surroundings.

        Looked up by their place, so that a dab does not cost more the more tiles there are.
        """
        for kind, level in self._layers:
            around = window.padded(OUTLINE_REACH << max(0, level))
            for key in self.grid.tiles(around, level):
                tile = self._tiles.get((kind, key))
                if tile is not None:
                    yield (kind, key), tile

    def _blank(self, shape: tuple[int, int]) -> Argb:
        if self._spares and shape == self._spares[-1].shape:
            return self._spares.pop()
        return np.zeros(shape, np.uint32)

    def _is_silent(self, key: TileKey) -> bool:
        """Whether no plane holds anything in a tile."""
        window = self.grid.window(key)
        if window.area > len(self._spoken) * CHUNK_SIZE**2:
            corners = ((col * CHUNK_SIZE, row * CHUNK_SIZE) for row, col in self._spoken)
            return not any(window.contains_pixel(*corner) for corner in corners)
        return self._spoken.isdisjoint(chunks_in(window))

    def _keep(self, kind: OverlayKind, key: TileKey, argb: Argb) -> OverlayTile:
        """A new tile of these colours, for which older ones may have to go."""
        tile = OverlayTile(shared_picture(argb), argb=argb)
        self._tiles[kind, key] = tile
        self._layers.add((kind, key.level))
        self._bytes += tile.size_bytes
        self._make_room()
        return tile

    def _make_room(self) -> None:
        """Drop the tiles drawn longest ago."""
        while self._bytes > self._budget_bytes and len(self._tiles) > 1:
            self._bytes -= self._tiles.pop(next(iter(self._tiles))).size_bytes

    def _refresh(self, kind: OverlayKind, key: TileKey, tile: OverlayTile) -> None:
        """Colour what changed."""
        whole = self.grid.window(key)
        part = aligned(tile.stale.intersection(whole), whole, key.level)
        tile.stale, tile.is_new = OUTSIDE, True
        if tile.argb is not None and not part.is_empty:
            rows, cols = (at_level(edge, key.level) for edge in part.slices_in(whole))
            tile.argb[rows, cols] = self._coloured(kind, key.level, part)

    def _coloured(self, kind: OverlayKind, level: int, window: Window) -> Argb:
        """Colours of a window at a level."""
        assert self._mask is not None
        step = 1 << max(0, level)
        if kind == "outline":
            return self._outlines(self._mask, level, window)
        if kind == "doubt":
            return self._doubts(self._mask, window, step)
        if kind == "depth":
            return self._depths(window, step)
        if kind == "outside":
            return self._outside(window, step)
        return self._colours.paint(
            self._mask.annotation.read(window, step=step), self._mask.prediction.read(window, step=step)
        )

    def _outlines(self, mask: Mask, level: int, window: Window) -> Argb:
        step, zoom = 1 << max(0, level), 1 << max(0, -level)
        around = window.padded(OUTLINE_REACH * step)
        said = _enlarged(mask.annotation.read(around, step=step), zoom)
        predicted = _enlarged(mask.prediction.read(around, step=step), zoom)
        inner = slice(OUTLINE_REACH, -OUTLINE_REACH)
        colours = self._colours.paint(said[inner, inner], predicted[inner, inner])
        return outlined(colours, np.where(said == UNLABELLED, predicted, said), OUTLINE_REACH)

    def _doubts(self, mask: Mask, window: Window, step: int) -> Argb:
        doubt = mask.doubt.read(window, step=step)
        # where a person has spoken there is no doubt left
        doubt[mask.annotation.read(window, step=step) != UNLABELLED] = 0
        return self._doubt.take(doubt)

    def _depths(self, window: Window, step: int) -> Argb:
        plane = self.depth_plane()
        if plane is None:
            return np.zeros((-(-window.height // step), -(-window.width // step)), np.uint32)
        return self._depth.take(depth_levels(plane.read(window, step=step), *self.depth_range))

    def _outside(self, window: Window, step: int) -> Argb:
        plane, wanted = self.depth_plane(), self.depth_filter
        shape = -(-window.height // step), -(-window.width // step)
        if wanted is None or plane is None:
            return np.zeros(shape, np.uint32)
        return np.where(wanted.passes(plane.read(window, step=step)), np.uint32(0), OUTSIDE_ARGB)


def _written_chunks(mask: Mask) -> set[ChunkKey]:
    planes = (mask.annotation, mask.prediction, mask.doubt, mask.depth, mask.depth_target)
    return {key for plane in planes for key in plane.written_chunks()}


def _enlarged(ids: npt.NDArray[np.uint8], zoom: int) -> npt.NDArray[np.uint8]:
    """Repeat every pixel, and keep only as many enlarged pixels around as an outline looks at."""
    if zoom == 1:
        return ids
    large = ids.repeat(zoom, axis=0).repeat(zoom, axis=1)
    spare = OUTLINE_REACH * (zoom - 1)
    return large[spare:-spare, spare:-spare]
