"""A scene without overviews in the real canvas: they are built beside it, and the view waits for them."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from segstudio.raster import overview_build, overviews
from segstudio.raster.geotiff import GeotiffRaster
from segstudio.raster.window import Window
from segstudio.ui.canvas.canvas import Canvas
from segstudio.ui.session import Session
from tests.raster.images import write_tif_file
from tests.ui.canvas.conftest import pixels_of, wait_until_sharp

SIDE = 2200


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overviews, "WORTH_BYTES", 1_000_000)
    monkeypatch.setattr(overviews, "UNIT_PX", 1024)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A tiled scene without overviews, alone in its folder."""
    home = tmp_path / "images"
    home.mkdir()
    tiles = {"tiled": True, "blockxsize": 256, "blockysize": 256}
    return write_tif_file(home / "plain.tif", pixels_of(SIDE, SIDE), **tiles)


@pytest.fixture
def shown(qtbot: QtBot, session: Session) -> Iterator[Canvas]:
    canvas = Canvas(session)
    canvas.viewport.animated = False
    canvas.resize(300, 300)
    canvas.show()
    qtbot.addWidget(canvas)
    yield canvas
    session.close()
    canvas.shut_down()
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith(("tile reader", "overview"))]


def full_reads(monkeypatch: pytest.MonkeyPatch) -> list[Window]:
    """Windows the view reads from the image itself, from here on; what the builder reads is not counted."""
    windows: list[Window] = []
    values = GeotiffRaster._values

    def noted(self: GeotiffRaster, window: Window, shape: tuple[int, int] | None, indexes: tuple[int, ...]):
        if self._level_for(window, shape or window.shape) == 1:
            windows.append(window)
        return values(self, window, shape, indexes)

    monkeypatch.setattr(GeotiffRaster, "_values", noted)
    return windows


def test_overviews_are_built_into_the_project_and_shown(
    qtbot: QtBot, session: Session, shown: Canvas, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plain.read_bytes(), plain.stat().st_mtime_ns
    session.open_path(plain)
    pyramid = session.overviews.pyramid
    assert pyramid is not None and session.project is not None
    qtbot.waitUntil(lambda: pyramid.is_complete)
    wait_until_sharp(qtbot, shown)
    assert pyramid.folder.is_relative_to(session.project.folder) and pyramid.level_path(4).is_file()
    assert (plain.read_bytes(), plain.stat().st_mtime_ns) == before
    assert {path.name for path in plain.parent.iterdir()} == {"plain.tif", "plain.segstudio"}
    image = shown.grab().toImage()
    assert image.pixelColor(280, 20).red() > image.pixelColor(20, 20).red() + 150


def test_coarse_tiles_wait_for_the_overviews_instead_of_reading_everything_twice(
    qtbot: QtBot, session: Session, shown: Canvas, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    write_unit = overview_build._write_unit

    def held(*args: object) -> None:
        assert gate.wait(10)
        write_unit(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(overview_build, "_write_unit", held)
    session.open_path(plain)
    qtbot.waitUntil(lambda: session.stretch is not None and shown.tiles.preview is not None)
    windows = full_reads(monkeypatch)
    shown.viewport.fit()
    grid = shown._stage.grid
    keys = grid.visible(session.extent, grid.level_for(shown.viewport.scale))
    assert shown.tiles.missing(keys) == keys and shown.tiles.is_idle
    gate.set()
    wait_until_sharp(qtbot, shown)
    assert not windows


def test_the_next_time_the_overviews_are_there(
    qtbot: QtBot, session: Session, shown: Canvas, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.open_path(plain)
    first = session.overviews.pyramid
    assert first is not None
    qtbot.waitUntil(lambda: first.is_complete)
    session.close()
    session.open_path(plain)
    again = session.overviews.pyramid
    assert again is not None and again.is_complete and not again.is_growing
    wait_until_sharp(qtbot, shown)


def test_closing_keeps_what_was_built(qtbot: QtBot, session: Session, shown: Canvas, plain: Path) -> None:
    session.open_path(plain)
    first = session.overviews.pyramid
    assert first is not None
    qtbot.waitUntil(lambda: first.is_begun)
    session.close()
    states = first.states.copy()
    session.open_path(plain)
    again = session.overviews.pyramid
    assert again is not None and (again.states[states > 0] > 0).all()


def test_a_project_open_for_reading_only_gets_none_and_says_nothing(
    qtbot: QtBot, session: Session, shown: Canvas, plain: Path
) -> None:
    session.open_path(plain)
    assert session.project is not None
    folder = session.project.folder
    session.close()
    overviews.throw_away(folder / "overviews")
    said: list[str] = []
    session.notice.connect(lambda level, sentence: said.append(sentence))
    session.open_read_only([folder])
    wait_until_sharp(qtbot, shown)
    assert not (folder / "overviews").exists() and not said


def test_without_room_the_view_is_made_from_the_image(
    qtbot: QtBot, session: Session, shown: Canvas, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview_build, "SPARE_BYTES", 1 << 60)
    said: list[str] = []
    session.notice.connect(lambda level, sentence: said.append(level))
    session.open_path(plain)
    wait_until_sharp(qtbot, shown)
    pyramid = session.overviews.pyramid
    assert pyramid is not None and not pyramid.is_begun and "error" not in said and "warning" not in said


def test_what_is_looked_at_is_built_first(session: Session, shown: Canvas, plain: Path) -> None:
    session.open_path(plain)
    builder = session.overviews._builder
    assert builder is not None
    session.set_view(Window(1900, 100, 200, 200))
    assert builder._nearest(np.array([(0, 0), (0, 2), (2, 2)])) == 1


def test_the_minimap_becomes_sharp_when_all_is_there(
    qtbot: QtBot, session: Session, shown: Canvas, plain: Path
) -> None:
    session.open_path(plain)
    pyramid = session.overviews.pyramid
    assert pyramid is not None
    qtbot.waitUntil(lambda: pyramid.is_complete and not pyramid.is_growing)
    wait_until_sharp(qtbot, shown)
    with qtbot.waitSignal(shown.tiles.preview_arrived):
        session.overviews.grew.emit()
