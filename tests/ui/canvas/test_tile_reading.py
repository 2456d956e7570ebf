from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from segstudio.raster.open import open_raster
from segstudio.raster.stretch import default_stretch, read_display
from segstudio.raster.tiles import TileGrid, TileKey
from segstudio.raster.window import Window
from segstudio.ui.canvas import tile_reading
from segstudio.ui.canvas.tile_picture import picture, shared_picture
from segstudio.ui.canvas.tile_reading import (
    block_shape,
    grouped,
    in_batches,
    is_heavy,
    read_preview,
    read_tiles,
)


def colours(image: QImage) -> np.ndarray:
    """The picture as (h, w, 4) red, green, blue, alpha."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    shape = (plain.height(), plain.bytesPerLine() // 4, 4)
    return np.frombuffer(plain.constBits(), np.uint8).reshape(shape)[:, : plain.width()].copy()


@pytest.mark.parametrize("level", [0, 1, 2])
def test_tiles_read_together_are_the_tiles_read_alone(scene: Path, level: int) -> None:
    with open_raster(scene) as raster:
        grid, stretch = TileGrid(raster.info.width, raster.info.height), default_stretch(raster)
        keys = grid.visible(raster.info.extent, level)
        tiles = dict(read_tiles(raster, grid, keys, stretch, lambda: True))
        assert set(tiles) == set(keys)
        for key, image in tiles.items():
            alone, _ = read_display(raster, grid.window(key), grid.out_shape(key), stretch)
            assert (image.height(), image.width()) == grid.out_shape(key)
            assert np.array_equal(colours(image)[..., :3], alone)


def test_reading_stops_when_nobody_wants_it(scene: Path) -> None:
    with open_raster(scene) as raster:
        grid, stretch = TileGrid(raster.info.width, raster.info.height), default_stretch(raster)
        assert not list(read_tiles(raster, grid, [TileKey(0, 0, 0)], stretch, lambda: False))


def test_a_long_read_is_cut_into_pieces_that_can_be_given_up(
    scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tile_reading, "PIECE_BYTES", 100_000)
    asked: list[bool] = []
    with open_raster(scene) as raster:
        grid, stretch = TileGrid(raster.info.width, raster.info.height), default_stretch(raster)
        keys = grid.visible(raster.info.extent, 0)
        pieces = dict(read_tiles(raster, grid, keys, stretch, lambda: not asked.append(True)))
        monkeypatch.undo()
        whole = dict(read_tiles(raster, grid, keys, stretch, lambda: True))
    assert len(asked) > 1
    assert all(pieces[key] == whole[key] for key in keys)


def test_the_preview_shows_the_whole_image(scene: Path) -> None:
    with open_raster(scene) as raster:
        image = read_preview(raster, default_stretch(raster))
    shown = colours(image).astype(int)
    assert max(image.width(), image.height()) == tile_reading.PREVIEW_PX
    assert shown[0, -1, 0] - shown[0, 0, 0] > 200 and shown[-1, 0, 1] - shown[0, 0, 1] > 200


def test_pixels_without_data_are_transparent() -> None:
    rgb = np.full((4, 4, 3), 90, np.uint8)
    valid = np.ones((4, 4), np.bool_)
    valid[1, 2] = False
    alpha = colours(picture(rgb, valid))[..., 3]
    assert alpha[1, 2] == 0 and (alpha == 0).sum() == 1


def test_a_shared_picture_follows_its_array() -> None:
    argb = np.zeros((3, 5), np.uint32)
    image = shared_picture(argb)
    argb[2, 4] = 0xFF102030
    assert image.pixel(4, 2) == 0xFF102030


def test_batches_follow_the_blocks_of_the_file(scene: Path) -> None:
    with open_raster(scene) as raster:
        assert block_shape(raster.info, 256) == (2, 2)
        assert block_shape(raster.info, 64) == (4, 4)


@given(st.sets(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1), st.integers(1, 9))
def test_grouping_loses_and_doubles_nothing(places: set[tuple[int, int]], side: int) -> None:
    keys = [TileKey(0, col, row) for col, row in sorted(places)]
    batches = grouped(keys, (side, side))
    assert sorted(key for batch in batches for key in map(str, batch)) == sorted(map(str, keys))
    assert batches[0][0] == keys[0]
    for batch in batches:
        assert len({(key.col // side, key.row // side) for key in batch}) == 1


def test_only_levels_without_overviews_near_them_are_heavy(scene: Path) -> None:
    with open_raster(scene) as raster:
        assert [is_heavy(raster.info, level) for level in range(5)] == [False, False, False, False, True]
        assert raster.info.extent == Window(0, 0, 900, 700)


def test_a_tile_of_the_view_brings_the_rest_of_its_block_and_no_other_block() -> None:
    now = [TileKey(0, 4, 4)]
    later = [TileKey(0, col, row) for col in range(3, 8) for row in range(3, 6) if (col, row) != (4, 4)]
    batches = in_batches(now, later, (2, 2))
    assert set(batches[0]) == {TileKey(0, col, row) for col in (4, 5) for row in (4, 5)}
    assert sorted(map(str, [*now, *later])) == sorted(str(key) for batch in batches for key in batch)
