"""Folders laid out as the permissive sets are published, with generated pixels."""

import json
import math
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

COLOURS = np.array(
    [(60, 16, 152), (132, 41, 246), (110, 193, 228), (254, 221, 58), (226, 169, 41), (155, 155, 155)],
    np.uint8,
)
ZOOM, COLUMN, ROW = 19, 309_612, 261_632


def write_dubai(
    folder: Path, *, tiles: tuple[int, ...] = (1, 2), parts: tuple[int, ...] = (1, 2), side: int = 96
) -> None:
    """`Tile N` folders of some parts; the mask's upper half is drawn, the lower is "not said"."""
    for tile in tiles:
        for part in parts:
            ids = np.random.default_rng(10 * tile + part).integers(0, 5, (side // 16, side // 16))
            ids = np.kron(ids, np.ones((16, 16), int))
            ids[side // 2 :] = 5
            name = f"image_part_{part:03d}"
            _write(folder / f"Tile {tile}" / "images" / f"{name}.jpg", COLOURS[ids] // 2)
            _write(folder / f"Tile {tile}" / "masks" / f"{name}.png", COLOURS[ids])


def write_gsi(folder: Path, *, side: int = 64) -> None:
    """One image whose left half is road."""
    mask = np.zeros((side, side, 3), np.uint8)
    mask[:, : side // 2] = (255, 120, 80)
    _write(folder / "images" / "7.png", mask // 2)
    _write(folder / "masks" / "7.png", mask)


def write_hot(folder: Path) -> None:
    """One map tile with a building from pixel (64, 96) to (128, 192), and one where nothing was mapped."""
    for column in (COLUMN, COLUMN + 2000):
        _write(folder / f"OAM-{column}-{ROW}-{ZOOM}.png", np.full((256, 256, 3), 90, np.uint8))
    ring = [degrees(x, y) for x, y in ((64, 96), (128, 96), (128, 192), (64, 192), (64, 96))]
    feature = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (folder / "labels.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8"
    )


def write_sets(folder: Path) -> Path:
    """All three side by side, as the starter's recipe wants them."""
    write_dubai(folder / "dubai_mbrsc")
    write_gsi(folder / "gsi_roads_japan")
    write_hot(folder / "hot_oam_buildings")
    return folder


def degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a pixel of the map tile (the inverse of the Web Mercator projection)."""
    whole = 256 << ZOOM
    longitude = (COLUMN * 256 + x) / whole * 360 - 180
    north = math.pi * (1 - 2 * (ROW * 256 + y) / whole)
    return longitude, math.degrees(math.atan(math.sinh(north)))


def _write(path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
