"""Weights fit, are re-headed by class name, and a trained net behind the adapter stays as good."""

import pytest
import torch

from segstudio.errors import ModelError
from segstudio.models.cards import ModelClass
from segstudio.models.input_spec import InputSpec
from segstudio.models.versions import VersionStore, resolve_model
from segstudio.models.weights import create_for, load_into, load_state, save_state

OLD = tuple(ModelClass(name, "#000000") for name in ("building", "land", "road"))
NEW = tuple(ModelClass(name, "#000000") for name in ("Road ", "pool", "building", "land"))

CARD_IDS = ["mff-light", "two-decoder-light", "lraspp-mobilenetv3", "conv1x1"]


def parent_of(tmp_path, card_id, *, in_bands=3, classes=OLD):
    torch.manual_seed(0)
    ref = resolve_model(card_id)
    net = create_for(ref, classes=classes, in_bands=in_bands).eval()
    version = VersionStore(tmp_path).add(
        card_id=card_id,
        parent=None,
        state=net.state_dict(),
        classes=classes,
        input=InputSpec(),
        in_bands=in_bands,
    )
    return net, resolve_model(str(version.folder))


@torch.no_grad()
@pytest.mark.parametrize("card_id", CARD_IDS)
def test_a_version_answers_as_the_net_it_was_made_from(tmp_path, card_id):
    net, ref = parent_of(tmp_path, card_id)
    x = torch.rand(1, 3, 64, 64)
    assert torch.equal(create_for(ref).eval()(x).logits, net(x).logits)


@torch.no_grad()
@pytest.mark.parametrize("card_id", CARD_IDS)
def test_scores_of_classes_with_the_same_name_go_over(tmp_path, card_id):
    net, ref = parent_of(tmp_path, card_id)
    x = torch.rand(1, 3, 64, 64)
    new = create_for(ref, classes=NEW).eval()
    assert new.class_count == 4
    found = new(x).logits[:, [2, 3, 0]]
    assert torch.allclose(found, net(x).logits, atol=1e-5)


@torch.no_grad()
def test_a_class_count_alone_keeps_the_order(tmp_path):
    net, ref = parent_of(tmp_path, "mff-light")
    x = torch.rand(1, 3, 64, 64)
    more = create_for(ref, class_count=5).eval()(x).logits
    assert torch.allclose(more[:, :3], net(x).logits, atol=1e-5)
    fewer = create_for(ref, class_count=2).eval()(x).logits
    assert torch.allclose(fewer, net(x).logits[:, :2], atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("bands", [1, 5])
def test_a_trained_net_behind_the_adapter_answers_as_on_stacked_channels(tmp_path, bands):
    net, ref = parent_of(tmp_path, "mff-light")
    x = torch.rand(1, bands, 64, 64)
    wrapped = create_for(ref, in_bands=bands, display_bands=(4, 2, 1)).eval()
    seen = x.expand(-1, 3, -1, -1) if bands == 1 else x[:, [4, 2, 1]]
    assert wrapped.in_bands == bands
    assert torch.equal(wrapped(x).logits, net(seen).logits)


@torch.no_grad()
def test_a_trained_adapter_comes_back_with_its_version(tmp_path):
    ref = resolve_model("gray:mff-light")
    net = create_for(ref, classes=OLD, in_bands=1).eval()
    for each in net.adapter.parameters():
        each.add_(0.05)
    version = VersionStore(tmp_path).add(
        card_id="gray:mff-light",
        parent=None,
        state=net.state_dict(),
        classes=OLD,
        input=InputSpec(),
        in_bands=1,
    )
    x = torch.rand(1, 1, 64, 64)
    assert torch.equal(create_for(resolve_model(str(version.folder))).eval()(x).logits, net(x).logits)


@torch.no_grad()
def test_an_adapter_for_other_bands_starts_afresh_as_a_whole(tmp_path):
    net, ref = parent_of(tmp_path, "gray:mff-light", in_bands=1)
    for each in net.adapter.parameters():
        each.add_(0.05)
    save_state(ref.weights_file, net.state_dict())
    other = create_for(ref, in_bands=4)
    x = torch.rand(1, 4, 8, 8)
    assert torch.equal(other.adapted(x), x[:, :3])


def test_a_card_without_weights_asks_for_classes():
    with pytest.raises(ModelError, match="say which it shall learn"):
        create_for(resolve_model("unet-light"))


def test_weights_of_another_network_are_refused(tmp_path):
    _, ref = parent_of(tmp_path, "mff-light")
    with torch.device("meta"):
        names = create_for(resolve_model("unet-light"), class_count=3).state_dict()
    save_state(ref.weights_file, {name: torch.zeros(value.shape) for name, value in names.items()})
    with pytest.raises(ModelError, match="do not fit its card"):
        create_for(ref)


def test_the_report_names_what_fitted_and_what_did_not():
    net = torch.nn.Conv2d(3, 4, 1)
    state = {"weight": torch.zeros(5, 3, 1, 1), "bias": torch.zeros(4), "other": torch.zeros(1)}
    report = load_into(net, state)
    assert (report.fitted, report.reshaped, report.unexpected) == (("bias",), ("weight",), ("other",))
    assert not report.is_whole
    assert "1 tensors fitted" in report.sentence()
    assert bool((net.bias == 0).all())


def test_tensors_of_any_memory_order_and_type_survive_the_disk(tmp_path):
    state = {
        "channels_last": torch.rand(2, 3, 4, 4).to(memory_format=torch.channels_last),
        "view": torch.rand(4, 4).t(),
        "counter": torch.tensor(7),
        "half": torch.rand(3).half(),
        "learned": torch.nn.Parameter(torch.rand(2)),
    }
    save_state(tmp_path / "a.safetensors", state)
    back = load_state(tmp_path / "a.safetensors")
    assert back.keys() == state.keys()
    assert all(torch.equal(back[name], state[name].detach()) for name in state)
    assert back["counter"].shape == ()


def test_a_file_that_is_no_weights_is_one_sentence(tmp_path):
    (tmp_path / "a.safetensors").write_bytes(b"PK\x03\x04 not tensors")
    with pytest.raises(ModelError, match="cannot be read"):
        load_state(tmp_path / "a.safetensors")
