"""The depth filter: what tools may change, by how deep it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from segstudio.mask.dabs import disc
from segstudio.mask.depth_filter import DepthFilter
from segstudio.mask.footprints import fill_region
from segstudio.mask.plane import Plane
from segstudio.raster.window import Window

EXTENT = Window(0, 0, 60, 40)
ENDS = st.none() | st.floats(-50, 50)


def ramp() -> Plane:
    """Depth that grows with the column; the last ten columns are not known."""
    plane = Plane(EXTENT.width, EXTENT.height, dtype=np.float16, fill=float("nan"))
    known = Window(0, 0, 50, 40)
    plane.write(known, np.broadcast_to(np.arange(50, dtype=np.float16), known.shape))
    return plane


@given(arrays.arrays(np.float32, (4, 5), elements=st.floats(-60, 60, width=32)), ENDS, ENDS)
def test_exactly_the_depths_between_the_ends_pass(depth, one, other):
    low, high = (one, other) if one is None or other is None or one <= other else (other, one)
    depth[0, 0] = np.nan
    wanted = [
        [np.isfinite(d) and (low is None or d >= np.float32(low)) and (high is None or d <= np.float32(high))
         for d in row]
        for row in depth
    ]  # fmt: skip
    np.testing.assert_array_equal(DepthFilter(low, high).passes(depth), wanted)


def test_ends_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="from low to high"):
        DepthFilter(3, 2)


def test_a_footprint_keeps_what_passes_and_its_window():
    brush = disc(25, 20, 12, EXTENT)
    window, inside = DepthFilter(low=20, high=30).restrict(brush, ramp())
    assert window == brush[0]
    cols = np.broadcast_to(np.arange(window.col_off, window.col_end), window.shape)
    np.testing.assert_array_equal(inside, brush[1] & (cols >= 20) & (cols <= 30))


def test_unknown_depth_never_passes():
    _, inside = DepthFilter().restrict(disc(55, 20, 3, EXTENT), ramp())
    assert not inside.any()


def test_a_fill_stops_where_the_filter_ends():
    shown = Plane(EXTENT.width, EXTENT.height, fill=7)
    wanted = DepthFilter(low=10, high=19)
    window, inside = fill_region(wanted.reader(shown.read, ramp(), 7), 15, 5, EXTENT)
    assert window == Window(10, 0, 10, 40)
    assert inside.all()
    assert (shown.read(EXTENT) == 7).all()


def test_a_fill_does_not_jump_over_what_is_filtered_out():
    """Two near places of one class, with something far between them."""
    depth = Plane(30, 1, dtype=np.float16, fill=1)
    depth.write_value(Window(10, 0, 5, 1), 9)
    shown = Plane(30, 1, fill=255)
    window, _ = fill_region(DepthFilter(high=2).reader(shown.read, depth, 255), 3, 0, Window(0, 0, 30, 1))
    assert window == Window(0, 0, 10, 1)
