"""A scene whose classes can be told by colour and grain, and a net small enough to learn them in seconds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from segstudio.mask.plane import Plane
from segstudio.models.nets.net import SegmentationBody, SegmentationNet
from segstudio.models.nets.two_decoder import TwoDecoder
from segstudio.raster.open import open_raster
from segstudio.training.sources import SampleSource

COLOURS = np.array([[200, 80, 60], [110, 230, 120], [30, 50, 120]], np.float32)


def field(height: int, width: int, *, seed: int = 0, cell: int = 32) -> NDArray[np.uint8]:
    """Class ids in squares of `cell` pixels."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 3, (-(-height // cell), -(-width // cell)))
    return np.kron(coarse, np.ones((cell, cell), int))[:height, :width].astype(np.uint8)


def coloured(
    ids: NDArray[np.uint8], *, seed: int = 0, bands: tuple[int, ...] = (0, 1, 2)
) -> NDArray[np.uint8]:
    """(3, h, w): each class in its colour, with noise; another order of bands is another sensor."""
    rng = np.random.default_rng(seed)
    pixels = COLOURS[ids] + rng.normal(0, 20, (*ids.shape, 3))
    return np.clip(pixels, 0, 255).astype(np.uint8).transpose(2, 0, 1)[list(bands)]


@pytest.fixture
def make_source(tmp_path: Path) -> Callable[..., SampleSource]:
    def make(
        ids: NDArray[np.uint8] | None = None,
        *,
        size: tuple[int, int] = (320, 320),
        name: str = "scene",
        seed: int = 0,
        where: NDArray[np.bool_] | None = None,
        photo: bool = False,
        folder: str = ".",
        depth: NDArray[np.float32] | None = None,
        taken_at: float | None = None,
        bands: tuple[int, ...] = (0, 1, 2),
    ) -> SampleSource:
        ids = field(*size, seed=seed) if ids is None else ids
        path = tmp_path / folder / f"{name}.{'png' if photo else 'tif'}"
        path.parent.mkdir(exist_ok=True)
        _write(path, coloured(ids, seed=seed, bands=bands), photo=photo)
        with open_raster(path) as raster:
            info = raster.info
        annotation = Plane(info.width, info.height)
        annotation.write(info.extent, ids, where)
        target = None
        if depth is not None:
            target = Plane(info.width, info.height, dtype=np.float32, fill=float("nan"))
            target.write(info.extent, depth)
        return SampleSource(str(path), info, annotation, depth_target=target, name=name, taken_at=taken_at)

    return make


def _write(path: Path, pixels: NDArray[Any], *, photo: bool) -> None:
    if photo:
        from PIL import Image

        Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0))).save(path)
        return
    bands, height, width = pixels.shape
    place = {"crs": "EPSG:32640", "transform": rasterio.Affine(0.5, 0, 300_000, 0, -0.5, 2_800_000)}
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=bands, dtype=pixels.dtype, **place
    ) as dataset:
        dataset.write(pixels)


class Small(SegmentationBody):
    """A handful of convolutions with batch norm."""

    stride = 4

    def __init__(self, class_count: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 12, 3, stride=2, padding=1), nn.BatchNorm2d(12), nn.ReLU(),
            nn.Conv2d(12, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU(),
        )  # fmt: skip
        self.classifier = nn.Conv2d(12, class_count, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.encoder(x))


@pytest.fixture
def small_net() -> Callable[..., SegmentationNet]:
    def make(class_count: int = 3, *, seed: int = 0) -> SegmentationNet:
        torch.manual_seed(seed)
        return SegmentationNet(Small(class_count), class_count=class_count)

    return make


class Pyramid(nn.Module):
    """An encoder of two levels."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU())
        self.second = nn.Sequential(nn.Conv2d(8, 12, 3, stride=2, padding=1), nn.BatchNorm2d(12), nn.ReLU())

    def forward(self, x: Tensor) -> list[Tensor]:
        half = self.first(x)
        return [half, self.second(half)]


@pytest.fixture
def two_headed_net() -> Callable[..., SegmentationNet]:
    def make(class_count: int = 3, *, seed: int = 0) -> SegmentationNet:
        torch.manual_seed(seed)
        body = TwoDecoder(Pyramid(), channels=(8, 12), decoder_channels=(8, 8), class_count=class_count)
        return SegmentationNet(body, class_count=class_count)

    return make
