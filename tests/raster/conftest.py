"""Fixtures of the raster room."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.raster.images import WriteTif, write_tif_file


@pytest.fixture
def write_tif(tmp_path: Path) -> WriteTif:
    """A function that writes an array as a GeoTIFF of a name in a fresh folder."""

    def write(pixels: np.ndarray, name: str = "image.tif", **profile: Any) -> Path:
        return write_tif_file(tmp_path / name, pixels, **profile)

    return write
