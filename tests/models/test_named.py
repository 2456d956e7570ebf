"""Cards by name: any decoder on any encoder, wrong names answered with near ones."""

import subprocess
import sys

import pytest
import torch

from segstudio.errors import ModelError
from segstudio.models.measure import measured_card
from segstudio.models.named import DECODERS, named_card
from segstudio.models.nets.named_encoder import encoder_by_name
from segstudio.models.registry import default_registry

TINY = "tu-mobilenetv3_small_050"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("segstudio.personal.data_folder", lambda: tmp_path)


@pytest.mark.parametrize("decoder", DECODERS)
def test_every_decoder_stands_on_an_encoder_by_name_and_learns(decoder):
    torch.manual_seed(0)
    net = default_registry().create_model(f"gray:{decoder}@{TINY}", class_count=3, in_bands=1).train()
    out = net(torch.rand(2, 1, 45, 83))
    assert out.logits.shape == (2, 3, 45, 83)
    assert (out.depth is not None) == ("depth" in DECODERS[decoder].outputs)
    (out.logits.square().mean() + (0 if out.depth is None else out.depth.square().mean())).backward()
    assert [name for name, each in net.named_parameters() if each.grad is None] == []


@pytest.mark.parametrize(
    ("name", "channels"),
    [
        ("vgg16_bn", (128, 256, 512, 512, 512)),
        ("googlenet", (64, 192, 480, 832, 1024)),
        ("resnet18", (64, 64, 128, 256, 512)),
        ("xception", (64, 128, 256, 728, 2048)),
        ("tu-mobilenetv3_large_100", (16, 24, 40, 112, 960)),
        ("convnext_atto", (0, 40, 80, 160, 320)),
    ],
)
def test_the_families_people_expect_give_five_features_and_say_their_channels(name, channels):
    with torch.device("meta"), torch.no_grad():
        encoder = encoder_by_name(name).eval()
        features = encoder(torch.empty(1, 3, 64, 96))
    assert encoder.channels == channels == tuple(each.shape[1] for each in features)
    assert [each.shape[2] for each in features] == [32, 16, 8, 4, 2]


def test_the_normalisation_is_the_encoders_own():
    with torch.device("meta"):
        nets = [
            default_registry().create_model(f"unet@{name}", class_count=2) for name in ("googlenet", TINY)
        ]
    assert [each.body.encoder.normalisation[0][0] for each in nets] == [0.5, 0.485]


@pytest.mark.parametrize(
    ("card_id", "answer"),
    [
        ("uent@resnet34", "did you mean unet@resnet34"),
        ("gray:uent@resnet34", "did you mean gray:unet@resnet34"),
        ("zzz@resnet34", "choose one of unet, two-decoder"),
        ("unet@", "write for instance unet@resnet34"),
        ("unet@../x", "names no encoder"),
        ("unet-resnet34", "unet@resnet34"),
        ("gray:unet-resnet34", "gray:unet@resnet34"),
    ],
)
def test_a_wrong_decoder_is_answered_with_the_nearest(card_id, answer):
    with pytest.raises(ModelError, match=answer):
        default_registry().card(card_id)


@pytest.mark.parametrize(
    ("card_id", "answer"),
    [
        ("unet@resnt34", "there is no encoder 'resnt34': did you mean resnet34"),
        ("gray:unet@resnt34", "did you mean resnet34"),
        ("unet@qqqqqqq", "resnet34, vgg16_bn or tu-convnext_tiny are some"),
        ("unet@inception_v3", "padded convolutions: googlenet, inceptionv4 or inceptionresnetv2"),
        ("deeplabv3@googlenet", "cannot be dilated"),
    ],
)
def test_a_wrong_encoder_is_answered_when_the_net_is_built(card_id, answer):
    bands = 1 if card_id.startswith("gray:") else 3
    with pytest.raises(ModelError, match=answer):
        default_registry().create_model(card_id, class_count=2, in_bands=bands)


def test_timms_names_go_with_and_without_their_prefix():
    assert encoder_by_name("convnext_atto").channels == encoder_by_name("tu-convnext_atto").channels


def test_figures_are_measured_once_and_kept():
    registry = default_registry()
    card = registry.card(f"fcn8s@{TINY}")
    assert card.to_json()["memory_mb"] is None
    found = measured_card(card)
    assert found.parameters_m == pytest.approx(
        sum(each.numel() for each in registry.create_model(card.id, class_count=5).parameters()) / 1e6
    )
    assert registry.card(card.id) == found
    assert registry.card(f"gray:{card.id}").memory_mb == found.memory_mb > 0


def test_figures_of_other_libraries_and_damaged_ones_are_passed_over(tmp_path):
    file = tmp_path / "figures.json"
    for text in ("{", "[]", '{"libraries": {}, "cards": {"unet@resnet18": {"memory_mb": 3}}}'):
        file.write_text(text, encoding="utf-8")
        assert default_registry().card("unet@resnet18").memory_mb == 0


def test_a_card_by_name_needs_no_torch():
    script = (
        "import sys; from segstudio.models.registry import default_registry as r;"
        "r().card('gray:unet@resnet34').to_json(); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_stripped_two_decoder_net_is_the_u_net_of_the_same_encoder():
    two, one = named_card(f"two-decoder@{TINY}"), named_card(f"unet@{TINY}")
    assert {**two.arguments, "with_depth": False} == dict(one.arguments)
    assert two.builder == one.builder
