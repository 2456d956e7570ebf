"""Every built-in card passes the suite: light ones in full, heavy ones by shape, and in full in the soak."""

import pytest

from segstudio.models.registry import default_registry
from tests.models.suite import MetaSuite, ModelSuite

CARDS = [card for card in default_registry().cards(include_hidden=True) if card.folder is None]
TRIVIAL = ["conv1x1"]
LIGHT = [card.id for card in CARDS if card.parameters_m <= 6 and card.id not in TRIVIAL]
HEAVY = [card.id for card in CARDS if card.parameters_m > 6 and not card.has_adapter]


@pytest.mark.parametrize("card_id", LIGHT)
class TestLight(ModelSuite):
    def test_light_cards_say_so_and_are(self, card):
        if card.base_id.endswith("-light"):
            assert card.parameters_m <= 6


@pytest.mark.parametrize("card_id", TRIVIAL)
class TestTrivial(ModelSuite):
    learning_rate = 0.1


@pytest.mark.parametrize("card_id", ["gray:mff-light", "gray:two-decoder-light"])
class TestWrapped(ModelSuite):
    pass


@pytest.mark.parametrize("card_id", HEAVY)
class TestHeavy(MetaSuite):
    pass


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("card_id", HEAVY)
class TestHeavyInFull(ModelSuite):
    pass


def test_the_cards_of_the_contract_are_all_there():
    wanted = (
        "unet-light deeplabv3plus-light mff-light mff-xception65 mff-light-entry mff-light-middle "
        "mff-light-nodilation bisenet bisenet-mff two-decoder-light two-decoder-resnet50 "
        "gray:unet-inceptionresnetv2 unet-resnet50 fcn8s-vgg16 deconvnet-vgg16 pspnet-resnet50 "
        "deeplabv3-resnet50 deeplabv3plus-resnet50 lraspp-mobilenetv3 conv1x1"
    )
    assert set(wanted.split()) <= {card.id for card in CARDS}
