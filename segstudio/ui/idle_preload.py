"""Fetches torch while the person looks at the first image, so that the first prediction starts at once."""

import sys
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from segstudio.ui.torch_preload import is_preloaded, preload_torch

if TYPE_CHECKING:
    from segstudio.ui.session import Session

_IDLE_MS = 4000
# torch and its companions take about 0.6 GB: not where that would be missed
_FREE_BYTES = 2 * 1024**3
_SWITCH_INTERVAL_S = 0.002


class IdlePreload(QObject):
    """Waits for an open image and some quiet seconds, then preloads once, in a thread of its own."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_IDLE_MS)
        self._timer.timeout.connect(self._begin)
        session.document_changed.connect(self._wait)
        session.view_changed.connect(self._wait)

    def _wait(self, _: object) -> None:
        if self._session.document is not None and self._session.job is None and not is_preloaded():
            self._timer.start()

    def _begin(self) -> None:
        if self._session.job is None and _has_room():
            # not a daemon: an import that is torn down half way may bring the interpreter down
            threading.Thread(target=_preload, name="preload").start()


def _has_room() -> bool:
    import psutil  # not before the window is painted: 25 ms

    return bool(psutil.virtual_memory().available > _FREE_BYTES)


def _preload() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    try:
        preload_torch()
    finally:
        sys.setswitchinterval(interval)
