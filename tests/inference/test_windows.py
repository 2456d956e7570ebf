import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.inference.windows import sliding_windows
from segstudio.raster.window import Window


@st.composite
def regions(draw: st.DrawFn) -> tuple[Window, Window, int, float]:
    width, height = draw(st.integers(1, 200)), draw(st.integers(1, 200))
    col, row = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    region = Window(col, row, draw(st.integers(1, width - col)), draw(st.integers(1, height - row)))
    return (
        region,
        Window(0, 0, width, height),
        draw(st.integers(8, 64)),
        draw(st.sampled_from([0, 0.25, 0.5])),
    )


@settings(deadline=None, max_examples=40)
@given(regions())
def test_every_pixel_of_the_region_is_seen_at_least_once(case: tuple[Window, Window, int, float]) -> None:
    region, extent, patch, overlap = case
    seen = np.zeros(extent.shape, bool)
    for row in sliding_windows(region, extent, patch, overlap):
        for window in row:
            seen[window.intersection(extent).slices_in(extent)] = True
    assert seen[region.slices_in(extent)].all()


@settings(deadline=None, max_examples=40)
@given(regions())
def test_windows_stay_inside_unless_the_extent_is_smaller_than_a_patch(
    case: tuple[Window, Window, int, float],
) -> None:
    region, extent, patch, overlap = case
    for row in sliding_windows(region, extent, patch, overlap):
        for window in row:
            assert window.shape == (patch, patch)
            assert window.col_end <= max(extent.width, patch)
            assert window.row_end <= max(extent.height, patch)
            assert window.col_off >= 0
            assert window.row_off >= 0


@settings(deadline=None, max_examples=40)
@given(regions())
def test_neighbours_overlap_by_at_least_what_was_asked(case: tuple[Window, Window, int, float]) -> None:
    region, extent, patch, overlap = case
    for row in sliding_windows(region, extent, patch, overlap):
        gaps = np.diff([window.col_off for window in row])
        assert (gaps > 0).all()
        assert (gaps <= max(1, int(patch * (1 - overlap)))).all()


def test_an_empty_region_needs_no_window() -> None:
    assert sliding_windows(Window(3, 3, 0, 5), Window(0, 0, 64, 64), 32, 0.25) == []


def test_a_whole_8192_px_scene_needs_441_windows_of_512_px() -> None:
    extent = Window(0, 0, 8192, 8192)
    assert sum(len(row) for row in sliding_windows(extent, extent, 512, 0.25)) == 441
