"""Takes the jitter out of a hand without holding it back: the 1 euro filter."""

import math

# Hertz: below the first frequency a slow hand's tremor (8 to 12 Hz) is damped; the second holds for the speed
_CUTOFF_HZ, _STRONGEST_HZ = 8.0, 0.6
_SPEED_CUTOFF_HZ = 1.0
# how fast the filter opens, in hertz for every screen pixel a second
_OPENS, _OPENS_STRONGEST = 0.05, 0.012
# events without a clock are taken to come at the pace of a common pen
_USUAL_S, _LONGEST_S = 1 / 125, 0.25


class SteadyHand:
    """A low-pass filter whose cutoff grows with the speed: calm when slow, at the pointer when fast.

    Source: Casiez, Roussel, Vogel, "1 euro filter", CHI 2012, equations 1 to 6. Speeds are counted on screen,
    so that the hand feels the same at every zoom.
    """

    def __init__(self) -> None:
        self._at: tuple[float, float] | None = None
        self._raw = (0.0, 0.0)
        self._speed = (0.0, 0.0)
        self._time_ms = 0.0

    def begin(self, col: float, row: float, time_ms: float) -> None:
        """The pointer was set down."""
        self._at = self._raw = (col, row)
        self._speed, self._time_ms = (0.0, 0.0), time_ms

    def follow(
        self, col: float, row: float, time_ms: float, *, zoom: float, strength: float
    ) -> tuple[float, float]:
        """Where the line goes when the pointer is at (col, row).

        Args:
            col: Column of the pointer, image pixels.
            row: Row of the pointer.
            time_ms: When it was there; only differences count.
            zoom: Screen pixels per image pixel.
            strength: 0 (the pointer itself) to 1.
        """
        if strength <= 0 or self._at is None:
            self.begin(col, row, time_ms)
            return col, row
        seconds = (time_ms - self._time_ms) / 1000
        seconds = min(seconds, _LONGEST_S) if seconds > 0 else _USUAL_S
        share = _share(_SPEED_CUTOFF_HZ, seconds)
        speed_x, speed_y = (
            old + share * ((new - before) * zoom / seconds - old)
            for old, new, before in zip(self._speed, (col, row), self._raw, strict=True)
        )
        opens = _OPENS + strength * (_OPENS_STRONGEST - _OPENS)
        cutoff = _CUTOFF_HZ * (_STRONGEST_HZ / _CUTOFF_HZ) ** strength + opens * math.hypot(speed_x, speed_y)
        share = _share(cutoff, seconds)
        at_col, at_row = self._at
        self._at = at_col + share * (col - at_col), at_row + share * (row - at_row)
        self._raw, self._speed, self._time_ms = (col, row), (speed_x, speed_y), time_ms
        return self._at


def _share(cutoff_hz: float, seconds: float) -> float:
    """How much of a new value a low-pass filter takes."""
    return 1 / (1 + 1 / (2 * math.pi * cutoff_hz * seconds))
