"""A local file of weights: what fits becomes a model or an encoder, what does not is told."""

import io
import json

import pytest
import torch

from segstudio.cli.main import run
from segstudio.errors import ModelError
from segstudio.jobs.import_weights import ImportRequest, import_weights
from segstudio.jobs.steps import Notice, WeightsFit, WeightsKept
from segstudio.models.registry import default_registry
from segstudio.models.versions import resolve_model
from segstudio.models.weights import create_for, load_state, save_state
from segstudio.models.weights_home import WeightsHome, encoder_start

CARD = "unet-light"
CLASSES = [
    {"id": 0, "name": "road", "colour": "#112233"},
    {"id": 1, "name": "house"},
    {"id": 2, "name": "tree"},
]


@pytest.fixture
def home(tmp_path, monkeypatch):
    kept = WeightsHome(tmp_path / "data" / "weights")
    monkeypatch.setattr(WeightsHome, "of_this_person", classmethod(lambda cls: kept))
    return kept


@pytest.fixture(scope="module")
def state():
    torch.manual_seed(5)
    return default_registry().create_model(CARD, class_count=3).state_dict()


@pytest.fixture
def classes(tmp_path):
    path = tmp_path / "classes.json"
    path.write_text(json.dumps(CLASSES))
    return path


def walk(path, card=CARD, classes=None):
    """Every step, and the sentence where it was refused."""
    steps = []
    try:
        for step in import_weights(ImportRequest(path, card, classes)):
            steps.append(step)
    except ModelError as error:
        return steps, str(error)
    return steps, ""


def only(steps, kind):
    return next(step for step in steps if isinstance(step, kind))


@torch.no_grad()
@pytest.mark.parametrize("prefix", ["", "module.", "model.net."])
def test_a_checkpoint_becomes_a_model_under_its_classes(home, tmp_path, state, classes, prefix):
    path = tmp_path / "best.ckpt"
    torch.save({"epoch": 7, "state_dict": {prefix + name: value for name, value in state.items()}}, path)
    steps, refused = walk(path, classes=classes)
    assert not refused
    fit, kept = only(steps, WeightsFit), only(steps, WeightsKept)
    assert (fit.kind, fit.prefix, fit.unwrapped) == ("model", prefix, ("state_dict",))
    assert (fit.missing, fit.unexpected, fit.reshaped) == ((), (), ())
    ref = resolve_model(kept.name)
    assert (ref.classes[0].name, ref.classes[0].colour) == ("road", "#112233")
    assert [each.name for each in ref.classes] == ["road", "house", "tree"]
    assert (
        ref.version.parent is None and ref.version.settings["weights"]["source"] == "imported from best.ckpt"
    )
    given = default_registry().create_model(CARD, class_count=3).eval()
    given.load_state_dict(state)
    x = torch.rand(1, 3, 40, 40)
    assert torch.equal(create_for(ref).eval()(x).logits, given(x).logits)


def test_without_names_the_classes_are_numbered_and_that_is_said(home, tmp_path, state):
    save_state(tmp_path / "net.safetensors", state)
    steps, _ = walk(tmp_path / "net.safetensors")
    ref = resolve_model(only(steps, WeightsKept).name)
    assert [each.name for each in ref.classes] == ["class 0", "class 1", "class 2"]
    assert len({each.colour for each in ref.classes}) == 3
    assert "numbered" in only(steps, Notice).text


def test_a_list_of_another_number_of_classes_is_refused(home, tmp_path, state, classes):
    classes.write_text(json.dumps(CLASSES[:2]))
    save_state(tmp_path / "net.safetensors", state)
    _, refused = walk(tmp_path / "net.safetensors", classes=classes)
    assert "tells 3 classes apart, the list has 2" in refused
    assert not home.versions.exists()


def test_where_only_the_encoder_fits_it_becomes_a_start(home, tmp_path, state):
    encoder = {name: value for name, value in state.items() if name.startswith("body.encoder.")}
    path = tmp_path / "my encoder.safetensors"
    save_state(path, {**encoder, "head.fc.weight": torch.zeros(4, 4)})
    steps, refused = walk(path)
    assert not refused
    kept = only(steps, WeightsKept)
    assert (kept.kind, kept.name) == ("encoder", "my-encoder")
    assert "not as a model to predict with" in only(steps, Notice).text
    card = default_registry().card("deeplabv3plus-light")
    start = encoder_start(card, home)
    assert (start.name, start.source) == ("my-encoder", "imported from my encoder.safetensors")
    assert "head.fc.weight" not in load_state(start.file)
    assert not card.is_trained


def test_another_network_is_refused_and_the_report_says_why(home, tmp_path, state):
    torch.save(
        {"conv1.weight": torch.zeros(6, 1, 5, 5), "fc1.weight": torch.zeros(2, 2)}, tmp_path / "lenet.pth"
    )
    steps, refused = walk(tmp_path / "lenet.pth", card="bisenet")
    fit = only(steps, WeightsFit)
    assert fit.kind == "nothing"
    assert fit.reshaped == (("conv1.weight", (6, 1, 5, 5), (64, 3, 7, 7)),)
    assert fit.unexpected == ("fc1.weight",)
    assert "0 of its 2 tensors fit" in refused and "should be [64, 3, 7, 7]" in refused
    assert not home.folder.exists()


def test_the_gray_adapter_comes_along_where_the_file_has_one(home, tmp_path):
    torch.manual_seed(6)
    net = default_registry().create_model(f"gray:{CARD}", class_count=2, in_bands=5)
    save_state(tmp_path / "gray.safetensors", net.state_dict())
    steps, refused = walk(tmp_path / "gray.safetensors", card=f"gray:{CARD}")
    assert not refused
    ref = resolve_model(only(steps, WeightsKept).name)
    assert (ref.card.id, ref.in_bands) == (f"gray:{CARD}", 5)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file", "card"), [("espnet_p_2_q_8_camvid.pth", "unet-light"), ("samplenet.pth", "bisenet")]
)
def test_real_files_of_other_networks_are_read_and_told_not_to_fit(home, shared_data, file, card):
    path = shared_data / "weights" / file
    if not path.is_file():
        pytest.skip(f"{file} is not here")
    steps, refused = walk(path, card=card)
    fit = only(steps, WeightsFit)
    assert fit.kind == "nothing" and fit.missing
    assert "is of another network" in refused
    assert not home.folder.exists()


def test_the_command_line_tells_what_fitted(home, tmp_path, state, classes):
    torch.save({"module." + name: value for name, value in state.items()}, tmp_path / "net.pth")

    def segstudio(*arguments):
        out, err = io.StringIO(), io.StringIO()
        code = run([*map(str, arguments)], open_window=lambda paths: 1, stdout=out, stderr=err)
        return code, out.getvalue(), err.getvalue()

    code, out, err = segstudio(
        "weights", "import", tmp_path / "net.pth", "--model", CARD, "--classes", classes, "--json"
    )
    assert (code, err) == (0, "")
    events = {event["event"]: event for event in map(json.loads, out.splitlines())}
    assert events["fit"]["kind"] == "model" and len(events["fit"]["fitted"]) == len(state)
    assert events["kept"]["name"].endswith(CARD)
    code, out, err = segstudio("weights", "import", tmp_path / "net.pth", "--model", "bisenet")
    assert code == 2 and len(err.splitlines()) == 1 and "another network" in err
    assert "missing" in out and "not wanted" in out
    code, out, _ = segstudio("weights", "import", tmp_path / "net.pth", "--model", CARD)
    assert code == 0 and "use it as --model" in out and "'module.' was taken off" in out
