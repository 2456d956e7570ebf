"""One raster on the pixels of another: a height model beside an orthophoto, whatever its grid."""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.warp import reproject
from rasterio.warp import transform as warp_points

from segstudio.errors import RasterError
from segstudio.raster.crs import parse_crs
from segstudio.raster.gdal import GDAL_TROUBLE, gdal_settings
from segstudio.raster.georeference import to_map, to_pixel
from segstudio.raster.raster import Raster, RasterInfo
from segstudio.raster.window import Window

Floats = NDArray[np.float32]
How = Literal["same", "mapped", "scaled"]

# Points along each side of a window whose places in the other raster bound what is read of it.
_POINTS = 17
# Two grids are one where no corner lies further apart than this, in pixels.
_SAME_PX = 0.05
# Sides of two images that differ by a rounded pixel have the same proportions.
_SAME_ASPECT = 0.01
# Read of the other raster for one window, at most; a finer one comes through its overviews.
_MOST_PIXELS = 4096 * 4096
# Below this many of its pixels per pixel of ours there is nothing to average.
_WORTH_AVERAGING = 1.5


class AlignedRaster:
    """The one band of a raster as float32 on an image's grid, NaN where it says nothing.

    On the same grid pixels are as they are. Where both lie on the map it is reprojected window by window
    (bilinear, averaged where it is finer). Without a map a raster of the same proportions, such as the
    frames of a depth camera, is enlarged by the nearest pixel: depth is not averaged across an edge.
    Belongs to the thread that opened the raster.
    """

    def __init__(self, raster: Raster, image: RasterInfo, *, missing: float | None = None) -> None:
        """Settle how the two lie to each other.

        Args:
            raster: Of one band.
            image: Header of the image on whose pixels it is wanted.
            missing: A value that says nothing, besides the raster's own nodata.

        Raises:
            RasterError: It has several bands, another size without a map, or lies elsewhere.
        """
        self._raster, self._image, self._missing = raster, image, missing
        info = raster.info
        if info.band_count != 1:
            raise RasterError(
                f"{info.name} has {info.band_count} bands: give a depth or height raster of one"
            )
        self.how = _how(info, image)
        self._pixels_per_pixel = 1.0
        if self.how == "mapped":
            bounds = self._bounds(image.extent)
            if bounds.intersection(info.extent).is_empty:
                raise RasterError(
                    f"{info.name} does not touch {image.name} on the map: give the one made for it"
                )
            self._pixels_per_pixel = math.sqrt(bounds.area / image.extent.area)

    def read(self, window: Window) -> Floats:
        """Values (h, w) on a window inside the image.

        Raises:
            RasterError: The file is damaged there.
        """
        if self.how == "same":
            return self._values(window, window.shape)
        return self._scaled(window) if self.how == "scaled" else self._mapped(window)

    def _values(self, window: Window, shape: tuple[int, int]) -> Floats:
        pixels, valid = self._raster.read_with_valid(window, out_shape=shape)
        values: Floats = pixels[0].astype(np.float32)
        values[~valid] = np.nan
        if self._missing is not None:
            values[pixels[0] == self._missing] = np.nan
        return values

    def _scaled(self, window: Window) -> Floats:
        info, image = self._raster.info, self._image
        rows = _nearest(window.row_off, window.row_end, info.height / image.height, info.height)
        cols = _nearest(window.col_off, window.col_end, info.width / image.width, info.width)
        source = Window.from_bounds(int(cols[0]), int(rows[0]), int(cols[-1]) + 1, int(rows[-1]) + 1)
        values = self._values(source, source.shape)
        return values[np.ix_(rows - source.row_off, cols - source.col_off)]

    def _mapped(self, window: Window) -> Floats:
        out = np.full(window.shape, np.nan, np.float32)
        source = self._source_window(window)
        if source.is_empty:
            return out
        shrink = max(1.0, math.sqrt(source.area / _MOST_PIXELS))
        shape = max(1, round(source.height / shrink)), max(1, round(source.width / shrink))
        values = self._values(source, shape)
        finer = self._pixels_per_pixel / shrink
        try:
            with gdal_settings():
                reproject(
                    values,
                    out,
                    src_transform=_place(self._raster.info, source, shape),
                    src_crs=parse_crs(self._raster.info.crs_wkt or ""),
                    src_nodata=np.nan,
                    dst_transform=_place(self._image, window, window.shape),
                    dst_crs=parse_crs(self._image.crs_wkt or ""),
                    dst_nodata=np.nan,
                    resampling=Resampling.average if finer > _WORTH_AVERAGING else Resampling.bilinear,
                    # else GDAL guesses from the window's size, its spare rim included, and blurs
                    XSCALE=1 / finer,
                    YSCALE=1 / finer,
                )
        except GDAL_TROUBLE as error:
            raise _no_way(self._raster.info, self._image) from error
        return out

    def _source_window(self, window: Window) -> Window:
        """The pixels of the raster that may matter for a window of the image, with some to spare."""
        spare = 2 + math.ceil(self._pixels_per_pixel)
        return self._bounds(window).padded(spare).intersection(self._raster.info.extent)

    def _bounds(self, window: Window) -> Window:
        """Where a window of the image lies in the raster; empty where no way leads there."""
        cols, rows = _points_on(window)
        xs, ys = to_map(self._image, cols, rows)
        source, image = parse_crs(self._raster.info.crs_wkt or ""), parse_crs(self._image.crs_wkt or "")
        try:
            with gdal_settings():
                xs, ys = (np.asarray(each) for each in warp_points(image, source, xs, ys))
        except GDAL_TROUBLE as error:
            raise _no_way(self._raster.info, self._image) from error
        known = np.isfinite(xs) & np.isfinite(ys)
        if not known.any():
            return Window(0, 0, 0, 0)
        places = [to_pixel(self._raster.info, x, y) for x, y in zip(xs[known], ys[known], strict=True)]
        left, top = (math.floor(min(each)) for each in zip(*places, strict=True))
        right, bottom = (math.ceil(max(each)) for each in zip(*places, strict=True))
        return Window.from_bounds(left, top, right, bottom)


