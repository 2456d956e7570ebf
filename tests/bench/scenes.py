"""Large scenes for measuring, made once per run in a temporary folder."""

from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import from_origin
from rasterio.windows import Window as RasterioWindow

BLOCK = 512


def write_noise_scene(path: Path, size: int, *, bands: int, dtype: str, overviews: bool) -> Path:
    """A tiled GeoTIFF of textured blocks: as hard to decode as a real scene, quick to make."""
    rng = np.random.default_rng(0)
    top = 255 if dtype == "uint8" else 4000
    stock = [_texture(rng, bands, top).astype(dtype) for _ in range(8)]
    profile = {
        "driver": "GTiff", "width": size, "height": size, "count": bands, "dtype": dtype, "crs": "EPSG:32652",
        "transform": from_origin(300_000, 4_160_000, 0.5, 0.5), "tiled": True, "blockxsize": BLOCK,
        "blockysize": BLOCK, "compress": "deflate", "zlevel": 1, "BIGTIFF": "IF_SAFER", "NUM_THREADS": "2",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        for row in range(0, size, BLOCK):
            for col in range(0, size, BLOCK):
                height, width = min(BLOCK, size - row), min(BLOCK, size - col)
                block = stock[int(rng.integers(len(stock)))][:, :height, :width]
                dataset.write(block, window=RasterioWindow(col, row, width, height))
    if overviews:
        with rasterio.Env(GDAL_NUM_THREADS="2"), rasterio.open(path, "r+") as dataset:
            dataset.build_overviews([2**k for k in range(1, 8) if size >> k >= 256], Resampling.nearest)
    return path


def _texture(rng: np.random.Generator, bands: int, top: int) -> np.ndarray:
    """Smooth ground with grain, (bands, BLOCK, BLOCK)."""
    coarse = rng.random((bands, 16, 16)).repeat(BLOCK // 16, axis=1).repeat(BLOCK // 16, axis=2)
    grain = rng.normal(0, 0.03, (bands, BLOCK, BLOCK))
    return np.clip((0.2 + 0.6 * coarse + grain) * top, 1, top)


def write_empty_scene(path: Path, size: int) -> Path:
    """A sparse GeoTIFF: every size, no bytes; for what does not read pixels."""
    profile = {
        "driver": "GTiff", "width": size, "height": size, "count": 1, "dtype": "uint8", "tiled": True,
        "blockxsize": BLOCK, "blockysize": BLOCK, "SPARSE_OK": "TRUE", "compress": "deflate",
    }  # fmt: skip
    profile |= {"crs": "EPSG:32652", "transform": from_origin(300_000, 4_160_000, 0.5, 0.5)}
    with rasterio.open(path, "w", **profile):
        pass
    return path


def write_constant_scene(path: Path, size: int, *, bands: int) -> Path:
    """A scene of any size with pixels to read and almost no bytes: gray everywhere, in sparse tiles."""
    profile = {
        "driver": "GTiff", "width": size, "height": size, "count": bands, "dtype": "uint8", "tiled": True,
        "blockxsize": BLOCK, "blockysize": BLOCK, "SPARSE_OK": "TRUE", "compress": "deflate",
        "crs": "EPSG:32652", "transform": from_origin(300_000, 4_160_000, 0.5, 0.5), "BIGTIFF": "IF_SAFER",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        # percentiles of a scene that is one value everywhere would have no width
        dataset.write(np.arange(bands * BLOCK * BLOCK, dtype=np.uint8).reshape(bands, BLOCK, BLOCK),
                      window=RasterioWindow(0, 0, BLOCK, BLOCK))  # fmt: skip
    return path
