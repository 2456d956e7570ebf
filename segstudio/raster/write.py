"""Rasters out: GeoTIFF block by block and indexed PNG, never half a file under the final name."""

import os
import platform
import secrets
import zlib
from collections.abc import Mapping
from contextlib import suppress
from glob import escape
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
import psutil
import rasterio
from numpy.typing import DTypeLike, NDArray
from PIL import Image
from rasterio.enums import Resampling
from rasterio.io import DatasetWriter
from rasterio.transform import Affine
from rasterio.windows import Window as RasterioWindow

from segstudio.errors import RasterError
from segstudio.raster.crs import parse_crs
from segstudio.raster.gdal import GDAL_TROUBLE, gdal_settings, quiet
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window

Rgb = tuple[int, int, int]
Overviews = Literal["nearest", "average"]

# A chunk of the mask is 512 x 512: one chunk fills one tile, and no tile is packed twice.
TILE_PX = 512
_SMALLEST_OVERVIEW_PX = 256


class GeotiffWriter:
    """A GeoTIFF in the making under a temporary name; complete, it gets its own name, else it is deleted.

    Used as a context manager, leaving by an exception discards it.
    """

    def __init__(
        self, path: Path, dataset: DatasetWriter, temporary: Path, overviews: Overviews | None
    ) -> None:
        self.path = path
        self._dataset = dataset
        self._temporary = temporary
        self._overviews = overviews
        self._extent = Window(0, 0, dataset.width, dataset.height)
        self._is_open = True

    def write(self, window: Window, pixels: NDArray[Any]) -> None:
        """Write (h, w) into the only band or (B, h, w) into all; whole tiles of 512 in row order are fastest.

        Raises:
            RasterError: The disk is full or gone; the file is discarded.
            ValueError: The pixels do not fill the window, or it leaves the image.
        """
        values = pixels[None] if pixels.ndim == 2 else pixels
        if values.shape != (self._dataset.count, *window.shape) or not self._extent.contains(window):
            raise ValueError(f"{pixels.shape} does not fill {window} of {self._extent}")
        place = RasterioWindow(window.col_off, window.row_off, window.width, window.height)
        try:
            with gdal_settings():
                self._dataset.write(values, window=place)
        except GDAL_TROUBLE as error:
            self.discard()
            raise _cannot_write(self.path) from error

    def close(self) -> None:
        """Complete the file and give it its name, replacing an older one in a single step.

        Raises:
            RasterError: The disk is full or gone; an older file of that name is untouched.
        """
        if not self._is_open:
            return
        self._is_open = False
        try:
            with gdal_settings(), quiet():
                self._dataset.close()
                self._add_overviews()
                _check_complete(self._temporary)
            _rename(self._temporary, self.path)
            _forget_older(self.path)
        except GDAL_TROUBLE as error:
            self._temporary.unlink(missing_ok=True)
            raise _cannot_write(self.path) from error

    def discard(self) -> None:
        """Give up and delete what was written; twice does no harm."""
        if not self._is_open:
            return
        self._is_open = False
        with suppress(*GDAL_TROUBLE), gdal_settings():
            self._dataset.close()
        self._temporary.unlink(missing_ok=True)

    def _add_overviews(self) -> None:
        if self._overviews is None:
            return
        with rasterio.open(self._temporary, "r+", driver="GTiff") as file:
            smallest = max(file.width, file.height) // _SMALLEST_OVERVIEW_PX
            factors = [2**k for k in range(1, 16) if 2**k <= 2 * smallest]
            if factors:
                file.build_overviews(factors, Resampling[self._overviews])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


