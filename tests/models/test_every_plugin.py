"""Every shipped plugin passes the suite too; what a function cannot do is left out by name."""

import numpy as np
import pytest
import torch

from segstudio import shipped
from segstudio.models.builtin import builtin_cards
from segstudio.models.plugins import read_plugins
from segstudio.models.registry import Registry, default_registry
from tests.models.suite import ODD, MetaSuite, ModelSuite

RECORDS = read_plugins(shipped.plugins())
REGISTRY = Registry(builtin_cards(), RECORDS, trusted=[each.content_hash for each in RECORDS])
CARDS = [card for record in RECORDS for card in record.cards]
FUNCTIONS = [card.id for card in CARDS if card.is_function]
LIGHT = [card.id for card in CARDS if not card.is_function and card.parameters_m <= 6]
HEAVY = [card.id for card in CARDS if not card.is_function and card.parameters_m > 6]


class OfPlugins:
    """The registry in which every shipped plugin is allowed."""

    @pytest.fixture
    def registry(self, card_id):
        card = REGISTRY.card(card_id)
        if card.folder.name == "onnx_model":
            pytest.importorskip("onnxruntime")
        if card.family == "Objects":
            pytest.skip("its published weights are not here; a small detector is tested with its plugin")
        return REGISTRY


@pytest.mark.parametrize("card_id", LIGHT)
class TestLightPlugins(OfPlugins, ModelSuite):
    learning_rate = 0.01


@pytest.mark.parametrize("card_id", HEAVY)
class TestHeavyPlugins(OfPlugins, MetaSuite):
    pass


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("card_id", HEAVY)
class TestHeavyPluginsInFull(OfPlugins, ModelSuite):
    pass


class FunctionSuite(ModelSuite):
    """A function has classes of its own, one channel that says nothing, and neither weights nor gradients."""

    def build(self, registry, card, *, class_count=None, in_bands=None, device=None):
        return registry.create_model(
            card.id, class_count=len(card.own_classes), in_bands=in_bands or self.bands(card)
        )

    @torch.no_grad()
    def test_scores_and_depth_have_the_size_of_any_input(self, registry, card):
        net = self.build(registry, card).eval()
        for size in (ODD, (32, 32), (1, 1)):
            out = net(torch.rand(2, self.bands(card), *size))
            assert out.depth is None
            assert out.logits.shape == (2, len(card.own_classes) + 1, *size)
            scores = out.logits.softmax(dim=1)
            np.testing.assert_allclose(scores.sum(dim=1), 1, atol=1e-5)

    @torch.no_grad()
    def test_half_precision_gives_finite_scores(self, registry, card):
        net = self.build(registry, card).eval()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = net(torch.rand(1, self.bands(card), 64, 64))
        assert bool(torch.isfinite(out.logits).all())

    def test_nothing_in_it_can_be_taught(self, registry, card):
        assert list(self.build(registry, card).parameters()) == []
        assert card.parameters_m == 0
        assert card.is_trained
        assert card.classes == card.own_classes

    test_the_gray_adapter_takes_one_band_and_many = None
    test_the_card_is_wrapped_for_any_number_of_bands_and_else_says_what_it_takes = None
    test_a_few_steps_lower_the_loss_and_every_parameter_learns = None
    test_half_precision_on_cuda_gives_finite_scores_near_those_of_full_precision = None
    test_saved_and_loaded_weights_give_the_same_answer = None
    test_the_card_tells_the_truth_about_size_and_memory = None
    test_the_last_convolutions_are_named_and_nothing_else_depends_on_the_classes = None
    test_encoder_and_head_share_out_all_parameters = None


@pytest.mark.parametrize("card_id", FUNCTIONS)
class TestFunctions(OfPlugins, FunctionSuite):
    pass


def test_every_shipped_plugin_can_be_read():
    assert [record.problem for record in REGISTRY.plugins if record.is_broken] == []
    assert {record.name for record in RECORDS} >= {
        "onnx_model",
        "spectral_index",
        "template",
        "torchvision_zoo",
    }


def test_the_template_is_there_to_be_copied_not_to_be_listed():
    assert "template" not in {record.name for record in default_registry().plugins}


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_cards_of_plugins_tell_what_they_are(card):
    assert card.title
    assert card.summary.endswith(".")
    assert card.licence
