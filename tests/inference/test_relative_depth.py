"""Windows that each speak in units of their own become one plane without seams."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.inference.relative_depth import WindowMosaic, align, compared, feather, meetings
from segstudio.inference.windows import sliding_windows
from segstudio.raster.window import Window

PATCH = 48


def hills(height: int, width: int) -> np.ndarray:
    row, col = np.mgrid[:height, :width] / 30
    return (np.sin(row) * np.cos(1.3 * col) + 0.2 * row).astype(np.float32)


def told(truth: np.ndarray, seed: int, noise: float = 0.0):
    """What windows over a plane say, each with a scale and shift of its own; the mosaic of it."""
    rng = np.random.default_rng(seed)
    extent = Window(0, 0, truth.shape[1], truth.shape[0])
    grid = sliding_windows(extent, extent, PATCH, 0.25)
    windows = list(chain(*grid))
    answers = []
    for window in windows:
        scale, shift = rng.uniform(0.6, 1.6), rng.uniform(-3, 3)
        said = truth[window.slices_in(extent)]
        answers.append((scale * said + shift + noise * rng.normal(size=said.shape)).astype(np.float32))
    pairs = [compared(windows, pair, answers.__getitem__) for pair in meetings(len(grid), len(grid[0]))]
    spread = float(np.mean([np.nanvar(answer) for answer in answers]))
    scales, shifts = align(len(windows), [each for each in pairs if each], spread)
    aligned = WindowMosaic(windows, answers.__getitem__, scales, shifts, feather(PATCH, 0.25))
    raw = WindowMosaic(
        windows, answers.__getitem__, np.ones(len(windows)), np.zeros(len(windows)), feather(PATCH, 0.25)
    )
    return extent, aligned, raw


@settings(deadline=None, max_examples=15)
@given(st.integers(60, 200), st.integers(60, 200), st.integers(0, 99))
def test_scales_and_shifts_are_found_but_for_one_of_each(height, width, seed):
    truth = hills(height, width)
    extent, mosaic, _ = told(truth, seed)
    found = mosaic.read(extent)
    slope, offset = np.polyfit(found.ravel(), truth.ravel(), 1)
    assert np.abs(slope * found + offset - truth).max() < 0.02 * np.ptp(truth)


def test_noise_does_not_add_up_over_a_long_row_of_windows():
    truth = hills(60, 1200)
    extent, mosaic, raw = told(truth, seed=5, noise=0.02)
    agreement = np.corrcoef(mosaic.read(extent).ravel(), truth.ravel())[0, 1]
    before = np.corrcoef(raw.read(extent).ravel(), truth.ravel())[0, 1]
    assert before < 0.7
    assert agreement > 0.97


def test_a_flat_scene_stays_flat_and_finite():
    extent, mosaic, _ = told(np.zeros((120, 150), np.float32), seed=2)
    found = mosaic.read(extent)
    assert np.isfinite(found).all()
    assert np.ptp(found) < 0.05


def test_blocks_are_parts_of_the_whole_and_unknown_pixels_stay_unknown():
    truth = hills(130, 170)
    truth[40:60, :] = np.nan
    extent, mosaic, _ = told(truth, seed=1)
    whole = mosaic.read(extent)
    assert (np.isnan(whole) == np.isnan(truth)).all()
    for block in extent.blocks(64):
        np.testing.assert_allclose(mosaic.read(block), whole[block.slices_in(extent)], rtol=1e-6)


def test_a_window_alone_is_left_as_it_is():
    scales, shifts = align(1, [], 1.0)
    assert (scales.tolist(), shifts.tolist()) == ([1.0], [0.0])


@pytest.mark.parametrize("patch", [48, 512, 518])
def test_two_neighbours_share_their_overlap_without_a_step(patch):
    middle = feather(patch, 0.25)[patch // 2]
    overlap = patch // 4
    first, second = middle[-overlap:], middle[:overlap]
    share = first / (first + second)
    assert share[0] > 0.99 and share[-1] < 0.01
    assert np.abs(np.diff(share)).max() < 2.5 / overlap
