"""Published weights, from a stand-in of their publisher to a mask: licence, caches, offline, scores."""

import hashlib
import io
import json
from dataclasses import replace

import pytest
import torch
from known_scenes import class_map, paint, write_scene
from safetensors.torch import load_file
from safetensors.torch import save as to_safetensors
from torchvision.models import get_model
from weights_server import Hub, serving

from segstudio.cli.main import run
from segstudio.errors import ModelError
from segstudio.jobs.fetch_weights import FetchRequest, WeightsNotHere, fetch_weights
from segstudio.jobs.steps import Notice, Progress, WeightsKept
from segstudio.models import published
from segstudio.models.caches import Caches
from segstudio.models.registry import default_registry
from segstudio.models.versions import resolve_model
from segstudio.models.weights import create_for
from segstudio.models.weights_home import WeightsHome, encoder_start

MODEL = published.published_set("lraspp-mobilenetv3-voc")
ENCODER = published.published_set("resnet18.tv_in1k")


@pytest.fixture(scope="module")
def library():
    """torchvision's own model as it would be published: 21 classes."""
    torch.manual_seed(1)
    return get_model("lraspp_mobilenet_v3_large", weights=None, weights_backbone=None, num_classes=21).eval()


@pytest.fixture(scope="module")
def model_file(library):
    buffer = io.BytesIO()
    torch.save(library.state_dict(), buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def encoder_file():
    torch.manual_seed(2)
    return to_safetensors(get_model("resnet18", weights=None).state_dict())


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in ("HF_ENDPOINT", published.BASE_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(
        WeightsHome, "of_this_person", classmethod(lambda cls: cls(tmp_path / "data" / "weights"))
    )
    return WeightsHome.of_this_person()


@pytest.fixture
def caches(tmp_path):
    return Caches(hub=tmp_path / "hub", torch=tmp_path / "torch")


@pytest.fixture
def hub(model_file, encoder_file, monkeypatch):
    """The stand-in keeps random weights of the library's own model, so the list names their checksum."""
    digits = hashlib.sha256(model_file).hexdigest()[:8]
    file = f"lraspp-{digits}.pth"
    stand_in = replace(MODEL, sha256=digits, path=f"models/{file}", torch_file=file)
    others = tuple(each for each in published.published_sets() if each.id != MODEL.id)
    monkeypatch.setattr(published, "_PUBLISHED", (stand_in, *others))
    with serving(Hub({stand_in.path: model_file, ENCODER.path: encoder_file}, hub_like=True)) as running:
        yield running


def fetch(set_id, hub, caches, **options):
    """Every step of a fetch whose licence is accepted."""
    given = {"accept": True, "base": hub.base, "caches": caches, **options}
    return list(fetch_weights(FetchRequest(set_id, **given)))


def notices(steps):
    return " ".join(step.text for step in steps if isinstance(step, Notice))


@torch.no_grad()
def test_a_published_model_becomes_one_that_gives_the_librarys_own_scores(home, caches, hub, library):
    steps = fetch(MODEL.id, hub, caches)
    kept = steps[-1]
    assert isinstance(kept, WeightsKept) and (kept.name, kept.kind) == (MODEL.id, "model")
    assert any(step.total == len(hub.files[hub.asked[0][0]]) for step in steps if isinstance(step, Progress))
    assert list(home.downloads.iterdir()) == []
    ref = resolve_model(MODEL.id)
    assert [each.name for each in ref.classes][:3] == ["background", "aeroplane", "bicycle"]
    record = ref.version.settings["weights"]
    assert record["licence"] == "BSD-3-Clause" and record["sha256"] == kept.sha256
    assert any("BSD-3-Clause" in note for note in ref.version.notes)
    net = create_for(ref).eval()
    x = torch.rand(1, 3, 64, 96)
    torch.testing.assert_close(net(x).logits, library((x - net.mean) / net.std)["out"], rtol=1e-3, atol=1e-4)


def test_nothing_is_fetched_for_a_plugin_that_nobody_has_allowed(home, caches, hub):
    wanted = next(each for each in published.published_sets() if each.card_id.startswith("zoo-"))
    with pytest.raises(ModelError, match="plugin torchvision_zoo that nobody has agreed to"):
        fetch(wanted.id, hub, caches)
    assert hub.asked == []
    assert not home.has_accepted(wanted.id, wanted.licence)


def test_predict_takes_what_was_fetched_by_its_name(home, caches, hub, tmp_path):
    fetch(MODEL.id, hub, caches)
    scene = write_scene(tmp_path / "scene.tif", paint(class_map(96, 96)))
    out, err = io.StringIO(), io.StringIO()
    arguments = [
        "predict",
        str(scene),
        "--model",
        MODEL.id,
        "-o",
        str(tmp_path / "mask.tif"),
        "--device",
        "cpu",
    ]
    assert run(arguments, open_window=lambda paths: 1, stdout=out, stderr=err) == 0, err.getvalue()
    assert (tmp_path / "mask.tif").is_file()


def test_what_is_here_is_not_fetched_again(home, caches, hub):
    fetch(MODEL.id, hub, caches)
    asked = len(hub.asked)
    steps = fetch(MODEL.id, hub, caches, accept=False)
    assert "is here already" in notices(steps) and steps[-1].name == MODEL.id
    assert len(hub.asked) == asked


def test_a_published_encoder_starts_the_untrained_cards_that_have_it(home, caches, hub):
    kept = fetch(ENCODER.id, hub, caches)[-1]
    assert kept.kind == "encoder"
    registry = default_registry()
    start = encoder_start(registry.card("bisenet"), home)
    assert (start.name, start.licence) == (ENCODER.id, "BSD-3-Clause")
    assert encoder_start(registry.card("gray:bisenet"), home) == start
    assert encoder_start(registry.card("pspnet-resnet50"), home) is None
    assert not registry.card("bisenet").is_trained
    ref = resolve_model("bisenet")
    net = create_for(ref, class_count=3, encoder=start)
    torch.manual_seed(2)
    theirs = get_model("resnet18", weights=None).state_dict()
    mine = net.state_dict()
    assert torch.equal(mine["body.encoder.model.layer3.0.conv1.weight"], theirs["layer3.0.conv1.weight"])
    # the ImageNet classifier is of no use here
    assert "fc.weight" not in load_file(kept.path)


def test_the_licence_comes_first(home, caches, hub):
    with pytest.raises(ModelError, match=r"BSD-3-Clause and was not accepted yet.*--accept-licence"):
        fetch(MODEL.id, hub, caches, accept=False)
    assert hub.asked == []
    home.accept(MODEL.id, MODEL.licence)
    assert fetch(MODEL.id, hub, caches, accept=False)[-1].name == MODEL.id


def test_another_licence_than_the_accepted_one_is_asked_for_again(home):
    home.accept(MODEL.id, "MIT")
    assert home.has_accepted(MODEL.id, "MIT") and not home.has_accepted(MODEL.id, MODEL.licence)


def test_offline_one_sentence_says_what_to_copy_where(home, caches, hub, model_file):
    hub.status = 404
    with pytest.raises(WeightsNotHere) as told:
        fetch(MODEL.id, hub, caches)
    wanted = published.published_set(MODEL.id)
    sentence = f"copy {wanted.torch_file} into {home.downloads}; it is at {hub.base}/{wanted.path}"
    assert str(told.value).endswith(sentence)
    assert (told.value.file_name, told.value.folder) == (wanted.torch_file, home.downloads)
    home.downloads.mkdir(parents=True, exist_ok=True)
    (home.downloads / wanted.torch_file).write_bytes(model_file)
    steps = fetch(MODEL.id, hub, caches)
    assert "nothing was fetched" in notices(steps) and steps[-1].name == MODEL.id
    assert (home.downloads / wanted.torch_file).is_file()


def test_a_hub_file_is_copied_under_the_name_of_its_set(home, caches, hub, encoder_file):
    hub.status = 429
    with pytest.raises(WeightsNotHere, match=f"copy model.safetensors into .* as {ENCODER.id}.safetensors"):
        fetch(ENCODER.id, hub, caches)
    home.downloads.mkdir(parents=True, exist_ok=True)
    (home.downloads / f"{ENCODER.id}.safetensors").write_bytes(encoder_file)
    assert fetch(ENCODER.id, hub, caches)[-1].kind == "encoder"


def test_a_damaged_copy_is_refused_by_its_checksum(home, caches, hub, model_file):
    home.downloads.mkdir(parents=True, exist_ok=True)
    file = published.published_set(MODEL.id).torch_file
    (home.downloads / file).write_bytes(model_file[:-1] + b"?")
    with pytest.raises(ModelError, match="its checksum begins with"):
        fetch(MODEL.id, hub, caches)


def test_torchs_cache_is_used_without_a_download(home, caches, hub, model_file):
    caches.torch.mkdir()
    (caches.torch / published.published_set(MODEL.id).torch_file).write_bytes(model_file)
    assert fetch(MODEL.id, hub, caches)[-1].name == MODEL.id
    assert hub.asked == []


def test_a_damaged_file_in_a_cache_is_passed_over(home, caches, hub):
    caches.torch.mkdir()
    (caches.torch / published.published_set(MODEL.id).torch_file).write_bytes(b"half")
    steps = fetch(MODEL.id, hub, caches)
    assert "its checksum begins with" in notices(steps) and steps[-1].name == MODEL.id


def test_the_hubs_own_cache_is_used_without_a_download(home, caches, hub, encoder_file):
    repository = caches.hub / f"models--timm--{ENCODER.name}"
    for folder in ("blobs", "refs", "snapshots/abc"):
        (repository / folder).mkdir(parents=True)
    blob = repository / "blobs" / hashlib.sha256(encoder_file).hexdigest()
    blob.write_bytes(encoder_file)
    (repository / "refs" / "main").write_text("abc")
    (repository / "snapshots" / "abc" / "model.safetensors").symlink_to(blob)
    assert fetch(ENCODER.id, hub, caches)[-1].kind == "encoder"
    assert hub.asked == []


def test_the_caches_are_where_torch_says():
    assert Caches.of_this_person({"TORCH_HOME": "/t"}).torch.parts[-3:] == ("t", "hub", "checkpoints")
    assert Caches.of_this_person({"XDG_CACHE_HOME": "/c"}).torch.parts[-4:] == (
        "c", "torch", "hub", "checkpoints",
    )  # fmt: skip


def test_a_server_that_states_no_checksum_is_not_believed(home, caches, hub):
    hub.states_checksum = False
    with pytest.raises(WeightsNotHere, match="states no checksum"):
        fetch(ENCODER.id, hub, caches)
    assert list(home.downloads.iterdir()) == []


def test_weights_of_another_network_are_not_kept(home, caches, hub, model_file):
    hub.files[ENCODER.path] = to_safetensors({"conv1.weight": torch.zeros(2, 2)})
    with pytest.raises(ModelError, match="only 0 of its tensors fit 'bisenet'"):
        fetch(ENCODER.id, hub, caches)
    assert not home.has_encoder(ENCODER.id)


def test_the_command_line_shows_the_licence_and_asks_for_consent(home, caches, hub, monkeypatch):
    monkeypatch.setattr(Caches, "of_this_person", classmethod(lambda cls, environment=None: caches))

    def segstudio(*arguments):
        out, err = io.StringIO(), io.StringIO()
        code = run(arguments, open_window=lambda paths: 1, stdout=out, stderr=err)
        return code, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()

    fetching = ("weights", "fetch", MODEL.id, "--base", hub.base, "--json")
    code, events, err = segstudio(*fetching)
    assert code == 2 and len(err.splitlines()) == 1 and "--accept-licence" in err
    assert events[0]["event"] == "licence" and "COCO" in events[0]["terms"]
    code, events, err = segstudio(*fetching, "--accept-licence")
    assert (code, err) == (0, "")
    assert events[-1]["event"] == "kept" and events[-1]["name"] == MODEL.id
    assert any(event["event"] == "progress" for event in events)
    code, events, _ = segstudio("weights", "list", "--model", "lraspp-mobilenetv3", "--json")
    assert [(each["id"], each["is_here"]) for each in events] == [
        (MODEL.id, True),
        ("mobilenet_v3_large", False),
    ]
    assert len(events[0]["classes"]) == 21
