"""Reads over the network, given up from another thread: a wait ends, a silent connection is cut."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_adopted = threading.local()


class Stop:
    """Asked once, it ends every wait and cuts every connection of the threads that have adopted it."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._children: set[Stop] = set()

    @property
    def is_asked(self) -> bool:
        """Whether the work shall be given up."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Give up; from any thread, does not wait."""
        self._asked.set()
        with self._lock:
            for each in self._sockets:
                _cut(each)
            for child in self._children:
                child.ask()

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; whether the work shall be given up."""
        return self._asked.wait(seconds)

    @contextmanager
    def child(self) -> Iterator["Stop"]:
        """A stop for a helper's thread: asked with this one, and when the block ends."""
        child = Stop()
        with self._lock:
            self._children.add(child)
        if self.is_asked:
            child.ask()
        try:
            yield child
        finally:
            with self._lock:
                self._children.discard(child)
            child.ask()

    def adopt(self) -> None:
        """Let this thread's reads be given up by this stop from now on."""
        _adopted.stop = self

    @contextmanager
    def adopted(self) -> Iterator[None]:
        """Let this thread's reads be given up by this stop as long as the block lasts."""
        before = getattr(_adopted, "stop", None)
        _adopted.stop = self
        try:
            yield
        finally:
            _adopted.stop = before

    @contextmanager
    def cutting(self, connected: socket.socket) -> Iterator[None]:
        """Let this connection be cut while it is in use."""
        with self._lock:
            self._sockets.add(connected)
        if self.is_asked:
            _cut(connected)
        try:
            yield
        finally:
            with self._lock:
                self._sockets.discard(connected)


def adopted_stop() -> Stop:
    """The stop of this thread; one that nobody asks where it has adopted none."""
    found: Stop | None = getattr(_adopted, "stop", None)
    return found or Stop()


def _cut(connected: socket.socket) -> None:
    with suppress(OSError):
        # the bare socket: a TLS one would forget its state under the thread that reads
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
