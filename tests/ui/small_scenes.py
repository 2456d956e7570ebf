"""What the window's tests open, and what a model says about it."""

from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine

from segstudio.raster.window import Window
from segstudio.ui.session import Session

SIZE = 640
WAIT_MS = 10_000


def write_tif(path: Path, bands: int = 3, dtype: str = "uint8") -> Path:
    """A small georeferenced scene with a gradient in every band."""
    col, row = np.meshgrid(np.arange(SIZE), np.arange(SIZE))
    top = 255 if dtype == "uint8" else 4000
    pixels = np.stack([(col * (band + 1) + row) % top for band in range(bands)]).astype(dtype)
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "count": bands, "dtype": dtype}
    place = {"crs": "EPSG:32652", "transform": Affine(0.5, 0, 300_000, 0, -0.5, 4_160_000)}
    with rasterio.open(path, "w", **profile, **place) as dataset:
        dataset.write(pixels)
    return path


def say_prediction(session: Session, window: Window, class_id: int, doubt: int) -> None:
    """Let a model have spoken."""
    shape = window.shape
    session.document.set_prediction(
        window, np.full(shape, class_id, np.uint8), np.full(shape, doubt, np.uint8), None, "model"
    )
    session.mask_changed.emit(window)
