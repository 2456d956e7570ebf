"""Names of other libraries onto our nets: the features are those of the library's own model."""

import pytest
import timm
import torch
from torch import nn
from torchvision.models import get_model

from segstudio.models.fitting import encoder_prefix, fit, load_fitting, start_encoder
from segstudio.models.nets.fcn import build_fcn8s
from segstudio.models.nets.net import SegmentationNet
from segstudio.models.registry import default_registry


def net_of(card_id, class_count=4, seed=3):
    torch.manual_seed(seed)
    return default_registry().create_model(card_id, class_count=class_count).eval()


def varied(model):
    """Running means and variances that are not those of a fresh net: wrong ones would show."""
    torch.manual_seed(7)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return model.eval()


def tapped(model, names, x):
    """What named modules of a library's model give."""
    found = {}
    hooks = [
        model.get_submodule(name).register_forward_hook(
            lambda module, given, out, name=name: found.__setitem__(name, out)
        )
        for name in names
    ]
    model(x)
    for hook in hooks:
        hook.remove()
    return [found[name] for name in names]


@torch.no_grad()
@pytest.mark.parametrize(
    ("card_id", "timm_name", "taps"),
    [
        ("unet@tu-mobilenetv3_large_100", "mobilenetv3_large_100", ("blocks.1", "blocks.2", "blocks.4")),
        ("bisenet", "resnet18", ("layer1", "layer2", "layer3", "layer4")),
        ("two-decoder-resnet50", "resnet50", ("layer1", "layer2", "layer3", "layer4")),
    ],
)
def test_a_timm_encoder_gives_timms_features(card_id, timm_name, taps):
    library = varied(timm.create_model(timm_name, pretrained=False))
    net = net_of(card_id)
    assert start_encoder(net, library.state_dict())
    x = torch.rand(1, 3, 64, 96)
    ours = net.body.encode(x)
    ours = ours[1:4] if "mobilenet" in timm_name else ours[-len(taps) :]
    for mine, theirs in zip(ours, tapped(library, taps, x), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_torchvisions_vgg_gives_its_features_after_each_pooling():
    with torch.device("meta"):  # without its dense layers, which have nine tenths of its weights
        library = get_model("vgg16_bn", weights=None)
        other = timm.create_model("vgg16_bn", pretrained=False)
        net = SegmentationNet(build_fcn8s(class_count=2, wide=8), class_count=2).eval()
    net.to_empty(device="cpu")
    features = varied(library.features.to_empty(device="cpu"))
    for parameter in features.parameters():
        parameter.uniform_(-0.05, 0.05)
    assert start_encoder(net, {f"features.{name}": value for name, value in features.state_dict().items()})
    assert {name for name in other.state_dict() if name.startswith("features.")} == {
        name for name in library.state_dict() if name.startswith("features.")
    }
    x = seen = torch.rand(1, 3, 32, 32)
    wanted = []
    for layer in features:
        seen = layer(seen)
        if isinstance(layer, nn.MaxPool2d):
            wanted.append(seen)
    for mine, theirs in zip(net.body.encode(x), wanted, strict=True):
        torch.testing.assert_close(mine, theirs)


@torch.no_grad()
def test_timms_xception65_keeps_every_name_and_its_features_where_our_strides_are_its_own():
    with torch.device("meta"):
        library = timm.create_model("xception65", pretrained=False)
        net = default_registry().create_model("mff-xception65", class_count=2).eval()
    fitting = fit(net, library.state_dict())
    assert fitting.encoder_is_whole
    for name in library.state_dict():
        if name.startswith(("stem.", "blocks.")):
            assert fitting.state[f"body.encoder.{name}"] is not None
    theirs = nn.Sequential(library.stem, library.blocks[0]).to_empty(device="cpu")
    ours = nn.Sequential(net.body.encoder.stem, net.body.encoder.blocks[0]).to_empty(device="cpu")
    for parameter in theirs.parameters():
        parameter.uniform_(-0.1, 0.1)
    ours.load_state_dict(varied(theirs).state_dict())
    x = torch.rand(1, 3, 64, 64)
    torch.testing.assert_close(ours(x), theirs(x))


@torch.no_grad()
def test_timms_inception_resnet_fits_whole_and_gives_its_features_with_our_padding():
    library = varied(timm.create_model("inception_resnet_v2", pretrained=False))
    net = net_of("unet-inceptionresnetv2")
    assert start_encoder(net, library.state_dict())
    encoder = net.body.encoder
    for name, module in library.named_modules():
        if isinstance(module, nn.Conv2d | nn.MaxPool2d):  # ours is padded, so that skips have their sizes
            module.padding = encoder.get_submodule(name).padding
    x = torch.rand(1, 3, 96, 96)
    torch.testing.assert_close(net.body.encode(x)[-1], library.forward_features(x), rtol=1e-4, atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize(
    ("card_id", "builder"),
    [
        ("lraspp-mobilenetv3", "lraspp_mobilenet_v3_large"),
        ("deeplabv3-mobilenetv3", "deeplabv3_mobilenet_v3_large"),
        ("deeplabv3-resnet50-torchvision", "deeplabv3_resnet50"),
    ],
)
def test_torchvisions_segmentation_gives_its_own_scores(card_id, builder):
    options = {"aux_loss": True} if builder.startswith("deeplab") else {}
    library = varied(get_model(builder, weights=None, weights_backbone=None, num_classes=5, **options))
    fitting = fit(net_of(card_id, class_count=2), library.state_dict())
    assert fitting.is_whole and fitting.class_count == 5
    assert all(name.startswith("aux_classifier.") for name in fitting.unexpected)
    net = net_of(card_id, class_count=5)
    load_fitting(net, fitting)
    x = torch.rand(1, 3, 64, 96)
    normalised = (x - net.mean) / net.std
    torch.testing.assert_close(net(x).logits, library(normalised)["out"], rtol=1e-3, atol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("prefix", ["", "module.", "model.", "state_dict.module.", "net.model."])
def test_prefixes_of_training_programs_are_taken_off(prefix):
    donor = net_of("mff-light", seed=1)
    given = {prefix + name: value for name, value in donor.state_dict().items()}
    fitting = fit(net_of("mff-light"), given)
    assert fitting.is_whole
    assert (fitting.missing, fitting.unexpected, fitting.reshaped) == ((), (), ())
    assert fitting.prefix == prefix


def test_a_unet_of_smp_fits_the_card_that_is_one():
    import segmentation_models_pytorch as smp

    library = smp.Unet("resnet50", encoder_weights=None, classes=7)
    fitting = fit(net_of("unet-resnet50"), library.state_dict())
    assert fitting.is_whole and fitting.class_count == 7
    assert fitting.naming == "segmentation_models_pytorch"


def test_what_does_not_fit_is_named():
    net = net_of("mff-light")
    state = dict(net.state_dict())
    classifier = state.pop("body.classifier.weight")
    state["body.decoder.0.0.weight"] = torch.zeros(1, 2, 3)
    state["stranger"] = classifier
    fitting = fit(net, state)
    assert not fitting.is_whole
    assert fitting.encoder_is_whole
    assert fitting.missing == ("body.classifier.weight",)
    assert fitting.unexpected == ("stranger",)
    assert [(each.name, each.given) for each in fitting.reshaped] == [("body.decoder.0.0.weight", (1, 2, 3))]


def test_an_encoder_of_another_network_changes_nothing():
    net = net_of("unet-light")
    before = {name: value.clone() for name, value in net.state_dict().items()}
    assert not start_encoder(net, net_of("bisenet").state_dict())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert encoder_prefix(net) == "body.encoder."
