"""MFF: multi-path feature fusion, and DeepLabV3+ with it (paper 2).

F1 and F2, the ends of the entry and the middle flow, each pass parallel dilated 3x3 convolutions at rates
3, 6 and 9; F3, the end of the exit flow, passes DeepLabV3+'s ASPP. All three are enlarged to F_low's 1/4
(equation 1) and concatenated with it (equation 2; K = the sum of the four channel counts); DeepLabV3+'s
decoder follows.

The paper leaves open, and we chose: the width of F1's and F2's branches and a 1x1 projection before them,
which bound the cost; separable convolutions in ASPP and decoder, as DeepLabV3+ has with Xception; and for
"without dilated convolutions" 1x1 convolutions in the paths *and* in the ASPP (the result lies below plain
DeepLabV3+), with the reading that keeps the ASPP as a second row.
"""

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn

from segstudio.models.nets.encoders import Xception65Encoder, mobilenet_v3
from segstudio.models.nets.layers import Aspp, conv_bn_relu, separable_bn_relu
from segstudio.models.nets.named_encoder import canonical_name, encoder_by_name
from segstudio.models.nets.net import SegmentationBody, enlarge

BOTH_PATHS = ("entry", "middle")
RATES = (3, 6, 9)
"""The dilation rates of F1 and F2 in the paper."""

LIGHT_WIDTH = 128
"""Channels of the light nets' ASPP and decoder, DeepLabV3+'s being 256: a third more images a second, and
MobileNetV3's own segmentation head is as wide."""
LIGHT_PROJECTION = 64
LIGHT_BRANCH_WIDTH = 48
"""With these the light fusion costs 1.42 times plain DeepLabV3+ in multiply-adds on the same strides; the
128 and 64 of the full module would cost 1.79 times."""


