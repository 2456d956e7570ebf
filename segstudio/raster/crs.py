"""What a coordinate system says about lengths."""

import math
from functools import lru_cache

from rasterio.crs import CRS
from rasterio.errors import CRSError

from segstudio.raster.gdal import gdal_settings

# Mean radius of the Earth (IUGG), good to 0.3 % for a scale bar.
_METRES_PER_DEGREE = math.radians(1) * 6_371_008.8

Affine = tuple[float, float, float, float, float, float]


@lru_cache(maxsize=64)
def parse_crs(wkt: str) -> CRS | None:
    """The coordinate system of a text, or None where PROJ does not know it."""
    try:
        with gdal_settings():
            return CRS.from_wkt(wkt)
    except CRSError:
        return None


@lru_cache(maxsize=64)
def metres_per_unit(wkt: str) -> float | None:
    """Metres in one unit of a projected system; None for degrees and unknown units."""
    crs = parse_crs(wkt)
    if crs is None or not crs.is_projected:
        return None
    try:
        with gdal_settings():
            return float(crs.linear_units_factor[1])
    except CRSError:
        return None


def pixel_size_m(wkt: str | None, transform: Affine | None, size: tuple[int, int]) -> float | None:
    """Side of a pixel in the middle of the image, in metres (geometric mean of both sides).

    Args:
        wkt: Coordinate system.
        transform: Affine a b c d e f from pixels to its units.
        size: Width and height of the image.
    """
    crs = parse_crs(wkt) if wkt else None
    if wkt is None or crs is None or transform is None:
        return None
    a, b, _, d, e, f = transform
    area = abs(a * e - b * d)
    if crs.is_geographic:
        latitude = d * size[0] / 2 + e * size[1] / 2 + f
        area *= max(0.0, math.cos(math.radians(latitude))) * _METRES_PER_DEGREE**2
        return math.sqrt(area) or None
    unit = metres_per_unit(wkt)
    return math.sqrt(area) * unit if unit and area else None
