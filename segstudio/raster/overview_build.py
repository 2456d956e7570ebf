"""Builds a pyramid unit by unit: one pass over the image, and memory for one unit."""

import logging
import math
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine
from rasterio.windows import Window as RasterioWindow

from segstudio.errors import RasterError
from segstudio.raster.gdal import GDAL_TROUBLE, dataset_path, gdal_settings
from segstudio.raster.geotiff import GeotiffRaster
from segstudio.raster.open import open_raster
from segstudio.raster.overviews import (
    BLOCK_PX,
    COARSEST_IN_UNIT,
    EMPTY,
    MAX_UNITS,
    TODO,
    Pyramid,
    PyramidPlan,
    missing_factors,
    throw_away,
    unit_shape,
)
from segstudio.raster.raster import Pixels
from segstudio.raster.window import Window

# A pyramid is a convenience: it takes a quarter of what is free at most, and never the last of it.
FREE_SHARE = 0.25
SPARE_BYTES = 1_000_000_000
# Between two pieces it is asked whether to go on.
PIECE_BYTES = 16_000_000
_ROWS = 1024
# Decoding is nearly all of the work.
READERS = 2
# A file whose blocks have fixed places from the start: readers see what a builder puts there, each through a
# handle of its own. Holes take no room.
_LAYOUT = {
    "driver": "GTiff", "tiled": True, "blockxsize": BLOCK_PX, "blockysize": BLOCK_PX, "BIGTIFF": "YES",
    "interleave": "band", "photometric": "MINISBLACK",
}  # fmt: skip

GoOn = Callable[[], bool]
Units = NDArray[np.intp]
"""Rows and columns (n, 2) of units."""
Choose = Callable[[Units], int]

_log = logging.getLogger(__name__)


class NoRoom(RasterError):
    """There is no place for overviews, or too little."""


def plan_pyramid(path: Path) -> PyramidPlan | None:
    """What a pyramid of an image would hold; None where the image needs none.

    Raises:
        RasterError: The image cannot be opened.
    """
    with open_raster(path) as raster:
        factors = missing_factors(raster.info)
        if not factors or not isinstance(raster, GeotiffRaster):
            return None
        info, dtype = raster.info, raster.stored_dtype
        pixel_bytes = raster.stored_count * np.dtype(dtype).itemsize
        size = info.height, info.width
        shape = unit_shape(size, info.block_shape, pixel_bytes, max(COARSEST_IN_UNIT, factors[0]))
        plan = PyramidPlan(info.width, info.height, raster.stored_count, dtype, raster.fill, factors, shape)
        return plan if math.prod(plan.unit_counts) <= MAX_UNITS else None


def build(path: Path, pyramid: Pyramid, *, go_on: GoOn, choose: Choose) -> Iterator[Window]:
    """Finish what is missing and give the window of each unit when it counts; ends early when told to.

    What is finished is written down at the end, however it comes; after a crash the next one begins anew.

    Args:
        path: The image.
        pyramid: Its pyramid, perhaps finished in part.
        go_on: Asked several times a second.
        choose: Which of the missing units (n, 2) is made next.

    Raises:
        RasterError: The image cannot be read, or there is no room.
        OSError: The folder cannot be written to.
    """
    with _open(path) as raster:
        _prepare(pyramid, raster)
    with gdal_settings():
        try:
            yield from _units(path, pyramid, go_on, choose)
            if pyramid.states.all() and go_on():
                _make_coarsest(pyramid)
                yield Window(0, 0, pyramid.plan.width, pyramid.plan.height)
        finally:
            pyramid.keep()


def _open(path: Path) -> GeotiffRaster:
    raster = open_raster(path)
    assert isinstance(raster, GeotiffRaster)
    return raster


def _prepare(pyramid: Pyramid, raster: GeotiffRaster) -> None:
    """Judge the room, make the level files if there are none, and leave out what the image leaves out."""
    fresh = not pyramid.is_begun
    left_out = _left_out(raster, pyramid.plan) if fresh else []
    todo = 1 - len(left_out) / pyramid.states.size if fresh else 1 - pyramid.share_done
    _judge_room(pyramid.folder, pyramid.plan.size_bytes(todo))
    if fresh:
        throw_away(pyramid.folder)
        pyramid.folder.mkdir(parents=True, exist_ok=True)
        for factor in pyramid.plan.factors:
            _make_file(pyramid, factor)
    pyramid.forget_note()
    for row, col in left_out:
        pyramid.finish_unit(row, col, EMPTY)


def _left_out(raster: GeotiffRaster, plan: PyramidPlan) -> list[tuple[int, int]]:
    return [unit for unit in np.ndindex(*plan.unit_counts) if raster.is_left_out(plan.unit_window(*unit))]


def _judge_room(folder: Path, size_bytes: int) -> None:
    home = next(place for place in (folder, *folder.parents) if place.is_dir())
    free = shutil.disk_usage(home).free
    if size_bytes > free * FREE_SHARE or free - size_bytes < SPARE_BYTES:
        raise NoRoom(f"overviews would take {size_bytes / 1e6:,.0f} MB in {folder}: make room there")


def _make_file(pyramid: Pyramid, factor: int) -> None:
    plan = pyramid.plan
    height, width = plan.level_shape(factor)
    profile = _LAYOUT | {"width": width, "height": height, "count": plan.band_count, "dtype": plan.dtype}
    path = dataset_path(pyramid.level_path(factor))
    with _writing(pyramid), rasterio.open(path, "w", **profile, transform=Affine.scale(factor, factor)):
        pass


