"""Opening, jumping and dragging, with overviews and without, against bare rasterio reads."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window as RasterioWindow

from segstudio.raster.open import open_raster
from segstudio.raster.overview_build import build, plan_pyramid
from segstudio.raster.overviews import Pyramid
from segstudio.raster.raster import fit_shape
from segstudio.raster.stretch import default_stretch, read_display
from segstudio.raster.tiles import TileGrid
from segstudio.raster.window import Window
from tests.bench.measure import Figure, each_ms, percentiles, seconds_of, show
from tests.bench.scenes import BLOCK, write_noise_scene

SCREEN = (1600, 1000)


def run(folder: Path, size: int = 20_000) -> None:
    path = write_noise_scene(folder / "view.tif", size, bands=1, dtype="uint16", overviews=True)
    show(f"view of a {size} x {size} uint16 GeoTIFF with overviews, {SCREEN[0]} x {SCREEN[1]} screen", [
        first_view(path), *jumps(path, size), *drags(path, size), *opened(path, folder)
    ])  # fmt: skip
    plain = write_noise_scene(folder / "plain.tif", size, bands=1, dtype="uint16", overviews=False)
    show("the same without overviews", [*without_overviews(plain, folder), building(plain, folder)])


def opened(path: Path, folder: Path) -> list[Figure]:
    """The real window on a scene with overviews, in a process of its own."""
    figures = in_window(path, folder)
    return [
        Figure("in the window: open to sharp", figures["sharp_ms"], "ms"),
        Figure("in the window: zoom or jump to sharp, longest of 6", figures["move_ms"], "ms"),
        Figure("in the window: peak memory when open", figures["open_mb"], "MB", 400, "limit: the bar"),
        Figure("in the window: longest event-loop gap", figures["gap_ms"], "ms"),
    ]


def without_overviews(path: Path, folder: Path) -> list[Figure]:
    """The real window on a scene whose overviews are built meanwhile, against one bare read of the file."""
    figures, bare_ms = in_window(path, folder), seconds_of(lambda: bare_whole(path)) * 1e3
    return [
        Figure("in the window: something to see", figures["seen_ms"], "ms", 1000, "limit: the bar"),
        Figure("in the window: sharp", figures["sharp_ms"], "ms", bare_ms),
        Figure("in the window: peak memory when sharp", figures["open_mb"], "MB", 400, "limit: the bar"),
        Figure("in the window: longest event-loop gap", figures["gap_ms"], "ms"),
    ]


def building(path: Path, folder: Path) -> Figure:
    """All overviews of a scene, against one bare read of the file."""
    plan = plan_pyramid(path)
    assert plan is not None
    pyramid = Pyramid.find(folder / "levels", plan, path)
    built_s = seconds_of(lambda: list(build(path, pyramid, go_on=lambda: True, choose=lambda units: 0)))
    return Figure("overviews built", built_s * 1e3, "ms", seconds_of(lambda: bare_whole(path)) * 1e3)


def in_window(path: Path, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.open_in_window", str(path), str(folder)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(told.splitlines()[-1])


def bare_whole(path: Path) -> None:
    """Every pixel once, a row of blocks at a time."""
    with rasterio.Env(GDAL_CACHEMAX=64 << 20), rasterio.open(path) as dataset:
        for row in range(0, dataset.height, BLOCK):
            rows = min(BLOCK, dataset.height - row)
            dataset.read(window=RasterioWindow(0, row, dataset.width, rows))


def first_view(path: Path) -> Figure:
    """Open, find a stretch, read the whole scene for the screen, show-ready; best of five."""

    def ours() -> None:
        with open_raster(path) as raster:
            stretch = default_stretch(raster)
            read_display(raster, raster.info.extent, fit_shape(raster.info.extent, SCREEN[1]), stretch)

    def bare() -> None:
        with rasterio.open(path) as dataset:
            dataset.read(out_shape=(1, SCREEN[1], SCREEN[1]))

    bare_s, ours_s = (min(seconds_of(work) for _ in range(5)) for work in (bare, ours))
    return Figure("open to first full view", ours_s * 1e3, "ms", bare_s * 1e3)


def jumps(path: Path, size: int) -> list[Figure]:
    """Fifty random full-resolution views: whole tiles, display-ready, against one windowed read each."""
    rng = np.random.default_rng(1)
    corners = rng.integers(0, size - max(SCREEN), (50, 2))
    views = [Window(int(col), int(row), *SCREEN) for col, row in corners]
    with open_raster(path) as raster, rasterio.open(path) as dataset:
        stretch = default_stretch(raster)
        ours = each_ms(lambda v=v: read_display(raster, v, v.shape, stretch) for v in views)
        bare = each_ms(lambda v=v: _bare_read(dataset, v) for v in views)
    (p50, p95), (bare50, bare95) = percentiles(ours, 50, 95), percentiles(bare, 50, 95)
    return [Figure("jump p50", p50, "ms", bare50), Figure("jump p95", p95, "ms", bare95)]


def drags(path: Path, size: int) -> list[Figure]:
    """Small drags over tiles that are kept: only the tiles that come into view are read."""
    grid, kept = TileGrid(size, size), set()
    views = [Window(4000 + 48 * step, 4000, *SCREEN) for step in range(50)]
    with open_raster(path) as raster, rasterio.open(path) as dataset:
        stretch = default_stretch(raster)

        def show_view(view: Window) -> None:
            for key in grid.visible(view, 0):
                if key not in kept:
                    window = grid.window(key)
                    read_display(raster, window, grid.out_shape(key), stretch)
                    kept.add(key)

        show_view(views[0])
        ours = each_ms(lambda v=v: show_view(v) for v in views[1:])
        bare = each_ms(lambda v=v: _bare_read(dataset, v) for v in views[1:])
    return [
        Figure("48 px drag p50", *_pair(ours, bare, 50)),
        Figure("48 px drag p95", *_pair(ours, bare, 95)),
    ]


def _pair(ours: list[float], bare: list[float], percent: float) -> tuple[float, str, float]:
    return percentiles(ours, percent)[0], "ms", percentiles(bare, percent)[0]


def _bare_read(dataset: rasterio.io.DatasetReader, view: Window) -> None:
    dataset.read(window=RasterioWindow(view.col_off, view.row_off, view.width, view.height))
