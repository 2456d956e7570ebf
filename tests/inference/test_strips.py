"""A prediction that goes on where another one ended gives what one without a break would have given."""

from collections.abc import Iterable

import numpy as np
import pytest

from segstudio.inference import strips
from segstudio.inference.blend import StripDone
from segstudio.inference.predictor import BatchDone
from segstudio.inference.strips import panels_of
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window
from tests.inference.conftest import looking

EXTENT = Window(0, 0, 330, 410)
REGION = Window(20, 15, 300, 380)


@pytest.fixture(autouse=True)
def narrow_panels(monkeypatch):
    monkeypatch.setattr(strips, "PANEL_WIDTH", 160)


@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.75])
def test_strips_cover_the_region_once(overlap):
    times = np.zeros(REGION.shape, int)
    for panel in panels_of(REGION, EXTENT, 64, overlap):
        for strip in panel.strips:
            times[strip.slices_in(REGION)] += 1
    assert (times == 1).all()


def test_a_panel_counts_its_windows_without_listing_them():
    for panel in panels_of(REGION, EXTENT, 64, 0.25):
        (part,) = panel.missing(())
        assert part.region == panel.region
        assert len(part.windows) == panel.window_count


def test_where_all_strips_are_finished_nothing_is_seen():
    for panel in panels_of(REGION, EXTENT, 64, 0.25):
        assert panel.missing(set(panel.strips)) == []


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_missing_comes_bit_by_bit_as_in_one_run(write_raster, noise, local_net, batch, seed):
    path = write_raster(noise(EXTENT.height, EXTENT.width))
    whole = answers(path, local_net, batch)
    assert set(whole) == {strip for panel in panels_of(REGION, EXTENT, 64, 0.5) for strip in panel.strips}
    rng = np.random.default_rng(seed)
    finished = {window for window in whole if rng.random() < 0.6}
    rest = answers(path, local_net, batch, finished)
    assert set(rest) == set(whole) - finished
    for window, found in rest.items():
        for plane in ("class_ids", "doubt", "depth"):
            np.testing.assert_array_equal(getattr(found, plane), getattr(whole[window], plane))


def test_progress_begins_with_what_is_finished(write_raster, noise, local_net):
    path = write_raster(noise(EXTENT.height, EXTENT.width))
    first, second = panels_of(REGION, EXTENT, 64, 0.5)
    done = [step for step in steps(path, local_net, 1, first.strips) if isinstance(step, BatchDone)]
    total = first.window_count + second.window_count
    assert [step.done for step in done] == list(range(first.window_count + 1, total + 1))
    assert {step.total for step in done} == {total}


def answers(path, local_net, batch: int, finished: Iterable[Window] = ()) -> dict[Window, StripDone]:
    found = [step for step in steps(path, local_net, batch, finished) if isinstance(step, StripDone)]
    assert len({step.window for step in found}) == len(found)
    return {step.window: step for step in found}


def steps(path, local_net, batch: int, finished: Iterable[Window]) -> list[object]:
    predictor = looking(local_net(with_depth=True), patch=64, overlap=0.5, batch=batch)
    with open_raster(path) as raster:
        return list(predictor.predict(raster, REGION, list(finished)))
