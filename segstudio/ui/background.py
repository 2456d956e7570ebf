"""Short look-ups beside the window's thread: a thumbnail, a stretch, the values under the cursor."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from segstudio.errors import ConnectionLost, SegstudioError
from segstudio.raster.links import links
from segstudio.raster.stop import Stop

logger = logging.getLogger(__name__)


class _Relay(QObject):
    """Lives in the window's thread; a worker's signal reaches it as an event."""

    answered = Signal(object, int, object)


class _Call(QRunnable):
    def __init__(
        self,
        relay: _Relay,
        stop: Stop,
        is_wanted: Callable[[], bool],
        *,
        key: object,
        number: int,
        work: Callable[[], Any],
    ) -> None:
        super().__init__()
        self._stop, self._is_wanted = stop, is_wanted
        self._relay, self._key, self._number, self._work = relay, key, number, work

    def run(self) -> None:
        try:
            answer = self._patiently()
        except SegstudioError as error:
            logger.info("look-up %s: %s", self._key, error)
            answer = None
        except OSError:
            logger.warning("look-up %s failed", self._key, exc_info=True)
            answer = None
        self._relay.answered.emit(self._key, self._number, answer)

    def _patiently(self) -> Any:
        """The answer, asked for anew while a host is lost and somebody waits for it."""
        while True:
            try:
                with self._stop.adopted():
                    return self._work()
            except ConnectionLost as error:
                if self._is_awaited():
                    links.lost(error.host, error.reason, error.wait_s)
                    self._stop.wait(error.wait_s)
                if not self._is_awaited():
                    raise

    def _is_awaited(self) -> bool:
        return not self._stop.is_asked and self._is_wanted()


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
        is_wanted = partial(self._is_latest, key, self._count)
        self._pool.start(_Call(self._relay, self._stop, is_wanted, key=key, number=self._count, work=work))

    def drop(self, key: object) -> None:
        """Nobody waits for the answer to this question any longer."""
        self._latest.pop(key, None)

    def forget(self) -> None:
        """Drop every question that is still open."""
        self._pool.clear()
        self._latest.clear()

    def stop(self) -> None:
        """Forget all and wait for the question being answered."""
        self.forget()
        self._stop.ask()
        self._pool.waitForDone(10_000)

    def _is_latest(self, key: object, number: int) -> bool:
        waiting = self._latest.get(key)
        return waiting is not None and waiting[0] == number

    def _deliver(self, key: object, number: int, answer: Any) -> None:
        waiting = self._latest.get(key)
        if waiting is not None and waiting[0] == number:
            del self._latest[key]
            waiting[1](answer)
