"""The cards of the models that come with the program, as data."""

from dataclasses import replace

from segstudio.models.cards import ModelCard, WeightsRef, with_adapter
from segstudio.models.figures import with_figures
from segstudio.models.measured import MEASURED
from segstudio.models.named import (
    BISENET_PAPER,
    DEEPLAB_PAPER,
    DEEPLAB_V3_PAPER,
    FCN_PAPER,
    MFF_PAPER,
    MFF_VARIANTS,
    PSPNET_PAPER,
    TWO_DECODER_PAPER,
    UNET_PAPER,
    named_card,
)

_GRAY_PAPER = "One-channel adapter for grayscale imagery (Korean paper; MBRSC Dubai, Dice 0.841)"
_NETS = "segstudio.models.nets"
_LIGHT = "MobileNetV3-Large"
_LIGHT_TORCHVISION = "MobileNetV3-Large (torchvision)"
"""The same network, whose published weights carry other names."""

_BY_NAME = (
    "unet@resnet34",
    "unet@vgg16_bn",
    "unet@googlenet",
    "unet@inceptionv4",
    "unet@xception",
    "deeplabv3plus@tu-mobilenetv3_large_100",
)
"""Those of `named.py` that stand in the list: one for each encoder family people expect."""

_MFF_ROWS = {
    "": "",
    "-entry": "The paper's ablation: only the end of the entry flow gets several receptive fields.",
    "-middle": "The paper's ablation: only the end of the middle flow gets several receptive fields.",
    "-nodilation": "The paper's ablation: 1x1 convolutions in place of every dilated one, ASPP included.",
    "-nodilation-paths": "The other reading of that ablation: 1x1 convolutions in both paths, ASPP kept.",
}
_MFF_TITLES = {
    "": "",
    "-entry": ", entry path only",
    "-middle": ", middle path only",
    "-nodilation": ", without dilation",
    "-nodilation-paths": ", ASPP alone dilated",
}

_MFF_LIGHT = ModelCard(
    id="mff-light",
    title="MFF DeepLabV3+, light",
    family="MFF",
    summary="Several receptive fields at three depths of a light encoder; the best start on a laptop.",
    encoder=_LIGHT,
    builder=f"{_NETS}.mff:build_light",
    paper=MFF_PAPER,
    weights=(WeightsRef("mff-light"),),
)
_MFF_XCEPTION = ModelCard(
    id="mff-xception65",
    title="MFF DeepLabV3+, Xception65",
    family="MFF",
    summary="The paper's network at its own strides: entry and middle flow at 1/8, exit flow at 1/16.",
    encoder="Xception65",
    builder=f"{_NETS}.mff:build_xception65",
    patch_px=512,
    paper=MFF_PAPER,
    normalisation="inception",
)


def _mff_rows(full: ModelCard) -> list[ModelCard]:
    """The rows of the paper's tables on one encoder: everything, then one part less each."""
    ablations = [
        replace(
            full,
            id=f"{full.id}{suffix}",
            title=f"{full.title}{_MFF_TITLES[suffix]}",
            summary=_MFF_ROWS[suffix],
            arguments=arguments,
            weights=(),
        )
        for suffix, arguments in MFF_VARIANTS.items()
        if suffix
    ]
    return [full, *ablations]


_MFF = [
    *_mff_rows(_MFF_LIGHT),
    *_mff_rows(_MFF_XCEPTION),
    replace(
        _MFF_XCEPTION,
        id="mff-xception65-none",
        title="DeepLabV3+, Xception65 at MFF's strides",
        summary="The first row of the paper's table: plain DeepLabV3+ on the strides that MFF needs.",
        arguments={"paths": ()},
    ),
    replace(
        _MFF_XCEPTION,
        id="deeplabv3plus-xception65",
        title="DeepLabV3+, Xception65",
        family="DeepLab",
        summary="DeepLabV3+ as it was published: Xception65 at output stride 16.",
        arguments={"paths": (), "middle_stride": 16},
        paper=DEEPLAB_PAPER,
    ),
]

