"""Encoders by name: segmentation_models_pytorch's, timm's, and torchvision's GoogLeNet, without weights.

A name of segmentation_models_pytorch is taken as it is ("resnet34"), one of timm with or without "tu-"
before it ("tu-convnext_tiny", "convnext_tiny"). Every encoder is tried on an image without numbers before it
is used: one whose features do not lie at 1/2, 1/4 ... of the image fits no skip of any decoder here.
"""

import difflib
import warnings
from collections.abc import Sequence
from functools import cache
from typing import Any

import timm
import torch
from segmentation_models_pytorch.encoders import get_encoder, get_encoder_names
from torch import Tensor, nn
from torchvision.models import googlenet

from segstudio.errors import ModelError
from segstudio.models.nets.net import NORMALISATIONS

TIMM_PREFIX = "tu-"
DEPTH = 5
_TRIAL_PX = 256
_INCEPTION_STYLE = ("inceptionresnetv2", "inceptionv4", "xception")
"""Encoders of segmentation_models_pytorch whose published weights expect values in -1..1."""

Pixel = tuple[float, float, float]


class NamedEncoder(nn.Module):
    """Five features at 1/2, 1/4 ... of the image, shallow to deep, none coarser than 1/`output_stride`.

    `channels` are those of the five features; an encoder that begins at 1/4 has 0 in the first place.
    `normalisation` is the mean and deviation that its published weights expect.
    """

    def __init__(self, model: Any, channels: tuple[int, ...], normalisation: tuple[Pixel, Pixel]) -> None:
        super().__init__()
        self.model: Any = model
        self.channels = channels
        self.normalisation = normalisation

    def forward(self, x: Tensor) -> list[Tensor]:
        """The five features of (N, 3, H, W), H and W multiples of 32."""
        return list(self.model(x))[-DEPTH:]


class GoogLeNet(nn.Module):
    """torchvision's GoogLeNet up to its last inception block; its poolings are padded, so skips fit."""

    channels = (64, 192, 480, 832, 1024)
    _stages = (
        ("conv1",),
        ("maxpool1", "conv2", "conv3"),
        ("maxpool2", "inception3a", "inception3b"),
        ("maxpool3", "inception4a", "inception4b", "inception4c", "inception4d", "inception4e"),
        ("maxpool4", "inception5a", "inception5b"),
    )

    def __init__(self) -> None:
        super().__init__()
        # its own start, truncated normal numbers, is slow and meant for the layers that are left out here
        model = googlenet(weights=None, aux_logits=False, init_weights=False)
        for names in self._stages:
            for name in names:
                self.add_module(name, getattr(model, name))

    def forward(self, x: Tensor) -> list[Tensor]:
        """The end of every stage of (N, 3, H, W)."""
        features = []
        for names in self._stages:
            for name in names:
                x = self.get_submodule(name)(x)
            features.append(x)
        return features


def encoder_by_name(name: str, *, output_stride: int = 32) -> NamedEncoder:
    """A fresh encoder.

    Raises:
        ModelError: there is no such encoder (with the nearest names), or it cannot run at this stride.
    """
    known = canonical_name(name)
    try:
        encoder = _built(known, output_stride)
        _try(known, output_stride)
    except (
        ValueError,
        TypeError,
        RuntimeError,
        AssertionError,
        NotImplementedError,
        AttributeError,
    ) as error:
        raise ModelError(_unfit(known, output_stride, error)) from error
    return encoder


def canonical_name(name: str) -> str:
    """The one name of an encoder, timm's with "tu-" before it; raises ModelError with the nearest names."""
    plain = name.removeprefix(TIMM_PREFIX)
    if name == "googlenet" or name in get_encoder_names():
        return name
    if timm.is_model(plain):
        return TIMM_PREFIX + plain
    near = difflib.get_close_matches(plain.lower(), encoder_names(), n=4, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else "resnet34, vgg16_bn or tu-convnext_tiny are some"
    raise ModelError(f"there is no encoder '{name}': {hint}")


def encoder_names() -> list[str]:
    """Every name, timm's without "tu-"; a few of timm's do not fit (see `encoder_by_name`)."""
    return list(dict.fromkeys(["googlenet", *get_encoder_names(), *timm.list_models()]))


def _built(name: str, output_stride: int) -> NamedEncoder:
    if name == "googlenet":
        if output_stride != 32:
            raise ValueError("its poolings cannot be dilated")
        return NamedEncoder(GoogLeNet(), GoogLeNet.channels, NORMALISATIONS["inception"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # names that begin with "timm-"
        model = get_encoder(name, in_channels=3, depth=DEPTH, weights=None, output_stride=output_stride)
    channels = tuple(model.out_channels)[-DEPTH:]
    return NamedEncoder(model, channels, _normalisation(name))


def _normalisation(name: str) -> tuple[Pixel, Pixel]:
    if name.startswith(TIMM_PREFIX):
        config = timm.get_pretrained_cfg(name.removeprefix(TIMM_PREFIX))
        if config is not None and len(config.mean) == len(config.std) == 3:
            return _pixel(config.mean), _pixel(config.std)
    return NORMALISATIONS["inception" if name in _INCEPTION_STYLE else "imagenet"]


def _pixel(values: Sequence[float]) -> Pixel:
    red, green, blue = values
    return red, green, blue


@cache
def _try(name: str, output_stride: int) -> None:
    """Run a twin without numbers; ValueError where a feature has not the size it must have."""
    sides = _sides(name, output_stride, "meta" if _fits_meta(name) else "cpu")
    wanted = [_TRIAL_PX // min(2**level, output_stride) for level in range(1, DEPTH + 1)]
    if sides != wanted:
        raise ValueError(f"{_TRIAL_PX} px become {sides}, not {wanted}")


def _fits_meta(name: str) -> bool:
    # Mix Transformers compute their drop rates with tensors while they are built
    return not name.startswith("mit_")


def _sides(name: str, output_stride: int, device: str) -> list[int]:
    with torch.device(device), torch.no_grad():
        features = _built(name, output_stride).eval()(torch.zeros(1, 3, _TRIAL_PX, _TRIAL_PX))
    return [each.shape[-1] for each in features]


def _unfit(name: str, output_stride: int, error: Exception) -> str:
    reason = str(error).split("\n", 1)[0][:120]
    way_out = "choose a convolutional one with 5 stages, for instance resnet34"
    if output_stride != 32:
        way_out = "choose one that can be dilated, as resnet34, or a decoder that needs no dilation, as unet"
    elif "inception" in name:
        way_out = "choose one with padded convolutions: googlenet, inceptionv4 or inceptionresnetv2"
    return f"encoder '{name}' gives no features at 1/2 to 1/{output_stride} ({reason}): {way_out}"
