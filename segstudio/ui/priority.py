"""Makes the threads that do a net's arithmetic nice to the window."""

import os
import sys
import threading
from pathlib import Path

from segstudio.inference.device import ARITHMETIC_THREADS

_NICENESS = 10
_TASKS = Path("/proc/self/task")


class Politeness:
    """Lowers the share of threads that appear after it was made: torch's own pool, and those of a prediction.

    Other Python threads keep their share: one that is put aside while it holds the interpreter lock makes
    the window wait just as long. Those of a prediction are nearly always beyond the lock, in the net or a
    decoder. Where threads cannot be told apart, nothing happens.
    """

    def __init__(self) -> None:
        self._known = _threads()

    def apply(self) -> None:
        """Lower whatever has appeared since the last time; cheap enough for every step."""
        found = _threads()
        fresh = found - self._known
        self._known = found
        kept = {
            thread.native_id
            for thread in threading.enumerate()
            if not thread.name.startswith(ARITHMETIC_THREADS)
        }
        for thread_id in fresh - kept:
            _lower(thread_id)


def lower_this_thread() -> None:
    """Let the calling thread step back behind all others; for one that hardly ever runs Python."""
    if sys.platform == "linux":
        _lower(threading.get_native_id())


def _threads() -> set[int]:
    if sys.platform != "linux":
        return set()
    return {int(entry) for entry in os.listdir(_TASKS)}


def _lower(thread_id: int) -> None:
    try:
        os.setpriority(os.PRIO_PROCESS, thread_id, _NICENESS)
    except (ProcessLookupError, PermissionError):
        return  # it has ended meanwhile, or is not ours to change