def _units(path: Path, pyramid: Pyramid, go_on: GoOn, choose: Choose) -> Iterator[Window]:
    """Read units side by side, as many as there are readers; write one at a time, in the order chosen."""
    missing = np.argwhere(pyramid.states == TODO)
    begun: deque[tuple[tuple[int, int], Future[Pixels | None]]] = deque()
    with _UnitReaders(path, pyramid.plan, go_on) as readers:
        while (len(missing) or begun) and go_on():
            while len(missing) and len(begun) < READERS:
                chosen = choose(missing)
                unit = int(missing[chosen, 0]), int(missing[chosen, 1])
                missing = np.delete(missing, chosen, axis=0)
                begun.append((unit, readers.begin(unit)))
            unit, pixels = begun.popleft()
            if _finish(pyramid, unit, pixels):
                yield pyramid.plan.unit_window(*unit)


def _finish(pyramid: Pyramid, unit: tuple[int, int], reading: "Future[Pixels | None]") -> bool:
    """Wait for a unit and write it; whether it counts."""
    try:
        pixels = reading.result()
    except RasterError as error:  # the view asks for this part itself, and says what is wrong
        _log.info("no overviews of a part: %s", error)
        return False
    if pixels is None:
        return False
    _judge_room(pyramid.folder, 0)
    _write_unit(pyramid, pyramid.plan.unit_window(*unit), pixels)
    pyramid.settle()
    pyramid.finish_unit(*unit)
    return True


class _UnitReaders:
    """Threads that read units, each through a handle of its own."""

    def __init__(self, path: Path, plan: PyramidPlan, go_on: GoOn) -> None:
        self._path, self._plan, self._go_on = path, plan, go_on
        self._own = threading.local()
        self._opened: list[GeotiffRaster] = []
        self._pool = ThreadPoolExecutor(READERS, "overview reader")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        for raster in self._opened:
            raster.close()

    def begin(self, unit: tuple[int, int]) -> "Future[Pixels | None]":
        """Read a unit at the finest level (B, h, w); None when told to end half-way."""
        return self._pool.submit(self._read, unit)

    def _read(self, unit: tuple[int, int]) -> Pixels | None:
        if not hasattr(self._own, "raster"):
            self._own.raster = _open(self._path)
            self._opened.append(self._own.raster)
        return _read_unit(self._own.raster, self._plan, unit, self._go_on)


def _read_unit(raster: GeotiffRaster, plan: PyramidPlan, unit: tuple[int, int], go_on: GoOn) -> Pixels | None:
    """A unit at the finest level (B, h, w); None when told to end half-way."""
    window, factor = plan.unit_window(*unit), plan.factors[0]
    pixels = np.empty((plan.band_count, *_shape(window, factor)), plan.dtype)
    row_bytes = window.width * plan.band_count * np.dtype(plan.dtype).itemsize
    block = math.lcm(raster.info.block_shape[0], factor)
    rows = max(1, PIECE_BYTES // (row_bytes * block)) * block
    for row in range(0, window.height, rows):
        if not go_on():
            return None
        piece = Window(window.col_off, window.row_off + row, window.width, min(rows, window.height - row))
        shape = _shape(piece, factor)
        pixels[:, row // factor : row // factor + shape[0]] = raster.read_stored(piece, shape)
    return pixels


def _write_unit(pyramid: Pyramid, window: Window, pixels: Pixels) -> None:
    """Put a unit into every level that is written unit by unit; zeros are what a hole reads as."""
    for factor in pyramid.plan.unit_factors:
        if factor > pyramid.plan.factors[0]:
            pixels = _halved(pixels)
        if pixels.any():
            _write(pyramid, factor, window, pixels)


def _make_coarsest(pyramid: Pyramid) -> None:
    """Make the levels that have too few pixels to be written unit by unit."""
    plan = pyramid.plan
    for factor in plan.factors[len(plan.unit_factors) :]:
        finer = dataset_path(pyramid.level_path(factor // 2))
        with rasterio.open(finer, driver="GTiff", sharing=False) as source:
            for rows in Window(0, 0, 1, source.height).blocks(2 * _ROWS):
                part = RasterioWindow(0, rows.row_off, source.width, rows.height)
                place = Window(0, rows.row_off * (factor // 2), plan.width, rows.height * (factor // 2))
                _write(pyramid, factor, place, _halved(source.read(window=part)))
    pyramid.complete()


def _write(pyramid: Pyramid, factor: int, window: Window, pixels: Pixels) -> None:
    place = RasterioWindow(
        window.col_off // factor, window.row_off // factor, pixels.shape[2], pixels.shape[1]
    )
    path = dataset_path(pyramid.level_path(factor))
    with _writing(pyramid), rasterio.open(path, "r+", driver="GTiff") as file:
        file.write(pixels, window=place)


@contextmanager
def _writing(pyramid: Pyramid) -> Iterator[None]:
    try:
        yield
    except GDAL_TROUBLE as error:
        raise NoRoom(f"overviews cannot be written to {pyramid.folder}: check its disk") from error


def _halved(pixels: Pixels) -> Pixels:
    """The second pixel of each pair along both sides, as a nearest read has it; a last one alone stays."""
    rows, cols = (np.minimum(2 * np.arange(-(-side // 2)) + 1, side - 1) for side in pixels.shape[1:])
    return pixels[:, rows][:, :, cols]


def _shape(window: Window, factor: int) -> tuple[int, int]:
    return -(-window.height // factor), -(-window.width // factor)
