from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from segstudio.raster.open import open_raster
from segstudio.raster.stretch import (
    Stretch,
    apply_stretch,
    band_histograms,
    band_ranges,
    default_stretch,
    read_display,
)
from segstudio.raster.window import Window
from tests.raster.images import WriteTif, gradient, write_tif_file

DTYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "int64", "float32", "float64"]


@given(st.data())
def test_a_stretch_never_swaps_two_values(data: st.DataObject) -> None:
    dtype = np.dtype(data.draw(st.sampled_from(DTYPES)))
    numbers = st.floats(-(2.0**99), 2.0**99, width=32) if dtype.kind == "f" else None
    values = data.draw(hnp.arrays(dtype, 40, elements=numbers))
    low = data.draw(st.floats(-1e5, 1e5))
    stretch = Stretch((0,), (low,), (low + data.draw(st.floats(0, 1e6)),), data.draw(st.floats(0.2, 5)))
    shown = apply_stretch(stretch, np.sort(values).reshape(1, 1, -1), None)
    assert (np.diff(shown[0, :, 0].astype(int)) >= 0).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_low_becomes_black_and_high_white_in_every_type(dtype: str) -> None:
    values = np.array([[[3, 10, 60, 110, 120]]], dtype)
    shown = apply_stretch(Stretch((0,), (10.0,), (110.0,)), values, None)
    assert shown.shape == (1, 5, 3)
    assert shown[0, [0, 1, 3, 4], 0].tolist() == [0, 0, 255, 255]
    assert abs(int(shown[0, 2, 0]) - 127) <= 1


@pytest.mark.parametrize("dtype", DTYPES)
def test_all_types_show_the_same_values_alike(dtype: str) -> None:
    values = np.arange(120).reshape(1, 4, 30)
    stretch = Stretch((0,), (7.0,), (100.0,), 1.7)
    exact = apply_stretch(stretch, values.astype(np.uint8), None).astype(int)
    shown = apply_stretch(stretch, values.astype(dtype), None).astype(int)
    assert abs(shown - exact).max() <= 1


def test_negative_values_of_a_signed_type_lie_below_positive_ones() -> None:
    values = np.array([[[-32768, -100, 0, 100, 32767]]], np.int16)
    shown = apply_stretch(Stretch((0,), (-100.0,), (100.0,)), values, None)[0, :, 0]
    assert shown.tolist() == [0, 0, 128, 255, 255]


def test_nan_and_infinity_are_shown_without_a_warning() -> None:
    values = np.array([[[np.nan, np.inf, -np.inf, 5.0]]], np.float32)
    assert apply_stretch(Stretch((0,), (0.0,), (10.0,)), values, None)[0, :3, 0].tolist() == [0, 255, 0]


def test_pixels_that_say_nothing_are_black() -> None:
    pixels = np.full((3, 4, 4), 200, np.uint8)
    valid = np.zeros((4, 4), bool)
    valid[1, 2] = True
    shown = apply_stretch(Stretch((0, 1, 2), (0.0,) * 3, (255.0,) * 3), pixels, valid)
    assert shown[1, 2].tolist() == [200, 200, 200]
    assert shown.sum() == 600


def test_gamma_above_one_brightens() -> None:
    values = np.full((1, 1, 1), 64, np.uint8)
    dark, bright = (apply_stretch(Stretch((0,), (0.0,), (255.0,), g), values, None) for g in (1.0, 2.0))
    assert bright[0, 0, 0] > dark[0, 0, 0] == 64


def test_bands_become_colours_in_the_stretchs_order() -> None:
    pixels = np.stack([np.full((2, 2), value, np.uint8) for value in (10, 20, 30)])
    shown = apply_stretch(Stretch((2, 1, 0), (0.0,) * 3, (255.0,) * 3), pixels, None)
    assert shown[0, 0].tolist() == [10, 20, 30]


