import math

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from segstudio.raster.georeference import lonlat_of, to_lonlat, to_map, to_pixel
from tests.raster.images import info_of

positions = st.floats(-1e4, 1e5)


@given(positions, positions)
def test_there_and_back_again_is_the_same_pixel(col: float, row: float) -> None:
    info = info_of(100, 100, transform=(1.2, -1.6, 300_000.0, 1.6, 1.2, 4_100_000.0))
    assert to_pixel(info, *to_map(info, col, row)) == pytest.approx((col, row), abs=1e-6)


def test_the_first_pixels_corner_is_the_origin_of_the_transform() -> None:
    assert to_map(info_of(10, 10), 0, 0) == (300_000.0, 4_100_000.0)
    assert to_map(info_of(10, 10), 2, 4) == (300_001.0, 4_099_998.0)


def test_longitude_comes_first() -> None:
    found = to_lonlat(info_of(10, 10), 0, 0)
    assert found is not None
    # UTM zone 52 has its middle at 129 degrees east; 300 km stands for 200 km west of it.
    assert found == pytest.approx((126.748, 37.027), abs=0.01)


@pytest.mark.parametrize("epsg", [4326, 5179, 5186, 3857, 32618])
def test_the_middle_of_a_projection_comes_back(epsg: int) -> None:
    crs = rasterio.crs.CRS.from_epsg(epsg)
    x, y = {4326: (127, 37), 5179: (1e6, 2e6), 5186: (2e5, 6e5), 3857: (0, 0), 32618: (5e5, 0)}[epsg]
    lonlat = {4326: (127, 37), 5179: (127.5, 38), 5186: (127, 38), 3857: (0, 0), 32618: (-75, 0)}[epsg]
    info = info_of(10, 10, crs_wkt=crs.to_wkt(), transform=(1.0, 0.0, float(x), 0.0, -1.0, float(y)))
    assert to_lonlat(info, 0, 0) == pytest.approx(lonlat, abs=0.01)


def test_without_georeference_there_is_no_place() -> None:
    assert to_lonlat(info_of(10, 10, crs_wkt=None), 5, 5) is None
    assert to_lonlat(info_of(10, 10, transform=None), 5, 5) is None
    assert to_map(info_of(10, 10, transform=None), 5, 6) == (5, 6)


def test_a_coordinate_system_nobody_knows_has_no_place(capfd: pytest.CaptureFixture[str]) -> None:
    assert to_lonlat(info_of(10, 10, crs_wkt="PROJCS[nonsense]"), 5, 5) is None
    assert info_of(10, 10, crs_wkt="PROJCS[nonsense]").pixel_size_m is None
    assert capfd.readouterr().err == ""


def test_beyond_the_projection_there_is_no_place() -> None:
    info = info_of(10, 10, transform=(1e9, 0.0, 300_000.0, 0.0, -1e9, 4_100_000.0))
    assert to_lonlat(info, 1e9, 1e9) is None


def test_many_positions_go_in_one_call() -> None:
    info = info_of(10, 10)
    cols = np.arange(5.0)
    x, y = to_map(info, cols, cols * 0)
    found = lonlat_of(info, x, y)
    assert found is not None
    assert found[0][3] == pytest.approx(to_lonlat(info, 3, 0)[0])  # type: ignore[index]


def test_the_size_of_a_pixel_is_in_metres_whatever_the_unit() -> None:
    assert info_of(10, 10).pixel_size_m == pytest.approx(0.5)
    feet = rasterio.crs.CRS.from_epsg(2263).to_wkt()
    assert info_of(10, 10, crs_wkt=feet).pixel_size_m == pytest.approx(0.5 * 0.3048, rel=1e-3)
    degrees = rasterio.crs.CRS.from_epsg(4326).to_wkt()
    at_60_north = info_of(10, 10, crs_wkt=degrees, transform=(1e-4, 0.0, 20.0, 0.0, -1e-4, 60.0))
    assert at_60_north.pixel_size_m == pytest.approx(11.12 * math.sqrt(0.5), rel=1e-2)
