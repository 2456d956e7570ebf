"""How much of a budget is spent, by the clock or by steps."""

import time
from collections.abc import Callable


class Budget:
    """A budget in seconds, in steps, or in both (whichever is spent first)."""

    def __init__(
        self, *, seconds: float | None, steps: int | None, now: Callable[[], float] = time.monotonic
    ) -> None:
        if seconds is None and steps is None:
            raise ValueError("a budget needs seconds or steps")
        self._seconds, self._steps, self._now = seconds, steps, now
        self.begin()
        self._reserved = 0.0
        self.steps_done = 0

    def begin(self) -> None:
        """Start the clock (again)."""
        self._began = self._now()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._now() - self._began

    def reserve(self, seconds: float) -> None:
        """Keep so many seconds at the end for the last look at the hold-out; at most a quarter of all."""
        if self._seconds is not None:
            self._reserved = min(seconds, self._seconds / 4)

    @property
    def fraction(self) -> float:
        """How much is spent, 0..1."""
        by_steps = 0.0 if self._steps is None else self.steps_done / self._steps
        by_clock = 0.0 if self._seconds is None else self.elapsed / max(self._seconds - self._reserved, 1e-3)
        return min(1.0, max(by_steps, by_clock))

    @property
    def seconds_left(self) -> float | None:
        """What is left until the end, the last look included; None before the pace is known."""
        if self._seconds is not None:
            return max(0.0, self._seconds - self.elapsed)
        if not self.steps_done:
            return None
        return self.elapsed / self.steps_done * (self._steps or 0) - self.elapsed
