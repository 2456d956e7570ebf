"""Published weights as data: which there are, for which card or encoder, under which licence, and where.

Names, addresses, classes and checksums are those of torchvision and timm; a test holds this list against the
installed libraries. Nothing here downloads anything (see `jobs/fetch_weights.py`).
"""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from segstudio.errors import ModelError
from segstudio.models.cards import ModelCard, ModelClass

Gives = Literal["model", "encoder"]

BASE_VARIABLE = "SEGSTUDIO_WEIGHTS_BASE"
"""Names a mirror that holds every set under its own path."""

_TORCH = "https://download.pytorch.org"
_HUB = "https://huggingface.co"
_HUB_VARIABLE = "HF_ENDPOINT"
"""The model hub's own variable for mirrors."""

_TORCHVISION_TERMS = (
    "torchvision is BSD-3-Clause; its authors state no other licence for the weights and ask you to check "
    "the terms of the images they were trained on"
)
_COCO_TERMS = f"{_TORCHVISION_TERMS}: COCO train2017 (annotations CC BY 4.0, photos under Flickr's terms)."
_IMAGENET_TERMS = "trained on ImageNet-1k, whose images are for non-commercial research"

_VOC_NAMES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip


def voc_colour(class_id: int) -> str:
    """The colour of a class in the palette of PASCAL VOC: its bits spread over red, green and blue."""
    channels = [0, 0, 0]
    for place in range(8):
        for channel in range(3):
            channels[channel] |= (class_id >> (3 * place + channel) & 1) << (7 - place)
    return "#{:02X}{:02X}{:02X}".format(*channels)


_OTHER_NAMES = {
    "ResNet18": ("resnet18", "tu-resnet18"),
    "ResNet50": ("resnet50", "tu-resnet50"),
    "InceptionResNetV2": ("inceptionresnetv2",),
    "VGG16 with batch norm": ("vgg16_bn",),
    "Xception65": ("xception65",),
}
"""The same encoders in cards made by name (`models/named.py`)."""

VOC_CLASSES = tuple(ModelClass(name, voc_colour(index)) for index, name in enumerate(_VOC_NAMES))
"""The 21 classes of PASCAL VOC, background included, in its own order and colours."""


@dataclass(frozen=True, slots=True)
class PublishedSet:
    """One file of weights that others publish.

    A "model" set belongs to the card `card_id` and knows `classes`; an "encoder" set fits every card with
    this `encoder`. `name` is what the library calls it. `sha256` holds the first digits of the
    checksum as the library states it in the file's name; where it is empty the hub states it beside the
    file. `torch_file` is the name of the same weights in torch's own cache, `hub_repo` the hub's repository.
    `size_mb` (1e6 bytes) is what a person reads first; the server's own length counts.
    """

    id: str
    title: str
    gives: Gives
    encoder: str
    library: str
    name: str
    licence: str
    terms: str
    size_mb: float
    base: str
    path: str
    card_id: str = ""
    classes: tuple[ModelClass, ...] = ()
    normalisation: str = "imagenet"
    figures: Mapping[str, float] | None = None
    sha256: str = ""
    hub_repo: str = ""
    torch_file: str = ""

    @property
    def address(self) -> str:
        """Where its publisher keeps it."""
        return f"{self.base}/{self.path}"

    @property
    def torch_digits(self) -> str:
        """The first digits of the checksum of `torch_file`."""
        return _digits(self.torch_file)

    @property
    def file_name(self) -> str:
        """The name it is kept under while it is fetched, and under which a person may put it there."""
        return f"{self.id}.safetensors" if self.hub_repo else self.path.rsplit("/", 1)[-1]

    def address_at(self, base: str | None = None) -> str:
        """Where to fetch it from: `base`, else the variables for mirrors, else its publisher."""
        hub = os.environ.get(_HUB_VARIABLE, "") if self.hub_repo else ""
        chosen = base or os.environ.get(BASE_VARIABLE, "") or hub or self.base
        return f"{chosen.rstrip('/')}/{self.path}"

    def fits(self, card: ModelCard) -> bool:
        """Whether it was made for this card, or for its encoder; the gray adapter changes neither."""
        if self.gives == "model":
            return card.base_id == self.card_id
        return card.encoder in self.encoder_names

    @property
    def encoder_names(self) -> tuple[str, ...]:
        """Under which names cards have this encoder."""
        return (self.encoder, *_OTHER_NAMES.get(self.encoder, ()))

    def to_json(self) -> dict[str, Any]:
        """The set as a JSON object, for `segstudio weights list --json`."""
        names = "id title gives encoder card_id library name licence terms size_mb address sha256"
        values: dict[str, Any] = {name: getattr(self, name) for name in names.split()}
        values["classes"] = [each.to_json() for each in self.classes]
        values["figures"] = dict(self.figures or {})
        return values


