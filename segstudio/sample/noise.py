"""Smooth noise that belongs to the ground: the same wherever and in whatever piece one asks for it."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.sample.hashing import lattice, mix

Plane = NDArray[np.float32]


def noise_grid(
    seed: int, wavelength_m: float, x0: float, y0: float, step_m: float, shape: tuple[int, int]
) -> Plane:
    """Noise in about [-1, 1] on pixels `step_m` wide whose first centre lies at (x0, y0), shape (h, w)."""
    rows, cols = shape
    col0, row0 = math.floor(x0 / wavelength_m) - 2, math.floor(y0 / wavelength_m) - 2
    n_cols = math.ceil((cols * step_m) / wavelength_m) + 6
    n_rows = math.ceil((rows * step_m) / wavelength_m) + 6
    values = lattice(mix(seed), np.arange(row0, row0 + n_rows), np.arange(col0, col0 + n_cols))
    scale = step_m / wavelength_m
    matrix = np.array([[scale, 0, x0 / wavelength_m - col0], [0, scale, y0 / wavelength_m - row0]])
    field = cv2.warpAffine(values, matrix, (cols, rows), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    return np.asarray(field, dtype=np.float32)


def _corner(seed: int, cols: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    state = (cols.astype(np.uint64) * np.uint64(0xBF58476D1CE4E5B9)) ^ (
        rows.astype(np.uint64) * np.uint64(0x94D049BB133111EB)
    )
    state = (state ^ np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ state >> np.uint64(29)) * np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(32)
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0


def noise_at(
    seed: int, wavelength_m: float, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Noise in [-1, 1] at any points, smooth to the second derivative."""
    key = mix(seed, 77)
    u, v = x / wavelength_m, y / wavelength_m
    col, row = np.floor(u), np.floor(v)
    fu, fv = u - col, v - row
    su, sv = fu * fu * fu * (fu * (fu * 6 - 15) + 10), fv * fv * fv * (fv * (fv * 6 - 15) + 10)
    c, r = col.astype(np.int64), row.astype(np.int64)
    top = _corner(key, c, r) * (1 - su) + _corner(key, c + 1, r) * su
    bottom = _corner(key, c, r + 1) * (1 - su) + _corner(key, c + 1, r + 1) * su
    return np.asarray(top * (1 - sv) + bottom * sv)
