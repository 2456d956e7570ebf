"""Footprints are what their definition says, pixel by pixel, and never leave the extent."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.mask.dabs import disc
from segstudio.mask.footprints import fill_region, flood, lasso, polygon, union
from segstudio.mask.plane import Plane
from segstudio.raster.window import Window

EXTENT = Window(0, 0, 60, 40)
ROWS, COLS = np.mgrid[: EXTENT.height, : EXTENT.width]
positions = st.tuples(st.integers(-30, 90), st.integers(-30, 70))
radii = st.floats(0.5, 30)


def on_extent(footprint) -> np.ndarray:
    """A footprint as bool array of the whole extent; it must lie inside."""
    window, where = footprint
    assert where.shape == window.shape
    assert where.dtype == bool
    assert EXTENT.contains(window)
    whole = np.zeros(EXTENT.shape, bool)
    whole[window.slices_in(EXTENT)] = where
    return whole


def test_footprints_outside_the_extent_are_empty():
    for footprint in (
        polygon([(90, 90), (99, 90), (99, 99)], EXTENT),
        lasso([], EXTENT),
    ):
        assert footprint[0].is_empty
        assert footprint[1].size == 0


@given(st.integers(-10, 60), st.integers(-10, 40), st.integers(1, 30), st.integers(1, 30))
def test_a_rectangle_as_polygon_holds_exactly_its_pixels(col, row, width, height):
    corners = [(col, row), (col + width, row), (col + width, row + height), (col, row + height)]
    expected = (col <= COLS) & (col + width > COLS) & (row <= ROWS) & (row + height > ROWS)
    np.testing.assert_array_equal(on_extent(polygon(corners, EXTENT)), expected)
    np.testing.assert_array_equal(on_extent(polygon(corners[::-1], EXTENT)), expected)


@given(st.lists(st.tuples(st.floats(-20, 80), st.floats(-20, 60)), min_size=3, max_size=3))
def test_a_triangle_holds_the_pixels_whose_centre_is_inside(corners):
    sides = []
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        sides.append((x1 - x0) * (ROWS + 0.5 - y0) - (y1 - y0) * (COLS + 0.5 - x0))
    inside = np.all(np.array(sides) > 1e-6, axis=0) | np.all(np.array(sides) < -1e-6, axis=0)
    outside = np.any(np.array(sides) > 1e-6, axis=0) & np.any(np.array(sides) < -1e-6, axis=0)
    found = on_extent(polygon(corners, EXTENT))
    assert not (inside & ~found).any()
    assert not (outside & found).any()


def test_two_polygons_that_share_a_side_share_no_pixel():
    shape = [(3, 2), (50.5, 8.3), (30.2, 38)], [(50.5, 8.3), (58, 35), (30.2, 38)]
    one, other = (on_extent(polygon(points, EXTENT)) for points in shape)
    assert not (one & other).any()
    whole = on_extent(polygon([(3, 2), (50.5, 8.3), (58, 35), (30.2, 38)], EXTENT))
    np.testing.assert_array_equal(one | other, whole)


def test_a_polygon_over_a_scene_can_be_asked_for_band_by_band():
    points = [(3, 2), (50.5, 8.3), (58, 35), (30.2, 38)]
    bands = [polygon(points, Window(0, row, 60, 10)) for row in range(0, 40, 10)]
    whole = np.any([on_extent(band) for band in bands], axis=0)
    np.testing.assert_array_equal(whole, on_extent(polygon(points, EXTENT)))


def test_a_loop_in_an_outline_leaves_no_hole():
    twice = [(5, 5), (35, 5), (35, 35), (5, 35)] * 2
    assert on_extent(polygon(twice, EXTENT))[5:35, 5:35].all()


def test_a_lasso_holds_its_outline_and_its_inside():
    points = [(5.5, 5.5), (40.2, 7.1), (20, 30)]
    found = on_extent(lasso(points, EXTENT))
    assert found[5, 5]
    assert found[7, 40]
    assert (found >= on_extent(polygon(points, EXTENT))).all()
    assert found.sum() < 1.3 * on_extent(polygon(points, EXTENT)).sum()
    assert lasso([(4, 4)], EXTENT)[0] == Window(4, 4, 1, 1)


def test_a_flood_stops_at_steps_above_its_tolerance():
    ramp = np.tile(np.array([0, 1, 2, 9, 10], np.uint8), (3, 1))
    assert flood(ramp, (0, 0), 0)[0].tolist() == [True, False, False, False, False]
    assert flood(ramp, (0, 0), 1)[0].tolist() == [True, True, True, False, False]
    assert flood(ramp.astype(np.float32) / 10, (4, 2), 0.15)[0].tolist() == [False, False, False, True, True]


def scene_with_snake() -> Plane:
    """A region that winds far beyond the first search window."""
    plane = Plane(3000, 3000)
    plane.write_value(Window(100, 100, 2500, 7), 3)
    plane.write_value(Window(2593, 100, 7, 2000), 3)
    plane.write_value(Window(10, 2900, 50, 50), 3)
    return plane


def test_a_fill_follows_its_region_beyond_the_first_window():
    plane = scene_with_snake()
    window, where = fill_region(plane.read, 150, 103, plane.extent)
    assert window == Window(100, 100, 2500, 2000)
    assert where.sum() == 2500 * 7 + 7 * 1993


def test_a_fill_is_cut_at_its_limit():
    plane = scene_with_snake()
    window, where = fill_region(plane.read, 150, 103, plane.extent, limit_px=1024 * 1024)
    assert window.area <= 1024 * 1024
    assert 0 < where.sum() < 2500 * 7


def test_a_fill_outside_the_image_is_empty():
    assert fill_region(Plane(10, 10).read, 10, 3, Window(0, 0, 10, 10))[0].is_empty


@given(positions, positions, radii)
def test_the_union_of_two_footprints_holds_both(one, other, radius):
    first, second = disc(*one, radius, EXTENT), disc(*other, radius / 2, EXTENT)
    np.testing.assert_array_equal(on_extent(union(first, second)), on_extent(first) | on_extent(second))
