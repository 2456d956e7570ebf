import numpy as np
import pytest

from segstudio.errors import ModelError
from segstudio.inference.preprocess import FILL, ScenePreprocess, to_tensor
from segstudio.models.input_spec import InputSpec
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32"])
def test_low_becomes_zero_and_high_one_in_every_dtype(dtype: str) -> None:
    pixels = np.array([[[10, 60, 110]]], dtype)
    assert to_tensor(pixels, None, [10], [110]) == pytest.approx(np.array([[[0, 0.5, 1]]]), abs=1e-6)


def test_values_far_outside_the_range_are_clipped() -> None:
    pixels = np.array([[[0, 60_000]]], np.uint16)
    assert to_tensor(pixels, None, [20_000], [30_000]).tolist() == [[[-0.25, 1.25]]]


def test_pixels_without_data_and_nan_become_the_fill() -> None:
    pixels = np.array([[[1.0, np.nan], [5.0, 2.0]]], np.float32)
    valid = np.array([[True, False], [False, True]])
    values = to_tensor(pixels, valid, [0], [10])
    assert values[0, 0, 1] == values[0, 1, 0] == np.float32(FILL)
    assert values[0, 0, 0] == pytest.approx(0.1)


def test_memory_lies_channel_last() -> None:
    values = to_tensor(np.zeros((3, 4, 5), np.uint8), None, [0] * 3, [255] * 3)
    assert values.transpose(1, 2, 0).flags.c_contiguous


def test_uint8_tables_and_arithmetic_agree() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 40, 30)).astype(np.uint8)
    low, high = [3, 0, 7.5], [250, 255, 90]
    by_table, by_sum = to_tensor(pixels, None, low, high), to_tensor(pixels.astype(np.int16), None, low, high)
    np.testing.assert_allclose(by_table, by_sum, atol=1e-6)


def test_scene_scaling_takes_the_scenes_own_percentiles_and_ignores_nodata(write_raster) -> None:
    ramp = np.linspace(1000, 2000, 64 * 64).reshape(1, 64, 64).astype(np.uint16)
    ramp[0, :32] = 0
    with open_raster(write_raster(ramp, nodata=0)) as raster:
        scene = ScenePreprocess.for_raster(raster, InputSpec(scaling="scene"))
        pixels, valid = scene.read(raster, raster.info.extent)
    assert 1490 < scene.low[0] < 1520
    assert 1980 < scene.high[0] <= 2000
    assert valid is not None
    assert not valid[:32].any()
    assert (pixels[0, :32] == np.float32(FILL)).all()


def test_a_window_beyond_the_rim_is_mirrored_and_not_valid_there(write_raster, noise) -> None:
    with open_raster(write_raster(noise(20, 24))) as raster:
        scene = ScenePreprocess.for_raster(raster, InputSpec.for_dtype("uint8"))
        pixels, valid = scene.read(raster, Window(0, 0, 32, 32))
    assert pixels.shape == (3, 32, 32)
    np.testing.assert_array_equal(pixels[:, :20, 24], pixels[:, :20, 22])
    assert valid is not None
    assert valid[:20, :24].all()
    assert not valid[20:].any()
    assert not valid[:, 24:].any()


def test_a_model_that_wants_more_bands_says_the_way_out(write_raster, noise) -> None:
    with (
        open_raster(write_raster(noise(16, 16, bands=1))) as raster,
        pytest.raises(ModelError, match=r"expects 3 bands, this raster has 1: choose the gray adapter"),
    ):
        ScenePreprocess.for_raster(raster, InputSpec.for_dtype("uint8"), in_bands=3)


def test_of_four_bands_a_three_band_model_sees_the_displayed_ones(write_raster, noise) -> None:
    with open_raster(write_raster(noise(16, 16, bands=4))) as raster:
        scene = ScenePreprocess.for_raster(raster, InputSpec.for_dtype("uint8"), in_bands=3)
        assert scene.bands == raster.info.display_bands
