"""What surrounds a body: padding, normalisation, enlarging, features."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.models.nets.net import NORMALISATIONS, pad_to_multiple
from segstudio.models.registry import default_registry


@given(height=st.integers(1, 70), width=st.integers(1, 70), multiple=st.sampled_from([1, 8, 16, 32]))
@settings(deadline=None, max_examples=40)
def test_padding_reaches_the_next_multiple_and_repeats_the_rim(height, width, multiple):
    x = torch.arange(height * width, dtype=torch.float32).view(1, 1, height, width)
    padded = pad_to_multiple(x, multiple)
    assert padded.shape[2] % multiple == padded.shape[3] % multiple == 0
    assert padded.shape[2] - height < multiple
    assert padded.shape[3] - width < multiple
    assert torch.equal(padded[..., :height, :width], x)
    assert bool((padded[..., height:, :width] == x[..., -1:, :]).all())


def test_values_already_a_multiple_are_not_copied():
    x = torch.rand(1, 3, 64, 32)
    assert pad_to_multiple(x, 32) is x


@pytest.mark.parametrize(
    ("card_id", "name"), [("mff-light", "imagenet"), ("gray:unet-inceptionresnetv2", "inception")]
)
def test_the_encoders_mean_and_deviation_live_in_the_net(card_id, name):
    with torch.device("meta"):
        state = default_registry().create_model(card_id, class_count=2).state_dict()
    assert {"mean", "std"} <= set(state)
    mean, _ = NORMALISATIONS[name]
    assert len(mean) == state["mean"].numel()


@torch.no_grad()
def test_the_mean_becomes_zero_before_the_body():
    net = default_registry().create_model("conv1x1", class_count=2, in_bands=3)
    x = net.mean.expand(1, 3, 4, 4)
    bias = net.body.classifier.bias.view(1, 2, 1, 1)
    assert torch.equal(net(x).logits, bias.expand(1, 2, 4, 4))


@torch.no_grad()
def test_features_run_from_shallow_to_deep():
    net = default_registry().create_model("mff-light", class_count=2).eval()
    sides = [each.shape[-1] for each in net.features(torch.rand(1, 3, 60, 60))]
    assert sides == [32, 16, 8, 4, 4]


@torch.no_grad()
def test_what_the_network_sees_can_be_looked_at():
    net = default_registry().create_model("gray:mff-light", class_count=2, in_bands=1)
    x = torch.rand(1, 1, 20, 30)
    assert torch.equal(net.adapted(x), x.expand(-1, 3, -1, -1))
