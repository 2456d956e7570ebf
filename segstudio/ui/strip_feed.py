"""Puts finished strips of a prediction into the document, a few chunks at a time, between two paints."""

import threading
import time
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.jobs.steps import StripReady
from segstudio.project.document import Document
from segstudio.raster.window import Window

# The window's thread gives the feed so much of its time before it paints again.
_BUDGET_S = 0.008
# The disk is behind by so many chunks (256 MB): the feed waits for it, not the window.
_BACKLOG = 256
_WAIT_MS = 20
# So many strips may wait here (a strip of a wide scene is 5 MB) before the worker waits too.
_STRIPS = 16


class StripFeed(QObject):
    """First in, first out; `drained` is said whenever the last waiting strip is in place."""

    changed = Signal(object, object)  # Document, Window
    drained = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._strips: deque[tuple[Document, Iterator[Window]]] = deque()
        self._has_room = threading.Event()
        self._has_room.set()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._put_some)

    @property
    def is_empty(self) -> bool:
        """Whether everything that came is in place."""
        return not self._strips

    def add(self, document: Document, strip: StripReady, plan: str = "") -> None:
        """Queue one strip of a plan; the ledger has it as soon as all of it is in place."""
        planes = strip.class_ids, strip.doubt, strip.depth
        self._strips.append((document, document.set_strip(plan, strip.window, *planes, strip.version_id)))
        self._note_room()
        self._timer.start(0)

    def clear(self) -> None:
        """Forget what is not in place yet."""
        self._strips.clear()
        self._note_room()
        self._timer.stop()

    def paced(self, steps: Generator[Any, None, None]) -> Generator[Any, None, None]:
        """The same steps, for the worker: it waits while too many strips wait here."""
        with closing(steps):
            for step in steps:
                if isinstance(step, StripReady):
                    self._has_room.wait()
                yield step

    def _put_some(self) -> None:
        end = time.monotonic() + _BUDGET_S
        changed = Window(0, 0, 0, 0)
        document = self._strips[0][0] if self._strips else None
        is_behind = document is not None and document.prediction_backlog > _BACKLOG
        while not is_behind and self._strips and self._strips[0][0] is document and time.monotonic() < end:
            block = next(self._strips[0][1], None)
            if block is None:
                self._strips.popleft()
            else:
                changed = changed.union(block)
        self._note_room()
        if document is not None and not changed.is_empty:
            self.changed.emit(document, changed)
        if self._strips:
            self._timer.start(_WAIT_MS if is_behind else 0)
        else:
            self._timer.stop()
            self.drained.emit()

    def _note_room(self) -> None:
        (self._has_room.set if len(self._strips) < _STRIPS else self._has_room.clear)()
