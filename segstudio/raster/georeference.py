"""From pixels to places: map coordinates and longitude, latitude."""

import math
from typing import overload

import numpy as np
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.warp import transform as warp_points

from segstudio.raster.crs import parse_crs
from segstudio.raster.gdal import GDAL_TROUBLE, gdal_settings
from segstudio.raster.raster import RasterInfo

Positions = NDArray[np.float64]

_LONLAT = CRS.from_epsg(4326)


@overload
def to_map(info: RasterInfo, col: float, row: float) -> tuple[float, float]: ...
@overload
def to_map(info: RasterInfo, col: Positions, row: Positions) -> tuple[Positions, Positions]: ...
def to_map(
    info: RasterInfo, col: float | Positions, row: float | Positions
) -> tuple[float | Positions, float | Positions]:
    """Map coordinates of pixel positions, one or an array; (0, 0) is the outer corner of the first pixel.

    An image without georeference is its own map: columns and rows come back.
    """
    if info.transform is None:
        return col, row
    a, b, c, d, e, f = info.transform
    return a * col + b * row + c, d * col + e * row + f


def to_pixel(info: RasterInfo, x: float, y: float) -> tuple[float, float]:
    """Pixel position (column, row) of map coordinates; the inverse of `to_map`."""
    if info.transform is None:
        return x, y
    a, b, c, d, e, f = info.transform
    scale = a * e - b * d
    return (e * (x - c) - b * (y - f)) / scale, (a * (y - f) - d * (x - c)) / scale


def to_lonlat(info: RasterInfo, col: float, row: float) -> tuple[float, float] | None:
    """Longitude and latitude (WGS 84, degrees) of a pixel position; None where it has no place on Earth."""
    x, y = to_map(info, col, row)
    points = lonlat_of(info, np.array([x]), np.array([y]))
    if points is None or not all(map(math.isfinite, (points[0][0], points[1][0]))):
        return None
    return float(points[0][0]), float(points[1][0])


def lonlat_of(info: RasterInfo, x: Positions, y: Positions) -> tuple[Positions, Positions] | None:
    """Longitudes and latitudes of map coordinates; infinite where the projection has no answer."""
    crs = parse_crs(info.crs_wkt) if info.crs_wkt and info.transform else None
    if crs is None:
        return None
    try:
        with gdal_settings():
            longitudes, latitudes = warp_points(crs, _LONLAT, x, y)
    except GDAL_TROUBLE:
        return None
    return np.asarray(longitudes, np.float64), np.asarray(latitudes, np.float64)
