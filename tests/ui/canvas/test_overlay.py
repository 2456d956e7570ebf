import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.mask.classes import UNLABELLED, ClassList, SegmentationClass
from segstudio.mask.mask import Mask
from segstudio.mask.plane import Plane
from segstudio.raster.tiles import TileKey
from segstudio.raster.window import Window
from segstudio.ui.canvas.overlay import OverlayKind, OverlayTiles
from segstudio.ui.canvas.overlay_colours import (
    ClassColours,
    depth_levels,
    depth_table,
    doubt_table,
    outlined,
    premultiplied,
)
from segstudio.ui.canvas.overlay_grid import OverlayGrid

CLASSES = ClassList((SegmentationClass(0, "road", "#FF0000"), SegmentationClass(1, "water", "#0000FF")))
EVERYTHING = Window(0, 0, 700, 600)


def tiles_of(mask: Mask) -> OverlayTiles:
    tiles = OverlayTiles()
    tiles.set_mask(mask)
    tiles.set_classes(CLASSES)
    return tiles


def colours(tiles: OverlayTiles, kind: OverlayKind, key: TileKey) -> np.ndarray:
    """What a tile shows now, uint32 (h, w); zeros where it shows nothing."""
    tiles.begin_slice(1e6)
    tile = tiles.tile(kind, key)
    window = tiles.grid.window(key)
    return np.zeros(window.shape, np.uint32) if tile.argb is None else tile.argb.copy()


def test_annotation_hides_prediction_and_is_denser() -> None:
    mask = Mask(700, 600)
    mask.prediction.write_value(EVERYTHING, 0)
    mask.annotation.write_value(Window(10, 10, 5, 5), 1)
    shown = colours(tiles_of(mask), "mask", TileKey(0, 0, 0))
    assert shown[12, 12] == 0xFF0000FF
    assert shown[0, 0] >> 24 == round(255 * 0.7) and (shown[0, 0] & 0xFF) == 0


def test_a_hidden_class_is_transparent_in_both_planes() -> None:
    mask = Mask(700, 600)
    mask.prediction.write_value(EVERYTHING, 0)
    mask.annotation.write_value(Window(0, 0, 5, 5), 0)
    tiles = tiles_of(mask)
    tiles.set_classes(CLASSES.with_class(SegmentationClass(0, "road", "#FF0000", visible=False)))
    assert not colours(tiles, "mask", TileKey(0, 0, 0)).any()


def test_where_nobody_has_spoken_no_tile_is_made() -> None:
    tiles = tiles_of(Mask(700, 600))
    tiles.begin_slice(0)
    tile = tiles.tile("mask", TileKey(0, 0, 0))
    assert tile.image is None and tile.is_new


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-20, 690), st.integers(-20, 590), st.integers(1, 150), st.integers(0, 2)),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([0, 1, 2, -2]),
    st.sampled_from(["mask", "outline", "doubt"]),
)
def test_a_refreshed_tile_is_what_a_new_one_would_be(
    dabs: list[tuple[int, int, int, int]], level: int, kind: OverlayKind
) -> None:
    mask = Mask(700, 600)
    mask.prediction.write_value(Window(0, 0, 300, 300), 0)
    mask.doubt.write_value(Window(0, 0, 400, 300), 200)
    tiles = tiles_of(mask)
    level = max(0, level) if kind != "outline" else level
    keys = list(tiles.grid.tiles(Window(0, 0, 256, 256), level))
    for col, row, side, class_id in dabs:
        for key in keys:
            colours(tiles, kind, key)
        window = Window(col, row, side, side).intersection(EVERYTHING)
        mask.annotation.write_value(window, UNLABELLED if class_id == 2 else class_id)
        tiles.mark_stale(window)
    fresh = tiles_of(mask)
    for key in keys:
        assert np.array_equal(colours(tiles, kind, key), colours(fresh, kind, key))


def test_only_the_changed_pixels_are_coloured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = Mask(700, 600)
    mask.annotation.write_value(EVERYTHING, 0)
    tiles = tiles_of(mask)
    colours(tiles, "mask", TileKey(0, 0, 0))
    painted: list[int] = []
    paint = ClassColours.paint

    def counted(self: ClassColours, annotation: np.ndarray, prediction: np.ndarray) -> np.ndarray:
        painted.append(annotation.size)
        return paint(self, annotation, prediction)

    monkeypatch.setattr(ClassColours, "paint", counted)
    mask.annotation.write_value(Window(30, 40, 9, 9), 1)
    tiles.mark_stale(Window(30, 40, 9, 9))
    shown = colours(tiles, "mask", TileKey(0, 0, 0))
    assert painted == [81] and shown[44, 34] == 0xFF0000FF


def test_beyond_the_allowance_all_but_one_tile_stay_old_and_say_so() -> None:
    mask = Mask(700, 600)
    mask.annotation.write_value(EVERYTHING, 0)
    tiles = tiles_of(mask)
    colours(tiles, "mask", TileKey(0, 0, 0))
    tiles.begin_slice(-1)
    assert tiles.tile("mask", TileKey(0, 1, 0)).is_new
    missing = tiles.tile("mask", TileKey(0, 1, 1))
    assert missing.image is None and not missing.is_new
    mask.annotation.write_value(EVERYTHING, 1)
    tiles.mark_stale(EVERYTHING)
    tiles.begin_slice(-1)
    assert tiles.tile("mask", TileKey(0, 1, 0)).is_new
    old = tiles.tile("mask", TileKey(0, 0, 0))
    assert old.image is not None and not old.is_new and old.image.pixelColor(3, 3).red() == 255