def _how(info: RasterInfo, image: RasterInfo) -> How:
    same_size = (info.width, info.height) == (image.width, image.height)
    if info.is_georeferenced and image.is_georeferenced:
        return "same" if same_size and _same_grid(info, image) else "mapped"
    if same_size:
        return "same"
    if abs(info.width / info.height / (image.width / image.height) - 1) <= _SAME_ASPECT:
        return "scaled"
    sizes = (
        f"{info.name} has {info.width} x {info.height} pixels, {image.name} {image.width} x {image.height}"
    )
    raise RasterError(f"{sizes}, and no map says how they lie: give the file made for it")


def _same_grid(info: RasterInfo, image: RasterInfo) -> bool:
    if parse_crs(info.crs_wkt or "") != parse_crs(image.crs_wkt or ""):
        return False
    corners = [(0, 0), (image.width, 0), (0, image.height), (image.width, image.height)]
    there = [to_pixel(info, *to_map(image, col, row)) for col, row in corners]
    return all(math.dist(a, b) <= _SAME_PX for a, b in zip(corners, there, strict=True))


def _nearest(begin: int, end: int, step: float, limit: int) -> NDArray[np.intp]:
    """Along one axis: the other raster's pixel under the middle of each of ours."""
    places = np.floor((np.arange(begin, end) + 0.5) * step)
    pixels: NDArray[np.intp] = np.minimum(places, limit - 1).astype(np.intp)
    return pixels


def _points_on(window: Window) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns and rows of a grid of points over a window: a bent map may bulge in its middle."""
    cols = np.linspace(window.col_off, window.col_end, _POINTS)
    rows = np.linspace(window.row_off, window.row_end, _POINTS)
    across, down = np.meshgrid(cols, rows)
    return across.ravel(), down.ravel()


def _place(info: RasterInfo, window: Window, shape: tuple[int, int]) -> Affine:
    """The transform of a window that is read into `shape`."""
    whole = Affine(*(info.transform or (1, 0, 0, 0, 1, 0)))
    scale = Affine.scale(window.width / shape[1], window.height / shape[0])
    return whole @ Affine.translation(window.col_off, window.row_off) @ scale


def _no_way(info: RasterInfo, image: RasterInfo) -> RasterError:
    return RasterError(
        f"no way leads from the coordinates of {info.name} to those of {image.name}: "
        f"reproject it to the system of {image.name} first"
    )
