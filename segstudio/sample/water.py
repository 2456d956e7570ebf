"""Rivers, lakes and the sea as one field: metres to the shore, positive in the water."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segstudio.sample.hashing import chance
from segstudio.sample.noise import noise_at
from segstudio.sample.place import Place

Values = NDArray[np.float64]
_DRY = -200.0


@dataclass(frozen=True, slots=True)
class Stream:
    """A winding band of water that comes again every `period_m` metres across."""

    angle: float
    offset_m: float
    period_m: float
    half_width_m: float
    swing: tuple[tuple[float, float, float], ...]  # amplitude, wave number, phase

    def depth(self, x: Values, y: Values) -> Values:
        """Metres inside the band."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        along, across = x * c + y * s, -x * s + y * c - self.offset_m
        for amplitude, wave, phase in self.swing:
            across = across + amplitude * np.sin(wave * along + phase)
        across = (across + self.period_m / 2) % self.period_m - self.period_m / 2
        width = self.half_width_m * (1 + 0.25 * np.sin(along * 0.011 + self.offset_m))
        return np.asarray(width - np.abs(across))


class WaterField:
    """All water of one place."""

    def __init__(self, seed: int, place: Place) -> None:
        rng = chance(seed, 202)
        self._seed = seed
        self._streams = _streams(place, rng.random(), rng.random(), rng.random())
        self._rough_m = 26.0 if place.coast else 5.0
        # found by trial: the threshold that leaves about the wanted share of the noise above it
        self._threshold = 0.9 - 1.9 * place.lakes if place.lakes > 0 else 9.0
        self._lake_m = 190.0

    def depth(self, x: Values, y: Values) -> Values:
        """Metres to the shore at any points: > 0 water, < 0 land."""
        rough = noise_at(self._seed + 1, 62.0, x, y) * self._rough_m
        rough += noise_at(self._seed + 2, 17.0, x, y) * 2.2
        best = np.full(x.shape, _DRY)
        for stream in self._streams:
            best = np.maximum(best, stream.depth(x, y) + rough)
        if self._threshold < 2:
            best = np.maximum(best, self._lake(x, y) + 0.3 * rough)
        return np.asarray(best)

    def _lake(self, x: Values, y: Values) -> Values:
        # two turned lattices: one alone shows its squares
        wide = noise_at(self._seed + 3, self._lake_m, 0.8 * x - 0.6 * y, 0.6 * x + 0.8 * y)
        fine = noise_at(self._seed + 4, 0.55 * self._lake_m, 0.37 * x + 0.93 * y, 0.93 * x - 0.37 * y)
        return np.asarray((wide + 0.55 * fine - self._threshold) * 85)

    def is_dry(self, points: NDArray[np.float64], margin_m: float) -> bool:
        """Whether all points lie at least so far from any shore."""
        return bool(self.depth(points[:, 0], points[:, 1]).max() < -margin_m)


def _streams(place: Place, a: float, b: float, c: float) -> tuple[Stream, ...]:
    angle = a * math.pi
    swing = ((55 + 60 * b, 0.0075 + 0.003 * c, 6 * b), (22.0, 0.019 + 0.004 * a, 6 * c))
    if place.coast:
        wide = (*swing, (70.0, 0.004, 6 * a))
        return (_beside_origin(angle, 1300.0, 250.0, wide, 60 + 160 * b),)
    if place.river:
        return (_beside_origin(angle, 950.0, place.river, swing, 20 + 160 * b),)
    return ()


def _beside_origin(
    angle: float,
    period_m: float,
    half_width_m: float,
    swing: tuple[tuple[float, float, float], ...],
    away_m: float,
) -> Stream:
    """A stream whose shore passes near where scenes begin, so that even small ones show land and water."""
    c, s = math.cos(angle), math.sin(angle)
    along, across = 250 * c + 250 * s, -250 * s + 250 * c
    across += sum(amplitude * math.sin(wave * along + phase) for amplitude, wave, phase in swing)
    return Stream(angle, across - half_width_m - away_m, period_m, half_width_m, swing)