def test_the_picture_follows_the_colours_without_a_copy() -> None:
    mask = Mask(700, 600)
    mask.annotation.write_value(EVERYTHING, 0)
    tiles = tiles_of(mask)
    tiles.begin_slice(1e6)
    image = tiles.tile("mask", TileKey(0, 0, 0)).image
    mask.annotation.write_value(Window(0, 0, 4, 4), 1)
    tiles.mark_stale(Window(0, 0, 4, 4))
    tiles.tile("mask", TileKey(0, 0, 0))
    assert image is not None and image.pixelColor(1, 1).blue() == 255


def test_overlays_keep_within_their_budget() -> None:
    mask = Mask(4096, 256)
    mask.annotation.write_value(Window(0, 0, 4096, 256), 0)
    tiles = OverlayTiles(budget_bytes=3 * 256 * 256 * 4)
    tiles.set_mask(mask)
    tiles.begin_slice(1e6)
    for col in range(16):
        tiles.tile("mask", TileKey(0, col, 0))
    assert sum(tiles.known("mask", TileKey(0, col, 0)) is not None for col in range(16)) == 3


def test_doubt_is_silent_where_a_person_has_spoken_and_where_the_model_is_sure() -> None:
    mask = Mask(700, 600)
    mask.doubt.write_value(Window(0, 0, 100, 100), 255)
    mask.doubt.write_value(Window(0, 0, 10, 100), 5)
    mask.annotation.write_value(Window(50, 0, 50, 100), 1)
    shown = colours(tiles_of(mask), "doubt", TileKey(0, 0, 0)) >> 24
    assert not shown[:100, :10].any() and (shown[:100, 10:50] == 255).all() and not shown[:, 50:].any()


def test_depth_is_spread_over_its_range_and_transparent_where_unknown() -> None:
    mask = Mask(700, 600)
    mask.depth.write(Window(0, 0, 2, 1), np.array([[4.0, 8.0]], np.float16))
    tiles = tiles_of(mask)
    tiles.set_depth_range(4.0, 8.0)
    shown, table = colours(tiles, "depth", TileKey(0, 0, 0)), depth_table()
    assert shown[0, 0] == table[1] and shown[0, 1] == table[255] and shown[1, 1] == 0


def test_a_depth_target_is_shown_where_no_model_gave_depth() -> None:
    mask = Mask(700, 600)
    mask.depth_target.write_value(Window(0, 0, 5, 5), 3.0)
    assert tiles_of(mask).depth_plane() is mask.depth_target
    mask.depth.write_value(Window(0, 0, 5, 5), 3.0)
    assert tiles_of(mask).depth_plane() is mask.depth


def test_an_outline_keeps_the_rim_and_drops_the_middle() -> None:
    ids = np.zeros((14, 14), np.uint8)
    ids[5:, :] = 1
    argb = np.full((10, 10), 7, np.uint32)
    rim = outlined(argb, ids, 2)
    assert (rim[1:5] == 7).all() and not rim[0].any() and not rim[5:].any()


@given(st.floats(1e-3, 64))
def test_overlay_pixels_are_about_as_large_as_screen_pixels(scale: float) -> None:
    grid = OverlayGrid(10_000, 10_000)
    assert 0.5 < 2.0 ** grid.level_for(scale, outline=True) * scale < 1.5
    assert grid.level_for(scale, outline=False) >= 0


@given(st.integers(-6, 6), st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 900))
def test_the_tiles_of_a_window_cover_it(level: int, col: int, row: int, side: int) -> None:
    grid = OverlayGrid(2500, 1700)
    window = Window(col, row, side // (1 if level >= 0 else 8) + 1, 20).intersection(grid.extent)
    around = Window(0, 0, 0, 0)
    for key in grid.tiles(window, level):
        assert not grid.window(key).intersection(window).is_empty
        around = around.union(grid.window(key))
    assert around.contains(window)


def test_colours_are_premultiplied() -> None:
    assert premultiplied(np.array([[255.0, 0, 0, 127.5]]))[0] == 0x80800000


def test_doubt_grows_denser_and_lighter() -> None:
    alpha = (doubt_table() >> 24).astype(int)
    assert alpha[0] == 0 and alpha[255] == 255 and (np.diff(alpha) >= 0).all()


def test_unknown_depth_is_level_zero() -> None:
    levels = depth_levels(np.array([np.nan, -5.0, 2.0, 99.0], np.float32), 0.0, 4.0)
    assert list(levels) == [0, 1, 128, 255]


def test_a_silent_scene_of_40_billion_pixels_costs_no_walk_over_its_chunks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mask = Mask(200_000, 200_000)
    mask.annotation.write_value(Window(100_000, 70_000, 900, 900), 1)
    asked: list[object] = []
    sampled = Plane._sampled
    monkeypatch.setattr(Plane, "_sampled", lambda *args: asked.append(args[1]) or sampled(*args))
    tiles = OverlayTiles()
    tiles.set_mask(mask)
    tiles.mark_stale(mask.extent)
    tiles.begin_slice(1e6)
    drawn = [tiles.tile("mask", key) for key in tiles.grid.tiles(mask.extent, 8)]
    assert len(drawn) == 16 and sum(tile.argb is not None for tile in drawn) == 1
    assert set(asked) <= {*mask.annotation.written_chunks()}
