"""A small scene opened in the real session, and a canvas that shows it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pytestqt.qtbot import QtBot
from rasterio.transform import Affine

from segstudio.ui.canvas.canvas import Canvas
from segstudio.ui.session import Session

WIDTH, HEIGHT = 900, 700


def write_scene(path: Path, pixels: np.ndarray, **more: object) -> Path:
    """A tiled GeoTIFF of (B, h, w) pixels with overviews, half a metre a pixel."""
    bands, height, width = pixels.shape
    profile = {
        "driver": "GTiff", "width": width, "height": height, "count": bands, "dtype": pixels.dtype.name,
        "crs": "EPSG:32652", "transform": Affine(0.5, 0, 300_000, 0, -0.5, 4_160_000), "tiled": True,
        "blockxsize": 256, "blockysize": 256, **more,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(pixels)
    with rasterio.open(path, "r+") as dataset:
        dataset.build_overviews([2, 4])
    return path


def pixels_of(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Colours that tell where a pixel lies: red grows to the right, green downwards."""
    cols, rows = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([cols * 255 // width, rows * 255 // height, np.full_like(cols, 60)]).astype(np.uint8)


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    return write_scene(tmp_path / "scene.tif", pixels_of())


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session()
    yield session
    session.close()


@pytest.fixture
def canvas(qtbot: QtBot, session: Session, scene: Path) -> Iterator[Canvas]:
    """The scene in a canvas of 640 x 480 at 100 %, sharp; no thread is left behind."""
    canvas = Canvas(session)
    canvas.viewport.animated = False
    canvas.resize(640, 480)
    canvas.show()
    qtbot.addWidget(canvas)
    session.open_path(scene)
    canvas.viewport.set_scale(1.0)
    wait_until_sharp(qtbot, canvas)
    yield canvas
    canvas.shut_down()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tile reader")]


def wait_until_sharp(qtbot: QtBot, canvas: Canvas) -> None:
    """Every tile of the view is there and painted."""

    def is_sharp() -> bool:
        grid, projection = canvas._stage.grid, canvas.panes[0].projection
        keys = grid.visible(projection.window, grid.level_for(projection.scale))
        return canvas.session.stretch is not None and not canvas.tiles.missing(keys) and canvas.tiles.is_idle

    qtbot.waitUntil(is_sharp)
    canvas._paint_arrived()
