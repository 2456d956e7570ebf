"""Walks a long verb step by step, so that Ctrl-C ends it cleanly between two steps."""

import signal
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from segstudio.cli.output import Output
from segstudio.errors import Cancelled
from segstudio.jobs.steps import Step

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def walk(steps: Generator[Step, None, None], output: Output) -> None:
    """Show every step; on Ctrl-C tell the verb to stop, show what it still has to say, then raise.

    The verb hears `Cancelled` where it yielded: most let it pass, which runs their `finally`; a fine-tune
    keeps the best so far first.

    Raises:
        Cancelled: the person stopped it.
    """
    with _listening() as stop:
        try:
            for step in steps:
                output.step(step)
                if stop.is_set():
                    _stop(steps, output)
        finally:
            steps.close()


def _stop(steps: Generator[Step, None, None], output: Output) -> None:
    with suppress(StopIteration):
        output.step(steps.throw(Cancelled("cancelled")))
        for step in steps:
            output.step(step)
    raise Cancelled("cancelled")


@contextmanager
def _listening() -> Iterator[threading.Event]:
    """The first Ctrl-C (or a polite kill) sets the event; the second one breaks off at once."""
    stop = threading.Event()

    def hear(signal_number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, hear) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
