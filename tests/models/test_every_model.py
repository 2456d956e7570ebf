"""Every built-in card passes the suite: light ones as they are, heavy ones tiny and by shape, then whole."""

from dataclasses import replace

import pytest

from segstudio.models.builtin import builtin_cards
from segstudio.models.registry import Registry, default_registry
from tests.models.suite import MetaSuite, ModelSuite, TinySuite

CARDS = builtin_cards()
TRIVIAL = ["conv1x1"]
LIGHT = [card.id for card in CARDS if card.parameters_m <= 6 and card.id not in TRIVIAL]
HEAVY = [card.id for card in CARDS if card.parameters_m > 6 and not card.has_adapter]

TINY = {
    "unet-classic": {"channels": (4, 8, 16)},
    "fcn8s-vgg16": {"wide": 16, "base": 4},
    "deconvnet-vgg16": {"wide": 16, "base": 8},
    "unet-resnet50": {"encoder": "tu-mobilenetv3_small_050"},
    "pspnet-resnet50": {"encoder": "tu-mobilenetv3_small_050"},
    "deeplabv3-resnet50": {"encoder": "tu-mobilenetv3_small_050"},
    "deeplabv3plus-resnet50": {"encoder": "tu-mobilenetv3_small_050"},
    "two-decoder-resnet50": {"encoder": "tu-mobilenetv3_small_050"},
    "bisenet": {"encoder": "tu-mobilenetv3_small_050"},
    "bisenet-mff": {"encoder": "tu-mobilenetv3_small_050", "paths": ("entry", "middle")},
}
"""Narrow or on a tiny encoder. Xception65's rows are the light rows' code on another encoder."""

TINY_REGISTRY = Registry(
    replace(card, arguments={**card.arguments, **TINY[card.id]}) for card in CARDS if card.id in TINY
)


@pytest.mark.parametrize("card_id", LIGHT, scope="class")
class TestLight(ModelSuite):
    def test_light_cards_say_so_and_are(self, card):
        if card.base_id.endswith("-light"):
            assert card.parameters_m <= 6


@pytest.mark.parametrize("card_id", TRIVIAL, scope="class")
class TestTrivial(ModelSuite):
    learning_rate = 0.1


@pytest.mark.parametrize("card_id", ["gray:mff-light", "gray:two-decoder-light"], scope="class")
class TestWrapped(ModelSuite):
    pass


class OfTiny(TinySuite):
    @pytest.fixture
    def registry(self):
        return TINY_REGISTRY


@pytest.mark.parametrize("card_id", [name for name in TINY if name != "deconvnet-vgg16"], scope="class")
class TestTiny(OfTiny):
    pass


@pytest.mark.parametrize("card_id", ["deconvnet-vgg16"], scope="class")
class TestTinyWithoutSkips(OfTiny):
    learning_rate = 1e-2  # no skip leads past its thirteen unpooled layers: it learns more slowly


@pytest.mark.parametrize("card_id", HEAVY, scope="class")
class TestHeavy(MetaSuite):
    pass


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("card_id", HEAVY, scope="class")
class TestHeavyInFull(ModelSuite):
    pass


def test_the_cards_of_the_contract_are_all_there():
    wanted = (
        "unet-light deeplabv3plus-light mff-light mff-xception65 mff-light-entry mff-light-middle "
        "mff-light-nodilation bisenet bisenet-mff two-decoder-light two-decoder-resnet50 "
        "gray:unet-inceptionresnetv2 unet-resnet50 fcn8s-vgg16 deconvnet-vgg16 pspnet-resnet50 "
        "deeplabv3-resnet50 deeplabv3plus-resnet50 lraspp-mobilenetv3 conv1x1"
    )
    assert set(wanted.split()) <= {card.id for card in default_registry().cards(include_hidden=True)}
