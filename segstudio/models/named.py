"""Cards made by name, "decoder@encoder": every decoder here on every encoder of the libraries.

`unet@resnet34`, `deeplabv3plus@tu-convnext_tiny`, `mff@xception65`, `gray:unet@googlenet`. The decoder is
checked here, without torch; the encoder is looked up when the net is built or measured, since the list of
encoders lives in libraries that the window must not load to be there.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from segstudio.errors import ModelError
from segstudio.models.cards import GRAY_PREFIX, ModelCard

SEPARATOR = "@"

UNET_PAPER = "Ronneberger et al. 2015, U-Net, arXiv:1505.04597"
DEEPLAB_V3_PAPER = "Chen et al. 2017, Rethinking atrous convolution, arXiv:1706.05587"
DEEPLAB_PAPER = "Chen et al. 2018, Encoder-decoder with atrous separable convolution, arXiv:1802.02611"
PSPNET_PAPER = "Zhao et al. 2017, Pyramid scene parsing network, arXiv:1612.01105"
FCN_PAPER = "Long et al. 2015, Fully convolutional networks, arXiv:1411.4038"
BISENET_PAPER = "Yu et al. 2018, BiSeNet, arXiv:1808.00897"
MFF_PAPER = "Multi-path feature fusion for DeepLabV3+ and BiSeNet (Korean paper; Cityscapes, mIoU 78.990)"
TWO_DECODER_PAPER = (
    "Staged learning of mask and pseudo-depth with two decoders (Korean paper; VOC 2012, mIoU 0.7789)"
)

MFF_VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "-entry": {"paths": ("entry",)},
    "-middle": {"paths": ("middle",)},
    "-nodilation": {"dilated_paths": False, "dilated_aspp": False},
    "-nodilation-paths": {"dilated_paths": False},
}
"""The rows of the MFF paper's tables by what is added to the name; the last is another reading."""

_NETS = "segstudio.models.nets"
_ENCODER = re.compile(r"[A-Za-z0-9][\w.\-]*")


@dataclass(frozen=True, slots=True)
class Decoder:
    """What stands before the @: a network but for its encoder."""

    title: str
    family: str
    builder: str
    paper: str
    summary: str
    outputs: tuple[str, ...] = ("mask",)
    arguments: Mapping[str, Any] = field(default_factory=dict)


def _mff(suffix: str) -> Decoder:
    return Decoder(
        title=f"MFF DeepLabV3+{suffix.replace('-', ' ')}",
        family="MFF",
        builder=f"{_NETS}.mff:build_named",
        paper=MFF_PAPER,
        summary="Several receptive fields at three depths of the encoder.",
        arguments=MFF_VARIANTS[suffix],
    )


DECODERS: Mapping[str, Decoder] = {
    "unet": Decoder(
        "U-Net",
        "U-Net",
        f"{_NETS}.two_decoder:build_named",
        UNET_PAPER,
        "U-Net's decoder: skips from every scale of the encoder.",
        arguments={"with_depth": False},
    ),
    "two-decoder": Decoder(
        "Two decoders",
        "Two decoders",
        f"{_NETS}.two_decoder:build_named",
        TWO_DECODER_PAPER,
        "One encoder, two U-Net decoders: a mask and a depth or height map side by side.",
        outputs=("mask", "depth"),
    ),
    "deeplabv3plus": Decoder(
        "DeepLabV3+",
        "DeepLab",
        f"{_NETS}.mff:build_named",
        DEEPLAB_PAPER,
        "Atrous pyramid at output stride 16 and one skip at 1/4.",
        arguments={"paths": ()},
    ),
    **{f"mff{suffix}": _mff(suffix) for suffix in MFF_VARIANTS},
    "deeplabv3": Decoder(
        "DeepLabV3",
        "DeepLab",
        f"{_NETS}.classics:build_deeplabv3_named",
        DEEPLAB_V3_PAPER,
        "Atrous spatial pyramid pooling at rates 12, 24 and 36 over features at 1/8.",
    ),
    "pspnet": Decoder(
        "PSPNet",
        "PSPNet",
        f"{_NETS}.classics:build_pspnet",
        PSPNET_PAPER,
        "Pyramid pooling at 1, 2, 3 and 6 over features at 1/8.",
    ),
    "bisenet": Decoder(
        "BiSeNet",
        "BiSeNet",
        f"{_NETS}.bisenet:build",
        BISENET_PAPER,
        "A spatial path for borders beside a context path with attention refinement.",
    ),
    "bisenet-mff": Decoder(
        "BiSeNet with MFF",
        "BiSeNet",
        f"{_NETS}.bisenet:build",
        MFF_PAPER,
        "BiSeNet whose context path gets several receptive fields at 1/8 and 1/16.",
        arguments={"paths": ("entry", "middle")},
    ),
    "fcn8s": Decoder(
        "FCN-8s",
        "FCN",
        f"{_NETS}.fcn:build_fcn8s_named",
        FCN_PAPER,
        "Skips at 1/8 and 1/16, learned upsampling.",
    ),
}


def is_named(card_id: str) -> bool:
    """Whether an id is written as decoder@encoder."""
    return SEPARATOR in card_id


def named_card(card_id: str) -> ModelCard:
    """The card of "decoder@encoder", "gray:" before it passed over; it has no figures yet.

    Raises:
        ModelError: the decoder is none of ours; the sentence has the nearest names.
    """
    name, _, encoder = card_id.removeprefix(GRAY_PREFIX).partition(SEPARATOR)
    name = name.lower()
    if name not in DECODERS:
        raise ModelError(f"there is no decoder '{name}' to put on an encoder: {_nearest(card_id)}")
    if not _ENCODER.fullmatch(encoder):
        raise ModelError(f"'{card_id}' names no encoder after the @: write for instance {name}@resnet34")
    decoder = DECODERS[name]
    return ModelCard(
        id=f"{name}{SEPARATOR}{encoder}",
        title=f"{decoder.title}, {encoder}",
        family=decoder.family,
        summary=decoder.summary,
        encoder=encoder,
        builder=decoder.builder,
        arguments={"encoder": encoder, **decoder.arguments},
        outputs=decoder.outputs,
        paper=decoder.paper,
        normalisation="encoder",
    )


def by_name_instead(card_id: str) -> str | None:
    """What was meant by "unet-resnet34": "unet@resnet34", with the longest decoder that fits; or None."""
    fitting = [name for name in DECODERS if card_id.startswith(f"{name}-")]
    if not fitting:
        return None
    name = max(fitting, key=len)
    return f"{name}{SEPARATOR}{card_id.removeprefix(name + '-')}"


def _nearest(card_id: str) -> str:
    prefix = GRAY_PREFIX if card_id.startswith(GRAY_PREFIX) else ""
    name, _, encoder = card_id.removeprefix(GRAY_PREFIX).partition(SEPARATOR)
    near = difflib.get_close_matches(name.lower(), list(DECODERS), n=3, cutoff=0.4)
    if not near:
        return f"choose one of {', '.join(DECODERS)}"
    return f"did you mean {' or '.join(f'{prefix}{each}{SEPARATOR}{encoder}' for each in near)}?"
