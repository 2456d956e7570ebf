"""Small sound images of every format we read, as bytes, with the ranges in which their headers lie."""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import rasterio
from PIL import Image, PngImagePlugin
from rasterio.enums import Resampling
from rasterio.transform import Affine

from segstudio.raster.gdal import gdal_settings, quiet
from tests.fuzz.mutations import Range

_SIDE = 96
_PLACE = {"crs": "EPSG:32652", "transform": Affine(0.5, 0, 300_000, 0, -0.5, 4_100_000)}
_TILED = {"tiled": True, "blockxsize": 32, "blockysize": 32}
_TIFFS: dict[str, dict[str, Any]] = {
    "strips": {},
    "deflate": _TILED | {"compress": "deflate", "predictor": 2},
    "lzw": {"compress": "lzw", "predictor": 2, "interleave": "band"},
    "packbits": {"compress": "packbits"},
    "zstd": _TILED | {"compress": "zstd"},
    "webp": _TILED | {"compress": "webp", "interleave": "pixel"},
    "lerc": _TILED | {"compress": "lerc_deflate"},
    "jpeg": _TILED | {"compress": "jpeg", "photometric": "ycbcr", "interleave": "pixel"},
    "big": _TILED | {"BIGTIFF": "YES", "compress": "deflate"},
    "sparse": _TILED | {"SPARSE_OK": True, "compress": "deflate"},
    "endian": {"ENDIANNESS": "BIG"},
}
_DTYPES = {"lzw": "uint16", "lerc": "float32", "big": "int16"}


@cache
def sound_images() -> dict[str, tuple[str, bytes]]:
    """File ending and bytes of each image, by name."""
    return {
        **{f"tiff-{name}": (".tif", _tiff(name, options)) for name, options in _TIFFS.items()},
        "tiff-layers": (".tif", _with_layers()),
        "tiff-palette": (".tif", _palette_tiff()),
        "jp2": (".jp2", _by_gdal("JP2OpenJPEG", "uint16", CODEC="JP2", QUALITY="50")),
        "jp2-codestream": (".j2k", _by_gdal("JP2OpenJPEG", "uint8", CODEC="J2K", REVERSIBLE="YES")),
        "pnm-deep": (".ppm", b"P6\n24 20\n65535\n" + _pixels("uint16", 3, 24)[:, :20].tobytes()),
        **{name: (ending, make()) for name, (ending, make) in _PHOTOS.items()},
    }


def header_ranges(data: bytes) -> list[Range]:
    """Where a file's structure is told: its beginning, its end, and what stands around its tags."""
    size = len(data)
    return [(0, min(64, size)), (0, min(700, size)), (max(0, size - 300), size)]


def _pixels(dtype: str, bands: int, side: int = _SIDE) -> np.ndarray:
    rows, cols = np.mgrid[0:side, 0:side]
    scale = 250 if dtype == "uint8" else 9000
    return np.stack([(rows * 7 + cols * 3 + band * 50) % scale for band in range(bands)]).astype(dtype)


def _write(path: Path, pixels: np.ndarray, **profile: Any) -> None:
    count, height, width = pixels.shape
    shape = {"count": count, "height": height, "width": width, "dtype": pixels.dtype.name}
    with quiet(), rasterio.open(path, "w", **({"driver": "GTiff"} | shape | _PLACE | profile)) as file:
        file.write(pixels)


def _through_file(ending: str, write: Callable[[Path], object]) -> bytes:
    with TemporaryDirectory() as folder, gdal_settings():
        path = Path(folder) / f"image{ending}"
        write(path)
        return path.read_bytes()


def _tiff(name: str, options: dict[str, Any]) -> bytes:
    pixels = _pixels(_DTYPES.get(name, "uint8"), 3)
    return _through_file(".tif", lambda path: _write(path, pixels, **options))


def _by_gdal(driver: str, dtype: str, **options: Any) -> bytes:
    return _through_file(".out", lambda path: _write(path, _pixels(dtype, 3), driver=driver, **options))


def _with_layers() -> bytes:
    """Overviews, a mask and metadata within the file: several directories."""

    def write(path: Path) -> None:
        _write(path, _pixels("uint8", 3), **_TILED, compress="deflate", nodata=0)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as file:
            file.write_mask(np.arange(_SIDE**2).reshape(_SIDE, _SIDE) > 500)
            file.build_overviews([2, 4], Resampling.nearest)
            file.update_tags(1, STATISTICS_MEAN="12", note="x" * 50)

    return _through_file(".tif", write)


def _palette_tiff() -> bytes:
    def write(path: Path) -> None:
        _write(path, _pixels("uint8", 1) % 7, photometric="palette", compress="deflate")
        with rasterio.open(path, "r+") as file:
            file.write_colormap(1, {index: (index * 30, 10, 200, 255) for index in range(7)})

    return _through_file(".tif", write)


def _photo(form: str, mode: str = "RGB", **options: Any) -> bytes:
    image = Image.fromarray(_pixels("uint8", 3, 48).transpose(1, 2, 0)).convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a scene"
    return exif.tobytes()


def _told_png() -> bytes:
    """A PNG with a text, a colour profile and EXIF."""
    told = PngImagePlugin.PngInfo()
    told.add_text("Title", "x" * 200, zip=True)
    told.add_itxt("Note", "y" * 100, zip=True)
    return _photo("PNG", pnginfo=told, exif=_exif(), icc_profile=b"\0" * 200)


def _deep_png() -> bytes:
    return _by_gdal("PNG", "uint16")


_PHOTOS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "png": (".png", _told_png),
    "png-palette": (".png", lambda: _photo("PNG", "P", transparency=3)),
    "png-deep": (".png", _deep_png),
    "png-alpha": (".png", lambda: _photo("PNG", "RGBA")),
    "jpeg": (".jpg", lambda: _photo("JPEG", exif=_exif())),
    "jpeg-progressive": (".jpg", lambda: _photo("JPEG", progressive=True)),
    "jpeg-cmyk": (".jpg", lambda: _photo("JPEG", "CMYK")),
    "webp": (".webp", lambda: _photo("WEBP", exif=_exif())),
    "webp-lossless": (".webp", lambda: _photo("WEBP", "RGBA", lossless=True)),
    "bmp": (".bmp", lambda: _photo("BMP")),
    "bmp-palette": (".bmp", lambda: _photo("BMP", "P")),
    "pnm": (".ppm", lambda: _photo("PPM")),
    "pnm-gray": (".pgm", lambda: _photo("PPM", "L")),
    "pnm-bits": (".pbm", lambda: _photo("PPM", "1")),
}
IMAGE_NAMES = (
    *(f"tiff-{name}" for name in _TIFFS),
    "tiff-layers",
    "tiff-palette",
    "jp2",
    "pnm-deep",
    *_PHOTOS,
)
