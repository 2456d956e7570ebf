"""Any encoder of segmentation_models.pytorch by name, "tu-<timm name>" included, without weights."""

from typing import Any

from segmentation_models_pytorch.encoders import get_encoder
from torch import Tensor, nn


class SmpEncoder(nn.Module):
    """Features from 1/2 on, shallow to deep; the image itself, which smp gives too, is left out."""

    def __init__(self, name: str, *, output_stride: int = 32) -> None:
        super().__init__()
        self.model: Any = get_encoder(name, in_channels=3, depth=5, weights=None, output_stride=output_stride)
        self.channels: tuple[int, ...] = tuple(self.model.out_channels[1:])

    def forward(self, x: Tensor) -> list[Tensor]:
        """The five features of (N, 3, H, W)."""
        return list(self.model(x))[1:]
