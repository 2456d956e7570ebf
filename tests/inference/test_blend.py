import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.inference.blend import NO_CLASS, ScoreStrip, decide, importance
from segstudio.inference.windows import sliding_windows
from segstudio.raster.window import Window


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 9))
def test_decide_is_argmax_and_one_minus_the_margin(seed: int, class_count: int) -> None:
    scores = np.random.default_rng(seed).dirichlet(np.ones(class_count), (6, 7)).astype(np.float32)
    scores = np.ascontiguousarray(scores.transpose(2, 0, 1))
    class_ids, doubt = decide(scores * 0.5, np.full((6, 7), 0.5, np.float32))
    ranked = np.sort(scores, axis=0)
    np.testing.assert_array_equal(class_ids, scores.argmax(axis=0))
    np.testing.assert_allclose(doubt, 255 * (1 - (ranked[-1] - ranked[-2])), atol=0.51)


def test_one_class_alone_is_never_in_doubt() -> None:
    ones = np.ones((1, 4, 4), np.float32)
    class_ids, doubt = decide(ones, ones[0])
    assert (class_ids == 0).all()
    assert (doubt == 0).all()


def test_importance_is_highest_in_the_middle_and_nowhere_zero() -> None:
    weight = importance(64)
    assert weight.max() == weight[31:33, 31:33].max()
    assert weight.min() > 0


@settings(deadline=None, max_examples=40)
@given(st.integers(20, 150), st.integers(20, 150), st.integers(16, 48))
def test_strips_cover_each_pixel_once_and_equal_answers_blend_to_themselves(
    width: int, height: int, patch: int
) -> None:
    extent = Window(0, 0, width, height)
    truth = torch.rand(3, height + patch, width + patch, generator=torch.Generator().manual_seed(1)).softmax(
        0
    )
    strip = ScoreStrip(extent, 3, patch)
    covered = np.zeros(extent.shape, int)
    ids = np.zeros(extent.shape, np.uint8)
    finished = []
    for row in sliding_windows(extent, extent, patch, 0.25):
        finished += list(strip.finish_above(row[0].row_off))
        for window in row:
            strip.add(window, truth[(slice(None), *window.slices_in(extent))], None, None)
    for done in [*finished, *strip.finish_above(height)]:
        covered[done.window.slices_in(extent)] += 1
        ids[done.window.slices_in(extent)] = done.class_ids
    assert (covered == 1).all()
    assert (ids == truth[:, :height, :width].argmax(0).numpy()).mean() > 0.999  # float sums may tie


def test_memory_does_not_grow_with_the_height_of_the_region() -> None:
    small = ScoreStrip(Window(0, 0, 512, 512), 5, 128)
    tall = ScoreStrip(Window(0, 0, 512, 100_000), 5, 128)
    assert tall.nbytes == small.nbytes


def test_pixels_without_data_stay_unlabelled_and_without_depth() -> None:
    region = Window(0, 0, 16, 16)
    strip = ScoreStrip(region, 2, 16, has_depth=True)
    valid = np.ones((16, 16), bool)
    valid[3:5] = False
    strip.add(region, torch.rand(2, 16, 16), torch.full((16, 16), 2.5), valid)
    (done,) = strip.finish_above(16)
    assert (done.class_ids[3:5] == NO_CLASS).all()
    assert (done.class_ids[5:] < 2).all()
    assert (done.doubt[3:5] == 0).all()
    assert done.depth is not None
    assert np.isnan(done.depth[3:5]).all()
    assert done.depth[6, 6] == pytest.approx(2.5)


def test_nothing_new_gives_no_strip() -> None:
    strip = ScoreStrip(Window(0, 0, 16, 32), 2, 16)
    assert list(strip.finish_above(0)) == []


def test_windows_that_differ_by_an_offset_leave_no_step_in_depth() -> None:
    """Each window is off by as much as it likes: the offsets fade into each other over the overlap."""
    extent, patch = Window(0, 0, 160, 64), 64
    strip = ScoreStrip(extent, 2, patch, has_depth=True)
    (row,) = sliding_windows(extent, extent, patch, 0.25)
    for offset, window in zip((0.0, 3.0, -1.0), row, strict=True):
        strip.add(window, torch.rand(2, patch, patch), torch.full((patch, patch), offset), None)
    (done,) = strip.finish_above(64)
    assert done.depth is not None
    steps = np.abs(np.diff(done.depth.astype(np.float32), axis=1))
    assert steps.max() < 0.4  # a smooth ramp of 16 px from 3 to -1; a score's weights would leave 0.6
    assert done.depth[32, 10] == 0
