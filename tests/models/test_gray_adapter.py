"""The gray adapter before training is channel stacking, to the last bit."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.models.nets.gray_adapter import GrayAdapter, source_bands
from segstudio.models.registry import default_registry

SIDES = st.integers(min_value=1, max_value=40)
SCALES = st.sampled_from([1e-6, 0.1, 1.0, 255.0, 65535.0])


def pixels(bands, height, width, seed, scale=1.0):
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(2, bands, height, width, generator=generator)


@given(height=SIDES, width=SIDES, seed=st.integers(0, 99), scale=SCALES)
@settings(deadline=None, max_examples=40)
def test_one_band_is_copied_to_three_with_a_largest_difference_of_zero(height, width, seed, scale):
    x = pixels(1, height, width, seed, scale)
    difference = GrayAdapter(1)(x) - x.expand(-1, 3, -1, -1)
    assert difference.abs().max().item() == 0.0


@given(height=SIDES, width=SIDES, seed=st.integers(0, 99), scale=SCALES)
@settings(deadline=None, max_examples=20)
def test_three_bands_pass_as_they_are(height, width, seed, scale):
    x = pixels(3, height, width, seed, scale)
    assert torch.equal(GrayAdapter(3, display_bands=(2, 1, 0))(x), x)


@given(data=st.data(), bands=st.integers(4, 12), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=20)
def test_of_many_bands_the_chosen_three_pass_and_the_rest_has_no_weight(data, bands, seed):
    chosen = tuple(data.draw(st.lists(st.integers(0, bands - 1), min_size=3, max_size=3)))
    x = pixels(bands, 9, 13, seed)
    assert torch.equal(GrayAdapter(bands, chosen)(x), x[:, chosen])


def test_channels_last_changes_nothing():
    x = pixels(1, 33, 47, 0).to(memory_format=torch.channels_last)
    adapter = GrayAdapter(1).to(memory_format=torch.channels_last)
    assert torch.equal(adapter(x), x.expand(-1, 3, -1, -1))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_one_band_is_copied_exactly_on_cuda():
    x = pixels(1, 256, 256, 0).cuda()
    assert torch.equal(GrayAdapter(1).cuda()(x), x.expand(-1, 3, -1, -1))


def test_display_bands_outside_the_raster_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        source_bands(5, (0, 1, 7))


def test_one_display_band_is_stacked():
    assert source_bands(5, (3,)) == (3, 3, 3)
    assert source_bands(2) == (0, 0, 0)
    assert source_bands(2, (1,)) == (1, 1, 1)


def test_reduced_precision_does_not_touch_what_passes():
    x = pixels(1, 40, 40, 0)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(GrayAdapter(1)(x), x.expand(-1, 3, -1, -1))


@torch.no_grad()
def test_a_trained_adapter_is_two_ordinary_convolutions():
    adapter = GrayAdapter(4, display_bands=(3, 1, 0))
    for each in adapter.parameters():
        each.add_(0.1 * torch.randn(each.shape, generator=torch.Generator().manual_seed(3)))
    x = pixels(4, 11, 12, 0)
    conv = torch.nn.functional.conv2d
    mixed = conv(x, adapter.mix.weight, adapter.mix.bias, padding=1)
    assert torch.allclose(
        adapter(x), conv(mixed, adapter.refine.weight, adapter.refine.bias, padding=1), atol=1e-5
    )


@torch.no_grad()
def test_a_wrapped_net_answers_as_the_plain_net_does_on_stacked_channels():
    registry = default_registry()
    plain = registry.create_model("mff-light", class_count=5).eval()
    wrapped = registry.create_model("gray:mff-light", class_count=5, in_bands=1).eval()
    wrapped.body.load_state_dict(plain.body.state_dict())
    x = torch.rand(1, 1, 70, 90)
    assert torch.equal(wrapped(x).logits, plain(x.expand(-1, 3, -1, -1)).logits)


def test_training_moves_the_adapter_away_from_stacking():
    adapter = GrayAdapter(1)
    before = adapter.mix.weight.detach().clone()
    optimiser = torch.optim.SGD(adapter.parameters(), lr=0.1)
    (
        adapter(pixels(1, 16, 16, 0)) * torch.tensor([1.0, -2.0, 3.0]).view(1, 3, 1, 1)
    ).square().mean().backward()
    optimiser.step()
    assert not torch.equal(adapter.mix.weight, before)
    assert not torch.equal(adapter.mix.weight[0], adapter.mix.weight[1])
