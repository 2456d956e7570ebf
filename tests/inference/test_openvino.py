"""The engine of the extra `fast` answers as torch does."""

import sys

import numpy as np
import pytest

from segstudio.inference import openvino_forward
from segstudio.inference.blend import StripDone
from segstudio.inference.openvino_forward import OpenVinoForward
from segstudio.inference.predictor import Notice, Predictor
from segstudio.inference.torch_forward import TorchForward
from segstudio.models.input_spec import InputSpec
from segstudio.raster.open import open_raster

pytestmark = pytest.mark.skipif(not openvino_forward.version(), reason="the extra fast is not installed")

PATCH = 64


@pytest.fixture
def forwards(tmp_path, local_net):
    """A net with depth, as torch and as OpenVINO run it."""
    from segstudio.inference.openvino_export import export

    by_torch = TorchForward(local_net(with_depth=True), patch=PATCH)
    export(by_torch.net, PATCH, tmp_path / "net.xml")
    return by_torch, OpenVinoForward(tmp_path / "net.xml", by_torch.shape, PATCH, lambda: by_torch)


def prepared(seed: int, side: int = PATCH) -> np.ndarray:
    return np.random.default_rng(seed).random((1, side, side, 3), np.float32).transpose(0, 3, 1, 2)


def test_scores_and_depth_are_torchs(forwards):
    from segstudio.inference.openvino_export import compare

    by_torch, by_openvino = forwards
    found = compare(by_openvino, by_torch, [prepared(seed) for seed in range(3)])
    assert found.is_same
    assert found.difference < 1e-5


def test_another_net_is_told_apart(forwards, local_net):
    from segstudio.inference.openvino_export import compare

    other = TorchForward(local_net(with_depth=True, seed=1), patch=PATCH)
    assert not compare(forwards[1], other, [prepared(0)]).is_same


def test_a_scene_comes_out_as_torch_has_it(forwards, write_raster, noise):
    path = write_raster(noise(150, 210))
    wanted, found = (strips(forward, path) for forward in forwards)
    for one, other in zip(wanted, found, strict=True):
        assert one.window == other.window
        assert (one.class_ids == other.class_ids).mean() > 0.999
        np.testing.assert_allclose(one.depth, other.depth, atol=2e-3)


def test_several_windows_under_way_keep_their_order(forwards):
    _, by_openvino = forwards
    windows = [prepared(seed) for seed in range(by_openvino.at_once + 1)]
    answers = [begun() for begun in [by_openvino.begin(pixels) for pixels in windows]]
    for pixels, answer in zip(windows, answers, strict=True):
        np.testing.assert_array_equal(answer.scores, by_openvino.begin(pixels)().scores.copy())


def test_a_window_that_fails_is_answered_by_torch_and_so_are_all_after_it(forwards):
    by_torch, by_openvino = forwards
    odd = prepared(0, side=PATCH - 1)  # not what was exported
    answer = by_openvino.begin(odd)()
    np.testing.assert_array_equal(answer.scores, by_torch.begin(odd)().scores)
    assert "going on with torch" in answer.notices[0]
    assert by_openvino.begin(prepared(0))().notices == ()


def test_nothing_is_told_to_its_makers(forwards):
    assert sys.modules["openvino_telemetry"] is None


def strips(forward, path) -> list[StripDone]:
    with open_raster(path) as raster:
        steps = list(Predictor(forward, InputSpec.for_dtype("uint8")).predict(raster, raster.info.extent))
    assert not [step for step in steps if isinstance(step, Notice)]
    return [step for step in steps if isinstance(step, StripDone)]
