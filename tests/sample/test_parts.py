"""The small parts scenes are made of."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.sample import geometry, light
from segstudio.sample.hashing import chance, mix
from segstudio.sample.noise import noise_at, noise_grid
from segstudio.sample.parcels import lots
from segstudio.sample.plan import split

SQUARE = np.array([(0.0, 0.0), (100.0, 0.0), (100.0, 60.0), (0.0, 60.0)])


@given(st.integers(), st.integers(-(2**40), 2**40))
def test_hashes_depend_on_every_part(seed: int, cell: int) -> None:
    assert mix(seed, cell) == mix(seed, cell)
    assert mix(seed, cell) != mix(seed, cell + 1)
    assert 0 <= chance(seed, cell).random() < 1


@given(st.floats(-2, 60), st.floats(0, 2 * math.pi))
def test_a_cut_keeps_what_lies_on_its_side(offset: float, angle: float) -> None:
    nx, ny = math.cos(angle), math.sin(angle)
    both = [geometry.clip(SQUARE, offset, 20, s * nx, s * ny) for s in (1, -1)]
    assert sum(geometry.area(part) for part in both if len(part)) == pytest.approx(6000, abs=1e-6)


def test_an_inset_leaves_an_even_rim() -> None:
    assert geometry.area(geometry.inset(SQUARE, 5)) == pytest.approx(90 * 50)
    assert len(geometry.inset(SQUARE, 40)) == 0
    assert geometry.area(geometry.shrunk(SQUARE, 5)) == pytest.approx(90 * 50)


def test_a_fitted_box_lies_within() -> None:
    triangle = np.array([(0.0, 0.0), (90.0, 0.0), (0.0, 70.0)])
    x, y, long, short, angle = geometry.fitted_box(triangle)
    frame = geometry.Frame.along(x, y, angle)
    corners = frame.rect(-long * 0.47, -short * 0.47, long * 0.47, short * 0.47)
    assert geometry.inside(triangle, corners).all()
    assert long * short > 600


def test_noise_is_the_same_from_any_corner() -> None:
    whole = noise_grid(7, 30.0, 0.0, 0.0, 0.5, (64, 64))
    part = noise_grid(7, 30.0, 10.0, 6.0, 0.5, (20, 20))
    assert np.allclose(whole[12:32, 20:40], part, atol=0.03)  # the resampler rounds positions to 1/32
    assert 0.1 < np.abs(noise_at(7, 30.0, np.arange(400.0), np.zeros(400))).mean() < 0.9


def test_streets_cut_a_quarter_into_small_blocks() -> None:
    quarter = SQUARE * 4
    pieces, lines = split(quarter, 120, 60, 4.0, chance(1))
    assert len(pieces) > 6
    assert len(lines) >= 6
    assert sum(geometry.area(p) for p in pieces) < geometry.area(quarter)
    assert max(max(np.ptp(p[:, 0]), np.ptp(p[:, 1])) for p in pieces) < 150


def test_plots_front_the_street_and_stay_in_their_block() -> None:
    found = lots(SQUARE, 20.0, chance(3))
    assert len(found) == 10
    for lot in found:
        assert geometry.inside(geometry.shrunk(SQUARE, -0.5), lot.polygon).all()
        assert lot.depth == pytest.approx(30, abs=1)
        assert min(abs(lot.frame.y), abs(lot.frame.y - 60)) < 0.1


@pytest.mark.parametrize("azimuth", [90.0, 142.0, 225.0])
@pytest.mark.parametrize("high", [6.0, 30.0])
def test_a_shadow_is_as_long_as_the_sun_says(azimuth: float, high: float) -> None:
    sun = light.Sun(azimuth, 45.0)
    height = np.zeros((240, 240), np.float32)
    height[116:124, 116:124] = high
    shadow = light.sun_height(height, sun, 0.5, 80)
    rows, cols = np.nonzero((shadow > 0.2) & (height == 0))
    x, y = sun.towards
    along = -((cols - 119.5) * x + (rows - 119.5) * y) * 0.5
    assert along.max() == pytest.approx(high + 2.4, abs=1.6)
    assert along.min() > -3


def test_roofs_facing_the_sun_are_brighter() -> None:
    sun = light.Sun(180.0, 45.0)
    table = np.zeros((3, 22))
    table[1, 17], table[2, 17] = -0.5, 0.5  # y grows southwards: a falling plane faces the sun in the south
    south, north = light.facing(table, sun, 0.3)[1:]
    assert south > 1 > north
