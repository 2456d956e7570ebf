"""Spectral indices and thresholds as score functions: pixels (N, B, H, W) in, scores (N, K, H, W) out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# How far from a threshold an answer is sure; what lies nearer is doubtful, and the window leads there first.
_SURE = 0.1
# A value on the threshold belongs above it.
_TIP = 1e-4


@dataclass(frozen=True, slots=True)
class NormalisedDifference:
    """Two classes by (a - b) / (a + b), a and b the first and second band.

    The first class lies above `threshold`, the second below. `offset` is added to both bands before, for
    products whose reflectance does not begin at 0. Where a + b is not above 0 nothing is said: there is no
    light to compare.
    """

    threshold: float
    offset: float = 0.0

    def predict_scores(self, pixels: Floats) -> Floats:
        """(N, 2, H, W) -> (N, 2, H, W)."""
        first, second = pixels[:, 0] + self.offset, pixels[:, 1] + self.offset
        total = first + second
        has_light = total > 0
        index = np.divide(first - second, total, out=np.zeros_like(total), where=has_light)
        above = _above(index, self.threshold, _SURE)
        return np.stack([above, 1 - above], axis=1) * has_light[:, None]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One class more than there are thresholds, by the first band's value, from low to high."""

    thresholds: tuple[float, ...]

    def predict_scores(self, pixels: Floats) -> Floats:
        """(N, B, H, W) -> (N, K, H, W)."""
        gaps = [high - low for low, high in pairwise(self.thresholds)]
        sure = min(
            [_SURE, *(gap / 2 for gap in gaps)]
        )  # wider, and neighbours would outvote the class between
        above = [_above(pixels[:, 0], threshold, sure) for threshold in self.thresholds]
        least = [np.ones_like(pixels[:, 0]), *above]
        most = [*above, np.zeros_like(pixels[:, 0])]
        return np.stack([low - high for low, high in zip(least, most, strict=True)], axis=1)


def build_index(*, class_count: int, threshold: float, offset: float = 0.0) -> NormalisedDifference:
    """The builder that plugin.toml names for NDVI and NDWI."""
    if class_count != 2:
        raise ValueError("an index tells two classes apart")
    return NormalisedDifference(threshold, offset)


def build_thresholds(*, class_count: int, thresholds: Sequence[float]) -> Thresholds:
    """The builder that plugin.toml names for plain thresholds."""
    if len(thresholds) != class_count - 1 or list(thresholds) != sorted(set(thresholds)):
        raise ValueError("there must be one threshold between each two classes, from low to high")
    return Thresholds(tuple(thresholds))


def _above(values: Floats, threshold: float, sure: float) -> Floats:
    """0..1, one half at the threshold."""
    share = 0.5 + (values - np.float32(threshold)) / np.float32(2 * sure)
    # the value itself decides, not its rounded share
    is_above = values >= np.float32(threshold)
    return np.where(is_above, share.clip(0.5 + _TIP, 1.0), share.clip(0.0, 0.5 - _TIP)).astype(np.float32)
