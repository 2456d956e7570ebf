import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.mask.plane import Plane
from segstudio.raster.window import Window
from segstudio.ui.canvas.depth_scale import is_other_range, visible_range
from segstudio.ui.canvas.scale_bar import LONGEST_PX, scale_bar, zoom_text


@given(st.floats(1e-4, 1e3))
def test_the_bar_is_round_and_as_long_as_fits(pixels_per_metre: float) -> None:
    bar = scale_bar(pixels_per_metre, metres=True)
    assert LONGEST_PX / 2.51 <= bar.length_px <= LONGEST_PX * 1.001
    digits = bar.text.split()[0].replace(",", "").replace(".", "").strip("0")
    assert digits in ("1", "2", "5")


@pytest.mark.parametrize(
    ("pixels_per_metre", "text"), [(2.0, "50 m"), (0.02, "5 km"), (300.0, "20 cm"), (0.6, "200 m")]
)
def test_lengths_are_named_in_fitting_units(pixels_per_metre: float, text: str) -> None:
    assert scale_bar(pixels_per_metre, metres=True).text == text


def test_without_a_pixel_size_the_bar_counts_pixels() -> None:
    assert scale_bar(0.25, metres=False).text == "200 px"
    assert scale_bar(64.0, metres=False).text == "1 px"
    assert scale_bar(500.0, metres=False).text == "1 px"


def test_zoom_is_said_in_per_cent() -> None:
    assert [zoom_text(scale) for scale in (1.0, 0.034, 0.0042)] == ["100 %", "3.4 %", "0.42 %"]


def test_the_depth_range_is_that_of_the_view() -> None:
    plane = Plane(4000, 4000, dtype="float32", fill=float("nan"))
    plane.write_value(Window(0, 0, 1000, 1000), 2.0)
    plane.write_value(Window(500, 0, 500, 1000), 6.0)
    plane.write_value(Window(2000, 2000, 100, 100), 90.0)
    assert visible_range(plane, Window(-50, -50, 1050, 1050)) == (2.0, 6.0)
    assert visible_range(plane, Window(1200, 0, 300, 300)) is None
    assert visible_range(plane, Window(0, 0, 400, 400)) == (2.0, 3.0)


def test_a_small_difference_is_no_other_range() -> None:
    assert not is_other_range((0.0, 10.0), (0.1, 10.2))
    assert is_other_range((0.0, 10.0), (0.0, 12.0))
