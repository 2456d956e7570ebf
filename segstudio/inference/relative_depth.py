"""Relative depth of overlapping windows becomes one plane: their scales and shifts are settled together.

A depth network that knows no scale answers every window in units of its own. Laid side by side such answers
are a quilt; here one scale and one shift per window make neighbours agree where they overlap.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.raster.window import Window

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

# Every second pixel of an overlap takes part in the comparison.
_STEP = 2
# How strongly a window's own scale is trusted against its neighbours': it holds flat windows, whose
# overlaps say nothing about scale, and it keeps the whole from shrinking to nothing.
_TRUST = 1e-3
# Shifts are trusted hardly at all: only their sum would otherwise be open.
_SHIFT_TRUST = 1e-6
_ROUNDS = 2000
_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two windows say about the pixels both see: means over those that are known to both."""

    first: int
    second: int
    x: float
    y: float
    xx: float
    yy: float
    xy: float


def compare(first: int, second: int, x: Floats, y: Floats) -> Overlap | None:
    """The overlap of two windows from their values (h, w) on it; None where they share no known pixel."""
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return None
    a, b = x[known].astype(np.float64), y[known].astype(np.float64)
    means = (float(each.mean()) for each in (a, b, a * a, b * b, a * b))
    return Overlap(first, second, *means)


def align(count: int, overlaps: Sequence[Overlap], variance: float) -> tuple[Doubles, Doubles]:
    """Scale and shift (count,) of each window so that scale * value + shift agree on the overlaps.

    Least squares over all overlaps at once, so that no error adds up from window to window; solved by
    conjugate gradients, since a large scene has thousands of windows.

    Args:
        count: Number of windows.
        overlaps: Which windows meet, and what they say there.
        variance: Of the values within a window, the mean over the windows: their unit.
    """
    if not overlaps or variance <= 0:
        return np.ones(count), np.zeros(count)
    unit = float(np.sqrt(variance))
    normal = _Normal(count, overlaps, unit)
    scales, shifts = _solve(normal, np.concatenate([np.full(count, _TRUST), np.zeros(count)]))
    return scales, shifts * unit


class _Normal:
    """The normal equations, applied without ever being written down; unknowns are scales, then shifts."""

    def __init__(self, count: int, overlaps: Sequence[Overlap], unit: float) -> None:
        self.count = count
        self._first = np.array([each.first for each in overlaps])
        self._second = np.array([each.second for each in overlaps])
        names = ("x", "y", "xx", "yy", "xy")
        self._x, self._y, self._xx, self._yy, self._xy = (
            np.array([getattr(each, name) for each in overlaps]) / unit ** len(name) for name in names
        )

    def __call__(self, unknowns: Doubles) -> Doubles:
        """Normal matrix times unknowns (2 * count,)."""
        scale, shift = unknowns[: self.count], unknowns[self.count :]
        a, b, c, d = scale[self._first], shift[self._first], scale[self._second], shift[self._second]
        gap = a * self._x + b - c * self._y - d
        out = np.concatenate([_TRUST * scale, _SHIFT_TRUST * shift])
        np.add.at(out, self._first, a * self._xx + b * self._x - c * self._xy - d * self._x)
        np.add.at(out, self._second, -(a * self._xy + b * self._y - c * self._yy - d * self._y))
        np.add.at(out, self.count + self._first, gap)
        np.add.at(out, self.count + self._second, -gap)
        return out

    def diagonal(self) -> Doubles:
        """The matrix's diagonal, for preconditioning."""
        out = np.repeat([_TRUST, _SHIFT_TRUST], self.count)
        for place, values in ((self._first, self._xx), (self._second, self._yy)):
            np.add.at(out, place, values)
            np.add.at(out, self.count + place, 1.0)
        return out


