"""Scenes: any window of an endless place."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.raster.window import Window
from segstudio.sample.files import Layers, Progress, ScenePaths, write_files
from segstudio.sample.hashing import mix
from segstudio.sample.places import place_of
from segstudio.sample.render import PAD_PX, render_tile
from segstudio.sample.sensor import expose, panchromatic, sensor_named, to_bytes, to_counts
from segstudio.sample.settings import SceneSettings
from segstudio.sample.town import Town

__all__ = ["TILE", "SceneBlock", "ScenePaths", "SceneSettings", "render_window", "write_scene"]

TILE = 256
"""Scenes are rendered in squares of this many pixels on a fixed grid: that is why windows always agree.

Windows that start and end on multiples of it cost least.
"""
_TILES_KEPT = 48
_TOWNS_KEPT = 6


@dataclass(frozen=True, slots=True)
class SceneBlock:
    """A piece of a scene: picture (B, h, w), true class ids uint8 (h, w), height above ground float32 (h, w).

    Height is above zero on buildings and trees and hedges, and zero everywhere else.
    """

    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    class_ids: NDArray[np.uint8]
    height_m: NDArray[np.float32]


class _Memory(threading.local):
    """What was rendered of late; every thread keeps its own, so that none waits for another."""

    def __init__(self) -> None:
        self.towns: OrderedDict[tuple[int, str | None], Town] = OrderedDict()
        self.tiles: OrderedDict[tuple[object, ...], SceneBlock] = OrderedDict()


_memory = _Memory()


def render_window(settings: SceneSettings, window: Window) -> SceneBlock:
    """Any window of a scene; pixels are the same whatever window they are asked in."""
    h, w = window.shape
    pixels: NDArray[Any] = np.empty((settings.bands, h, w), settings.dtype)
    class_ids, height_m = np.empty((h, w), np.uint8), np.empty((h, w), np.float32)
    for part in window.blocks(TILE):
        col, row = part.col_off // TILE, part.row_off // TILE
        tile, whole = _tile(settings, col, row), Window(col * TILE, row * TILE, TILE, TILE)
        to, fro = part.slices_in(window), part.slices_in(whole)
        pixels[:, *to] = tile.pixels[:, *fro]
        class_ids[to] = tile.class_ids[fro]
        height_m[to] = tile.height_m[fro]
    return SceneBlock(pixels, class_ids, height_m)


def write_scene(
    out_dir: str | Path, settings: SceneSettings, *, progress: Progress | None = None
) -> ScenePaths:
    """Write scene.tif, truth.tif, height.tif (metres above ground) and classes.json into a folder.

    The rasters are tiled, compressed, georeferenced in UTM 52N and carry overviews; a file appears under its
    name when it is complete. Memory does not grow with the scene.

    Raises:
        SegstudioError: the folder cannot be written.
    """

    def rendered(window: Window) -> Layers:
        block = render_window(settings, window)
        return block.pixels, block.class_ids, block.height_m

    return write_files(Path(out_dir), settings, rendered, progress)


def _tile(settings: SceneSettings, col: int, row: int) -> SceneBlock:
    key = (
        settings.seed,
        settings.style,
        settings.bands,
        settings.dtype,
        settings.sensor,
        settings.gsd_m,
        col,
        row,
    )
    tiles = _memory.tiles
    if key not in tiles:
        tiles[key] = _rendered(settings, col, row)
        if len(tiles) > _TILES_KEPT:
            tiles.popitem(last=False)
    tiles.move_to_end(key)
    return tiles[key]


def _town(seed: int, style: str | None) -> Town:
    towns = _memory.towns
    if (seed, style) not in towns:
        towns[seed, style] = Town(seed, place_of(seed, style))
        if len(towns) > _TOWNS_KEPT:
            towns.popitem(last=False)
    towns.move_to_end((seed, style))
    return towns[seed, style]


def _rendered(settings: SceneSettings, col: int, row: int) -> SceneBlock:
    sensor, gsd = sensor_named(settings.sensor), settings.gsd_m
    town = _town(settings.seed, settings.style)
    tile = render_tile(town, sensor, settings.seed, col * TILE * gsd, row * TILE * gsd, gsd, TILE)
    measured = expose(tile.light, sensor, mix(settings.seed, 91, col, row))
    core = (slice(PAD_PX, -PAD_PX), slice(PAD_PX, -PAD_PX))
    measured = measured[core]
    if settings.bands == 1:
        measured = panchromatic(measured, mix(settings.seed, 92, col, row))
    numbers = to_bytes(measured, sensor) if settings.dtype == "uint8" else to_counts(measured, sensor)
    pixels: NDArray[Any] = np.ascontiguousarray(numbers.transpose(2, 0, 1))
    return SceneBlock(pixels, tile.class_ids[core].copy(), tile.height_m[core].copy())
