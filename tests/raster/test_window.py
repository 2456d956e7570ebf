import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.raster.window import Window

offsets = st.integers(-300, 300)
windows = st.builds(Window, offsets, offsets, st.integers(0, 120), st.integers(0, 120))


@given(windows, st.integers(5, 90))
def test_blocks_cover_every_pixel_of_a_window_once(window: Window, size: int) -> None:
    touched = np.zeros(window.shape, int)
    for block in window.blocks(size):
        touched[block.slices_in(window)] += 1
    assert (touched == 1).all()


@given(windows, st.integers(5, 90))
def test_blocks_never_cross_a_grid_line(window: Window, size: int) -> None:
    for block in window.blocks(size):
        assert block.col_off // size == (block.col_end - 1) // size
        assert block.row_off // size == (block.row_end - 1) // size


@given(windows, windows)
def test_an_intersection_holds_exactly_the_pixels_of_both(one: Window, other: Window) -> None:
    both = one.intersection(other)
    assert both == other.intersection(one)
    assert one.contains(both) and other.contains(both)
    cols = len(set(range(one.col_off, one.col_end)) & set(range(other.col_off, other.col_end)))
    rows = len(set(range(one.row_off, one.row_end)) & set(range(other.row_off, other.row_end)))
    assert both.area == cols * rows


@given(windows, windows)
def test_a_union_contains_both(one: Window, other: Window) -> None:
    assert one.union(other).contains(one)
    assert one.union(other).contains(other)


@given(windows, st.integers(0, 40))
def test_padding_and_unpadding_is_identity(window: Window, pixels: int) -> None:
    assert window.padded(pixels).padded(-pixels) == window


@given(windows, offsets, offsets)
def test_a_shifted_window_keeps_its_shape(window: Window, cols: int, rows: int) -> None:
    shifted = window.shifted(cols, rows)
    assert shifted.shape == window.shape
    assert shifted.shifted(-cols, -rows) == window


def test_a_window_has_no_negative_size() -> None:
    with pytest.raises(ValueError, match="negative"):
        Window(0, 0, -1, 5)


def test_a_pixel_lies_in_a_window_up_to_but_not_on_its_end() -> None:
    window = Window(2, 3, 4, 5)
    assert window.contains_pixel(2, 3) and window.contains_pixel(5, 7)
    assert not window.contains_pixel(6, 7) and not window.contains_pixel(5, 8)
    assert window.centre == (4.0, 5.5)
