"""Whether up is up: what a patch may be turned into without becoming something nobody would photograph."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segstudio.raster.window import Window
from segstudio.training.sources import Channels, SampleSource, extent_of

_BANDS = 4  # an image is cut into so many strips from top to bottom
_LEANING = 0.3  # Cramer's V: street scenes reach 0.5 and more, pictures from above stay below 0.15
_STEP = 8


def is_aerial(sources: Sequence[SampleSource], channels: Channels) -> bool:
    """Whether any turn of the images is as likely as any other.

    Georeferenced images are seen from above. For the others the annotation tells: where the class depends
    on the height in the image (sky above, road below), up is up.
    """
    upright = [source for source in sources if not source.info.is_georeferenced]
    if len(upright) < len(sources):
        return True
    return leaning(upright, channels) < _LEANING


def leaning(sources: Sequence[SampleSource], channels: Channels) -> float:
    """How much the class depends on the height in the image: Cramer's V, 0 (not at all) to 1."""
    counts = np.zeros((_BANDS, channels.count))
    for source in sources:
        counts += _by_height(source, channels)
    counts = counts[:, counts.any(axis=0)]
    counts = counts[counts.any(axis=1)]
    smaller = min(counts.shape) - 1
    if smaller < 1:
        return 0.0
    total = counts.sum()
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    return float(np.sqrt(((counts - expected) ** 2 / expected).sum() / total / smaller))


def _by_height(source: SampleSource, channels: Channels) -> NDArray[np.float64]:
    """Share of each class in each strip of one image, (strips, K); each image counts alike."""
    extent = extent_of(source)
    edges = [round(n * extent.height / _BANDS) for n in range(_BANDS + 1)]
    counts = np.zeros((_BANDS, channels.count))
    for n in range(_BANDS):
        strip = Window(0, edges[n], extent.width, edges[n + 1] - edges[n])
        ids = channels.of(source.annotation.read(strip, step=_STEP))
        counts[n] = np.bincount(ids.ravel(), minlength=256)[: channels.count]
    shares: NDArray[np.float64] = counts / max(counts.sum(), 1.0)
    return shares
