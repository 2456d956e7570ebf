"""The cards of the models that come with the program, as data."""

from dataclasses import replace

from segstudio.models.cards import ModelCard, WeightsRef, with_adapter
from segstudio.models.measured import MEASURED

_MFF_PAPER = "Multi-path feature fusion for DeepLabV3+ and BiSeNet (Korean paper; Cityscapes, mIoU 78.990)"
_DEPTH_PAPER = (
    "Staged learning of mask and pseudo-depth with two decoders (Korean paper; VOC 2012, mIoU 0.7789)"
)
_GRAY_PAPER = "One-channel adapter for grayscale imagery (Korean paper; MBRSC Dubai, Dice 0.841)"
_DEEPLAB_PAPER = "Chen et al. 2018, Encoder-decoder with atrous separable convolution, arXiv:1802.02611"
_UNET_PAPER = "Ronneberger et al. 2015, U-Net, arXiv:1505.04597"
_NETS = "segstudio.models.nets"
_LIGHT = "MobileNetV3-Large"

_MFF = [
    ModelCard(
        id="mff-light",
        title="MFF DeepLabV3+, light",
        family="MFF",
        summary="Several receptive fields at three depths of a light encoder; the best start on a laptop.",
        encoder=_LIGHT,
        builder=f"{_NETS}.mff:build_light",
        paper=_MFF_PAPER,
        weights=(WeightsRef("mff-light"),),
    ),
    ModelCard(
        id="mff-light-entry",
        title="MFF light, entry path only",
        family="MFF",
        summary="The paper's ablation: only the 1/8 features get several receptive fields.",
        encoder=_LIGHT,
        builder=f"{_NETS}.mff:build_light",
        arguments={"paths": ("entry",)},
        paper=_MFF_PAPER,
    ),
    ModelCard(
        id="mff-light-middle",
        title="MFF light, middle path only",
        family="MFF",
        summary="The paper's ablation: only the middle features get several receptive fields.",
        encoder=_LIGHT,
        builder=f"{_NETS}.mff:build_light",
        arguments={"paths": ("middle",)},
        paper=_MFF_PAPER,
    ),
    ModelCard(
        id="mff-light-nodilation",
        title="MFF light, without dilation",
        family="MFF",
        summary="The paper's ablation: 1x1 convolutions in place of every dilated one, ASPP included.",
        encoder=_LIGHT,
        builder=f"{_NETS}.mff:build_light",
        arguments={"dilated_paths": False, "dilated_aspp": False},
        paper=_MFF_PAPER,
    ),
    ModelCard(
        id="mff-light-nodilation-paths",
        title="MFF light, ASPP alone dilated",
        family="MFF",
        summary="The other reading of the paper's last ablation: 1x1 convolutions in both paths, ASPP kept.",
        encoder=_LIGHT,
        builder=f"{_NETS}.mff:build_light",
        arguments={"dilated_paths": False},
        paper=_MFF_PAPER,
    ),
    ModelCard(
        id="mff-xception65",
        title="MFF DeepLabV3+, Xception65",
        family="MFF",
        summary="The paper's network at its own strides: entry and middle flow at 1/8, exit flow at 1/16.",
        encoder="Xception65",
        builder=f"{_NETS}.mff:build_xception65",
        patch_px=512,
        paper=_MFF_PAPER,
        normalisation="inception",
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
        paper=_DEPTH_PAPER,
        weights=(WeightsRef("two-decoder-light"),),
    ),
    ModelCard(
        id="two-decoder-resnet50",
        title="Two decoders, ResNet50: mask and depth",
        family="Two decoders",
        summary="The paper's network: a ResNet50 encoder and two U-Net decoders of the same form.",
        encoder="ResNet50",
        builder=f"{_NETS}.two_decoder:build_resnet50",
        outputs=("mask", "depth"),
        paper=_DEPTH_PAPER,
    ),
]

_LIGHT_CLASSICS = [
    ModelCard(
        id="unet-light",
        title="U-Net, light",
        family="U-Net",
        summary="U-Net on a light encoder: sharp borders, small and quick.",
        encoder=_LIGHT,
        builder=f"{_NETS}.two_decoder:build_light",
        arguments={"with_depth": False},
        paper=_UNET_PAPER,
    ),
    ModelCard(
        id="deeplabv3plus-light",
        title="DeepLabV3+, light",
        family="DeepLab",
        summary="DeepLabV3+ on a light encoder: the plain network that MFF is measured against.",
        encoder=_LIGHT,
        builder=f"{_NETS}.mff:build_light",
        arguments={"paths": ()},
        paper=_DEEPLAB_PAPER,
    ),
    ModelCard(
        id="lraspp-mobilenetv3",
        title="LR-ASPP, MobileNetV3",
        family="LR-ASPP",
        summary="The quickest real network here; torchvision's LR-ASPP.",
        encoder=_LIGHT,
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
        id="unet-resnet50",
        title="U-Net, ResNet50",
        family="U-Net",
        summary="U-Net on a ResNet50 encoder.",
        encoder="ResNet50",
        builder=f"{_NETS}.classics:build_unet",
        arguments={"encoder": "resnet50"},
        patch_px=512,
        paper=_UNET_PAPER,
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
        paper="Zhao et al. 2017, Pyramid scene parsing network, arXiv:1612.01105",
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
        paper="Chen et al. 2017, Rethinking atrous convolution, arXiv:1706.05587",
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
        paper=_DEEPLAB_PAPER,
    ),
    ModelCard(
        id="bisenet",
        title="BiSeNet, ResNet18",
        family="BiSeNet",
        summary="A spatial path for borders and a ResNet18 context path with attention refinement.",
        encoder="ResNet18",
        builder=f"{_NETS}.bisenet:build",
        patch_px=512,
        paper="Yu et al. 2018, BiSeNet, arXiv:1808.00897",
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
        paper=_MFF_PAPER,
    ),
    ModelCard(
        id="fcn8s-vgg16",
        title="FCN-8s, VGG16",
        family="FCN",
        summary="The first fully convolutional network: skips at 1/8 and 1/16, learned upsampling.",
        encoder="VGG16 with batch norm",
        builder=f"{_NETS}.fcn:build_fcn8s",
        paper="Long et al. 2015, Fully convolutional networks, arXiv:1411.4038",
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


def _measured(card: ModelCard) -> ModelCard:
    found = MEASURED.get(card.id)
    if found is None:
        return card
    return replace(
        card,
        parameters_m=found.parameters_m,
        memory_mb=found.memory_mb,
        multiply_adds_g=found.multiply_adds_g,
    )


def builtin_cards() -> tuple[ModelCard, ...]:
    """Every built-in card, in the order the window lists them."""
    plain = [_measured(card) for card in (*_MFF, *_TWO_DECODER, *_LIGHT_CLASSICS, *_CLASSICS)]
    # the gray adapter paper's own configuration, in our reading, is listed by name
    paper = next(card for card in plain if card.id == "unet-inceptionresnetv2")
    return (*plain, with_adapter(paper))
