"""timm encoders with taps of our own: features where an architecture wants them, at the strides it wants.

Every module keeps timm's names, so that published weights fit block by block. Nothing is downloaded.
"""

from collections.abc import Sequence
from typing import Any, Literal, cast

import timm
from torch import Tensor, nn

from segstudio.models.nets.net import NORMALISATIONS


class TappedEncoder(nn.Module):
    """A stem and blocks; gives the output of every block in `taps`, shallow to deep.

    `channels` and `strides` say what each tap gives.
    """

    def __init__(
        self,
        stem: nn.Module,
        blocks: Sequence[nn.Module],
        *,
        taps: Sequence[int],
        channels: Sequence[int],
        strides: Sequence[int],
    ) -> None:
        super().__init__()
        self.stem = stem
        self.blocks = nn.ModuleList(blocks[: max(taps) + 1])
        self.taps = tuple(taps)
        self.channels = tuple(channels)
        self.strides = tuple(strides)

    def forward(self, x: Tensor) -> list[Tensor]:
        """The tapped features of (N, 3, H, W)."""
        x = self.stem(x)
        features = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in self.taps:
                features.append(x)
        return features


def mobilenet_v3(*, output_stride: int = 32, width: float = 1.0) -> TappedEncoder:
    """MobileNetV3-Large: 16 at 1/2, 24 at 1/4, 40 at 1/8, 112 at 1/16 and 160 channels at `output_stride`.

    The last 1x1 convolution to 960 channels belongs to the ImageNet head and is left out: it would make
    the deep end of every decoder six times as wide for no new feature.
    """
    name = {1.0: "mobilenetv3_large_100", 0.75: "mobilenetv3_large_075"}[width]
    model: Any = timm.create_model(name, pretrained=False, features_only=True, output_stride=output_stride)
    blocks = list(model.blocks)[:6]
    taps = (0, 1, 2, 4, 5)
    return TappedEncoder(
        nn.Sequential(model.conv_stem, model.bn1),
        blocks,
        taps=taps,
        channels=[_out_channels(blocks[tap]) for tap in taps],
        strides=(2, 4, 8, 16, output_stride),
    )


def _out_channels(block: nn.Module) -> int:
    return _convolutions(block)[-1].out_channels


class Xception65Encoder(nn.Module):
    """Xception65 with the four features that the MFF paper names: F_low, ends of entry, middle, exit flow.

    F_low: 256 channels at 1/4, in the second entry block before its strided convolution, as in DeepLabV3+.
    The entry flow ends with block 2 (728 channels), the middle flow with block 18 (728), the exit flow with
    block 20 (2048). `middle_stride` 8 gives the paper's sizes 1/8, 1/8, 1/16; 16 is DeepLabV3+'s usual
    output stride 16, for comparison.

    The paper gives the sizes only. Our inference: the third entry block loses its stride, the exit block
    keeps its own, and what follows a lost stride is dilated by 2, as DeepLab does wherever it takes a stride
    out. Neither strides nor dilations hold weights, so published ones fit, and they mean what they meant:
    on every second pixel the features are exactly those of the undilated network.
    """

    channels = (256, 728, 728, 2048)
    normalisation = NORMALISATIONS["inception"]

    def __init__(self, *, middle_stride: Literal[8, 16] = 8) -> None:
        super().__init__()
        model: Any = timm.create_model("xception65", pretrained=False, num_classes=0)
        self.stem = model.stem
        self.blocks = model.blocks
        self.strides = (4, middle_stride, middle_stride, 16)
        if middle_stride == 8:
            _unstride(self.blocks[2])
            _dilate(self.blocks[3:])
        else:
            _unstride(self.blocks[19])
            _dilate(self.blocks[20:])

    def forward(self, x: Tensor) -> list[Tensor]:
        """[F_low, entry, middle, exit] of (N, 3, H, W)."""
        low, x = _with_tap(self.blocks[1], self.blocks[0](self.stem(x)))
        entry = self.blocks[2](x)
        middle = self.blocks[3:19](entry)
        return [low, entry, middle, self.blocks[19:](middle)]


def _with_tap(block: Any, x: Tensor) -> tuple[Tensor, Tensor]:
    """The input of a block's last (strided) convolution, and the block's output."""
    tap = cast(Tensor, block.stack[:-1](x))
    return tap, cast(Tensor, block.stack[-1](tap) + block.shortcut(x))


def _unstride(block: nn.Module) -> None:
    for conv in _convolutions(block):
        conv.stride = (1, 1)


def _dilate(blocks: nn.Module) -> None:
    for conv in _convolutions(blocks):
        if conv.kernel_size == (3, 3):
            conv.dilation = conv.padding = (2, 2)


def _convolutions(module: nn.Module) -> list[nn.Conv2d]:
    return [each for each in module.modules() if isinstance(each, nn.Conv2d)]
