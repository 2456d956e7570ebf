"""Multi-path fusion has the paper's taps, sizes and variants."""

from pathlib import Path

import pytest
import torch

from segstudio.models.builtin import builtin_cards
from segstudio.models.cost_page import cost_page
from segstudio.models.measured import MEASURED
from segstudio.models.nets.encoders import Xception65Encoder, mobilenet_v3
from segstudio.models.nets.layers import Aspp
from segstudio.models.nets.mff import MultiPathFusion, build_light
from segstudio.models.registry import default_registry


def meta_features(encoder, size=256):
    with torch.device("meta"), torch.no_grad():
        return encoder()(torch.empty(1, 3, size, size))


def test_xception65_is_tapped_where_the_paper_says():
    shapes = [tuple(each.shape) for each in meta_features(Xception65Encoder)]
    assert shapes == [(1, 256, 64, 64), (1, 728, 32, 32), (1, 728, 32, 32), (1, 2048, 16, 16)]


def test_xception65_keeps_the_names_and_shapes_of_timm():
    import timm

    with torch.device("meta"):
        ours = {name: each.shape for name, each in Xception65Encoder().state_dict().items()}
        theirs = {
            name: each.shape
            for name, each in timm.create_model("xception65", num_classes=0).state_dict().items()
        }
    assert ours == theirs


@pytest.mark.parametrize("output_stride", [16, 32])
def test_the_light_encoder_gives_the_strides_it_names(output_stride):
    with torch.device("meta"), torch.no_grad():
        encoder = mobilenet_v3(output_stride=output_stride)
        features = encoder(torch.empty(1, 3, 256, 256))
    assert [each.shape[1] for each in features] == list(encoder.channels) == [16, 24, 40, 112, 160]
    assert [256 // each.shape[2] for each in features] == list(encoder.strides)


def test_the_fusion_concatenates_the_sum_of_the_four_channel_counts():
    fusion = MultiPathFusion((24, 40, 112, 256))
    sizes = [(24, 16), (40, 8), (112, 4), (256, 4)]
    found = fusion([torch.rand(2, count, side, side) for count, side in sizes])
    assert found.shape == (2, 48 + 3 * 64 + 3 * 64 + 256, 16, 16)
    assert fusion.out_channels == found.shape[1]


def test_without_a_low_width_the_low_features_pass_untouched():
    fusion = MultiPathFusion((24, 40, 112, 64), paths=(), low_width=None)
    low, deep = torch.rand(1, 24, 8, 8), torch.rand(1, 64, 8, 8)
    found = fusion([low, torch.rand(1, 40, 8, 8), torch.rand(1, 112, 4, 4), deep])
    assert torch.equal(found, torch.cat([low, deep], dim=1))


def test_the_paths_use_the_papers_rates():
    fusion = MultiPathFusion((24, 40, 112, 256))
    for path in fusion.paths.values():
        assert [branch[0].dilation for branch in path.branches] == [(3, 3), (6, 6), (9, 9)]


def test_the_aspp_uses_deeplabs_rates():
    dilations = [branch[0].dilation[0] for branch in Aspp(16, 8).branches]
    assert dilations == [1, 6, 12, 18]


def kernels(net):
    return {
        module.dilation
        for name, module in net.named_modules()
        if isinstance(module, torch.nn.Conv2d) and not name.startswith("encoder")
    }


def test_without_dilation_no_convolution_outside_the_encoder_is_dilated():
    assert kernels(build_light(class_count=2, dilated_paths=False, dilated_aspp=False)) == {(1, 1)}


def test_the_other_reading_keeps_the_aspp_dilated():
    found = kernels(build_light(class_count=2, dilated_paths=False))
    assert found == {(1, 1), (6, 6), (12, 12), (18, 18)}


@pytest.mark.parametrize(
    ("card_id", "paths"),
    [
        ("mff-light", {"entry", "middle"}),
        ("mff-light-entry", {"entry"}),
        ("mff-light-middle", {"middle"}),
        ("deeplabv3plus-light", set()),
        ("bisenet-mff", {"entry", "middle"}),
        ("bisenet", set()),
    ],
)
def test_the_variants_have_the_paths_they_name(card_id, paths):
    with torch.device("meta"):
        net = default_registry().create_model(card_id, class_count=2)
    assert set(net.body.fusion.paths) == paths


def test_an_unknown_path_is_refused():
    with pytest.raises(ValueError, match="exit"):
        MultiPathFusion((24, 40, 112, 256), paths=("exit",))


@torch.no_grad()
@pytest.mark.parametrize("middle_stride", [8, 16])
def test_published_xception65_weights_answer_as_in_timm_on_every_second_pixel(middle_stride):
    import timm

    torch.manual_seed(0)
    theirs = timm.create_model("xception65", num_classes=0).eval()
    ours = Xception65Encoder(middle_stride=middle_stride).eval()
    ours.load_state_dict(theirs.state_dict())
    x = torch.rand(1, 3, 64, 64)
    _, entry, middle, deep = ours(x)
    step = 16 // middle_stride
    before = theirs.blocks[:19](theirs.stem(x))
    torch.testing.assert_close(middle[..., ::step, ::step], before, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(deep[..., ::2, ::2], theirs.blocks[19:](before), rtol=1e-3, atol=1e-4)
    assert entry.shape == middle.shape == (1, 728, 64 // middle_stride, 64 // middle_stride)


@pytest.mark.parametrize(
    ("card_id", "plain_id"),
    [
        ("mff-light", "deeplabv3plus-light"),
        ("mff-xception65", "mff-xception65-none"),
        ("bisenet-mff", "bisenet"),
    ],
)
def test_fusion_costs_at_most_half_as_much_again_as_the_plain_net_on_the_same_strides(card_id, plain_id):
    card, plain = (default_registry().card(each) for each in (card_id, plain_id))
    assert plain.multiply_adds_g < card.multiply_adds_g <= 1.5 * plain.multiply_adds_g


def test_the_page_of_costs_says_what_was_measured():
    cards = {card.id: card for card in builtin_cards()}
    page = Path(__file__).parents[2] / "docs" / "costs.md"
    assert page.read_text(encoding="utf-8") == cost_page(MEASURED, cards)
