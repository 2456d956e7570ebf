from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from rasterio.transform import Affine
from rasterio.windows import Window as RasterioWindow

from segstudio.errors import RasterError
from segstudio.raster import overview_build, overviews
from segstudio.raster.geotiff import GeotiffRaster
from segstudio.raster.open import open_raster
from segstudio.raster.overview_build import NoRoom, build, plan_pyramid
from segstudio.raster.overviews import EMPTY, Pyramid, PyramidPlan, missing_factors, unit_shape
from segstudio.raster.window import Window
from tests.raster.images import WriteTif

WIDTH, HEIGHT = 1100, 1300
TILED = {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate"}


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """An image of a megapixel counts as large, and has 3 x 3 units with levels of their own."""
    monkeypatch.setattr(overviews, "WORTH_BYTES", 100_000)
    monkeypatch.setattr(overviews, "SMALLEST_PX", 64)
    monkeypatch.setattr(overviews, "UNIT_PX", 512)
    monkeypatch.setattr(overviews, "COARSEST_IN_UNIT", 8)
    monkeypatch.setattr(overview_build, "COARSEST_IN_UNIT", 8)
    monkeypatch.setattr(overview_build, "PIECE_BYTES", 50_000)


def noise(dtype: str = "uint8", bands: int = 1) -> np.ndarray:
    values = np.random.default_rng(1).integers(1, 120, (bands, HEIGHT, WIDTH))
    return values.astype(dtype)


def write_sparse(path: Path, **more: Any) -> Path:
    profile = {"driver": "GTiff", "width": WIDTH, "height": HEIGHT, "count": 1, "dtype": "uint16", **TILED}
    place = Affine(0.5, 0, 300_000, 0, -0.5, 4_100_000)
    with rasterio.open(path, "w", **profile, SPARSE_OK=True, transform=place, **more):
        return path


def pyramid_of(path: Path) -> Pyramid:
    plan = plan_pyramid(path)
    assert plan is not None
    return Pyramid.find(path.parent / "overviews", plan, path)


def building(path: Path, pyramid: Pyramid, go_on: Any = lambda: True) -> Iterator[Window]:
    return build(path, pyramid, go_on=go_on, choose=lambda units: 0)


def built(path: Path) -> Pyramid:
    pyramid = pyramid_of(path)
    list(building(path, pyramid))
    assert pyramid.is_complete
    return pyramid


def both(path: Path, shape: tuple[int, int], window: Window | None = None) -> Iterator[tuple[Any, Any]]:
    """Pixels and validity without and with the overviews."""
    for pyramid in (None, built(path)):
        with open_raster(path) as raster:
            assert isinstance(raster, GeotiffRaster)
            if pyramid is not None:
                raster.attach(pyramid)
                assert raster.overview_for(raster.info.extent, shape) >= 4
            yield raster.read_with_valid(window or raster.info.extent, out_shape=shape)


QUARTER = HEIGHT // 4, WIDTH // 4


@pytest.mark.parametrize(
    ("dtype", "layout"),
    [
        ("uint8", {"blockysize": 3}),
        ("uint16", TILED),
        ("int16", TILED | {"interleave": "band"}),
        ("float32", TILED | {"compress": "lzw"}),
    ],
)
def test_the_finest_level_is_what_a_nearest_read_gives(
    write_tif: WriteTif, dtype: str, layout: dict[str, Any]
) -> None:
    plain, quick = both(write_tif(noise(dtype, 2), **layout), QUARTER)
    assert np.array_equal(plain[0], quick[0]) and quick[0].dtype == dtype


@pytest.mark.parametrize("factor", [4, 8, 16])
def test_every_pixel_of_a_level_is_one_of_the_pixels_it_covers(write_tif: WriteTif, factor: int) -> None:
    cols, rows = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    path = write_tif(np.stack([cols, rows]).astype(np.uint16), **TILED)
    shape = -(-HEIGHT // factor), -(-WIDTH // factor)
    _, (pixels, _) = both(path, shape)
    assert np.array_equal(pixels[0] // factor, np.broadcast_to(np.arange(shape[1]), shape))
    assert np.array_equal(pixels[1] // factor, np.broadcast_to(np.arange(shape[0])[:, None], shape))


def test_nodata_and_nan_stay_where_they_are(write_tif: WriteTif) -> None:
    pixels = noise("float32")
    pixels[:, 300:700] = np.nan
    pixels[:, :, 200:300] = -9999
    plain, quick = both(write_tif(pixels, nodata=-9999, **TILED), QUARTER)
    assert np.array_equal(plain[1], quick[1]) and 0 < quick[1].mean() < 1


def test_a_palette_keeps_its_numbers(write_tif: WriteTif) -> None:
    path = write_tif(noise() % 3, **TILED)
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {0: (255, 0, 0, 255), 1: (0, 255, 0, 255), 2: (0, 0, 255, 255)})
    plain, quick = both(path, QUARTER)
    assert np.array_equal(plain[0], quick[0])
    assert {tuple(colour) for colour in quick[0].reshape(3, -1).T} == {(255, 0, 0), (0, 255, 0), (0, 0, 255)}


def test_alpha_and_mask_are_kept(write_tif: WriteTif) -> None:
    pixels = noise(bands=4)
    pixels[3, 500:] = 0
    path = write_tif(pixels, **TILED)
    with rasterio.open(path, "r+") as file:
        file.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
    plain, quick = both(path, QUARTER)
    assert np.array_equal(plain[1], quick[1]) and 0 < quick[1].mean() < 1

    masked = write_tif(noise(bands=3), "masked.tif", **TILED)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(masked, "r+") as file:
        file.write_mask(np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH) % WIDTH > 400)
    plain, quick = both(masked, QUARTER)
    assert np.array_equal(plain[1], quick[1]) and 0 < quick[1].mean() < 1


@pytest.mark.parametrize("nodata", [None, 0, 77])
def test_what_a_sparse_file_leaves_out_is_not_read_and_reads_as_before(
    tmp_path: Path, nodata: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_sparse(tmp_path / "sparse.tif", nodata=nodata)
    with rasterio.open(path, "r+") as file:
        file.write(noise("uint16")[:, :90, :90], window=RasterioWindow(600, 600, 90, 90))
    read: list[Window] = []
    stored = GeotiffRaster.read_stored
    monkeypatch.setattr(
        GeotiffRaster,
        "read_stored",
        lambda self, window, shape: read.append(window) or stored(self, window, shape),
    )
    (before, seen_before), (after, seen_after) = both(path, QUARTER)
    assert np.array_equal(before, after) and np.array_equal(seen_before, seen_after) and after.max() > 77
    assert {(window.row_off // 512, window.col_off // 512) for window in read} == {(1, 1)}
    assert (pyramid_of(path).states == EMPTY).sum() == 8


def test_finished_units_are_read_while_others_are_built(write_tif: WriteTif) -> None:
    path = write_tif(noise(), **TILED)
    pyramid = pyramid_of(path)
    with open_raster(path) as plain, open_raster(path) as growing:
        assert isinstance(growing, GeotiffRaster)
        growing.attach(pyramid)
        for done in building(path, pyramid):
            for window in pyramid.plan.unit_window(0, 0), done:
                shape = window.height // 4, window.width // 4
                assert growing.overview_for(window, shape) == 4
                assert np.array_equal(
                    growing.read(window, out_shape=shape), plain.read(window, out_shape=shape)
                )


def test_units_that_share_a_block_of_a_level_do_not_hide_each_other(write_tif: WriteTif) -> None:
    """GDAL keeps blocks: one that was read when half of it was there must be read again."""
    path = write_tif(noise(), **TILED)
    pyramid = pyramid_of(path)
    with open_raster(path) as growing:
        assert isinstance(growing, GeotiffRaster)
        growing.attach(pyramid)
        steps = building(path, pyramid)
        for unit in ((0, 0), (0, 1)):
            window = next(steps)
            assert window == pyramid.plan.unit_window(*unit)
            assert growing.read(window, out_shape=(64, 64)).all()
        steps.close()


def test_building_goes_on_where_it_was_stopped(write_tif: WriteTif, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_tif(noise(), **TILED)
    steps = building(path, first := pyramid_of(path))
    made = [next(steps), next(steps)]
    steps.close()
    again = pyramid_of(path)
    assert np.array_equal(again.states, first.states) and not again.is_complete
    made += building(path, again)
    extent = Window(0, 0, WIDTH, HEIGHT)
    assert made[-1] == extent and sum(window.area for window in made[:-1]) == extent.area


def test_after_a_crash_nothing_is_taken_for_finished(write_tif: WriteTif) -> None:
    path = write_tif(noise(), **TILED)
    steps = building(path, pyramid_of(path))
    next(steps)
    assert not pyramid_of(path).is_begun
    steps.close()
    assert pyramid_of(path).is_begun


def test_a_unit_is_given_up_half_way_when_told(write_tif: WriteTif) -> None:
    path = write_tif(noise(), **TILED)
    left = iter([True, True, False])
    pyramid = pyramid_of(path)
    assert not list(building(path, pyramid, go_on=lambda: next(left, False)))
    assert not pyramid.is_begun


def test_overviews_of_an_image_that_changed_are_thrown_away(write_tif: WriteTif) -> None:
    path = write_tif(noise(), **TILED)
    built(path)
    assert pyramid_of(path).is_complete
    write_tif(noise()[:, ::-1], **TILED)
    assert not pyramid_of(path).is_begun
    plain, quick = both(path, QUARTER)
    assert np.array_equal(plain[0], quick[0])


@pytest.mark.parametrize(
    "note", [b"", b"[]", b'{"facts": 1}', b"[" * 100_000, b"\xff\xfe", b'{"states": "zz"}']
)
def test_a_damaged_note_counts_as_none(write_tif: WriteTif, note: bytes) -> None:
    path = write_tif(noise(), **TILED)
    pyramid = built(path)
    (pyramid.folder / "overviews.json").write_bytes(note)
    assert not pyramid_of(path).is_begun


def test_damaged_levels_are_not_used(write_tif: WriteTif) -> None:
    path = write_tif(noise(), **TILED)
    pyramid = built(path)
    pyramid.level_path(4).write_bytes(b"II*\0 no level at all")
    with open_raster(path) as plain, open_raster(path) as raster:
        assert isinstance(raster, GeotiffRaster)
        raster.attach(pyramid)
        extent = raster.info.extent
        assert np.array_equal(raster.read(extent, out_shape=QUARTER), plain.read(extent, out_shape=QUARTER))
    assert not pyramid.is_begun and not pyramid_of(path).is_begun


def test_a_link_in_the_place_of_a_level_is_never_followed(write_tif: WriteTif) -> None:
    path = write_tif(noise(), **TILED)
    steps = building(path, pyramid := pyramid_of(path))
    next(steps)
    steps.close()
    mine = write_tif(noise(), "mine.tif")
    before = mine.read_bytes()
    pyramid.level_path(4).unlink()
    pyramid.level_path(4).symlink_to(mine)
    built(path)
    assert mine.read_bytes() == before and not pyramid.level_path(4).is_symlink()


def test_without_room_nothing_is_made(write_tif: WriteTif, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_tif(noise(), **TILED)
    monkeypatch.setattr(overview_build, "SPARE_BYTES", 1 << 60)
    pyramid = pyramid_of(path)
    with pytest.raises(NoRoom, match="make room"):
        list(building(path, pyramid))
    assert not any(pyramid.folder.glob("*.tif"))


def test_a_damaged_part_is_left_out_and_the_rest_is_there(write_tif: WriteTif) -> None:
    path = write_tif(noise(), **TILED)
    with rasterio.open(path) as file:
        offset = int(file.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", bidx=1))
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(bytes(2000))
    pyramid = pyramid_of(path)
    list(building(path, pyramid))
    assert pyramid.states[0, 0] == 0 and (pyramid.states.ravel()[1:] == 1).all() and not pyramid.is_complete


def test_small_images_photos_and_images_with_overviews_need_none(write_tif: WriteTif) -> None:
    path = write_tif(noise(), **TILED)
    with open_raster(path) as raster:
        assert missing_factors(raster.info) == (4, 8, 16)
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4])
    with open_raster(path) as raster:
        assert missing_factors(raster.info) == (16,)
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4, 8, 16])
    assert plan_pyramid(path) is None
    assert plan_pyramid(write_tif(noise()[:, :200, :200], "small.tif")) is None


def test_a_pyramid_goes_on_from_the_overviews_a_file_has(write_tif: WriteTif) -> None:
    path = write_tif(noise(), **TILED)
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4])
    plain, quick = both(path, (-(-HEIGHT // 16), -(-WIDTH // 16)))
    assert plain[0].shape == quick[0].shape and quick[0].all()


@pytest.mark.parametrize(
    ("size", "block", "pixel_bytes", "unit"),
    [
        ((40_000, 40_000), (512, 512), 3, (512, 512)),
        ((90_000, 70_001), (1, 70_001), 8, (64, 70_016)),
        ((90_000, 7000), (100, 7000), 1, (512, 7040)),
        ((90_000, 90_000), (4096, 8192), 2, (4096, 8192)),
    ],
)
def test_units_are_whole_blocks_and_whole_pixels_of_their_levels(
    size: tuple[int, int], block: tuple[int, int], pixel_bytes: int, unit: tuple[int, int]
) -> None:
    assert unit_shape(size, block, pixel_bytes, 64) == unit


def test_a_gigantic_sparse_claim_gets_no_pyramid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview_build, "MAX_UNITS", 5)
    assert plan_pyramid(write_sparse(tmp_path / "claim.tif")) is None


def test_a_plan_says_what_it_takes() -> None:
    plan = PyramidPlan(40_000, 40_000, 3, "uint8", 0.0, (4, 8, 16, 32, 64), (4096, 4096))
    assert 0.08 < plan.size_bytes() / (3 * 40_000**2) < 0.09


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(RasterError):
        plan_pyramid(tmp_path / "gone.tif")
