"""Short look-ups beside the window's thread: a thumbnail, a stretch, the values under the cursor."""

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from segstudio.errors import SegstudioError
from segstudio.raster.stop import Stop

logger = logging.getLogger(__name__)


class _Relay(QObject):
    """Lives in the window's thread; a worker's signal reaches it as an event."""

    answered = Signal(object, int, object)


class _Call(QRunnable):
    def __init__(self, relay: _Relay, stop: Stop, key: object, number: int, work: Callable[[], Any]) -> None:
        super().__init__()
        self._stop = stop
        self._relay, self._key, self._number, self._work = relay, key, number, work

    def run(self) -> None:
        try:
            with self._stop.adopted():
                answer = self._work()
        except SegstudioError as error:
            logger.info("look-up %s: %s", self._key, error)
            answer = None
        except OSError:
            logger.warning("look-up %s failed", self._key, exc_info=True)
            answer = None
        self._relay.answered.emit(self._key, self._number, answer)


class Background(QObject):
    """Asks in worker threads; per key only the latest question is answered, always in the window's thread.

    Work must take values and open its own files. A question that failed is answered with None.
    """

    def __init__(self, parent: QObject | None = None, *, threads: int = 1) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        # a worker may keep an open file between two questions
        self._pool.setExpiryTimeout(-1)
        self._relay = _Relay()
        self._relay.answered.connect(self._deliver)
        self._stop = Stop()
        self._latest: dict[object, tuple[int, Callable[[Any], None]]] = {}
        self._count = 0

    def ask(self, key: object, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Run `work` in a worker and `then(answer)` here, unless the key is asked again before."""
        self._count += 1
        self._latest[key] = (self._count, then)
        self._pool.start(_Call(self._relay, self._stop, key, self._count, work))

    def forget(self) -> None:
        """Drop every question that is still open."""
        self._pool.clear()
        self._latest.clear()

    def stop(self) -> None:
        """Forget all and wait for the question being answered."""
        self.forget()
        self._stop.ask()
        self._pool.waitForDone(10_000)

    def _deliver(self, key: object, number: int, answer: Any) -> None:
        waiting = self._latest.get(key)
        if waiting is not None and waiting[0] == number:
            del self._latest[key]
            waiting[1](answer)
