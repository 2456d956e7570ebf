from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp, Resampling

from segstudio.errors import RasterError
from segstudio.raster.gdal import quiet
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster
from segstudio.raster.window import Window
from tests.raster.images import WriteTif, gradient, write_tif_file

DTYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tiled", [True, False])
def test_pixels_come_back_in_their_own_type(write_tif: WriteTif, dtype: str, tiled: bool) -> None:
    pixels = gradient(2, 70, 50, dtype)
    layout = {"tiled": True, "blockxsize": 16, "blockysize": 32} if tiled else {}
    with open_raster(write_tif(pixels, **layout)) as raster:
        assert raster.info.dtype == dtype
        assert raster.read(raster.info.extent).dtype == dtype
        assert (raster.read(raster.info.extent) == pixels).all()


@pytest.fixture(scope="module")
def five_bands(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, Raster]:
    pixels = gradient(5, 90, 120, "uint16")
    path = write_tif_file(
        tmp_path_factory.mktemp("five") / "five.tif", pixels, tiled=True, blockxsize=32, blockysize=32
    )
    return pixels, open_raster(path)


@given(st.data())
@settings(max_examples=60)
def test_any_window_of_any_bands_is_that_part_of_the_array(
    five_bands: tuple[np.ndarray, Raster], data: st.DataObject
) -> None:
    pixels, raster = five_bands
    col, row = data.draw(st.integers(0, 119)), data.draw(st.integers(0, 89))
    window = Window(col, row, data.draw(st.integers(0, 120 - col)), data.draw(st.integers(0, 90 - row)))
    bands = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=6))
    part = raster.read(window, bands=bands)
    assert (part == pixels[bands][:, *window.slices_in(raster.info.extent)]).all()
    assert raster.read_valid(window).shape == window.shape


def test_a_window_outside_is_the_callers_bug(five_bands: tuple[np.ndarray, Raster]) -> None:
    raster = five_bands[1]
    for window in (Window(-1, 0, 5, 5), Window(118, 0, 5, 5)):
        with pytest.raises(ValueError, match="leaves"):
            raster.read(window)
    with pytest.raises(ValueError, match=r"bands 0\.\.4"):
        raster.read(Window(0, 0, 5, 5), bands=[5])


def test_a_decimated_read_takes_the_overview(write_tif: WriteTif) -> None:
    path = write_tif(np.zeros((1, 256, 256), np.uint8), tiled=True, blockxsize=64, blockysize=64)
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4], Resampling.nearest)
    _paint_overview(path, 4, 99)
    with open_raster(path) as raster:
        assert raster.info.overviews == (2, 4)
        assert (raster.read(raster.info.extent, out_shape=(64, 64)) == 99).all()
        assert (raster.read(raster.info.extent, out_shape=(60, 60)) == 99).all()
        assert (raster.read(raster.info.extent, out_shape=(128, 128)) == 0).all()


def _paint_overview(path: object, factor: int, value: int) -> None:
    with rasterio.open(path, "r+", overview_level={2: 0, 4: 1}[factor]) as overview:
        overview.write(np.full((1, *overview.shape), value, np.uint8))


def test_nodata_in_all_bands_says_nothing_and_in_one_band_is_a_colour(write_tif: WriteTif) -> None:
    pixels = np.full((3, 4, 4), 9, np.uint8)
    pixels[:, 0, 0] = 0
    pixels[:2, 1, 1] = 0
    with open_raster(write_tif(pixels, nodata=0)) as raster:
        valid = raster.read_valid(raster.info.extent)
        together = raster.read_with_valid(raster.info.extent)
    assert not valid[0, 0] and valid.sum() == 15
    assert (together[0] == pixels).all() and (together[1] == valid).all()


def test_nan_in_any_band_says_nothing(write_tif: WriteTif) -> None:
    pixels = np.ones((2, 4, 4), np.float32)
    pixels[0, 0, 0] = np.nan
    pixels[1, 1, 1] = np.inf
    pixels[:, 2, 2] = -9999
    with open_raster(write_tif(pixels, nodata=-9999)) as raster:
        valid = raster.read_valid(raster.info.extent)
    assert np.argwhere(~valid).tolist() == [[0, 0], [1, 1], [2, 2]]


def test_a_nodata_value_that_float32_cannot_hold_is_found_anyway(write_tif: WriteTif) -> None:
    pixels = np.full((4, 4), -3.4e38, np.float32)
    pixels[2] = 1
    with open_raster(write_tif(pixels, nodata=-3.4e38)) as raster:
        assert raster.read_valid(raster.info.extent).sum() == 4


def test_alpha_is_no_band_and_hides_pixels(write_tif: WriteTif) -> None:
    pixels = gradient(4, 8, 8)
    pixels[3] = 255
    pixels[3, :2] = 0
    with open_raster(write_tif(pixels, photometric="RGB", alpha="yes")) as raster:
        assert (raster.info.band_count, raster.info.has_alpha) == (3, True)
        assert (raster.read(raster.info.extent) == pixels[:3]).all()
        assert raster.read_valid(raster.info.extent).sum() == 48


def test_a_mask_inside_the_file_hides_pixels(write_tif: WriteTif) -> None:
    path = write_tif(gradient(3, 16, 16), photometric="RGB")
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as file:
        file.write_mask(np.arange(256).reshape(16, 16) >= 40)
    with open_raster(path) as raster:
        assert raster.read_valid(raster.info.extent).sum() == 216
        assert raster.read_valid(raster.info.extent, out_shape=(4, 4)).shape == (4, 4)


