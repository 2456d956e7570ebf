"""The few layers that several architectures share."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from segstudio.models.nets.net import enlarge


def conv_bn_relu(in_channels: int, out_channels: int, *, kernel: int = 3, dilation: int = 1) -> nn.Sequential:
    """Convolution that keeps height and width, batch norm, ReLU."""
    padding = dilation * (kernel // 2)
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel, padding=padding, dilation=dilation, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    )


def separable_bn_relu(in_channels: int, out_channels: int, *, dilation: int = 1) -> nn.Sequential:
    """Depthwise 3x3, pointwise, batch norm, ReLU: DeepLabV3+'s atrous separable convolution."""
    return nn.Sequential(
        nn.Conv2d(
            in_channels, in_channels, 3, padding=dilation, dilation=dilation, groups=in_channels, bias=False
        ),
        *conv_bn_relu(in_channels, out_channels, kernel=1),
    )


class Aspp(nn.Module):
    """Atrous spatial pyramid pooling: 1x1, 3x3 at three rates, image pooling; concat; 1x1.

    Separable convolutions as in DeepLabV3+. Without dilation the three are 1x1 convolutions. The pooled
    branch has no batch norm: one value per image and channel leaves a batch of one no variance.
    """

    def __init__(
        self,
        in_channels: int,
        width: int = 256,
        *,
        rates: Sequence[int] = (6, 12, 18),
        dilated: bool = True,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList([conv_bn_relu(in_channels, width, kernel=1)])
        for rate in rates:
            self.branches.append(
                separable_bn_relu(in_channels, width, dilation=rate)
                if dilated
                else conv_bn_relu(in_channels, width, kernel=1)
            )
        self.pool = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(in_channels, width, 1), nn.ReLU(inplace=True)
        )
        self.project = nn.Sequential(
            conv_bn_relu(width * (len(rates) + 2), width, kernel=1), nn.Dropout(dropout)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) -> (N, width, h, w)."""
        found = [branch(x) for branch in self.branches]
        found.append(enlarge(self.pool(x), x.shape[-2:]))
        fused: Tensor = self.project(torch.cat(found, dim=1))
        return fused
