"""What people said in a window, and what of it may be learned from."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segstudio.raster.window import Window
from segstudio.training.holdout import Split
from segstudio.training.sources import UNSAID, Channels, DepthScale, SampleSource

Bools = NDArray[np.bool_]


class Words(NamedTuple):
    """Planes of one window, (h, w) each, the hold-out silenced.

    Attributes:
        target: uint8 channels, 255 = not said.
        not_class: uint8, k = "not channel k", 255 = nothing; None where no image has such words.
        depth: float32, normalised, NaN = not said; None where there is none.
        free: Where nobody has spoken at all, not even for the hold-out.
    """

    target: NDArray[np.uint8]
    not_class: NDArray[np.uint8] | None
    depth: NDArray[np.float32] | None
    free: Bools


class WordReader:
    """Reads windows of all sources; the kinds of words are the channels, then "not class k", then depth."""

    def __init__(self, sources: Sequence[SampleSource], channels: Channels, split: Split) -> None:
        self._sources, self._channels, self._split = sources, channels, split
        self._scales = [None if s.depth_target is None else DepthScale.of(s.depth_target) for s in sources]

    def read(self, index: int, window: Window, valid: Bools | None) -> Words:
        """Everything said in a window; pixels without data say nothing."""
        source, scale = self._sources[index], self._scales[index]
        target = self._channels.of(source.annotation.read(window))
        not_class = None if source.not_class is None else self._channels.of(source.not_class.read(window))
        depth = None
        if source.depth_target is not None and scale is not None:
            depth = scale.apply(source.depth_target.read(window))
        free = target == UNSAID if not_class is None else (target == UNSAID) & (not_class == UNSAID)
        taught = self._teaches(index, window, valid)
        if taught is not None:
            _silence(target, not_class, depth, where=~taught)
        return Words(target, not_class, depth, free if valid is None else free & valid)

    def where(self, index: int, window: Window, kind: int) -> Bools:
        """Where a kind of word was said in a window and may be learned from."""
        words = self.read(index, window, None)
        if kind < self._channels.count:
            return np.asarray(words.target == kind)
        if kind == self._channels.count and words.not_class is not None:
            return np.asarray(words.not_class != UNSAID)
        return np.isfinite(words.depth) if words.depth is not None else np.zeros(window.shape, np.bool_)

    def _teaches(self, index: int, window: Window, valid: Bools | None) -> Bools | None:
        taught = self._split.teaches(index, window)
        if valid is None or taught is None:
            return valid if taught is None else taught
        return taught & valid


def _silence(
    target: NDArray[np.uint8],
    not_class: NDArray[np.uint8] | None,
    depth: NDArray[np.float32] | None,
    *,
    where: Bools,
) -> None:
    target[where] = UNSAID
    if not_class is not None:
        not_class[where] = UNSAID
    if depth is not None:
        depth[where] = np.nan
