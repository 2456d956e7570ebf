"""Windows of a raster as prepared batches, read and scaled into a few buffers that are used in turn."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from segstudio.inference.preprocess import ScenePreprocess
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window

READ_AHEAD = 2  # batches that may wait beside the net


@dataclass(frozen=True, slots=True)
class WindowBatch:
    """Prepared windows: `pixels` float32 (n, B, p, p), channel-last; `valid` (p, p) each, None = all."""

    windows: list[Window]
    pixels: NDArray[np.float32]
    valid: list[NDArray[np.bool_] | None]


def read_batches(
    path: str, scene: ScenePreprocess, windows: Sequence[Window], batch: int, *, held: int = 1
) -> Generator[WindowBatch, None, None]:
    """Batches in the windows' order, while the consumer holds up to `held` and `READ_AHEAD` more wait.

    A batch's buffer is filled again that many batches later.
    """
    if not windows:
        return
    shape = (min(batch, len(windows)), *windows[0].shape, len(scene.bands))
    # a fresh large array is page-faulted every time it is filled: a few are kept instead
    buffers = cycle([np.empty(shape, np.float32).transpose(0, 3, 1, 2) for _ in range(READ_AHEAD + held)])
    with open_raster(path) as raster:
        for at in range(0, len(windows), batch):
            some = list(windows[at : at + batch])
            pixels = next(buffers)[: len(some)]
            valid = [scene.read(raster, window, out=pixels[n])[1] for n, window in enumerate(some)]
            yield WindowBatch(some, pixels, valid)
