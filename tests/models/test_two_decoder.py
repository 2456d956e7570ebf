"""Two decoders of one form: copied into one another, frozen, cut off."""

import pytest
import torch

from segstudio.models.nets.two_decoder import without_depth
from segstudio.models.registry import default_registry
from segstudio.models.weights import load_into


@pytest.fixture
def net():
    torch.manual_seed(0)
    return default_registry().create_model("two-decoder-light", class_count=5).eval()


@torch.no_grad()
def test_without_its_depth_decoder_the_mask_is_the_same_bit_by_bit(net):
    x = torch.rand(1, 3, 96, 64)
    stripped = without_depth(net)
    found = stripped(x)
    assert found.depth is None
    assert torch.equal(found.logits, net(x).logits)
    assert net.has_depth


def test_cutting_the_depth_decoder_off_leaves_exactly_the_single_decoder_network(net):
    single = default_registry().create_model("unet-light", class_count=5)
    assert load_into(single, without_depth(net).state_dict()).is_whole


@pytest.mark.parametrize(("source", "target"), [("depth", "mask"), ("mask", "depth")])
def test_a_copied_decoder_takes_all_blocks_and_not_the_last_convolution(net, source, target):
    head = "classifier" if target == "mask" else "depth_head"
    last = getattr(net.body, head).weight.clone()
    net.body.copy_decoder(source)
    pair = {"mask": net.body.mask_decoder.state_dict(), "depth": net.body.depth_decoder.state_dict()}
    assert all(torch.equal(pair["mask"][name], pair["depth"][name]) for name in pair["mask"])
    assert torch.equal(getattr(net.body, head).weight, last)


def test_the_two_decoders_share_no_weights_after_a_copy(net):
    net.body.copy_decoder("mask")
    own = {each.data_ptr() for each in net.body.mask_decoder.parameters()}
    assert own.isdisjoint(each.data_ptr() for each in net.body.depth_decoder.parameters())


def test_a_decoder_names_all_its_modules(net):
    named = {
        id(parameter)
        for name in ("mask", "depth")
        for module in net.body.decoder_modules(name)
        for parameter in module.parameters()
    }
    assert named == {id(parameter) for parameter in net.head_parameters()}


def test_a_cut_net_refuses_to_copy(net):
    with pytest.raises(ValueError, match="cut off"):
        without_depth(net).body.copy_decoder("mask")
