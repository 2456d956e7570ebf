"""One encoder, two U-Net decoders of the same form: mask and depth (paper 3).

The staged schedule that trains them lives in the training room; here is what it needs: decoders that can be
frozen, copied into one another, and cut off.
"""

import copy
from collections.abc import Sequence
from typing import Literal

from segmentation_models_pytorch.decoders.unet.decoder import UnetDecoder
from torch import Tensor, nn

from segstudio.models.nets.encoders import mobilenet_v3
from segstudio.models.nets.named_encoder import encoder_by_name
from segstudio.models.nets.net import SegmentationBody, SegmentationNet

DecoderName = Literal["mask", "depth"]

LIGHT_CHANNELS = (128, 64, 48, 32)
"""Ends at 1/2: the last doubling costs a third of a light net's step and is left to the enlarging."""
PAPER_CHANNELS = (256, 128, 64, 32, 16)


class TwoDecoder(SegmentationBody):
    """Shared encoder, a mask decoder and a depth decoder; without the latter it is an ordinary U-Net.

    The last convolutions stand apart from the decoders, whose blocks therefore have the same shapes.
    """

    def __init__(
        self,
        encoder: nn.Module,
        *,
        channels: Sequence[int],
        decoder_channels: Sequence[int],
        class_count: int,
        with_depth: bool = True,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.mask_decoder = _decoder(channels, decoder_channels)
        self.classifier = nn.Conv2d(decoder_channels[-1], class_count, kernel_size=3, padding=1)
        self.depth_decoder: nn.Module | None = None
        self.depth_head: nn.Module | None = None
        if with_depth:
            self.depth_decoder = _decoder(channels, decoder_channels)
            self.depth_head = nn.Conv2d(decoder_channels[-1], 1, kernel_size=3, padding=1)
        self.has_depth = with_depth

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Logits, and depth of one channel: relative, any sign, whatever its targets were."""
        features = [x, *self.encode(x)]
        logits: Tensor = self.classifier(self.mask_decoder(features))
        if self.depth_decoder is None or self.depth_head is None:
            return logits
        depth: Tensor = self.depth_head(self.depth_decoder(features))
        return logits, depth

    def copy_decoder(self, source: DecoderName) -> None:
        """Start the other decoder from `source`: all blocks, not the last convolution (other channels)."""
        if self.depth_decoder is None:
            raise ValueError("the depth decoder has been cut off")
        pair = {"mask": self.mask_decoder, "depth": self.depth_decoder}
        target = pair["depth" if source == "mask" else "mask"]
        target.load_state_dict(pair[source].state_dict())

    def decoder_modules(self, name: DecoderName) -> list[nn.Module]:
        """The modules of one decoder, its last convolution included; for freezing."""
        if name == "mask":
            return [self.mask_decoder, self.classifier]
        return [each for each in (self.depth_decoder, self.depth_head) if each is not None]


def without_depth(net: SegmentationNet) -> SegmentationNet:
    """A copy with the depth decoder cut off: the same mask, bit by bit, at the cost of one decoder."""
    stripped = copy.deepcopy(net)
    body = stripped.body
    if isinstance(body, TwoDecoder):
        body.depth_decoder = None
        body.depth_head = None
        body.has_depth = False
    return stripped


def _decoder(channels: Sequence[int], decoder_channels: Sequence[int]) -> nn.Module:
    # smp counts the image itself as the first feature and drops it
    decoder: nn.Module = UnetDecoder(
        encoder_channels=(3, *channels),
        decoder_channels=tuple(decoder_channels),
        n_blocks=len(decoder_channels),
    )
    return decoder


def build_light(*, class_count: int, with_depth: bool = True) -> TwoDecoder:
    """Two decoders on MobileNetV3-Large."""
    encoder = mobilenet_v3()
    return TwoDecoder(
        encoder,
        channels=encoder.channels,
        decoder_channels=LIGHT_CHANNELS,
        class_count=class_count,
        with_depth=with_depth,
    )


def build_named(*, class_count: int, encoder: str, with_depth: bool = True) -> TwoDecoder:
    """Two decoders (or, without depth, U-Net) on any encoder by name, five decoder blocks as in U-Net."""
    chosen = encoder_by_name(encoder)
    return TwoDecoder(
        chosen,
        channels=chosen.channels,
        decoder_channels=PAPER_CHANNELS,
        class_count=class_count,
        with_depth=with_depth,
    )
