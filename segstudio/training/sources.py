"""What a fine-tune learns from: images and what people said about them, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.mask.plane import Plane
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window

UNSAID = 255

Ids = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SampleSource:
    """One image and a snapshot of its annotation; every plane has the image's size.

    Attributes:
        image_path: The image; each thread opens it for itself.
        info: Its header.
        annotation: uint8 class ids, 255 = not said.
        depth_target: float32, relative or metres, NaN = not said; None where there is none.
        not_class: uint8: k says "certainly not class id k" without saying what it is; 255 = not said.
        name: How the image is called in reports.
        taken_at: EXIF time in seconds, where the photo has one.
    """

    image_path: str
    info: RasterInfo
    annotation: Plane
    depth_target: Plane | None = None
    not_class: Plane | None = None
    name: str = ""
    taken_at: float | None = None


class Channels:
    """Class ids of the list to output channels of the net, and nothing else counts."""

    def __init__(self, class_ids: Sequence[int]) -> None:
        self.class_ids = tuple(class_ids)
        self._table = np.full(256, UNSAID, np.uint8)
        for channel, class_id in enumerate(self.class_ids):
            self._table[class_id] = channel

    @property
    def count(self) -> int:
        """Output channels."""
        return len(self.class_ids)

    def of(self, class_ids: NDArray[Any]) -> Ids:
        """Channels of a plane of class ids; 255 where the net has no such class."""
        found: Ids = self._table[class_ids]
        return found


@dataclass(frozen=True, slots=True)
class DepthScale:
    """Depth is relative: each image's own mean becomes 0 and its spread 1, over the whole image.

    Over the whole image, not the patch, so that neighbouring windows agree on what "near" means.
    """

    mean: float
    spread: float

    @classmethod
    def of(cls, plane: Plane) -> "DepthScale":
        """The scale of what is known of one image's depth, from every eighth pixel."""
        known = [
            _finite(plane.read(plane.chunk_window(row, col), step=8)) for row, col in plane.written_chunks()
        ]
        values = np.concatenate(known) if known else np.zeros(0, np.float32)
        if not values.size:
            return cls(0.0, 1.0)
        return cls(float(values.mean()), max(float(values.std()), 1e-6))

    def apply(self, depth: Floats) -> Floats:
        """Normalised depth; NaN stays NaN."""
        return ((depth - self.mean) / self.spread).astype(np.float32)


def extent_of(source: SampleSource) -> Window:
    """All pixels of the image."""
    return Window(0, 0, source.info.width, source.info.height)


def _finite(values: NDArray[Any]) -> Floats:
    found: Floats = values[np.isfinite(values)].astype(np.float32)
    return found
