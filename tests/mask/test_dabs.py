"""A brush touches what its definition says, pixel by pixel, and never leaves the extent."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.mask import dabs
from segstudio.mask.dabs import Dab, disc, stroke_growth, stroke_segment
from segstudio.raster.window import Window

EXTENT = Window(0, 0, 60, 40)
ROWS, COLS = np.mgrid[: EXTENT.height, : EXTENT.width]
positions = st.tuples(st.integers(-30, 90), st.integers(-30, 70))
radii = st.floats(0.5, 30)
brushes = st.builds(lambda place, radius: Dab(*place, radius), positions, radii)


def on_extent(*footprints) -> np.ndarray:
    """Footprints as one bool array of the whole extent; each must lie inside."""
    whole = np.zeros(EXTENT.shape, bool)
    for window, where in footprints:
        assert where.shape == window.shape
        assert where.dtype == bool
        assert EXTENT.contains(window)
        whole[window.slices_in(EXTENT)] |= where
    return whole


def beyond_hull(start: Dab, end: Dab) -> np.ndarray:
    """How far each pixel lies outside the hull of two dabs: the least over all discs in between."""
    away = np.full(EXTENT.shape, np.inf)
    for share in np.linspace(0, 1, 400):
        col, row, radius = (
            (1 - share) * one + share * other
            for one, other in zip((*start.pixel, start.reach_px), (*end.pixel, end.reach_px), strict=True)
        )
        away = np.minimum(away, np.hypot(COLS - col, ROWS - row) - radius)
    return away


@given(positions, radii)
def test_a_disc_holds_the_pixels_within_its_radius(centre, radius):
    found = on_extent(disc(*centre, radius, EXTENT))
    distance = np.hypot(COLS - centre[0], ROWS - centre[1])
    np.testing.assert_array_equal(found, distance <= radius + 1e-9)


@given(brushes, brushes)
def test_between_two_dabs_lies_their_hull(start, end):
    found = on_extent(disc(*start.pixel, start.radius_px, EXTENT), *stroke_growth(start, end, EXTENT))
    away = beyond_hull(start, end)
    assert found[away <= -1e-6].all()
    # the discs looked at lie a fraction of a pixel apart, and each is at most this much short of the hull
    assert not found[away > 0.3].any()


@given(positions, positions, radii)
def test_a_stroke_segment_holds_the_pixels_within_reach_of_its_line(start, end, radius):
    found = on_extent(stroke_segment(start, end, radius, EXTENT))
    (x0, y0), (x1, y1) = start, end
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    share = ((COLS - x0) * (x1 - x0) + (ROWS - y0) * (y1 - y0)) / length if length else np.zeros(COLS.shape)
    share = np.clip(share, 0, 1)
    distance = np.hypot(COLS - x0 - share * (x1 - x0), ROWS - y0 - share * (y1 - y0))
    unsure = np.abs(distance - radius) < 1e-6
    np.testing.assert_array_equal(found | unsure, (distance <= radius) | unsure)


@given(st.floats(0, 59.9), st.floats(0, 39.9), st.floats(0, 0.5))
def test_the_smallest_brush_touches_the_pixel_under_the_pointer(col, row, radius):
    window, where = disc(col, row, radius, EXTENT)
    assert window == Window(math.floor(col), math.floor(row), 1, 1)
    assert where.all()


@given(positions, positions)
def test_the_thinnest_stroke_has_no_gap(start, end):
    inside = tuple(np.clip(start, 0, (59, 39)).tolist()), tuple(np.clip(end, 0, (59, 39)).tolist())
    found = on_extent(stroke_segment(*inside, 0, EXTENT))
    steps = max(abs(inside[0][0] - inside[1][0]), abs(inside[0][1] - inside[1][1]))
    axis = 0 if abs(inside[0][0] - inside[1][0]) >= abs(inside[0][1] - inside[1][1]) else 1
    assert found.any(axis=axis).sum() == steps + 1


@given(brushes, brushes)
def test_in_bands_a_stroke_grows_by_the_same_pixels(start, end):
    whole = on_extent(disc(*start.pixel, start.radius_px, EXTENT), *stroke_growth(start, end, EXTENT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dabs, "_LARGE_PX", 0)
        patch.setattr(dabs, "_BAND_ROWS", 7)
        parts = stroke_growth(start, end, EXTENT)
    painted = on_extent(disc(*start.pixel, start.radius_px, EXTENT))
    np.testing.assert_array_equal(painted | on_extent(*parts), whole)
    assert not (on_extent(*parts) & painted).any()
    assert all(where.any(axis=1)[[0, -1]].all() and where.any(axis=0)[[0, -1]].all() for _, where in parts)


def test_a_large_brush_that_hardly_moves_touches_little():
    extent = Window(0, 0, 40_000, 40_000)
    parts = stroke_growth(Dab(20_000, 20_000, 1000), Dab(20_012, 20_009, 1000), extent)
    looked_at, grown = sum(window.area for window, _ in parts), sum(int(where.sum()) for _, where in parts)
    assert grown == pytest.approx(2 * 1000 * math.hypot(12, 9), rel=0.02)
    assert looked_at < 600_000 < 4_000_000


@pytest.mark.parametrize("width", [70_000, 200_000])
def test_a_stroke_may_be_wider_than_sixteen_bits(width):
    window, where = stroke_segment((0, 3), (width - 1, 3), 1, Window(0, 0, width, 8))
    assert window == Window(0, 2, width, 3)
    assert where.all()


def test_a_brush_outside_the_extent_touches_nothing():
    window, where = disc(500, 5, 8, EXTENT)
    assert window.is_empty and where.size == 0
    assert stroke_growth(Dab(500, 5, 8), Dab(520, 5, 8), EXTENT) == []
