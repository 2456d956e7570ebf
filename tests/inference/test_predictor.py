import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from segstudio.errors import ModelError
from segstudio.inference import strips
from segstudio.inference.blend import NO_CLASS, StripDone
from segstudio.inference.device import Device
from segstudio.inference.predictor import BatchDone, Notice, Predictor
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window
from tests.inference.conftest import looking


def run(predictor: Predictor, path: Path, region: Window | None = None) -> list[Any]:
    with open_raster(path) as raster:
        return list(predictor.predict(raster, region or raster.info.extent))


def mosaic(steps: list[Any], region: Window) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Class ids, depth, and how often each pixel came."""
    ids = np.full(region.shape, 77, np.uint8)
    depth = np.zeros(region.shape, np.float32)
    times = np.zeros(region.shape, int)
    for step in steps:
        if isinstance(step, StripDone):
            part = step.window.slices_in(region)
            ids[part] = step.class_ids
            times[part] += 1
            if step.depth is not None:
                depth[part] = step.depth
    return ids, depth, times


@pytest.mark.parametrize(("height", "width"), [(150, 130), (64, 64), (40, 30), (65, 200)])
def test_tiled_equals_whole_and_every_pixel_comes_once(
    write_raster, noise, height: int, width: int, local_net
) -> None:
    pixels = noise(height, width)
    net = local_net(with_depth=True)
    path = write_raster(pixels)
    region = Window(0, 0, width, height)
    ids, depth, times = mosaic(run(looking(net, patch=64, overlap=0.25, batch=3), path), region)
    with torch.inference_mode():
        whole = net(torch.from_numpy(pixels[None] / np.float32(255)))
    assert (times == 1).all()
    inner = slice(3, height - 3), slice(3, width - 3)
    wanted = whole.logits[0].argmax(0).numpy()
    # a window's own rim counts little, but it counts: near-ties may fall either way there
    assert (ids[inner] == wanted[inner]).mean() > 0.995
    assert whole.depth is not None
    error = np.abs(depth[inner] - whole.depth[0, 0].numpy()[inner])
    assert np.quantile(error, 0.95) < 0.02


def test_a_region_far_from_the_rim_is_seen_in_its_context(write_raster, noise, local_net) -> None:
    path = write_raster(noise(200, 200))
    predictor = looking(local_net(), patch=64, overlap=0.5)
    region = Window(60, 70, 50, 40)
    whole, _, _ = mosaic(run(predictor, path), Window(0, 0, 200, 200))
    part, _, times = mosaic(run(predictor, path, region), region)
    assert (times == 1).all()
    assert (part == whole[region.slices_in(Window(0, 0, 200, 200))]).mean() > 0.99


def test_nodata_stays_unlabelled(write_raster, noise, local_net) -> None:
    pixels = noise(100, 100)
    pixels[:, 20:60, :] = 0
    ids, _, _ = mosaic(
        run(looking(local_net(), patch=64), write_raster(pixels, nodata=0)), Window(0, 0, 100, 100)
    )
    assert (ids[20:60] == NO_CLASS).all()
    assert (ids[:20] < 3).all()
    assert (ids[60:] < 3).all()


def test_wide_regions_are_seen_in_panels_without_a_gap(write_raster, noise, monkeypatch, local_net) -> None:
    monkeypatch.setattr(strips, "PANEL_WIDTH", 100)
    path = write_raster(noise(70, 330))
    steps = run(looking(local_net(), patch=64), path)
    _, _, times = mosaic(steps, Window(0, 0, 330, 70))
    assert (times == 1).all()
    assert max(step.window.width for step in steps if isinstance(step, StripDone)) <= 100


def test_progress_ends_at_its_total(write_raster, noise, local_net) -> None:
    steps = [s for s in run(looking(local_net(), patch=64), write_raster(noise(150, 150)))]
    progress = [step for step in steps if isinstance(step, BatchDone)]
    assert [step.done for step in progress] == list(range(1, progress[-1].total + 1))


def test_closing_stops_the_reader(write_raster, noise, local_net) -> None:
    with open_raster(write_raster(noise(300, 300))) as raster:
        steps = looking(local_net(), patch=64).predict(raster, raster.info.extent)
        next(iter(steps))
        steps.close()  # type: ignore[attr-defined]
    assert not [t for t in threading.enumerate() if t.name.startswith("segstudio-ahead")]
    assert not torch.is_inference_mode_enabled()


def test_inference_mode_does_not_leak_to_the_consumer(write_raster, noise, local_net) -> None:
    with open_raster(write_raster(noise(80, 80))) as raster:
        for _ in looking(local_net(), patch=64).predict(raster, raster.info.extent):
            assert not torch.is_inference_mode_enabled()


class Hungry(torch.nn.Module):
    """A net that has memory for so many pixels only."""

    def __init__(self, inner: torch.nn.Module, limit_px: int) -> None:
        super().__init__()
        self.inner = inner
        self.limit_px = limit_px
        self.class_count, self.in_bands, self.has_depth, self.last_is_silent = 3, 3, True, False

    def forward(self, x: torch.Tensor) -> Any:
        if x.shape[0] * x.shape[2] * x.shape[3] > self.limit_px:
            raise torch.OutOfMemoryError("out of memory")
        return self.inner(x)


def test_out_of_memory_shrinks_batch_then_patch_and_goes_on_at_the_same_window(
    write_raster, noise, local_net
) -> None:
    path = write_raster(noise(300, 300))
    region = Window(0, 0, 300, 300)
    steps = run(looking(Hungry(local_net(with_depth=True), 128 * 128), patch=256, batch=4), path)
    notices = [step.text for step in steps if isinstance(step, Notice)]
    ids, depth, times = mosaic(steps, region)
    plenty = mosaic(run(looking(local_net(with_depth=True), patch=256), path), region)
    assert notices == [
        "Memory ran out: going on with 2 windows at a time.",
        "Memory ran out: going on with 1 window at a time.",
        "Memory ran out: going on with patches of 128 px.",
    ]
    assert (times == 1).all()
    assert (ids == plenty[0]).mean() > 0.98
    assert np.median(np.abs(depth - plenty[1])) < 0.01


def test_no_memory_at_all_is_said_in_a_sentence(write_raster, noise, local_net) -> None:
    with pytest.raises(ModelError, match="choose a light one"):
        run(looking(Hungry(local_net(with_depth=True), 10), patch=64), write_raster(noise(80, 80)))


class Squeezed(Hungry):
    """A net on a device whose memory ends after some windows, for good; on the CPU there is room."""

    def __init__(self, inner: torch.nn.Module, good_windows: int) -> None:
        super().__init__(inner, limit_px=1 << 30)
        self.good_windows = good_windows
        self.is_on_cpu = False
        self.seen: list[tuple[int, ...]] = []

    def to(self, *args: Any, **kwargs: Any) -> Any:
        self.is_on_cpu = args == ("cpu",)
        return super().to(*args, **kwargs)

    def forward(self, x: torch.Tensor) -> Any:
        self.limit_px = 1 << 30 if self.is_on_cpu or len(self.seen) < self.good_windows else 0
        answer = super().forward(x)
        self.seen += [tuple(x.shape[2:])] * len(x)
        return answer


@pytest.mark.parametrize("good_windows", [0, 4, 8])
def test_a_device_without_memory_is_left_for_the_cpu_within_the_strip(
    write_raster, noise, local_net, good_windows: int
) -> None:
    path, region = write_raster(noise(700, 560)), Window(0, 0, 560, 700)
    net = Squeezed(local_net(with_depth=True), good_windows)
    # torch's other name for the CPU: a device that is not the one to retreat to
    device = Device("cpu:0")
    steps = run(looking(net, device=device, patch=256, batch=4), path)
    ids, depth, times = mosaic(steps, region)
    plain = mosaic(run(looking(local_net(with_depth=True), patch=256, batch=4), path), region)
    assert [step.text.split(": ")[1] for step in steps if isinstance(step, Notice)] == [
        "going on with 2 windows at a time.",
        "going on with 1 window at a time.",
        "going on with patches of 128 px.",
        "going on, more slowly, on the CPU.",
    ]
    assert (times == 1).all()
    assert (ids == plain[0]).mean() > 0.9999  # sums of a device and of the CPU may round otherwise
    np.testing.assert_allclose(depth, plain[1], atol=2e-3)
    # no window is seen twice, and all are whole again on the CPU
    assert len(net.seen) == [step.total for step in steps if isinstance(step, BatchDone)][-1]
    assert set(net.seen) == {(256, 256)}
