"""Images of many kinds, made on the spot."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import Affine

from segstudio.raster.gdal import quiet
from segstudio.raster.raster import RasterInfo

WriteTif = Callable[..., Path]


def write_tif_file(path: Path, pixels: np.ndarray, **profile: Any) -> Path:
    """Write (B, h, w) or (h, w) as a GeoTIFF in UTM zone 52 with 0.5 m pixels, unless told otherwise."""
    pixels = pixels[None] if pixels.ndim == 2 else pixels
    settings: dict[str, Any] = {
        "driver": "GTiff",
        "count": pixels.shape[0],
        "height": pixels.shape[1],
        "width": pixels.shape[2],
        "dtype": pixels.dtype.name,
        "crs": "EPSG:32652",
        "transform": Affine(0.5, 0, 300_000, 0, -0.5, 4_100_000),
    } | profile
    with quiet(), rasterio.open(path, "w", **settings) as file:
        file.write(pixels)
    return path


def gradient(bands: int, height: int, width: int, dtype: str = "uint8") -> np.ndarray:
    """Bands (B, h, w) in which every pixel of a small image differs from its neighbours."""
    rows, cols = np.mgrid[0:height, 0:width]
    return np.stack([(rows * 7 + cols * 3 + band * 50) % 251 for band in range(bands)]).astype(dtype)


def info_of(height: int, width: int, **changes: Any) -> RasterInfo:
    """The header of an image that is nowhere on disk."""
    fields: dict[str, Any] = {
        "path": "somewhere.tif",
        "width": width,
        "height": height,
        "band_count": 3,
        "dtype": "uint8",
        "band_names": ("Red", "Green", "Blue"),
        "crs_wkt": rasterio.crs.CRS.from_epsg(32652).to_wkt(),
        "transform": (0.5, 0.0, 300_000.0, 0.0, -0.5, 4_100_000.0),
        "nodata": None,
        "has_alpha": False,
        "palette": None,
        "overviews": (),
        "block_shape": (256, 256),
        "is_photo": False,
        "driver": "GTiff",
        "display_bands": (0, 1, 2),
    }
    return RasterInfo(**fields | changes)


def bare_tiff(entries: dict[int, tuple[int, int, int]]) -> bytes:
    """A little-endian TIFF of one directory and no pixels; entries are (type, count, value) by tag."""
    head = struct.pack("<2sHI", b"II", 42, 8)
    directory = struct.pack("<H", len(entries))
    for tag, (kind, count, value) in sorted(entries.items()):
        directory += struct.pack("<HHI", tag, kind, count) + struct.pack("<I", value)
    return head + directory + struct.pack("<I", 0)
