"""Brings the workbench in behind the painted window.

Its modules (numpy, rasterio, OpenCV and a good two hundred of our own) come in a worker thread, then its
parts one by one between two events. Whoever asks for it before gets it at once, and waits for what is
missing.
"""

import linecache
from collections.abc import Generator
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from segstudio.ui.background import Background

if TYPE_CHECKING:
    from segstudio.ui.main_window import MainWindow
    from segstudio.ui.session import Session
    from segstudio.ui.workbench import Workbench


class Furnishing(QObject):
    """Builds one workbench, once: at leisure after `begin`, or at once in `finish`."""

    done = Signal(object)  # Workbench

    def __init__(self, window: "MainWindow", session: "Session | None" = None) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._background = Background(self)
        self._bench: Workbench | None = None
        self._is_done = False
        self._steps = self._build()

    def begin(self) -> None:
        """Build while the event loop runs."""
        self._background.ask("modules", _fetch_modules, lambda _: self._go_on())

    def finish(self) -> "Workbench":
        """Build what is missing, and give the workbench."""
        if not self._is_done:
            for _ in self._steps:
                pass
        if self._bench is None:
            raise RuntimeError("the workbench was not built: see the first error")
        return self._bench

    def close(self) -> None:
        """Close what there is: the window closes."""
        self._background.stop()
        if self._bench is not None:
            self.finish().close()
        self._steps.close()  # a step may wait for its turn: it is not built behind a closed window

    def _go_on(self) -> None:
        if next(self._steps, self) is not self:
            QTimer.singleShot(0, self._go_on)

    def _build(self) -> Generator[None, None, None]:
        _fetch_modules()  # waits where the worker is at it
        from segstudio.ui.workbench import Workbench

        yield
        self._bench = Workbench(self._window, self._session)
        yield from self._bench.build()
        self._is_done = True
        self.done.emit(self._bench)


def _fetch_modules() -> None:
    import_module("segstudio.ui.workbench")
    # Qt's import hook has read the source of every module for its own purposes: 20 MB that nobody needs
    linecache.clearcache()