_TWO_DECODER = [
    ModelCard(
        id="two-decoder-light",
        title="Two decoders, light: mask and depth",
        family="Two decoders",
        summary="One light encoder, two U-Net decoders: a mask and a depth or height map side by side.",
        encoder=_LIGHT,
        builder=f"{_NETS}.two_decoder:build_light",
        outputs=("mask", "depth"),
        paper=TWO_DECODER_PAPER,
        weights=(WeightsRef("two-decoder-light"),),
    ),
    ModelCard(
        id="two-decoder-resnet50",
        title="Two decoders, ResNet50: mask and depth",
        family="Two decoders",
        summary="The paper's network: a ResNet50 encoder and two U-Net decoders of the same form.",
        encoder="ResNet50",
        builder=f"{_NETS}.two_decoder:build_named",
        arguments={"encoder": "resnet50"},
        outputs=("mask", "depth"),
        paper=TWO_DECODER_PAPER,
    ),
]

_LIGHT_CLASSICS = [
    ModelCard(
        id="unet-classic",
        title="U-Net, as it is taught",
        family="U-Net",
        summary="Two 3x3 convolutions per block, dropout between them, skips; no borrowed encoder.",
        encoder="its own, 64 to 1024 channels",
        builder=f"{_NETS}.unet:build",
        paper=UNET_PAPER,
    ),
    ModelCard(
        id="unet-light",
        title="U-Net, light",
        family="U-Net",
        summary="U-Net on a light encoder: sharp borders, small and quick.",
        encoder=_LIGHT,
        builder=f"{_NETS}.two_decoder:build_light",
        arguments={"with_depth": False},
        paper=UNET_PAPER,
    ),
    ModelCard(
        id="deeplabv3plus-light",
        title="DeepLabV3+, light",
        family="DeepLab",
        summary="DeepLabV3+ on a light encoder: the plain network that MFF is measured against.",
        encoder=_LIGHT,
        builder=f"{_NETS}.mff:build_light",
        arguments={"paths": ()},
        paper=DEEPLAB_PAPER,
    ),
    ModelCard(
        id="lraspp-mobilenetv3",
        title="LR-ASPP, MobileNetV3",
        family="LR-ASPP",
        summary="The quickest real network here; torchvision's LR-ASPP.",
        encoder=_LIGHT_TORCHVISION,
        builder=f"{_NETS}.lraspp:build",
        patch_px=512,
        licence="BSD-3-Clause",
        paper="Howard et al. 2019, Searching for MobileNetV3, arXiv:1905.02244",
    ),
    ModelCard(
        id="conv1x1",
        title="1x1 convolution",
        family="Trivial",
        summary="One 1x1 convolution; shows what everything around a net costs.",
        encoder="none",
        builder=f"{_NETS}.conv1x1:build",
        in_bands=None,
        patch_px=512,
        hidden=True,
    ),
]

