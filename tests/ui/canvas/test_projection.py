from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRect

from segstudio.raster.window import Window
from segstudio.ui.canvas.projection import Projection

scales = st.floats(1e-3, 64)
places = st.integers(-10_000, 100_000)


@given(scales, places, places, st.integers(0, 5000), st.integers(0, 5000))
def test_neighbouring_windows_meet_without_gap_or_overlap(
    scale: float, origin_x: int, origin_y: int, col: int, row: int
) -> None:
    projection = Projection(scale, origin_x, origin_y, 800, 600)
    first = projection.device_rect(Window(col, row, 256, 256))
    right = projection.device_rect(Window(col + 256, row, 256, 256))
    below = projection.device_rect(Window(col, row + 256, 256, 256))
    assert first.left() + first.width() == right.left()
    assert first.top() + first.height() == below.top()


@given(scales, places, places, st.sampled_from([1.0, 1.25, 2.0]), st.floats(0, 800), st.floats(0, 600))
def test_a_point_goes_to_the_image_and_back(
    scale: float, origin_x: int, origin_y: int, ratio: float, x: float, y: float
) -> None:
    projection = Projection(scale, origin_x, origin_y, 800, 600, ratio)
    back = projection.to_pane(*projection.to_image(QPointF(x, y)))
    assert abs(back.x() - x) < 1e-6 and abs(back.y() - y) < 1e-6


@given(scales, places, places)
def test_the_window_holds_every_pixel_on_screen(scale: float, origin_x: int, origin_y: int) -> None:
    projection = Projection(scale, origin_x, origin_y, 800, 600)
    shown = projection.device_rect(projection.window)
    assert shown.adjusted(-1, -1, 1, 1).contains(QRect(0, 0, 800, 600))


def test_a_pan_is_a_shift_and_a_zoom_is_not() -> None:
    start = Projection(2.0, 100, 50, 800, 600)
    assert Projection(2.0, 90, 55, 800, 600).shift_from(start) == (10, -5)
    assert Projection(2.1, 90, 55, 800, 600).shift_from(start) is None
    assert Projection(2.0, 90, 55, 801, 600).shift_from(start) is None


def test_pixels_are_squares_from_three_screen_pixels_on() -> None:
    assert Projection(3.0, 0, 0, 8, 8).is_crisp
    assert not Projection(2.9, 0, 0, 8, 8).is_crisp
