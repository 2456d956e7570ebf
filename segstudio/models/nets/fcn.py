"""The two classics that no library here has: FCN-8s and the convolution-deconvolution network.

Both stand on VGG16. Theirs has no batch norm and could only be started from ImageNet weights; ours has it, so
that they train from scratch too, and torchvision's `vgg16_bn` weights fit.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torchvision.models.vgg import make_layers

from segstudio.models.nets.layers import conv_bn_relu
from segstudio.models.nets.named_encoder import NamedEncoder, encoder_by_name
from segstudio.models.nets.net import SegmentationBody

_WIDE = 4096
"""Width of VGG16's fully connected layers, which become convolutions."""

Indices = list[tuple[Tensor, torch.Size]]


class VggEncoder(nn.Module):
    """VGG16's five blocks without their pooling, which `forward` does; features at 1/2 to 1/32.

    `base` is the width of the first block, VGG's 64; published weights fit no other.
    """

    def __init__(self, base: int = 64) -> None:
        super().__init__()
        self.channels = (base, 2 * base, 4 * base, 8 * base, 8 * base)
        blocks: list[list[nn.Module]] = [[]]
        for layer in make_layers(_widths(self.channels), batch_norm=True):
            if isinstance(layer, nn.MaxPool2d):
                blocks.append([])
            else:
                blocks[-1].append(layer)
        self.blocks = nn.ModuleList(nn.Sequential(*block) for block in blocks[:-1])
        for module in self.blocks.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        self.pool = nn.MaxPool2d(2, return_indices=True)

    def forward(self, x: Tensor) -> list[Tensor]:
        """The pooled features, shallow to deep."""
        return self.with_indices(x)[0]

    def with_indices(self, x: Tensor) -> tuple[list[Tensor], Indices]:
        """The pooled features, and where each maximum was with the size it came from, for unpooling."""
        features, indices = [], []
        for block in self.blocks:
            before = block(x)
            x, where = self.pool(before)
            features.append(x)
            indices.append((where, before.shape))
        return features, indices


def _widths(channels: Sequence[int]) -> list[int | str]:
    """Torchvision's way to write VGG16: the width of every convolution, "M" for a pooling."""
    counts = (2, 2, 3, 3, 3)
    widths: list[int | str] = []
    for width, count in zip(channels, counts, strict=True):
        widths += [*[width] * count, "M"]
    return widths


class Fcn8s(SegmentationBody):
    """FCN-8s: scores at 1/32, 1/16 and 1/8 added up through transposed convolutions that begin bilinear.

    Each class is enlarged by its own kernel, so that classes can be added and reordered. `wide` is the width
    of VGG's fully connected layers, which become convolutions; an encoder without such layers has None and is
    scored as it is, as the paper does with GoogLeNet.
    """

    classifiers = (
        "score_32", "score_16", "score_8", "double_32", "double_16", "enlarge_8",
    )  # fmt: skip

    def __init__(
        self, encoder: VggEncoder | NamedEncoder, *, class_count: int, wide: int | None = _WIDE
    ) -> None:
        super().__init__()
        self.encoder = encoder
        _, _, eighth, sixteenth, last = encoder.channels
        self.dense = nn.Identity() if wide is None else _dense(last, wide)
        self.score_32 = nn.Conv2d(wide or last, class_count, kernel_size=1)
        self.score_16 = nn.Conv2d(sixteenth, class_count, kernel_size=1)
        self.score_8 = nn.Conv2d(eighth, class_count, kernel_size=1)
        self.double_32 = _bilinear(class_count, factor=2)
        self.double_16 = _bilinear(class_count, factor=2)
        self.enlarge_8 = _bilinear(class_count, factor=8)

    def forward(self, x: Tensor) -> Tensor:
        """Logits at full size."""
        _, _, eighth, sixteenth, last = self.encode(x)
        at_16 = self.double_32(self.score_32(self.dense(last))) + self.score_16(sixteenth)
        at_8 = self.double_16(at_16) + self.score_8(eighth)
        logits: Tensor = self.enlarge_8(at_8)
        return logits


def _dense(in_channels: int, wide: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, wide, kernel_size=7, padding=3),
        nn.ReLU(inplace=True),
        nn.Dropout2d(0.5),
        nn.Conv2d(wide, wide, kernel_size=1),
        nn.ReLU(inplace=True),
        nn.Dropout2d(0.5),
    )


class DeconvNet(SegmentationBody):
    """Convolution and its mirror: every pooling is undone at the places its maxima came from.

    The paper's net takes 224 x 224 only; with padded 7x7 convolutions in the middle ours takes any size.
    """

    encoder: VggEncoder

    def __init__(self, encoder: VggEncoder, *, class_count: int, wide: int = _WIDE) -> None:
        super().__init__()
        self.encoder = encoder
        widths = encoder.channels[::-1]
        self.middle = nn.Sequential(
            conv_bn_relu(widths[0], wide, kernel=7),
            conv_bn_relu(wide, wide, kernel=1),
            _transposed(wide, widths[0], kernel=7),
        )
        self.unpool = nn.MaxUnpool2d(2)
        after = (*widths[1:], widths[-1])
        counts = (3, 3, 3, 2, 2)
        self.mirror = nn.ModuleList(
            nn.Sequential(
                *(_transposed(width, width) for _ in range(count - 1)), _transposed(width, narrower)
            )
            for width, narrower, count in zip(widths, after, counts, strict=True)
        )
        self.classifier = nn.Conv2d(after[-1], class_count, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits at full size."""
        features, indices = self.encoder.with_indices(x)
        x = self.middle(features[-1])
        for block, (where, size) in zip(self.mirror, reversed(indices), strict=True):
            x = block(self.unpool(x, where, output_size=size[-2:]))
        logits: Tensor = self.classifier(x)
        return logits


def _transposed(in_channels: int, out_channels: int, *, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.ConvTranspose2d(in_channels, out_channels, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    )


def _bilinear(channels: int, *, factor: int) -> nn.ConvTranspose2d:
    """A transposed convolution per channel that begins as bilinear enlarging by `factor`."""
    size = 2 * factor
    conv = nn.ConvTranspose2d(
        channels, channels, size, stride=factor, padding=factor // 2, groups=channels, bias=False
    )
    ramp = 1 - (torch.arange(size) - (size - 1) / 2).abs() / factor
    with torch.no_grad():
        conv.weight.copy_((ramp[:, None] * ramp[None, :]).expand_as(conv.weight))
    return conv


def build_fcn8s(*, class_count: int, wide: int = _WIDE, base: int = 64) -> Fcn8s:
    """FCN-8s on VGG16 with batch norm."""
    return Fcn8s(VggEncoder(base), class_count=class_count, wide=wide)


def build_fcn8s_named(*, class_count: int, encoder: str) -> Fcn8s:
    """FCN-8s on any encoder by name; VGG's keep their two dense layers, others have none."""
    wide = _WIDE if encoder.startswith("vgg") else None
    return Fcn8s(encoder_by_name(encoder), class_count=class_count, wide=wide)


def build_deconvnet(*, class_count: int, wide: int = _WIDE, base: int = 64) -> DeconvNet:
    """The convolution-deconvolution network on VGG16 with batch norm."""
    return DeconvNet(VggEncoder(base), class_count=class_count, wide=wide)
