"""Scenes: the same wherever they are cut, true to their masks, different by seed and sensor."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.errors import SegstudioError
from segstudio.raster.window import Window
from segstudio.sample import scene as scene_module
from segstudio.sample.scene import TILE, SceneBlock, SceneSettings, render_window
from segstudio.sample.sensor import SENSORS
from segstudio.sample.sheet import BUILDING, LAND, ROAD, VEGETATION, WATER
from segstudio.sample.styles import STYLES


def forget() -> None:
    scene_module._memory.tiles.clear()
    scene_module._memory.towns.clear()


@pytest.fixture(scope="module")
def town() -> SceneBlock:
    return render_window(SceneSettings(size=1024, seed=1), Window(0, 0, 1024, 1024))


def test_a_scene_is_the_same_every_time() -> None:
    chosen = SceneSettings(size=300, seed=11)
    first = render_window(chosen, Window(40, 20, 200, 200))
    forget()
    again = render_window(chosen, Window(40, 20, 200, 200))
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.class_ids, again.class_ids)
    assert np.array_equal(first.height_m, again.height_m)


windows = st.builds(
    Window, st.integers(-200, 300), st.integers(-200, 300), st.integers(1, 260), st.integers(1, 260)
)


@given(windows, windows)
@settings(max_examples=20, deadline=None)
def test_two_windows_agree_where_they_overlap(one: Window, other: Window) -> None:
    chosen, shared = SceneSettings(size=800, seed=2), one.intersection(other)
    a, b = render_window(chosen, one), render_window(chosen, other)
    fro, to = shared.slices_in(one), shared.slices_in(other)
    if not shared.is_empty:
        assert np.array_equal(a.pixels[:, *fro], b.pixels[:, *to])
        assert np.array_equal(a.class_ids[fro], b.class_ids[to])
        assert np.array_equal(a.height_m[fro], b.height_m[to])
    assert a.class_ids.shape == one.shape


def test_a_window_does_not_depend_on_what_was_rendered_before() -> None:
    chosen, window = SceneSettings(size=2000, seed=6), Window(700, 700, 300, 260)
    forget()
    alone = render_window(chosen, window)
    forget()
    render_window(chosen, Window(500, 900, 300, 300))
    after = render_window(chosen, window)
    assert np.array_equal(alone.pixels, after.pixels)


@pytest.mark.parametrize("at", [TILE, 2 * TILE])
def test_tiles_meet_without_a_seam(town: SceneBlock, at: int) -> None:
    grey = town.pixels.astype(np.float32).mean(axis=0)
    across = np.abs(grey[:, at] - grey[:, at - 1]).mean()
    elsewhere = np.abs(np.diff(grey[:, at - 60 : at - 5], axis=1)).mean(axis=0)
    assert across < elsewhere.max() * 1.25


def test_the_truth_does_not_jump_at_tiles(town: SceneBlock) -> None:
    changes = (np.diff(town.class_ids.astype(int), axis=1) != 0).mean(axis=0)
    at_tiles = changes[TILE - 1 :: TILE]
    assert at_tiles.max() < changes.mean() + 4 * changes.std()


def test_a_typical_scene_shows_every_class() -> None:
    # every other tile: a typical scene of 2048 x 2048 pixels at a quarter of its price
    tiles = [Window(col, row, TILE, TILE) for row in range(0, 2048, 512) for col in range(0, 2048, 512)]
    blocks = [render_window(SceneSettings(size=2048, seed=1), tile) for tile in tiles]
    mean = np.mean([np.bincount(b.class_ids.ravel(), minlength=5) / b.class_ids.size for b in blocks], axis=0)
    assert set(np.flatnonzero(mean > 0.02)) == {BUILDING, LAND, ROAD, VEGETATION, WATER}


def test_heights_are_on_buildings_and_vegetation_only(town: SceneBlock) -> None:
    flat = np.isin(town.class_ids, (LAND, ROAD, WATER))
    assert town.height_m[flat].max() == 0
    buildings = town.height_m[town.class_ids == BUILDING]
    assert (buildings > 0).mean() > 0.999
    assert 3 < np.median(buildings) < 30
    assert (town.height_m[town.class_ids == VEGETATION] > 1).any()  # trees
    assert (town.height_m[town.class_ids == VEGETATION] == 0).any()  # lawns


def test_shadows_fall_away_from_the_sun(town: SceneBlock) -> None:
    # the sun of the clear sensor stands in the south-east: ground north-west of a house is darker
    grey = town.pixels.astype(np.float32).mean(axis=0)
    ground = np.isin(town.class_ids, (LAND, VEGETATION)) & (town.height_m == 0)
    house = town.class_ids == BUILDING
    north_west = np.zeros_like(house)
    north_west[:-4, :-4] = house[4:, 4:]
    south_east = np.zeros_like(house)
    south_east[4:, 4:] = house[:-4, :-4]
    assert grey[ground & north_west].mean() < grey[ground & south_east].mean() - 15


@pytest.mark.parametrize("style", list(STYLES))
def test_every_style_renders(style: str) -> None:
    block = render_window(SceneSettings(size=512, seed=3, style=style), Window(0, 0, 256, 256))
    assert block.pixels.std() > 8
    assert len(np.unique(block.class_ids)) >= 2


def test_seeds_give_different_places() -> None:
    pictures = [
        render_window(SceneSettings(size=256, seed=s), Window(0, 0, 256, 256)).pixels for s in (1, 9, 17)
    ]
    assert all((a != b).mean() > 0.8 for a, b in pairwise(pictures))


@pytest.mark.parametrize("name", [n for n in SENSORS if n != "clear"] + ["random:1", "random:2"])
def test_a_sensor_shifts_the_picture_but_hardly_the_place(name: str) -> None:
    window = Window(256, 256, 256, 256)
    clear = render_window(SceneSettings(size=512, seed=1), window)
    other = render_window(SceneSettings(size=512, seed=1, sensor=name), window)
    counts = [np.histogram(b.pixels, bins=32, range=(0, 256))[0] / b.pixels.size for b in (clear, other)]
    assert np.abs(counts[0] - counts[1]).sum() > 0.08
    assert (clear.class_ids == other.class_ids).mean() > 0.85


def test_sixteen_bits_are_used_as_sensors_use_them() -> None:
    block = render_window(SceneSettings(size=512, seed=1, bands=1, dtype="uint16"), Window(0, 0, 512, 512))
    assert block.pixels.shape == (1, 512, 512)
    assert block.pixels.dtype == np.uint16
    assert 512 < block.pixels.max() < 2**11
    assert len(np.unique(block.pixels)) > 512


def test_rows_and_columns_may_differ() -> None:
    chosen = SceneSettings(size=(120, 340), seed=0)
    assert (chosen.height, chosen.width) == (120, 340)
    assert render_window(chosen, chosen.extent).pixels.shape == (3, 120, 340)


@pytest.mark.parametrize(
    "wrong",
    [{"bands": 2}, {"dtype": "float32"}, {"sensor": "x"}, {"style": "x"}, {"size": 0}, {"gsd_m": 50.0}],
)
def test_a_scene_that_cannot_be_is_refused_with_the_way_out(wrong: dict[str, object]) -> None:
    with pytest.raises(SegstudioError):
        SceneSettings(**wrong)  # type: ignore[arg-type]


def test_what_is_kept_in_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene_module, "_TILES_KEPT", 3)
    forget()
    chosen = SceneSettings(size=40_000, seed=1)
    for col in range(0, 6 * TILE, TILE):
        render_window(chosen, Window(20_000 + col, 20_000, 8, 8))
    assert len(scene_module._memory.tiles) <= 3
