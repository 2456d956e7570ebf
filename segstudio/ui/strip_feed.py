"""Puts finished strips of a prediction into the document, a few chunks at a time, between two paints."""

import time
from collections import deque
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.jobs.steps import StripReady
from segstudio.mask.plane import CHUNK_SIZE
from segstudio.project.document import Document
from segstudio.raster.window import Window

# The window's thread gives the feed so much of its time before it paints again.
_BUDGET_S = 0.008


class StripFeed(QObject):
    """First in, first out; `drained` is said whenever the last waiting piece is in place."""

    changed = Signal(object, object)  # Document, Window
    drained = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pieces: deque[tuple[Document, StripReady, Window]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._put_some)

    @property
    def is_empty(self) -> bool:
        """Whether everything that came is in place."""
        return not self._pieces

    def add(self, document: Document, strip: StripReady) -> None:
        """Queue one strip."""
        self._pieces.extend((document, strip, block) for block in _blocks(strip.window))
        self._timer.start()

    def clear(self) -> None:
        """Forget what is not in place yet."""
        self._pieces.clear()
        self._timer.stop()

    def _put_some(self) -> None:
        end = time.monotonic() + _BUDGET_S
        changed = Window(0, 0, 0, 0)
        document: Document | None = None
        while self._pieces and time.monotonic() < end:
            if document is not None and self._pieces[0][0] is not document:
                break
            document, strip, block = self._pieces.popleft()
            _put(document, strip, block)
            changed = changed.union(block)
        if document is not None:
            self.changed.emit(document, changed)
        if not self._pieces:
            self._timer.stop()
            self.drained.emit()


def _blocks(window: Window) -> Iterator[Window]:
    return window.blocks(CHUNK_SIZE)


def _put(document: Document, strip: StripReady, block: Window) -> None:
    cut = block.slices_in(strip.window)
    document.set_prediction(
        block,
        strip.class_ids[cut],
        strip.doubt[cut],
        None if strip.depth is None else strip.depth[cut],
        strip.version_id,
    )