def _voc(
    card_id: str, *, title: str, encoder: str, name: str, file: str, size_mb: float, **figures: float
) -> PublishedSet:
    return PublishedSet(
        id=f"{card_id}-voc",
        title=title,
        gives="model",
        encoder=encoder,
        library="torchvision",
        name=f"{name}.COCO_WITH_VOC_LABELS_V1",
        licence="BSD-3-Clause",
        terms=_COCO_TERMS,
        size_mb=size_mb,
        base=_TORCH,
        path=f"models/{file}",
        card_id=card_id,
        classes=VOC_CLASSES,
        figures=figures,
        sha256=_digits(file),
        torch_file=file,
    )


def _torchvision(set_id: str, *, encoder: str, name: str, file: str, size_mb: float) -> PublishedSet:
    return PublishedSet(
        id=set_id,
        title=f"{encoder} on ImageNet",
        gives="encoder",
        encoder=encoder,
        library="torchvision",
        name=f"{name}.IMAGENET1K_V1",
        licence="BSD-3-Clause",
        terms=f"{_TORCHVISION_TERMS}; {_IMAGENET_TERMS}.",
        size_mb=size_mb,
        base=_TORCH,
        path=f"models/{file}",
        sha256=_digits(file),
        torch_file=file,
    )


def _timm(
    name: str, *, encoder: str, licence: str, size_mb: float, file: str = "", normalisation: str = "imagenet"
) -> PublishedSet:
    return PublishedSet(
        id=name,
        title=f"{encoder.removeprefix('tu-')} on ImageNet",
        gives="encoder",
        encoder=encoder,
        library="timm",
        name=name,
        licence=licence,
        terms=f"timm publishes the weights as {licence}; {_IMAGENET_TERMS}.",
        size_mb=size_mb,
        base=_HUB,
        path=f"timm/{name}/resolve/main/model.safetensors",
        normalisation=normalisation,
        hub_repo=f"timm/{name}",
        torch_file=file,
    )


def _digits(file: str) -> str:
    """The digits of the checksum in a name like `resnet18-f37072fd.pth`."""
    return file.rsplit("-", 1)[-1].partition(".")[0]


