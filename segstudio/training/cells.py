"""Where something was said: small squares, counted by what they hold, from which places are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.raster.window import Window
from segstudio.training.sources import UNSAID, SampleSource
from segstudio.training.words import WordReader

CELL_PX = 64
_RARITY = 0.5  # exponent on a class's share: 1 draws as it lies there, 0 draws all classes alike

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Squares of 64 px that hold something to learn.

    Attributes:
        places: (n, 3): source, row, column of the upper left pixel.
        counts: (n, K + 2): pixels of each channel, of "not class k", of depth.
    """

    places: Counts
    counts: Counts

    @classmethod
    def of(cls, sources: Sequence[SampleSource], reader: WordReader, class_count: int) -> "Cells":
        """Look through the written chunks of every source; what the reader silences is not counted."""
        places = [np.zeros((0, 3), np.int64)]
        counts = [np.zeros((0, class_count + 2), np.int64)]
        for index, source in enumerate(sources):
            for window in _spoken_windows(source):
                found = _count(reader, index, window, class_count)
                rows, cols = np.nonzero(found.any(axis=2))
                where = np.stack([np.full_like(rows, index), rows * CELL_PX, cols * CELL_PX], axis=1)
                places.append(where + np.array([0, window.row_off, window.col_off]))
                counts.append(found[rows, cols])
        return cls(np.concatenate(places), np.concatenate(counts))

    @property
    def total(self) -> Counts:
        """Pixels of each kind, (K + 2,)."""
        summed: Counts = self.counts.sum(axis=0)
        return summed


class Lottery:
    """Draws cells: rare classes more often than they lie there, and first where much of them was said."""

    def __init__(self, cells: Cells) -> None:
        self._places = cells.places
        total = cells.total.astype(np.float64)
        self._depth = len(total) - 1
        chances = (total[:-1] / max(total[:-1].sum(), 1)) ** _RARITY * (total[:-1] > 0)
        self._chances = chances / max(chances.sum(), 1e-12)
        # a cell full of a class is worth more than one with a pixel of it, but not in proportion
        self._sums = np.cumsum(np.sqrt(cells.counts.astype(np.float64)), axis=0)

    def draw(self, rng: np.random.Generator, *, depth_only: bool) -> tuple[int, int, Window]:
        """A kind of word, a source and one of its cells in which that kind was said."""
        kind = self._depth if depth_only else int(rng.choice(self._depth, p=self._chances))
        sums = self._sums[:, kind]
        cell = int(np.searchsorted(sums, rng.random() * sums[-1], side="right"))
        # rounding may pass the last cell that holds any
        cell = min(cell, int(np.searchsorted(sums, sums[-1], side="left")))
        index, row, col = (int(n) for n in self._places[cell])
        return kind, index, Window(col, row, CELL_PX, CELL_PX)


def _spoken_windows(source: SampleSource) -> list[Window]:
    planes = [source.annotation, source.not_class, source.depth_target]
    windows = {p.chunk_window(row, col) for p in planes if p is not None for row, col in p.written_chunks()}
    return sorted(windows, key=lambda w: (w.row_off, w.col_off))


def _count(reader: WordReader, index: int, window: Window, class_count: int) -> Counts:
    """Pixels of each kind in each cell of a window, (rows, cols, K + 2)."""
    words = reader.read(index, window, None)
    nothing = np.zeros(window.shape, np.bool_)
    partial = nothing if words.not_class is None else words.not_class != UNSAID
    deep = nothing if words.depth is None else np.isfinite(words.depth)
    counts = [_sum_cells(words.target, class_count), _sum_cells(~partial, 1), _sum_cells(~deep, 1)]
    return np.concatenate(counts, axis=2)


def _sum_cells(ids: NDArray[np.uint8] | NDArray[np.bool_], kinds: int) -> Counts:
    """How often each number below `kinds` stands in each cell, (rows, cols, kinds)."""
    height, width = ids.shape
    rows, cols = -(-height // CELL_PX), -(-width // CELL_PX)
    cells = np.arange(height)[:, None] // CELL_PX * cols + np.arange(width)[None] // CELL_PX
    found = np.bincount((cells * kinds + ids)[ids < kinds], minlength=rows * cols * kinds)
    return found.astype(np.int64).reshape(rows, cols, kinds)
