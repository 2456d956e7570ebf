"""Which hosts cannot be reached just now, told to whoever wants to show it."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkState:
    """Whether a host answers; where it does not, why, and in how many seconds it is asked again."""

    host: str
    is_lost: bool
    reason: str = ""
    wait_s: float = 0.0


Listener = Callable[[LinkState], None]


class Links:
    """Remembers which hosts are lost, so that one that answers again is told once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._lost: set[str] = set()

    def watch(self, listener: Listener) -> Callable[[], None]:
        """Call this, in the thread that reads, with every change; gives the way to end it."""
        with self._lock:
            self._listeners.append(listener)
        return lambda: self._forget(listener)

    def lost(self, host: str, reason: str, wait_s: float) -> None:
        """Say that a host did not answer and when it is asked again."""
        with self._lock:
            self._lost.add(host)
        _log.info("%s: %s, again in %.1f s", host, reason, wait_s)
        self._tell(LinkState(host, is_lost=True, reason=reason, wait_s=wait_s))

    def back(self, host: str) -> None:
        """Say that a host answers."""
        with self._lock:
            was_lost = host in self._lost
            self._lost.discard(host)
        if was_lost:
            self._tell(LinkState(host, is_lost=False))

    def _tell(self, state: LinkState) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(state)

    def _forget(self, listener: Listener) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)


links = Links()
"""Those of this program: connections are shared by all its windows and jobs."""
