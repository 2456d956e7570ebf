"""The shipped plugins, allowed in a temporary home, and scenes with bands that analysts know."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from segstudio.models.registry import default_registry


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    """Consent and own plugins of this test only."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "home"))
    default_registry.cache_clear()
    yield tmp_path / "home" / "segstudio"
    default_registry.cache_clear()


@pytest.fixture
def allow() -> Callable[[str], None]:
    def agree(name: str) -> None:
        default_registry().trust(default_registry().plugin(name))

    return agree


@pytest.fixture
def write_scene(tmp_path) -> Callable[..., Path]:
    def write(pixels: NDArray[Any], name: str = "scene.tif", nodata: float | None = None) -> Path:
        path = tmp_path / name
        bands, height, width = pixels.shape
        place = {"crs": "EPSG:32636", "transform": rasterio.Affine(1, 0, 500_000, 0, -1, 100_000)}
        with rasterio.open(
            path, "w", driver="GTiff", width=width, height=height, count=bands, dtype=pixels.dtype,
            nodata=nodata, **place,
        ) as dataset:  # fmt: skip
            dataset.write(pixels)
        return path

    return write


def read_mask(path: Path) -> NDArray[np.uint8]:
    with rasterio.open(path) as dataset:
        return dataset.read(1)
