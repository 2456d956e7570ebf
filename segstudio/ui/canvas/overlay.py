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
from segstudio.mask.mask import Mask
from segstudio.mask.plane import Plane
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
from segstudio.ui.canvas.tile_picture import shared_picture

OverlayKind = Literal["mask", "outline", "doubt", "depth"]

OVERLAY_TILE_PX = 256
OVERLAY_BUDGET_BYTES = 128 * 1024 * 1024
# outlines are drawn finer than image pixels when zoomed in, so that they stay one or two screen pixels thin
FINEST_LEVEL = -6
OUTLINE_REACH = 2
OUTSIDE = Window(0, 0, 0, 0)


@dataclass(slots=True)
class _Tile:
    """Colours of a tile, the picture that shows them, and the image pixels in which they are out of date."""

    argb: Argb
    image: QImage
    stale: Window = field(default=OUTSIDE)


class Grid:
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


class OverlayTiles:
    """Colours what the planes hold, tile by tile, and again only where they changed.

    Belongs to the GUI thread like the mask itself. Work is cut into slices: `begin_slice` gives an allowance,
    and beyond it `image` gives what there is, perhaps out of date.
    """

    def __init__(self, budget_bytes: int = OVERLAY_BUDGET_BYTES) -> None:
        self.grid = Grid(0, 0)
        self.depth_range = (0.0, 1.0)
        self._budget_bytes = budget_bytes
        self._mask: Mask | None = None
        self._colours = ClassColours()
        self._doubt, self._depth = doubt_table(), depth_table()
        self._tiles: dict[tuple[OverlayKind, TileKey], _Tile] = {}
        self._bytes = 0
        self._deadline = math.inf

    # ---- what is shown -------------------------------------------------------------------------------------

    def set_mask(self, mask: Mask | None) -> None:
        """Colour another mask, or none."""
        self._mask = mask
        extent = mask.extent if mask else OUTSIDE
        self.grid = Grid(extent.width, extent.height)
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

    def depth_plane(self) -> Plane | None:
        """Where depth comes from: the model's, else the target a person attached; None without either."""
        if self._mask is None:
            return None
        planes = (self._mask.depth, self._mask.depth_target)
        return next((plane for plane in planes if plane.written_chunks()), None)

    def forget(self, *kinds: OverlayKind) -> None:
        """Throw tiles of these kinds away; all of them if none is named."""
        self._tiles = {key: tile for key, tile in self._tiles.items() if kinds and key[0] not in kinds}
        self._bytes = sum(tile.argb.nbytes for tile in self._tiles.values())

    def mark_stale(self, window: Window) -> None:
        """Say that the planes changed in a window; only this much is coloured again when it is next drawn."""
        for level in {key.level for _, key in self._tiles}:
            # an outline depends on the neighbours too
            changed = window.padded(OUTLINE_REACH << max(0, level))
            for key in self.grid.tiles(changed, level):
                for kind in ("mask", "outline", "doubt", "depth"):
                    tile = self._tiles.get((kind, key))
                    if tile is not None:
                        tile.stale = tile.stale.union(changed)

    # ---- drawing -------------------------------------------------------------------------------------------

    def begin_slice(self, milliseconds: float) -> None:
        """Allow so much colouring from now on."""
        self._deadline = time.perf_counter() + milliseconds / 1000

    def image(self, kind: OverlayKind, key: TileKey) -> tuple[QImage | None, bool]:
        """A tile ready to draw and True; when the allowance is used up, its old state or None, and False."""
        tile = self._tiles.pop((kind, key), None)
        if tile is not None:
            self._tiles[kind, key] = tile  # now the last one to be dropped
            if tile.stale.is_empty:
                return tile.image, True
        if time.perf_counter() > self._deadline:
            return (tile.image if tile else None), False
        if tile is None:
            return self._make(kind, key).image, True
        self._refresh(kind, key, tile)
        return tile.image, True

    def known(self, kind: OverlayKind, key: TileKey) -> QImage | None:
        """A tile as it lies there, perhaps out of date."""
        tile = self._tiles.get((kind, key))
        return tile.image if tile else None

    # ---- inside --------------------------------------------------------------------------------------------

    def _make(self, kind: OverlayKind, key: TileKey) -> _Tile:
        argb = np.ascontiguousarray(self._coloured(kind, key.level, self.grid.window(key)))
        tile = _Tile(argb, shared_picture(argb))
        self._bytes += argb.nbytes
        self._tiles[kind, key] = tile
        while self._bytes > self._budget_bytes and len(self._tiles) > 1:
            oldest = next(iter(self._tiles))
            self._bytes -= self._tiles.pop(oldest).argb.nbytes
        return tile

    def _refresh(self, kind: OverlayKind, key: TileKey, tile: _Tile) -> None:
        whole = self.grid.window(key)
        part = _aligned(tile.stale.intersection(whole), whole, key.level)
        tile.stale = OUTSIDE
        if part.is_empty:
            return
        finer = part.slices_in(whole)
        rows, cols = (_at_level(edge, key.level) for edge in finer)
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


def _enlarged(ids: npt.NDArray[np.uint8], zoom: int) -> npt.NDArray[np.uint8]:
    """Repeat every pixel, and keep only as many enlarged pixels around as an outline looks at."""
    if zoom == 1:
        return ids
    large = ids.repeat(zoom, axis=0).repeat(zoom, axis=1)
    spare = OUTLINE_REACH * (zoom - 1)
    return large[spare:-spare, spare:-spare]


def _aligned(part: Window, whole: Window, level: int) -> Window:
    """The part grown to whole tile pixels."""
    step = 1 << max(0, level)
    return Window.from_bounds(
        part.col_off // step * step,
        part.row_off // step * step,
        -(-part.col_end // step) * step,
        -(-part.row_end // step) * step,
    ).intersection(whole)


def _at_level(edge: slice, level: int) -> slice:
    """A slice of image pixels as one of tile pixels."""
    if level >= 0:
        return slice(edge.start >> level, -(-edge.stop >> level))
    return slice(edge.start << -level, edge.stop << -level)
