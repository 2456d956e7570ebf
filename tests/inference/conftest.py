"""Small rasters on disk, and nets so small that a test of the room around them costs nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from segstudio.inference.predictor import Predictor
from segstudio.inference.torch_forward import TorchForward
from segstudio.models.input_spec import InputSpec
from segstudio.models.nets.net import SegmentationBody, SegmentationNet

WriteRaster = Callable[..., Path]


@pytest.fixture
def write_raster(tmp_path: Path) -> WriteRaster:
    def write(pixels: NDArray[Any], *, nodata: float | None = None, name: str = "scene.tif") -> Path:
        path = tmp_path / name
        bands, height, width = pixels.shape
        place = {"crs": "EPSG:32640", "transform": rasterio.Affine(0.5, 0, 300_000, 0, -0.5, 2_800_000)}
        with rasterio.open(
            path, "w", driver="GTiff", width=width, height=height, count=bands, dtype=pixels.dtype,
            nodata=nodata, **place,
        ) as dataset:  # fmt: skip
            dataset.write(pixels)
        return path

    return write


@pytest.fixture
def noise() -> Callable[..., NDArray[Any]]:
    def make(height: int, width: int, *, bands: int = 3, dtype: str = "uint8", seed: int = 0) -> NDArray[Any]:
        rng = np.random.default_rng(seed)
        return rng.integers(1, 255, (bands, height, width)).astype(dtype)

    return make


class Local(SegmentationBody):
    """Two 3x3 convolutions: every answer depends on the nearest two pixels only."""

    stride = 1

    def __init__(self, class_count: int, *, with_depth: bool = False) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1))
        self.classifier = nn.Conv2d(8, class_count, 1)
        self.depth_head = nn.Conv2d(8, 1, 1) if with_depth else None
        self.has_depth = with_depth

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        features = self.encoder(x)
        logits = self.classifier(features)
        return logits if self.depth_head is None else (logits, self.depth_head(features))


@pytest.fixture
def local_net() -> Callable[..., SegmentationNet]:
    def make(class_count: int = 3, *, with_depth: bool = False, seed: int = 0) -> SegmentationNet:
        torch.manual_seed(seed)
        return SegmentationNet(Local(class_count, with_depth=with_depth), class_count=class_count)

    return make


def looking(net: nn.Module, *, overlap: float = 0.25, **options: Any) -> Predictor:
    """A net as it looks at rasters of bytes."""
    return Predictor(TorchForward(net, **options), InputSpec.for_dtype("uint8"), overlap=overlap)
