import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from segstudio.raster.geotiff import GeotiffRaster
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster, RasterInfo
from segstudio.raster.stretch import Stretch, default_stretch
from segstudio.raster.tiles import TileGrid, TileKey
from segstudio.ui.canvas import tile_threads
from segstudio.ui.canvas.tile_reader import TileReader
from tests.ui.canvas.conftest import pixels_of, write_scene

Opened = tuple[RasterInfo, TileGrid, Stretch]


def opened(path: Path) -> Opened:
    with open_raster(path) as raster:
        return raster.info, TileGrid(raster.info.width, raster.info.height), default_stretch(raster)


@pytest.fixture
def reader(qtbot: QtBot) -> Iterator[TileReader]:
    reader = TileReader()
    yield reader
    reader.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tile reader")]


class Gate:
    """Lets the readers read only while it is open; tells when one stands before it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_open, self.reached = threading.Event(), threading.Event()
        self._read = tile_threads.read_tiles
        monkeypatch.setattr(tile_threads, "read_tiles", self)

    def __call__(
        self,
        raster: Raster,
        grid: TileGrid,
        keys: Sequence[TileKey],
        stretch: Stretch,
        go_on: Callable[[], bool],
    ) -> Iterator[tuple[TileKey, QImage]]:
        self.reached.set()
        assert self.is_open.wait(10)
        # what was read is delivered, wanted or not: the hardest case for those who drop it
        yield from self._read(raster, grid, keys, stretch, lambda: True)


def test_wanted_tiles_arrive(qtbot: QtBot, reader: TileReader, scene: Path) -> None:
    info, grid, stretch = opened(scene)
    reader.show(info, grid)
    reader.set_stretch(stretch)
    keys = grid.visible(info.extent, 0)
    reader.want(keys)
    qtbot.waitUntil(lambda: not reader.missing(keys))
    assert all(reader.image(key) is not None for key in keys)
    qtbot.waitUntil(lambda: reader.preview is not None)


def test_nothing_is_read_in_the_gui_thread(
    qtbot: QtBot, reader: TileReader, scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set()
    read = GeotiffRaster.read_with_valid

    def watched(self: GeotiffRaster, *args: object, **named: object) -> object:
        threads.add(threading.get_ident())
        return read(self, *args, **named)  # type: ignore[arg-type]

    info, grid, stretch = opened(scene)
    monkeypatch.setattr(GeotiffRaster, "read_with_valid", watched)
    reader.show(info, grid)
    reader.set_stretch(stretch)
    keys = grid.visible(info.extent, 0)
    reader.want(keys)
    qtbot.waitUntil(lambda: not reader.missing(keys))
    assert threads and threading.get_ident() not in threads


def test_tiles_of_an_old_stretch_are_dropped_when_they_come_late(
    qtbot: QtBot, reader: TileReader, scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    info, grid, stretch = opened(scene)
    reader.show(info, grid)
    reader.set_stretch(stretch)
    keys = grid.visible(info.extent, 0)
    reader.want(keys)
    assert gate.reached.wait(10)
    black = replace(stretch, low=(1000.0,) * 3, high=(2000.0,) * 3)
    reader.set_stretch(black)
    reader.want(keys)
    shown: list[TileKey] = []
    reader.arrived.connect(shown.extend)
    gate.is_open.set()
    qtbot.waitUntil(lambda: not reader.missing(keys))
    assert len(shown) == len(keys)
    assert all((image := reader.image(key)) is not None and image.pixelColor(9, 9).red() == 0 for key in keys)


def test_old_tiles_stay_until_the_new_stretch_is_there(
    qtbot: QtBot, reader: TileReader, scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info, grid, stretch = opened(scene)
    reader.show(info, grid)
    reader.set_stretch(stretch)
    key = TileKey(0, 0, 0)
    reader.want([key])
    qtbot.waitUntil(lambda: not reader.missing([key]))
    reader.set_stretch(replace(stretch, gamma=2.0))
    assert reader.image(key) is not None and reader.missing([key]) == [key]


def test_tiles_of_an_image_that_was_left_are_dropped(
    qtbot: QtBot, reader: TileReader, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    info, grid, stretch = opened(scene)
    reader.show(info, grid)
    reader.set_stretch(stretch)
    reader.want([TileKey(0, 0, 0)])
    assert gate.reached.wait(10)
    other = opened(write_scene(tmp_path / "other.tif", np.full((3, 300, 300), 7, np.uint8)))
    reader.show(other[0], other[1])
    reader.set_stretch(replace(other[2], low=(0.0,) * 3, high=(255.0,) * 3))
    gate.is_open.set()
    reader.want([TileKey(0, 0, 0)])
    qtbot.waitUntil(lambda: not reader.missing([TileKey(0, 0, 0)]))
    image = reader.image(TileKey(0, 0, 0))
    assert image is not None and image.pixelColor(200, 3).red() == 7


def test_the_memory_budget_holds(qtbot: QtBot, scene: Path) -> None:
    info, grid, stretch = opened(scene)
    tile_bytes = 256 * 256 * 4
    reader = TileReader(budget_bytes=3 * tile_bytes)
    reader.show(info, grid)
    reader.set_stretch(stretch)
    for key in grid.visible(info.extent, 0):
        reader.want([key])
        qtbot.waitUntil(lambda key=key: not reader.missing([key]))
        assert reader.size_bytes <= 3 * tile_bytes
    reader.close()


def test_a_damaged_file_is_said_once_and_not_asked_again(
    qtbot: QtBot, reader: TileReader, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (3, 1024, 1024)).astype(np.uint8)
    path = write_scene(tmp_path / "torn.tif", noise, compress="deflate")
    info, grid, stretch = opened(path)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 4)
        file.write(bytes(path.stat().st_size // 2))
    said: list[str] = []
    reader.failed.connect(said.append)
    reader.show(info, grid)
    reader.set_stretch(stretch)
    keys = grid.visible(info.extent, 0)
    reader.want(keys)
    qtbot.waitUntil(lambda: not reader.missing(keys))
    reader.want(keys)
    qtbot.waitUntil(lambda: reader.is_idle)
    assert len(said) == len(set(said)) >= 1 and path.name in said[0]


def test_a_file_that_went_away_is_said(qtbot: QtBot, reader: TileReader, scene: Path) -> None:
    info, grid, _ = opened(scene)
    scene.unlink()
    with qtbot.waitSignal(reader.failed) as said:
        reader.show(info, grid)
    assert "scene.tif" in said.args[0]


def test_closing_is_quick_even_while_a_tile_is_read(
    qtbot: QtBot, scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    info, grid, stretch = opened(scene)
    reader = TileReader()
    reader.show(info, grid)
    reader.set_stretch(stretch)
    reader.want([TileKey(0, 0, 0)])
    assert gate.reached.wait(10)
    reader.show(None, None)
    assert reader.is_idle and reader.image(TileKey(0, 0, 0)) is None
    gate.is_open.set()
    reader.close()


def test_photos_are_decoded_by_one_thread_only(qtbot: QtBot, reader: TileReader, tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "photo.png"
    Image.fromarray(pixels_of(300, 200).transpose(1, 2, 0)).save(path)
    info, grid, stretch = opened(path)
    reader.show(info, grid)
    reader.set_stretch(stretch)
    keys = grid.visible(info.extent, 0)
    reader.want(keys)
    qtbot.waitUntil(lambda: not reader.missing(keys))
    assert sum(thread.name.startswith("tile reader") for thread in threading.enumerate()) == 1