_CLASSICS = [
    ModelCard(
        id="unet-classic",
        title="U-Net, as it is taught",
        family="U-Net",
        summary="Two 3x3 convolutions per block, dropout between them, skips; no borrowed encoder.",
        encoder="its own, 64 to 1024 channels",
        builder=f"{_NETS}.unet:build",
        paper=UNET_PAPER,
    ),
    ModelCard(
        id="unet-resnet50",
        title="U-Net, ResNet50",
        family="U-Net",
        summary="U-Net on a ResNet50 encoder.",
        encoder="ResNet50",
        builder=f"{_NETS}.classics:build_unet",
        arguments={"encoder": "resnet50"},
        patch_px=512,
        paper=UNET_PAPER,
    ),
    ModelCard(
        id="pspnet-resnet50",
        title="PSPNet, ResNet50",
        family="PSPNet",
        summary="Pyramid pooling at 1, 2, 3 and 6 over ResNet50 features at 1/8.",
        encoder="ResNet50",
        builder=f"{_NETS}.classics:build_pspnet",
        arguments={"encoder": "resnet50"},
        patch_px=512,
        paper=PSPNET_PAPER,
    ),
    ModelCard(
        id="deeplabv3-resnet50",
        title="DeepLabV3, ResNet50",
        family="DeepLab",
        summary="Atrous spatial pyramid pooling at rates 12, 24 and 36 over features at 1/8.",
        encoder="ResNet50",
        builder=f"{_NETS}.classics:build_deeplabv3",
        arguments={"encoder": "resnet50"},
        patch_px=512,
        paper=DEEPLAB_V3_PAPER,
    ),
    ModelCard(
        id="deeplabv3plus-resnet50",
        title="DeepLabV3+, ResNet50",
        family="DeepLab",
        summary="DeepLabV3+ at output stride 16 on a ResNet50 encoder.",
        encoder="ResNet50",
        builder=f"{_NETS}.classics:build_deeplabv3plus",
        arguments={"encoder": "resnet50"},
        patch_px=512,
        paper=DEEPLAB_PAPER,
    ),
    ModelCard(
        id="bisenet",
        title="BiSeNet, ResNet18",
        family="BiSeNet",
        summary="A spatial path for borders and a ResNet18 context path with attention refinement.",
        encoder="ResNet18",
        builder=f"{_NETS}.bisenet:build",
        patch_px=512,
        paper=BISENET_PAPER,
    ),
    ModelCard(
        id="bisenet-mff",
        title="BiSeNet with MFF, ResNet18",
        family="BiSeNet",
        summary="BiSeNet whose context path gets several receptive fields at 1/8 and 1/16.",
        encoder="ResNet18",
        builder=f"{_NETS}.bisenet:build",
        arguments={"paths": ("entry", "middle")},
        patch_px=512,
        paper=MFF_PAPER,
    ),
    ModelCard(
        id="fcn8s-vgg16",
        title="FCN-8s, VGG16",
        family="FCN",
        summary="The first fully convolutional network: skips at 1/8 and 1/16, learned upsampling.",
        encoder="VGG16 with batch norm",
        builder=f"{_NETS}.fcn:build_fcn8s",
        paper=FCN_PAPER,
    ),
    ModelCard(
        id="deconvnet-vgg16",
        title="Deconvolution network, VGG16",
        family="DeconvNet",
        summary="Convolution mirrored by unpooling and transposed convolution.",
        encoder="VGG16 with batch norm",
        builder=f"{_NETS}.fcn:build_deconvnet",
        paper="Noh et al. 2015, Learning deconvolution network, arXiv:1505.04366",
    ),
    ModelCard(
        id="unet-inceptionresnetv2",
        title="U-Net, InceptionResNetV2",
        family="U-Net",
        summary="U-Net on an InceptionResNetV2 encoder.",
        encoder="InceptionResNetV2",
        builder=f"{_NETS}.classics:build_unet",
        arguments={"encoder": "inceptionresnetv2"},
        paper=_GRAY_PAPER,
        normalisation="inception",
    ),
]

_PHOTO = [
    ModelCard(
        id="deeplabv3-mobilenetv3",
        title="DeepLabV3, MobileNetV3 (torchvision)",
        family="DeepLab",
        summary="For photos: published weights know the 21 VOC classes, from person and car to sofa.",
        encoder=_LIGHT_TORCHVISION,
        builder=f"{_NETS}.torchvision_deeplab:build_mobilenetv3",
        patch_px=512,
        licence="BSD-3-Clause",
        paper=DEEPLAB_V3_PAPER,
    ),
    ModelCard(
        id="deeplabv3-resnet50-torchvision",
        title="DeepLabV3, ResNet50 (torchvision)",
        family="DeepLab",
        summary="For photos: the best of the published weights for the 21 VOC classes, and the slowest.",
        encoder="ResNet50",
        builder=f"{_NETS}.torchvision_deeplab:build_resnet50",
        patch_px=512,
        licence="BSD-3-Clause",
        paper=DEEPLAB_V3_PAPER,
    ),
]


def _measured(card: ModelCard) -> ModelCard:
    found = MEASURED.get(card.id)
    return card if found is None else with_figures(card, found)


def _with_encoder_start(card: ModelCard) -> ModelCard:
    """An untrained card on the light encoder starts from the one that procedural places have taught."""
    return (
        replace(card, encoder_weights=(WeightsRef("encoder-procedural"),)) if card.encoder == _LIGHT else card
    )


def builtin_cards() -> tuple[ModelCard, ...]:
    """Every built-in card, in the order the window lists them."""
    listed = [named_card(each) for each in _BY_NAME]
    cards = (*_MFF, *_TWO_DECODER, *_LIGHT_CLASSICS, *_CLASSICS, *_PHOTO, *listed)
    plain = [_with_encoder_start(_measured(card)) for card in cards]
    # the gray adapter paper's own configuration, in our reading, is listed by name
    paper = next(card for card in plain if card.id == "unet-inceptionresnetv2")
    return (*plain, with_adapter(paper))