_PUBLISHED = (
    _voc(
        "lraspp-mobilenetv3",
        title="LR-ASPP, MobileNetV3: photos, VOC classes",
        encoder="MobileNetV3-Large (torchvision)",
        name="LRASPP_MobileNet_V3_Large_Weights",
        file="lraspp_mobilenet_v3_large-d234d4ea.pth",
        size_mb=13.1,
        mean_iou=0.579,
        accuracy=0.912,
    ),
    _voc(
        "deeplabv3-mobilenetv3",
        title="DeepLabV3, MobileNetV3: photos, VOC classes",
        encoder="MobileNetV3-Large (torchvision)",
        name="DeepLabV3_MobileNet_V3_Large_Weights",
        file="deeplabv3_mobilenet_v3_large-fc3c493d.pth",
        size_mb=44.4,
        mean_iou=0.603,
        accuracy=0.912,
    ),
    _voc(
        "deeplabv3-resnet50-torchvision",
        title="DeepLabV3, ResNet50: photos, VOC classes",
        encoder="ResNet50",
        name="DeepLabV3_ResNet50_Weights",
        file="deeplabv3_resnet50_coco-cd0a2569.pth",
        size_mb=168.3,
        mean_iou=0.664,
        accuracy=0.924,
    ),
    _voc(
        "zoo-fcn-resnet50",
        title="FCN, ResNet50: photos, VOC classes",
        encoder="ResNet50",
        name="FCN_ResNet50_Weights",
        file="fcn_resnet50_coco-1167a1af.pth",
        size_mb=141.6,
        mean_iou=0.605,
        accuracy=0.914,
    ),
    _voc(
        "zoo-fcn-resnet101",
        title="FCN, ResNet101: photos, VOC classes",
        encoder="ResNet101",
        name="FCN_ResNet101_Weights",
        file="fcn_resnet101_coco-7ecb50ca.pth",
        size_mb=217.8,
        mean_iou=0.637,
        accuracy=0.919,
    ),
    _voc(
        "zoo-deeplabv3-resnet101",
        title="DeepLabV3, ResNet101: photos, VOC classes",
        encoder="ResNet101",
        name="DeepLabV3_ResNet101_Weights",
        file="deeplabv3_resnet101_coco-586e9e4e.pth",
        size_mb=244.5,
        mean_iou=0.674,
        accuracy=0.924,
    ),
    _timm(
        "mobilenetv3_large_100.ra_in1k",
        # not of the light cards: they leave out the activation behind the stem, and would see other features
        encoder="tu-mobilenetv3_large_100",
        licence="Apache-2.0",
        size_mb=22.1,
        file="mobilenetv3_large_100_ra-f55367f5.pth",
    ),
    _torchvision(
        "mobilenet_v3_large",
        encoder="MobileNetV3-Large (torchvision)",
        name="MobileNet_V3_Large_Weights",
        file="mobilenet_v3_large-8738ca79.pth",
        size_mb=22.1,
    ),
    _timm(
        "resnet18.tv_in1k",
        encoder="ResNet18",
        licence="BSD-3-Clause",
        size_mb=46.8,
        file="resnet18-f37072fd.pth",
    ),
    _timm(
        "resnet50.tv_in1k",
        encoder="ResNet50",
        licence="BSD-3-Clause",
        size_mb=102.5,
        file="resnet50-0676ba61.pth",
    ),
    _timm(
        "xception65.ra3_in1k",
        encoder="Xception65",
        licence="Apache-2.0",
        size_mb=160.4,
        normalisation="inception",
    ),
    _timm(
        "vgg16_bn.tv_in1k",
        encoder="VGG16 with batch norm",
        licence="BSD-3-Clause",
        size_mb=553.5,
        file="vgg16_bn-6c64b313.pth",
    ),
    _timm(
        "inception_resnet_v2.tf_in1k",
        encoder="InceptionResNetV2",
        licence="Apache-2.0",
        size_mb=223.6,
        normalisation="inception",
    ),
)  # fmt: skip


def published_sets() -> tuple[PublishedSet, ...]:
    """Every set, models before encoders."""
    return _PUBLISHED


def published_set(set_id: str) -> PublishedSet:
    """The set of this id; raises ModelError with the nearest names."""
    found = next((each for each in _PUBLISHED if each.id == set_id), None)
    if found is not None:
        return found
    names = [each.id for each in _PUBLISHED]
    near = difflib.get_close_matches(set_id.lower(), names, n=3, cutoff=0.4)
    if near:
        raise ModelError(f"no published weights are named '{set_id}': did you mean {' or '.join(near)}?")
    raise ModelError(f"no published weights are named '{set_id}': choose one of {', '.join(names)}")


def sets_for(card: ModelCard) -> tuple[PublishedSet, ...]:
    """What is published for a card: whole models first, then its encoder."""
    return tuple(each for each in _PUBLISHED if each.fits(card))
