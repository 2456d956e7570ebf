"""How many pixels each class is shown on: counted chunk by chunk in idle moments."""

import time
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.mask import Mask
from segstudio.mask.plane import CHUNK_SIZE, OVERVIEW_STEP, ChunkKey
from segstudio.project.document import Document
from segstudio.raster.window import Window

Counts = npt.NDArray[np.int64]
_BUDGET_S = 0.005
# After the last change: a stroke under way is not counted along.
_QUIET_MS = 150


class AreaCounter(QObject):
    """Chunks not touched since opening are estimated from every eighth pixel, the others counted."""

    changed = Signal(object)  # {class id: pixels}

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._by_chunk: dict[ChunkKey, Counts] = {}
        self._unseen: list[ChunkKey] = []
        self._dirty: set[ChunkKey] = set()
        self._total = np.zeros(256, np.int64)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._count_some)

    @property
    def pixels(self) -> dict[int, int]:
        """Pixels shown as each class, by class id, as far as counted."""
        return {int(each): int(self._total[each]) for each in np.flatnonzero(self._total[:UNLABELLED])}

    def begin(self, document: Document | None) -> None:
        """Start over with another document."""
        self._document = document
        self._by_chunk.clear()
        self._dirty.clear()
        self._total[:] = 0
        self._unseen = _written(document.mask) if document is not None else []
        self._timer.start(0)
        self.changed.emit(self.pixels)

    def touch(self, window: Window) -> None:
        """Say that pixels changed."""
        if self._document is None:
            return
        self._dirty.update(_chunks(window.intersection(self._document.mask.extent)))
        self._timer.start(_QUIET_MS)

    def _count_some(self) -> None:
        if self._document is None:
            return
        mask, end = self._document.mask, time.monotonic() + _BUDGET_S
        while (self._unseen or self._dirty) and time.monotonic() < end:
            if self._unseen:
                self._estimate(mask, self._unseen.pop())
            else:
                self._count(mask, self._dirty.pop())
        if self._unseen or self._dirty:
            self._timer.start(0)
        self.changed.emit(self.pixels)

    def _estimate(self, mask: Mask, key: ChunkKey) -> None:
        window = mask.annotation.chunk_window(*key)
        sampled = _histogram(mask.shown(window, OVERVIEW_STEP))
        self._put(key, sampled * window.area // max(1, int(sampled.sum())))

    def _count(self, mask: Mask, key: ChunkKey) -> None:
        self._put(key, _histogram(mask.shown(mask.annotation.chunk_window(*key))))

    def _put(self, key: ChunkKey, counts: Counts) -> None:
        self._total += counts - self._by_chunk.get(key, 0)
        self._by_chunk[key] = counts


def _written(mask: Mask) -> list[ChunkKey]:
    return list({*mask.annotation.written_chunks(), *mask.prediction.written_chunks()})


def _histogram(class_ids: npt.NDArray[np.uint8]) -> Counts:
    return (
        cv2.calcHist([np.ascontiguousarray(class_ids)], [0], None, [256], [0, 256]).ravel().astype(np.int64)
    )


def _chunks(window: Window) -> Iterator[ChunkKey]:
    for block in window.blocks(CHUNK_SIZE):
        yield block.row_off // CHUNK_SIZE, block.col_off // CHUNK_SIZE
