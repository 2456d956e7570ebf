"""BiSeNet, plain and with multi-path fusion (paper 2, second half of the table).

A spatial path at 1/8 beside a ResNet18 context path whose 1/16 and 1/32 features are refined by attention.
The MFF paper names neither BiSeNet's encoder nor where its module sits; our reading: F_low = the spatial
path, F1 = ResNet18's 1/8 and F2 = its 1/16 features through parallel dilated convolutions, F3 = the refined
context; all brought to 1/8. BiSeNet's auxiliary losses are left out: a net here gives one mask.
"""

from collections.abc import Sequence

from torch import Tensor, nn

from segstudio.models.nets.layers import conv_bn_relu
from segstudio.models.nets.mff import MultiPathFusion
from segstudio.models.nets.named_encoder import NamedEncoder, encoder_by_name
from segstudio.models.nets.net import SegmentationBody, enlarge

_CONTEXT = 128
_SPATIAL = 128
_FUSED = 256
"""Widths of the BiSeNet paper's ResNet18 configuration."""


class ChannelAttention(nn.Module):
    """Weighs every channel by what the whole image shows, through one 1x1 convolution or two.

    The BiSeNet paper has one with batch norm in the refinement and two with ReLU between, `hidden` channels
    wide, in the fusion. We leave the batch norm out: one value per image is too few for it.
    """

    def __init__(self, channels: int, *, hidden: int | None = None) -> None:
        super().__init__()
        narrow = [] if hidden is None else [nn.Conv2d(channels, hidden, 1), nn.ReLU(inplace=True)]
        self.weigh = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), *narrow, nn.Conv2d(hidden or channels, channels, 1), nn.Sigmoid()
        )

    def forward(self, x: Tensor) -> Tensor:
        """Weights (N, C, 1, 1) in 0..1."""
        weights: Tensor = self.weigh(x)
        return weights


class Refinement(nn.Module):
    """Attention refinement module: 3x3 convolution, then channel attention."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = conv_bn_relu(in_channels, out_channels)
        self.attention = ChannelAttention(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) -> (N, out_channels, h, w)."""
        found: Tensor = self.conv(x)
        weighed: Tensor = found * self.attention(found)
        return weighed


class FeatureFusion(nn.Module):
    """Feature fusion module: 1x1 convolution over the concatenation, plus itself weighed by attention."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = conv_bn_relu(in_channels, out_channels, kernel=1)
        self.attention = ChannelAttention(out_channels, hidden=out_channels // 4)

    def forward(self, x: Tensor) -> Tensor:
        """(N, K, h, w) -> (N, out_channels, h, w)."""
        found: Tensor = self.conv(x)
        weighed: Tensor = found + found * self.attention(found)
        return weighed


class BiSeNet(SegmentationBody):
    """BiSeNet; `paths` chooses multi-path fusion, none of them is the plain network."""

    def __init__(self, encoder: NamedEncoder, *, class_count: int, paths: Sequence[str] = ()) -> None:
        super().__init__()
        self.encoder = encoder
        eighth, sixteenth, last = encoder.channels[2:]
        self.spatial = nn.Sequential(
            _halving(3, 64, kernel=7),
            _halving(64, 64),
            _halving(64, 64),
            conv_bn_relu(64, _SPATIAL, kernel=1),
        )
        self.refine_sixteenth = Refinement(sixteenth, _CONTEXT)
        self.refine_last = Refinement(last, _CONTEXT)
        self.whole = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(last, _CONTEXT, kernel_size=1), nn.ReLU(inplace=True)
        )
        self.fusion = MultiPathFusion((_SPATIAL, eighth, sixteenth, _CONTEXT), paths=paths, low_width=None)
        self.fuse = FeatureFusion(self.fusion.out_channels, _FUSED)
        self.smooth = conv_bn_relu(_FUSED, _FUSED)
        self.classifier = nn.Conv2d(_FUSED, class_count, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits at 1/8."""
        eighth, sixteenth, last = self.encode(x)[2:]
        context = self._context(sixteenth, last)
        fused = self.fusion([self.spatial(x), eighth, sixteenth, context])
        logits: Tensor = self.classifier(self.smooth(self.fuse(fused)))
        return logits

    def _context(self, sixteenth: Tensor, last: Tensor) -> Tensor:
        """The whole image's features, the refined 1/32 and the refined 1/16 features, summed up at 1/16."""
        deep = self.refine_last(last) + self.whole(last)
        context: Tensor = self.refine_sixteenth(sixteenth) + enlarge(deep, sixteenth.shape[-2:])
        return context


def _halving(in_channels: int, out_channels: int, *, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel, stride=2, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    )


def build(*, class_count: int, encoder: str = "resnet18", paths: Sequence[str] = ()) -> BiSeNet:
    """BiSeNet with the context path the paper names first, ResNet18, or another encoder by name."""
    return BiSeNet(encoder_by_name(encoder), class_count=class_count, paths=paths)
