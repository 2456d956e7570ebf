"""Small scenes whose right answer is known."""

from pathlib import Path

import numpy as np
import rasterio
from rasterio.crs import CRS

from segstudio.models.cards import ModelClass

COLOURS = {0: "#C81E1E", 1: "#1EC81E", 2: "#1E1EC8"}
NAMES = {0: "brick", 1: "grass", 2: "pond"}
CLASSES = tuple(ModelClass(NAMES[k], COLOURS[k]) for k in COLOURS)
TRANSFORM = rasterio.Affine(0.5, 0, 400_000, 0, -0.5, 2_780_000)


def class_map(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Blocks of 24 px of three classes, uint8 (h, w)."""
    coarse = np.random.default_rng(seed).integers(0, 3, (-(-height // 24), -(-width // 24)))
    return np.kron(coarse, np.ones((24, 24), int))[:height, :width].astype(np.uint8)


def paint(ids: np.ndarray, seed: int = 0) -> np.ndarray:
    """Noisy pixels (3, h, w) uint8 in the classes' colours."""
    table = np.array([[int(c[k : k + 2], 16) for k in (1, 3, 5)] for c in COLOURS.values()])
    noise = np.random.default_rng(seed).integers(-20, 21, (*ids.shape, 3))
    return np.clip(table[ids] + noise, 0, 255).astype(np.uint8).transpose(2, 0, 1)


def write_scene(path: Path, pixels: np.ndarray, **profile: object) -> Path:
    """A GeoTIFF with a place on the map."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=pixels.shape[2],
        height=pixels.shape[1],
        count=len(pixels),
        dtype=pixels.dtype,
        crs=CRS.from_epsg(32640),
        transform=TRANSFORM,
        **profile,
    ) as file:
        file.write(pixels)
    return path