@settings(max_examples=30)
@given(
    nodata=st.integers(0, 65535),
    empty_share=st.floats(0.05, 0.9),
    seed=st.integers(0, 99),
    spread=st.integers(1, 300),
)
def test_nodata_never_enters_the_range(
    tmp_path_factory: pytest.TempPathFactory, nodata: int, empty_share: float, seed: int, spread: int
) -> None:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(20_000, 20_000 + spread, (40, 40)).astype(np.uint16)
    pixels[pixels == nodata] += 1
    pixels[rng.random(pixels.shape) < empty_share] = nodata
    pixels[0, 0] = 20_001 if nodata != 20_001 else 20_002
    path = write_tif_file(tmp_path_factory.mktemp("range") / "image.tif", pixels, nodata=nodata)
    with open_raster(path) as raster:
        low, high = band_ranges(raster, [0], 0.0, 100.0)
    known = pixels[pixels != nodata]
    assert low[0] == known.min()
    assert high[0] == max(known.max(), known.min() + 1)


def test_nan_never_enters_the_range(write_tif: WriteTif) -> None:
    pixels = np.linspace(5, 6, 400, dtype=np.float32).reshape(20, 20)
    pixels[3:9] = np.nan
    with open_raster(write_tif(pixels)) as raster:
        low, high = band_ranges(raster, [0])
        counts, edges = band_histograms(raster, [0])[0]
    assert 5 <= low[0] < high[0] <= 6
    assert counts.sum() == np.isfinite(pixels).sum()
    assert edges[0] >= 5 and edges[-1] <= 6


def test_an_image_without_a_single_valid_pixel_has_a_range(write_tif: WriteTif) -> None:
    with open_raster(write_tif(np.zeros((3, 9, 9), np.uint16), nodata=0)) as raster:
        assert band_ranges(raster, [0]) == ((0.0,), (65535.0,))
        assert default_stretch(raster).bands == (0, 1, 2)
        assert band_histograms(raster, [1])[0][0].sum() == 0
    with open_raster(write_tif(np.full((9, 9), np.nan, np.float32), "nan.tif")) as raster:
        assert band_ranges(raster, [0]) == ((0.0,), (1.0,))


def test_a_constant_image_has_a_range_of_one(write_tif: WriteTif) -> None:
    with open_raster(write_tif(np.full((9, 9), 7, np.uint16))) as raster:
        assert band_ranges(raster, [0]) == ((7.0,), (8.0,))


def test_percentiles_of_counted_values_are_those_of_sorted_ones(write_tif: WriteTif) -> None:
    pixels = np.random.default_rng(3).normal(-200, 900, (170, 170)).astype(np.int16)
    with open_raster(write_tif(pixels)) as raster:
        low, high = band_ranges(raster, [0], 2, 98)
    assert abs(low[0] - np.percentile(pixels, 2)) <= 1
    assert abs(high[0] - np.percentile(pixels, 98)) <= 1


def test_a_photo_is_shown_as_it_is(tmp_path: Path) -> None:
    pixels = gradient(3, 20, 30).transpose(1, 2, 0)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    with open_raster(tmp_path / "photo.png") as raster:
        shown, valid = read_display(raster, raster.info.extent, (20, 30), default_stretch(raster))
    assert (shown == pixels).all() and valid.all()


def test_eight_bit_colour_keeps_its_balance(write_tif: WriteTif) -> None:
    pixels = np.stack([np.linspace(a, b, 900).reshape(30, 30) for a, b in ((20, 90), (40, 120), (30, 200))])
    with open_raster(write_tif(pixels.astype(np.uint8))) as raster:
        stretch = default_stretch(raster)
    assert len(set(stretch.low)) == len(set(stretch.high)) == 1


def test_one_sixteen_bit_band_is_shown_gray_by_its_percentiles(write_tif: WriteTif) -> None:
    pixels = np.random.default_rng(0).normal(9000, 300, (64, 64)).astype(np.uint16)
    with open_raster(write_tif(pixels)) as raster:
        stretch = default_stretch(raster)
        shown, _ = read_display(raster, Window(0, 0, 64, 64), (32, 32), stretch)
    assert stretch.bands == (0,)
    assert 8000 < stretch.low[0] < 9000 < stretch.high[0] < 10_000
    assert shown.std() > 40
    assert (shown[..., 0] == shown[..., 2]).all()


@pytest.mark.parametrize("bands", [(), (0, 1)])
def test_a_stretch_shows_one_band_or_three(bands: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="one or three"):
        Stretch(bands, (0.0,) * len(bands), (1.0,) * len(bands))