def create_geotiff(
    path: str | Path,
    *,
    info_like: RasterInfo,
    dtype: DTypeLike,
    count: int = 1,
    nodata: float | None = None,
    colours: Mapping[int, Rgb] | None = None,
    overviews: Overviews | None = None,
) -> GeotiffWriter:
    """Begin a tiled, deflated GeoTIFF of the size, transform and CRS of an image; BigTIFF where it may grow.

    Args:
        path: Where it will lie once complete.
        info_like: The image it covers.
        dtype: NumPy type of its values.
        count: Bands.
        nodata: Value that says nothing.
        colours: Colour table of a one-band uint8 file, by value.
        overviews: Add smaller copies, of the nearest pixel (class ids) or averages (images).

    Raises:
        RasterError: The folder cannot be written to.
    """
    path = Path(path)
    temporary = _temporary_beside(path)
    profile = _profile(info_like, np.dtype(dtype), count, nodata)
    try:
        with gdal_settings(), quiet():
            dataset = rasterio.open(temporary, "w", **profile)
            if colours:
                dataset.write_colormap(1, {value: (*colour, 255) for value, colour in colours.items()})
    except GDAL_TROUBLE as error:
        temporary.unlink(missing_ok=True)
        raise _cannot_write(path) from error
    return GeotiffWriter(path, dataset, temporary, overviews)


def write_indexed_png(
    path: str | Path, ids: NDArray[np.uint8], palette: NDArray[np.uint8], *, transparent: int | None = None
) -> None:
    """Write ids (h, w) as a PNG that keeps them as numbers and shows them in colours (N, 3).

    Raises:
        RasterError: The folder cannot be written to.
    """
    path = Path(path)
    temporary = _temporary_beside(path)
    image = Image.fromarray(np.ascontiguousarray(ids))
    image.putpalette(np.ascontiguousarray(palette, np.uint8).tobytes())
    options = {} if transparent is None else {"transparency": transparent}
    try:
        image.save(temporary, format="PNG", **options)
        _rename(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _cannot_write(path) from error


def _profile(info: RasterInfo, dtype: np.dtype[Any], count: int, nodata: float | None) -> dict[str, Any]:
    tiled = max(info.width, info.height) > TILE_PX
    tiling = {"tiled": True, "blockxsize": TILE_PX, "blockysize": TILE_PX} if tiled else {}
    return {
        "driver": "GTiff",
        "width": info.width,
        "height": info.height,
        "count": count,
        "dtype": dtype.name,
        "nodata": nodata,
        "crs": parse_crs(info.crs_wkt) if info.crs_wkt else None,
        "transform": Affine(*info.transform) if info.transform else None,
        "compress": "deflate",
        # Class ids are flat areas: differences between neighbours pack worse than the ids themselves.
        "predictor": {"f": 3}.get(dtype.kind, 1 if dtype.itemsize == 1 and count == 1 else 2),
        "zlevel": 5,  # a third of level 6's time (libdeflate) for a tenth more bytes
        "num_threads": 2,
        "bigtiff": "IF_SAFER",
        **tiling,
    }


def _temporary_beside(path: Path) -> Path:
    """A free name that says which process writes there; what dead ones have left beside it is deleted."""
    here = f"{zlib.crc32(platform.node().encode()):08x}"
    for leftover in path.parent.glob(f".{escape(path.name)}.{here}-*.part"):
        with suppress(ValueError, OSError):
            if not psutil.pid_exists(int(leftover.name.split("-")[-2])):
                leftover.unlink()
    return path.with_name(f".{path.name}.{here}-{os.getpid()}-{secrets.token_hex(4)}.part")


def _check_complete(path: Path) -> None:
    """GDAL may fail to write the last blocks while closing and only log it: look at the last pixel."""
    with rasterio.open(path, driver="GTiff") as file:
        file.read(window=RasterioWindow(file.width - 1, file.height - 1, 1, 1))


def _rename(temporary: Path, path: Path) -> None:
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _forget_older(path: Path) -> None:
    """Delete overviews, mask and statistics of a file that was replaced: they would show the old one."""
    for suffix in (".ovr", ".msk", ".aux.xml"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _cannot_write(path: Path) -> RasterError:
    return RasterError(
        f"{path.name} cannot be written to {path.parent.absolute()}: "
        "check that the disk has room and the folder may be written to"
    )