class ParallelDilated(nn.Module):
    """One path: a 1x1 projection, then parallel 3x3 convolutions at several rates, concatenated.

    The projection is ours: it bounds the path's cost. Without dilation every 3x3 becomes a 1x1 of the same
    output shape.
    """

    def __init__(
        self,
        in_channels: int,
        *,
        projection: int = 128,
        branch_width: int = 64,
        rates: Sequence[int] = RATES,
        dilated: bool = True,
    ) -> None:
        super().__init__()
        self.project = conv_bn_relu(in_channels, projection, kernel=1)
        kernel = 3 if dilated else 1
        self.branches = nn.ModuleList(
            conv_bn_relu(projection, branch_width, kernel=kernel, dilation=rate if dilated else 1)
            for rate in rates
        )
        self.out_channels = branch_width * len(rates)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) -> (N, out_channels, h, w)."""
        x = self.project(x)
        return torch.cat([branch(x) for branch in self.branches], dim=1)


class MultiPathFusion(nn.Module):
    """[F_low, entry, middle, F3] -> everything at F_low's size, concatenated: (N, `out_channels`, h, w).

    `channels` are those of the four features in that order. `low_width` is F_low's 1x1 convolution
    (DeepLabV3+'s 48), None lets it pass. F3 comes in ready: through the ASPP in DeepLabV3+, through attention
    refinement in BiSeNet. `paths` chooses the paper's variants; with none of them this is plain DeepLabV3+'s
    concatenation.
    """

    def __init__(
        self,
        channels: Sequence[int],
        *,
        paths: Sequence[str] = BOTH_PATHS,
        low_width: int | None = 48,
        projection: int = 128,
        branch_width: int = 64,
        rates: Sequence[int] = RATES,
        dilated: bool = True,
    ) -> None:
        super().__init__()
        low, entry, middle, exit_channels = channels
        unknown = set(paths) - set(BOTH_PATHS)
        if unknown:
            raise ValueError(f"paths are {BOTH_PATHS}, not {sorted(unknown)}")
        self.low = nn.Identity() if low_width is None else conv_bn_relu(low, low_width, kernel=1)
        self.paths = nn.ModuleDict(
            {
                name: ParallelDilated(
                    count, projection=projection, branch_width=branch_width, rates=rates, dilated=dilated
                )
                for name, count in zip(BOTH_PATHS, (entry, middle), strict=True)
                if name in paths
            }
        )
        widths = branch_width * len(rates) * len(self.paths)
        self.out_channels = (low_width or low) + widths + exit_channels

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """The concatenation of the paper's equation for F."""
        low, entry, middle, deep = features
        fused = [self.low(low)]
        for name, feature in zip(BOTH_PATHS, (entry, middle), strict=True):
            if name in self.paths:
                fused.append(enlarge(self.paths[name](feature), low.shape[-2:]))
        fused.append(enlarge(deep, low.shape[-2:]))
        return torch.cat(fused, dim=1)


class MffDeepLab(SegmentationBody):
    """DeepLabV3+ with multi-path fusion; `paths=()` is plain DeepLabV3+ on the same encoder and strides.

    `taps` are the encoder's features for F_low, entry, middle and exit.
    """

    def __init__(
        self,
        encoder: nn.Module,
        *,
        channels: Sequence[int],
        taps: Sequence[int],
        class_count: int,
        width: int = 256,
        paths: Sequence[str] = BOTH_PATHS,
        projection: int = 128,
        branch_width: int = 64,
        dilated_paths: bool = True,
        dilated_aspp: bool = True,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.stride = 16
        self.taps = tuple(taps)
        chosen = [channels[tap] for tap in taps]
        self.aspp = Aspp(chosen[3], width, dilated=dilated_aspp)
        self.fusion = MultiPathFusion(
            [*chosen[:3], width],
            paths=paths,
            projection=projection,
            branch_width=branch_width,
            dilated=dilated_paths,
        )
        self.decoder = nn.Sequential(
            separable_bn_relu(self.fusion.out_channels, width), separable_bn_relu(width, width)
        )
        self.classifier = nn.Conv2d(width, class_count, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, K, H/4, W/4)."""
        features = self.encode(x)
        low, entry, middle, deep = (features[tap] for tap in self.taps)
        fused = self.fusion([low, entry, middle, self.aspp(deep)])
        logits: Tensor = self.classifier(self.decoder(fused))
        return logits


def build_light(
    *,
    class_count: int,
    width: int = LIGHT_WIDTH,
    paths: Sequence[str] = BOTH_PATHS,
    dilated_paths: bool = True,
    dilated_aspp: bool = True,
) -> MffDeepLab:
    """MFF on MobileNetV3-Large at output stride 16: F_low at 1/4, F1 at 1/8, F2 and F3 at 1/16.

    F2 lies at 1/16 and not at the paper's 1/8: the light encoder has its "middle flow" (112 channels) there.
    """
    encoder = mobilenet_v3(output_stride=16)
    return MffDeepLab(
        encoder,
        channels=encoder.channels,
        taps=(1, 2, 3, 4),
        class_count=class_count,
        width=width,
        paths=paths,
        projection=LIGHT_PROJECTION,
        branch_width=LIGHT_BRANCH_WIDTH,
        dilated_paths=dilated_paths,
        dilated_aspp=dilated_aspp,
    )


def build_xception65(
    *,
    class_count: int,
    paths: Sequence[str] = BOTH_PATHS,
    dilated_paths: bool = True,
    dilated_aspp: bool = True,
    middle_stride: Literal[8, 16] = 8,
) -> MffDeepLab:
    """The paper's network: Xception65 with entry and middle flow ending at 1/8 and exit flow at 1/16.

    With `middle_stride` 16 and no paths it is DeepLabV3+ as published, at output stride 16.
    """
    encoder = Xception65Encoder(middle_stride=middle_stride)
    return MffDeepLab(
        encoder,
        channels=encoder.channels,
        taps=(0, 1, 2, 3),
        class_count=class_count,
        paths=paths,
        dilated_paths=dilated_paths,
        dilated_aspp=dilated_aspp,
    )


def build_named(
    *,
    class_count: int,
    encoder: str,
    paths: Sequence[str] = BOTH_PATHS,
    dilated_paths: bool = True,
    dilated_aspp: bool = True,
) -> MffDeepLab:
    """MFF on any encoder by name at output stride 16: F_low at 1/4, F1 at 1/8, F2 and F3 at 1/16.

    Without paths it is DeepLabV3+. Xception65 with paths is tapped and strided as the paper says.
    """
    variant: dict[str, Any] = {
        "class_count": class_count,
        "paths": paths,
        "dilated_paths": dilated_paths,
        "dilated_aspp": dilated_aspp,
    }
    if paths and canonical_name(encoder) == "tu-xception65":
        return build_xception65(**variant)
    chosen = encoder_by_name(encoder, output_stride=16)
    return MffDeepLab(chosen, channels=chosen.channels, taps=(1, 2, 3, 4), **variant)