def _solve(normal: _Normal, wanted: Doubles) -> tuple[Doubles, Doubles]:
    """Preconditioned conjugate gradients, from scale 1 and shift 0."""
    inverse = 1 / normal.diagonal()
    found = np.concatenate([np.ones(normal.count), np.zeros(normal.count)])
    rest = wanted - normal(found)
    search = inverse * rest
    size = float(rest @ search)
    enough = _TOLERANCE * max(size, 1e-300)
    for _ in range(_ROUNDS):
        if size <= enough:
            break
        pushed = normal(search)
        step = size / float(search @ pushed)
        found += step * search
        rest -= step * pushed
        eased = inverse * rest
        size, before = float(rest @ eased), size
        search = eased + (size / before) * search
    return found[: normal.count], found[normal.count :]


def feather(patch: int, overlap: float) -> Floats:
    """How much a window's pixels count, (patch, patch): 1 inside, falling to almost nothing at its rim.

    The ramp is as long as the overlap of neighbours, so that one fades in while the other fades out and a
    difference between them leaves no step anywhere.
    """
    ramp = max(1.0, patch * overlap)
    distance = np.minimum(np.arange(patch) + 0.5, patch - 0.5 - np.arange(patch))
    share = np.clip(distance / ramp, 0, 1)
    axis = (share * share * (3 - 2 * share)).astype(np.float32)
    weight: Floats = axis[:, None] * axis[None, :]
    return weight


class WindowMosaic:
    """Aligned windows as one plane, read back block by block; keeps no more than the windows at hand."""

    def __init__(
        self,
        windows: Sequence[Window],
        values: Callable[[int], Floats],
        scales: Doubles,
        shifts: Doubles,
        weight: Floats,
    ) -> None:
        """Take the windows' answers as they are.

        Args:
            windows: Of one size (p, p), in rows.
            values: The answer (p, p) of a window by its number, NaN = not known.
            scales: One per window.
            shifts: One per window.
            weight: How much the pixels of a window count, (p, p).
        """
        self._windows, self._values, self._weight = windows, values, weight
        self._scales, self._shifts = scales, shifts
        self._corners = np.array([(each.row_off, each.col_off) for each in windows])

    def read(self, block: Window) -> Floats:
        """The plane (h, w) in a block; NaN where no window knows anything."""
        sums, weights = np.zeros(block.shape, np.float32), np.zeros(block.shape, np.float32)
        for number in self._touching(block):
            window = self._windows[number]
            part = window.intersection(block)
            there, here = part.slices_in(window), part.slices_in(block)
            answer = self._values(number)[there].astype(np.float32)
            known = np.isfinite(answer)
            weight = np.where(known, self._weight[there], 0)
            aligned = np.float32(self._scales[number]) * answer + np.float32(self._shifts[number])
            sums[here] += np.where(known, aligned * weight, 0)
            weights[here] += weight
        with np.errstate(invalid="ignore"):
            plane: Floats = np.where(weights > 0, sums / weights, np.nan).astype(np.float32)
        return plane

    def _touching(self, block: Window) -> list[int]:
        """Numbers of the windows that share a pixel with a block."""
        begin = np.array([block.row_off, block.col_off])
        end, size = begin + block.shape, self._weight.shape
        hits = ((self._corners < end) & (self._corners + size > begin)).all(axis=1)
        return [int(number) for number in np.flatnonzero(hits)]


def meetings(rows: int, cols: int) -> Iterator[tuple[int, int]]:
    """Numbers of the windows that are neighbours in a grid, each pair once, later one second."""
    for number in range(rows * cols):
        if number % cols:
            yield number - 1, number
        if number >= cols:
            yield number - cols, number


def compared(
    windows: Sequence[Window], pair: tuple[int, int], values: Callable[[int], Floats]
) -> Overlap | None:
    """What two windows say about the pixels both see."""
    first, second = (windows[number] for number in pair)
    shared = first.intersection(second)
    if shared.is_empty:
        return None
    x, y = (
        values(number)[window.intersection(shared).slices_in(window)][::_STEP, ::_STEP]
        for number, window in zip(pair, (first, second), strict=True)
    )
    return compare(*pair, x.astype(np.float32), y.astype(np.float32))
