"""Networks as segmentation_models.pytorch has them, on any of its encoders, without weights."""

from typing import Any

import segmentation_models_pytorch as smp
from segmentation_models_pytorch.decoders.deeplabv3.decoder import DeepLabV3Decoder
from segmentation_models_pytorch.decoders.pspnet.decoder import PSPDecoder
from torch import Tensor, nn

from segstudio.models.nets.named_encoder import NamedEncoder, encoder_by_name
from segstudio.models.nets.net import SegmentationBody


class SmpBody(SegmentationBody):
    """A segmentation_models.pytorch model; its last convolution is `model.segmentation_head.0`."""

    classifiers = ("model.segmentation_head.0",)

    def __init__(self, model: Any, *, stride: int = 32) -> None:
        super().__init__()
        self.model: Any = model
        self.stride = stride

    @property
    def encoder(self) -> nn.Module:  # type: ignore[override]
        """The model's encoder; a property, so that its tensors are saved once."""
        encoder: nn.Module = self.model.encoder
        return encoder

    def forward(self, x: Tensor) -> Tensor:
        """Logits at the scale of the model's decoder."""
        logits: Tensor = self.model(x)
        return logits


def build_unet(*, class_count: int, encoder: str) -> SmpBody:
    """U-Net with five decoder blocks, two 3x3 convolutions each and no dropout between them.

    The lecture's U-Net, which has that dropout, is `unet.py`.
    """
    return SmpBody(smp.Unet(encoder, encoder_weights=None, classes=class_count))


class PspNet(SegmentationBody):
    """PSPNet: pooling at 1, 2, 3 and 6 over the encoder's last features at 1/8.

    smp's own PSPNet stops at the encoder's third stage; the paper dilates the encoder and uses it whole. Its
    pyramid is as in the paper (channels / 4 a level, bilinear, concatenated) but for the convolution after
    it: 1x1 here, 3x3 there.
    """

    def __init__(self, encoder: NamedEncoder, *, class_count: int, width: int = 512) -> None:
        super().__init__()
        self.encoder = encoder
        self.stride = 8
        self.pyramid = PSPDecoder(encoder_channels=encoder.channels, out_channels=width, dropout=0.1)
        self.classifier = nn.Conv2d(width, class_count, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits at 1/8."""
        logits: Tensor = self.classifier(self.pyramid(self.encode(x)))
        return logits


def build_pspnet(*, class_count: int, encoder: str) -> PspNet:
    """PSPNet on an encoder dilated to output stride 8."""
    return PspNet(encoder_by_name(encoder, output_stride=8), class_count=class_count)


class DeepLabV3(SegmentationBody):
    """DeepLabV3 on any encoder at output stride 8: ASPP at rates 12, 24, 36, then one 3x3 convolution."""

    def __init__(self, encoder: NamedEncoder, *, class_count: int, width: int = 256) -> None:
        super().__init__()
        self.encoder = encoder
        self.stride = 8
        self.aspp = DeepLabV3Decoder(
            in_channels=encoder.channels[-1],
            out_channels=width,
            atrous_rates=(12, 24, 36),
            aspp_separable=False,
            aspp_dropout=0.5,
        )
        self.classifier = nn.Conv2d(width, class_count, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits at 1/8."""
        logits: Tensor = self.classifier(self.aspp(self.encode(x)))
        return logits


def build_deeplabv3_named(*, class_count: int, encoder: str) -> DeepLabV3:
    """DeepLabV3 on any encoder by name that can be dilated to output stride 8."""
    return DeepLabV3(encoder_by_name(encoder, output_stride=8), class_count=class_count)


def build_deeplabv3(*, class_count: int, encoder: str) -> SmpBody:
    """DeepLabV3 at output stride 8, where its rates are 12, 24, 36."""
    model = smp.DeepLabV3(encoder, encoder_weights=None, classes=class_count, upsampling=1)
    return SmpBody(model)


def build_deeplabv3plus(*, class_count: int, encoder: str) -> SmpBody:
    """DeepLabV3+ at output stride 16, where its rates are 6, 12, 18."""
    model = smp.DeepLabV3Plus(
        encoder, encoder_weights=None, classes=class_count, decoder_atrous_rates=(6, 12, 18), upsampling=1
    )
    return SmpBody(model)
