"""How long it still takes: an honest guess from the pace so far."""

import time
from collections.abc import Callable

from segstudio.jobs.steps import Progress


class Pace:
    """Counts units of work; the time left is told only once a few of them are done."""

    def __init__(self, total: int, text: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self._text = text
        self._clock = clock
        self._started = clock()
        self._first: tuple[int, float] | None = None

    @property
    def seconds(self) -> float:
        """Seconds since the work began."""
        return self._clock() - self._started

    def at(self, done: int, text: str | None = None) -> Progress:
        """The progress when `done` units are behind us."""
        return Progress(done, self.total, self._seconds_left(done), text or self._text)

    def _seconds_left(self, done: int) -> float | None:
        # The first unit pays for imports, warm-up and memory: the pace is measured from there on.
        if done <= 0:
            return None
        if self._first is None:
            self._first = (done, self._clock())
            return None
        units = done - self._first[0]
        if units <= 0:
            return None
        return (self._clock() - self._first[1]) / units * max(0, self.total - done)
