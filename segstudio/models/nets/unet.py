"""U-Net as it is taught: two 3x3 convolutions per block, dropout between them, skips, no borrowed encoder.

Ronneberger et al. 2015 with two changes that everyone makes: padded convolutions, so that the mask has the
image's size, and batch norm, so that it trains from scratch. The library's U-Net on published encoders
(`unet@...`) has no dropout; we leave it as it is, since published weights of whole nets must fit it.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from segstudio.models.nets.layers import conv_bn_relu
from segstudio.models.nets.net import SegmentationBody

CHANNELS = (64, 128, 256, 512, 1024)


class TwoConvolutions(nn.Sequential):
    """3x3 convolution, dropout, 3x3 convolution; height and width stay."""

    def __init__(self, in_channels: int, out_channels: int, dropout: float) -> None:
        super().__init__(
            conv_bn_relu(in_channels, out_channels),
            nn.Dropout(dropout),
            conv_bn_relu(out_channels, out_channels),
        )


class UnetEncoder(nn.Module):
    """The contracting half: a block per scale, 2x2 max pooling between; features at 1/1 to 1/16."""

    def __init__(self, channels: Sequence[int], dropout: float) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            TwoConvolutions(before, after, dropout) for before, after in pairwise((3, *channels))
        )
        self.pool = nn.MaxPool2d(2)

    def forward(self, x: Tensor) -> list[Tensor]:
        """The end of every block, shallow to deep."""
        features: list[Tensor] = []
        for block in self.blocks:
            x = block(self.pool(features[-1]) if features else x)
            features.append(x)
        return features


class Unet(SegmentationBody):
    """U-Net; every 2x2 transposed convolution halves the channels and meets the skip of its scale."""

    def __init__(self, *, class_count: int, channels: Sequence[int] = CHANNELS, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = UnetEncoder(channels, dropout)
        self.stride = 2 ** (len(channels) - 1)
        upwards = list(pairwise(reversed(channels)))
        self.enlarge = nn.ModuleList(
            nn.ConvTranspose2d(deep, shallow, kernel_size=2, stride=2) for deep, shallow in upwards
        )
        self.blocks = nn.ModuleList(TwoConvolutions(2 * shallow, shallow, dropout) for _, shallow in upwards)
        self.classifier = nn.Conv2d(channels[0], class_count, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits at full size."""
        *skips, x = self.encode(x)
        for enlarge, block, skip in zip(self.enlarge, self.blocks, reversed(skips), strict=True):
            x = block(torch.cat([enlarge(x), skip], dim=1))
        logits: Tensor = self.classifier(x)
        return logits


def build(*, class_count: int, channels: Sequence[int] = CHANNELS, dropout: float = 0.1) -> Unet:
    """The lecture's U-Net."""
    return Unet(class_count=class_count, channels=channels, dropout=dropout)
