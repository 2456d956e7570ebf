"""Chance that depends on where, not on when: random numbers hashed from a seed and whole coordinates."""

import random

import numpy as np
from numpy.typing import NDArray

_MASK = (1 << 64) - 1
_ODD = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def mix(*parts: int) -> int:
    """One 64-bit number out of several whole numbers (splitmix64, chained)."""
    state = 0
    for part in parts:
        state = (state ^ (part & _MASK)) + _ODD[0] & _MASK
        state = (state ^ state >> 30) * _ODD[1] & _MASK
        state = (state ^ state >> 27) * _ODD[2] & _MASK
        state ^= state >> 31
    return state


def chance(*parts: int) -> random.Random:
    """A generator of its own for one cell, street or house."""
    return random.Random(mix(*parts))


def array_chance(*parts: int) -> np.random.Generator:
    """The same for whole arrays."""
    return np.random.Generator(np.random.SFC64(mix(*parts)))


def lattice(seed: int, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray[np.float32]:
    """Hashed values in [-1, 1] at every crossing of the given rows and columns, shape (rows, cols)."""
    key = np.uint64(mix(seed))
    state = rows.astype(np.uint64)[:, None] * np.uint64(_ODD[1]) ^ cols.astype(np.uint64)[
        None, :
    ] * np.uint64(_ODD[2])
    state = (state ^ key) * np.uint64(_ODD[0])
    state = (state ^ state >> np.uint64(29)) * np.uint64(_ODD[1])
    state ^= state >> np.uint64(32)
    return (state >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1.0)