def test_a_palette_is_shown_in_its_colours_and_read_as_numbers_on_request(write_tif: WriteTif) -> None:
    ids = (np.arange(64).reshape(8, 8) % 3).astype(np.uint8)
    path = write_tif(ids, nodata=2, photometric="palette")
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {0: (255, 0, 0, 255), 1: (0, 255, 0, 255), 2: (0, 0, 255, 255)})
    with open_raster(path) as raster:
        assert raster.info.band_count == 3 and raster.info.palette is not None
        assert raster.info.palette[:2] == ((255, 0, 0, 255), (0, 255, 0, 255))
        colours = raster.read(raster.info.extent)
        assert colours[:, 0, 1].tolist() == [0, 255, 0]
        assert raster.read(raster.info.extent, bands=[1])[0, 0, 1] == 255
        assert (raster.read_valid(raster.info.extent) == (ids != 2)).all()
        assert (raster.read_with_valid(raster.info.extent)[1] == (ids != 2)).all()
    with open_raster(path, as_indices=True) as raster:
        assert raster.info.band_count == 1 and raster.info.nodata == 2
        assert (raster.read(raster.info.extent)[0] == ids).all()


def test_a_rotated_image_keeps_its_rotation(write_tif: WriteTif) -> None:
    affine = rasterio.Affine(1.2, -1.6, 300_000, 1.6, 1.2, 4_100_000)
    with open_raster(write_tif(gradient(1, 8, 8), transform=affine)) as raster:
        assert raster.info.transform == pytest.approx(tuple(affine)[:6])
        assert raster.info.pixel_size_m == pytest.approx(2.0)


def test_an_image_without_georeference_is_a_normal_case(write_tif: WriteTif) -> None:
    with quiet():
        path = write_tif(gradient(3, 8, 8), crs=None, transform=None)
    with open_raster(path) as raster:
        assert raster.info.transform is None and raster.info.crs_wkt is None
        assert raster.info.pixel_size_m is None and not raster.info.is_georeferenced
        assert raster.read(raster.info.extent).shape == (3, 8, 8)


def test_control_points_are_tolerated(write_tif: WriteTif) -> None:
    points = [GroundControlPoint(r, c, 127 + c / 100, 37 - r / 100) for r in (0, 8) for c in (0, 8)]
    with quiet():
        path = write_tif(gradient(1, 8, 8), transform=None, gcps=points, crs="EPSG:4326")
    with open_raster(path) as raster:
        assert raster.info.transform is None
        assert raster.read(raster.info.extent).shape == (1, 8, 8)


def test_complex_numbers_are_refused_in_a_sentence(write_tif: WriteTif) -> None:
    for dtype in ("complex64", "complex_int16"):
        path = write_tif(np.ones((4, 4), np.complex64), f"{dtype}.tif", dtype=dtype)
        with pytest.raises(RasterError, match="complex numbers"):
            open_raster(path)


def test_display_bands_follow_the_colours_and_then_the_names(write_tif: WriteTif) -> None:
    path = write_tif(gradient(4, 8, 8, "uint16"))
    with open_raster(path) as raster:
        assert raster.info.display_bands == (0, 1, 2)
        assert raster.info.band_names == ("Band 1", "Band 2", "Band 3", "Band 4")
    with rasterio.open(path, "r+") as file:
        file.descriptions = ("blue", "green", "red", "nir")
    with open_raster(path) as raster:
        assert raster.info.display_bands == (2, 1, 0)
        assert raster.info.band_names[3] == "nir"
    with rasterio.open(path, "r+") as file:
        file.descriptions = (None,) * 4
        file.colorinterp = [ColorInterp.undefined, ColorInterp.red, ColorInterp.green, ColorInterp.blue]
    with open_raster(path) as raster:
        assert raster.info.display_bands == (1, 2, 3)


def test_two_bands_are_shown_as_one(write_tif: WriteTif) -> None:
    with open_raster(write_tif(gradient(2, 8, 8))) as raster:
        assert raster.info.display_bands == (0,)


def test_a_block_cut_short_is_one_sentence_and_the_rest_can_be_read(write_tif: WriteTif) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1, 128, 128)).astype(np.uint8)
    path = write_tif(noise, tiled=True, blockxsize=64, blockysize=64, compress="deflate")
    path.write_bytes(path.read_bytes()[:-2000])
    with open_raster(path) as raster:
        assert (raster.read(Window(0, 0, 64, 64)) == noise[:, :64, :64]).all()
        with pytest.raises(RasterError, match=r"^image\.tif cannot be read: .* fetch it again$"):
            raster.read(raster.info.extent)


def test_jpeg_2000_is_read_in_windows(write_tif: WriteTif) -> None:
    pixels = gradient(3, 64, 80)
    path = write_tif(pixels, "image.jp2", driver="JP2OpenJPEG", quality=100, reversible="YES")
    with open_raster(path) as raster:
        assert raster.info.driver == "JP2OpenJPEG"
        assert (raster.read(Window(10, 20, 30, 40)) == pixels[:, 20:60, 10:40]).all()


def test_many_threads_open_and_read_their_own(write_tif: WriteTif) -> None:
    with quiet():
        path = write_tif(gradient(3, 64, 64), crs=None, transform=None)

    def total(_: int) -> int:
        with open_raster(path) as raster:
            return int(raster.read(raster.info.extent).sum())

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(total, range(40))) == {int(gradient(3, 64, 64).sum())}


def test_closing_twice_does_no_harm(write_tif: WriteTif) -> None:
    raster = open_raster(write_tif(gradient(1, 8, 8)))
    raster.close()
    raster.close()
    assert raster.info.width == 8
