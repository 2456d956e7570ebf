"""The gray adapter: two 3x3 convolutions that learn how one or N bands become three.

Paper 1, section "model": one channel goes in as it is, two 3x3 convolutions with three kernels each stand
before the pretrained network and keep the height and width.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class GrayAdapter(nn.Module):
    """N bands -> 3, (N, B, H, W) -> (N, 3, H, W).

    Before training it reproduces channel stacking exactly: kernels are Dirac, biases zero, and no
    activation stands in the way (the paper names none). One band is copied to three, three pass as they
    are, of more the three `display_bands` pass and the rest starts at zero weight.
    """

    def __init__(self, in_bands: int, display_bands: Sequence[int] | None = None) -> None:
        super().__init__()
        self.in_bands = in_bands
        self.mix = nn.Conv2d(in_bands, 3, kernel_size=3, padding=1)
        self.refine = nn.Conv2d(3, 3, kernel_size=3, padding=1)
        _become_dirac(self.mix, source_bands(in_bands, display_bands))
        _become_dirac(self.refine, (0, 1, 2))

    def forward(self, x: Tensor) -> Tensor:
        """The three bands the net behind sees."""
        seen: Tensor = self.refine(self.mix(x))
        return seen


def source_bands(in_bands: int, display_bands: Sequence[int] | None = None) -> tuple[int, int, int]:
    """Which band each of the three outputs starts from; display bands count only beyond three bands."""
    if in_bands == 3:
        return (0, 1, 2)
    if in_bands < 3:
        return (0, 0, 0)
    chosen = tuple(display_bands or (0, 1, 2))
    if len(chosen) == 1:
        chosen *= 3
    if len(chosen) != 3 or not all(0 <= band < in_bands for band in chosen):
        raise ValueError(f"display bands {chosen} do not fit {in_bands} bands")
    return chosen[0], chosen[1], chosen[2]


def _become_dirac(conv: nn.Conv2d, sources: tuple[int, int, int]) -> None:
    with torch.no_grad():
        conv.weight.zero_()
        for output, source in enumerate(sources):
            conv.weight[output, source, 1, 1] = 1.0
        if conv.bias is not None:
            conv.bias.zero_()
