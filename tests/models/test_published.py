"""The list of published weights says what the installed libraries say, and fits the cards it names."""

import pytest
import timm
from torchvision.models import get_model_weights

from segstudio.errors import ModelError
from segstudio.models.published import VOC_CLASSES, published_set, published_sets, sets_for
from segstudio.models.registry import default_registry

SETS = published_sets()
OF_TORCHVISION = [each for each in SETS if each.library == "torchvision"]
OF_TIMM = [each for each in SETS if each.library == "timm"]
BUILDERS = {
    "lraspp-mobilenetv3-voc": "lraspp_mobilenet_v3_large",
    "deeplabv3-mobilenetv3-voc": "deeplabv3_mobilenet_v3_large",
    "deeplabv3-resnet50-torchvision-voc": "deeplabv3_resnet50",
    "zoo-fcn-resnet50-voc": "fcn_resnet50",
    "zoo-fcn-resnet101-voc": "fcn_resnet101",
    "zoo-deeplabv3-resnet101-voc": "deeplabv3_resnet101",
    "mobilenet_v3_large": "mobilenet_v3_large",
}


@pytest.mark.parametrize("wanted", OF_TORCHVISION, ids=lambda each: each.id)
def test_torchvision_keeps_it_there_under_this_name_and_size(wanted):
    enumeration, _, name = wanted.name.partition(".")
    weights = get_model_weights(BUILDERS[wanted.id])[name]
    assert type(weights).__name__ == enumeration
    assert weights.url == wanted.address
    assert wanted.sha256 and wanted.sha256 in weights.url
    assert wanted.size_mb == pytest.approx(weights.meta["_file_size"] * 1024**2 / 1e6, abs=0.1)
    if wanted.gives == "model":
        assert [each.name for each in wanted.classes] == ["background", *weights.meta["categories"][1:]]
        figures = weights.meta["_metrics"]["COCO-val2017-VOC-labels"]
        assert wanted.figures == {
            "mean_iou": pytest.approx(figures["miou"] / 100),
            "accuracy": pytest.approx(figures["pixel_acc"] / 100),
        }


@pytest.mark.parametrize("wanted", OF_TIMM, ids=lambda each: each.id)
def test_timm_keeps_it_there_under_this_licence_and_normalisation(wanted):
    config = timm.get_pretrained_cfg(wanted.name)
    assert config.hf_hub_id == wanted.hub_repo
    assert config.license == wanted.licence.lower()
    mean = 0.5 if wanted.normalisation == "inception" else 0.485
    assert config.mean[0] == mean
    if config.url:
        assert config.url.endswith(wanted.torch_file)


def test_every_encoder_of_the_contract_has_a_set_that_expects_what_its_cards_give():
    cards = default_registry().cards()
    for name in (
        "MobileNetV3-Large (torchvision)",
        "tu-mobilenetv3_large_100",
        "ResNet18",
        "ResNet50",
        "Xception65",
        "VGG16 with batch norm",
        "InceptionResNetV2",
    ):
        with_it = [card for card in cards if card.encoder == name and not card.has_adapter]
        assert with_it
        for card in with_it:
            encoders = [each for each in sets_for(card) if each.gives == "encoder"]
            # "encoder": the net itself takes what its encoder's library says
            assert card.normalisation in (encoders[0].normalisation, "encoder"), card.id
            assert len(encoders) == 1


def test_a_gray_card_gets_what_the_plain_one_gets():
    registry = default_registry()
    assert sets_for(registry.card("gray:lraspp-mobilenetv3")) == sets_for(registry.card("lraspp-mobilenetv3"))


def test_the_voc_classes_have_the_colours_of_the_voc_palette():
    colours = {each.name: each.colour for each in VOC_CLASSES}
    assert len(VOC_CLASSES) == 21
    assert (colours["background"], colours["aeroplane"], colours["person"]) == (
        "#000000",
        "#800000",
        "#C08080",
    )
    assert colours["tvmonitor"] == "#004080"


def test_a_wrong_name_is_answered_with_the_nearest():
    with pytest.raises(ModelError, match=r"did you mean .*resnet50\.tv_in1k"):
        published_set("resnet50")
    with pytest.raises(ModelError, match="choose one of lraspp"):
        published_set("###")


def test_mirrors_are_named_by_argument_then_by_variable(monkeypatch):
    hub, torch = published_set("resnet18.tv_in1k"), published_set("lraspp-mobilenetv3-voc")
    assert hub.address_at() == "https://huggingface.co/timm/resnet18.tv_in1k/resolve/main/model.safetensors"
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example/")
    assert hub.address_at() == "https://hub.example/timm/resnet18.tv_in1k/resolve/main/model.safetensors"
    assert torch.address_at() == torch.address
    monkeypatch.setenv("SEGSTUDIO_WEIGHTS_BASE", "https://mirror.example")
    assert hub.address_at().startswith("https://mirror.example/timm/")
    assert torch.address_at("http://here/") == f"http://here/models/{torch.torch_file}"
