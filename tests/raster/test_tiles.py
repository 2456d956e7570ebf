import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.raster.tiles import TileGrid, TileKey
from segstudio.raster.window import Window

sides = st.integers(1, 700)
grids = st.builds(TileGrid, sides, sides, st.sampled_from([16, 64, 256]))


def extent(grid: TileGrid) -> Window:
    return Window(0, 0, grid.width, grid.height)


@given(grids, st.data())
def test_the_visible_tiles_cover_the_view_once(grid: TileGrid, data: st.DataObject) -> None:
    level = data.draw(st.integers(0, grid.levels - 1))
    view = Window(data.draw(st.integers(-99, 600)), data.draw(st.integers(-99, 600)), 150, 90)
    touched = np.zeros((grid.height, grid.width), int)
    for key in grid.visible(view, level):
        touched[grid.window(key).slices_in(extent(grid))] += 1
    seen = view.intersection(extent(grid))
    assert touched.max(initial=0) <= 1
    if not seen.is_empty:
        assert (touched[seen.slices_in(extent(grid))] == 1).all()


@given(grids, st.data())
def test_no_tile_is_asked_for_that_the_view_does_not_show(grid: TileGrid, data: st.DataObject) -> None:
    level = data.draw(st.integers(0, grid.levels - 1))
    view = Window(data.draw(st.integers(-99, 600)), data.draw(st.integers(-99, 600)), 150, 90)
    assert all(not grid.window(key).intersection(view).is_empty for key in grid.visible(view, level))


@given(grids)
def test_the_last_level_is_one_tile(grid: TileGrid) -> None:
    assert grid.visible(extent(grid), grid.levels - 1) == [TileKey(grid.levels - 1, 0, 0)]
    if grid.levels > 1:
        assert len(grid.visible(extent(grid), grid.levels - 2)) > 1


@given(grids, st.data())
def test_a_tiles_picture_is_its_window_decimated(grid: TileGrid, data: st.DataObject) -> None:
    level = data.draw(st.integers(0, grid.levels - 1))
    for key in grid.visible(extent(grid), level):
        height, width = grid.out_shape(key)
        window = grid.window(key)
        assert (height, width) == (math.ceil(window.height / 2**level), math.ceil(window.width / 2**level))
        assert 1 <= height <= grid.tile_size and 1 <= width <= grid.tile_size


@given(st.floats(1e-4, 50))
def test_a_level_has_a_pixel_for_every_screen_pixel_and_less_than_four(scale: float) -> None:
    grid = TileGrid(10_000_000, 10_000_000)
    level = grid.level_for(scale)
    assert level == 0 or 2**-level >= scale * (1 - 1e-6)
    assert 2.0 ** -(level + 1) < scale


def test_powers_of_two_hit_their_level_exactly() -> None:
    grid = TileGrid(1_000_000, 1_000_000)
    assert [grid.level_for(2.0**-k) for k in range(10)] == list(range(10))
    assert [grid.level_for(1 / (3 * 2.0**k) * 3) for k in range(10)] == list(range(10))


def test_tiles_nearest_to_the_centre_come_first() -> None:
    grid = TileGrid(2560, 2560)
    keys = grid.visible(Window(0, 0, 1280, 1280), 0)
    assert keys[0] == TileKey(0, 2, 2)
    assert keys[-1] in {TileKey(0, c, r) for c in (0, 4) for r in (0, 4)}


def test_a_view_beside_the_image_needs_no_tile() -> None:
    assert TileGrid(100, 100).visible(Window(200, 0, 50, 50), 0) == []
