"""Which engine computes a prediction, and that a person notices nothing but the time."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from segstudio import personal
from segstudio.errors import ModelError
from segstudio.inference import openvino_forward
from segstudio.inference.openvino_export import Comparison
from segstudio.jobs import forward_choice
from segstudio.jobs.predict import PredictRequest, predict
from segstudio.jobs.steps import EngineChosen, StripReady
from segstudio.raster.open import open_raster

fast = pytest.mark.skipif(not openvino_forward.version(), reason="the extra fast is not installed")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(personal, "cache_folder", lambda: tmp_path / "cache" / "segstudio")
    return tmp_path / "cache"


def request_for(scene, version, engine="auto", **changes):
    known = {"image": scene[0], "model": str(version.folder), "device": "cpu", "patch": 64}
    return PredictRequest(**{**known, "engine_name": engine, **changes})


def plan_key(request) -> str:
    with open_raster(request.image) as raster:
        return request.plan(raster.info, "content").key


def answer(request) -> tuple[str, np.ndarray]:
    steps = list(predict(request))
    (chosen,) = [step.engine for step in steps if isinstance(step, EngineChosen)]
    return chosen, np.concatenate([step.class_ids for step in steps if isinstance(step, StripReady)])


def test_without_the_extra_it_is_torch_and_who_insists_is_told_what_to_install(scene, version, monkeypatch):
    monkeypatch.setattr(openvino_forward, "version", lambda: "")
    assert answer(request_for(scene, version))[0].startswith("torch")
    with pytest.raises(ModelError, match=r'pip install "segstudio\[fast\]"'):
        list(predict(request_for(scene, version, "fast")))


@fast
def test_the_fast_engine_says_what_torch_says(scene, version):
    by_torch, wanted = answer(request_for(scene, version, "torch"))
    by_openvino, found = answer(request_for(scene, version, "fast"))
    assert by_torch.startswith("torch")
    assert by_openvino.startswith("OpenVINO")
    np.testing.assert_array_equal(found, wanted)


@fast
def test_a_small_image_is_not_worth_an_export_but_takes_one_that_is_there(scene, version, monkeypatch):
    request = request_for(scene, version)
    assert answer(request)[0].startswith("torch")
    by_torch = plan_key(request)
    monkeypatch.setattr(forward_choice, "_WORTH_WINDOWS", 10)
    by_openvino = plan_key(request)
    assert answer(request)[0].startswith("OpenVINO")
    monkeypatch.setattr(forward_choice, "_WORTH_WINDOWS", 1000)
    assert answer(request)[0].startswith("OpenVINO")
    # strips of one engine are not gone on with by the other
    assert plan_key(request) == by_openvino != by_torch == plan_key(replace(request, engine_name="torch"))


@fast
def test_a_damaged_export_is_said_and_made_again(scene, version, cache):
    answer(request_for(scene, version, "fast"))
    (model,) = (cache / "segstudio" / "exports").glob("*/net.xml")
    model.write_text("<net")
    with pytest.raises(ModelError, match="made again"):
        list(predict(request_for(scene, version, "fast")))
    assert answer(request_for(scene, version, "fast"))[0].startswith("OpenVINO")


@fast
def test_a_net_that_answers_otherwise_stays_with_torch_and_is_not_asked_again(scene, version, monkeypatch):
    monkeypatch.setattr(Comparison, "is_same", property(lambda self: False))
    with pytest.raises(ModelError, match="differ from torch's"):
        list(predict(request_for(scene, version, "fast")))
    monkeypatch.undo()
    monkeypatch.setattr(forward_choice, "_WORTH_WINDOWS", 1)
    monkeypatch.setattr(personal, "cache_folder", lambda: scene[0].parent / "cache" / "segstudio")
    assert answer(request_for(scene, version))[0].startswith("torch")


@fast
def test_what_is_not_a_net_on_the_processor_stays_with_torch(scene, version):
    with pytest.raises(ModelError, match="--device cpu"):
        list(predict(request_for(scene, version, "fast", device="cuda")))
    untrained = PredictRequest(scene[0], "conv1x1", device="cpu", untrained=True, engine_name="fast")
    with pytest.raises(ModelError, match="no weights"):
        list(predict(untrained))


@fast
def test_an_exported_net_predicts_without_torch(scene, version, cache):
    answer(request_for(scene, version, "fast"))
    code = f"""
import sys
from segstudio.jobs.predict import PredictRequest, predict
from segstudio.inference.device import prepare_process
prepare_process()
request = PredictRequest({str(scene[0])!r}, {str(version.folder)!r}, device="cpu", patch=64)
print([step.engine for step in predict(request) if hasattr(step, "engine")], "torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("['OpenVINO")
    assert done.stdout.endswith("False\n")
