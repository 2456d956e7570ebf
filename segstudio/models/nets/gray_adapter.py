"""The gray adapter: two 3x3 convolutions that learn how one or N bands become three.

Paper 1, section "model": one channel goes in as it is, two 3x3 convolutions with three kernels each stand
before the pretrained network and keep the height and width.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Sources = tuple[int, int, int]


class GrayAdapter(nn.Module):
    """N bands -> 3, (N, B, H, W) -> (N, 3, H, W).

    Before training it reproduces channel stacking exactly: kernels are Dirac, biases zero, and no
    activation stands in the way (the paper names none). One band is copied to three, three pass as they
    are, of others the `display_bands` pass and the rest starts at zero weight.
    """

    def __init__(self, in_bands: int, display_bands: Sequence[int] | None = None) -> None:
        super().__init__()
        self.in_bands = in_bands
        self.mix = _DiracConv(in_bands, source_bands(in_bands, display_bands))
        self.refine = _DiracConv(3, (0, 1, 2))

    def forward(self, x: Tensor) -> Tensor:
        """The three bands the net behind sees."""
        seen: Tensor = self.refine(self.mix(x))
        return seen


class _DiracConv(nn.Conv2d):
    """A 3x3 convolution that begins as picking the bands `sources`.

    It is computed as what it picks plus the convolution with (kernel - Dirac): the same sum, but exact
    before training on every device, where reduced precision or fast algorithms would round x * 1.
    """

    dirac: Tensor

    def __init__(self, in_bands: int, sources: Sources) -> None:
        super().__init__(in_bands, 3, kernel_size=3, padding=1)
        self.sources = sources
        dirac = torch.zeros(self.weight.shape)
        for output, source in enumerate(sources):
            dirac[output, source, 1, 1] = 1.0
        self.register_buffer("dirac", dirac, persistent=False)
        with torch.no_grad():
            self.weight.copy_(dirac)
            if self.bias is not None:
                self.bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """(N, B, H, W) -> (N, 3, H, W)."""
        learned = F.conv2d(x, self.weight - self.dirac, self.bias, padding=1)
        return learned + self._picked(x)

    def _picked(self, x: Tensor) -> Tensor:
        if self.in_channels == 1:
            return x.expand(-1, 3, -1, -1)
        return x if self.in_channels == 3 else x[:, list(self.sources)]


def source_bands(in_bands: int, display_bands: Sequence[int] | None = None) -> Sources:
    """Which band each output starts from; display bands do not matter where there are one or three."""
    if in_bands in (1, 3):
        return (0, 0, 0) if in_bands == 1 else (0, 1, 2)
    chosen = tuple(display_bands or ((0,) if in_bands == 2 else (0, 1, 2)))
    if len(chosen) == 1:
        chosen *= 3
    if len(chosen) != 3 or not all(0 <= band < in_bands for band in chosen):
        raise ValueError(f"display bands {chosen} do not fit {in_bands} bands")
    return chosen[0], chosen[1], chosen[2]


class ChannelStacking(nn.Module):
    """One band copied to three, nothing to learn: the usual trick, measured beside the gray adapter."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, H, W) -> (N, 3, H, W)."""
        return x.expand(-1, 3, -1, -1)
