"""Sunlight: which pixels lie in shadow, how steep roofs catch light, how corners darken."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sun:
    """Where the sun stands: azimuth clockwise from north, elevation above the horizon, degrees."""

    azimuth_deg: float
    elevation_deg: float

    @property
    def towards(self) -> tuple[float, float]:
        """Horizontal unit vector to the sun, x east and y south."""
        a = math.radians(self.azimuth_deg)
        return math.sin(a), -math.cos(a)

    @property
    def rise(self) -> float:
        """Metres of height per metre of shadow."""
        return math.tan(math.radians(self.elevation_deg))


def facing(
    table: NDArray[np.float64], sun: Sun, sky: float, lean: tuple[float, float] = (0.0, 0.0)
) -> NDArray[np.float64]:
    """How bright each plane of a surface table is, against flat ground in the sun.

    Of walls only the side shows from which a camera looks that moves heights along `lean`.
    """
    slope_x, slope_y = table[:, 16], table[:, 17]
    x, y = sun.towards
    elevation = math.radians(sun.elevation_deg)
    dot = (-slope_x * x - slope_y * y) * math.cos(elevation) + math.sin(elevation)
    direct = np.maximum(dot, 0) / np.sqrt(1 + slope_x**2 + slope_y**2)
    tilt = math.hypot(*lean)
    if tilt > 0:
        onto_wall = max(0.0, -(lean[0] * x + lean[1] * y) / tilt) * math.cos(elevation)
        direct = np.where(table[:, 20] > 0, onto_wall - 0.3 * sky, direct)
    return np.asarray((sky + direct) / (sky + math.sin(elevation)))


def sun_height(height_m: Plane, sun: Sun, gsd_m: float, reach_px: int) -> Plane:
    """Height below which each pixel lies in the shadow of something towards the sun.

    The first pixels are walked one by one, then distances double: a handful of passes whatever the length.
    """
    x, y = sun.towards
    drop = gsd_m * sun.rise
    walked = min(8, max(1, reach_px))
    shadow = np.full_like(height_m, -1e3)
    for k in range(1, walked + 1):
        _raise(shadow, height_m, round(k * y), round(k * x), k * drop)
    while walked < reach_px:
        _raise(shadow, shadow.copy(), round(walked * y), round(walked * x), walked * drop)
        walked *= 2
    return shadow


def _raise(target: Plane, source: Plane, rows: int, cols: int, drop: float) -> None:
    """`target = max(target, source seen from (rows, cols) further on - drop)` where both exist."""
    h, w = target.shape
    if abs(rows) >= h or abs(cols) >= w:
        return
    to = (slice(max(0, -rows), h - max(0, rows)), slice(max(0, -cols), w - max(0, cols)))
    fro = (slice(max(0, rows), h - max(0, -rows)), slice(max(0, cols), w - max(0, -cols)))
    np.maximum(target[to], source[fro] - np.float32(drop), out=target[to])


def lit(height_m: Plane, shadow_m: Plane, softness_px: float, tolerance_m: Plane) -> Plane:
    """Share of the sun's disc each pixel sees, 0..1, with a soft edge."""
    open_sky = (shadow_m <= height_m + tolerance_m).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(open_sky, (0, 0), softness_px), dtype=np.float32)


def openness(height_m: Plane, gsd_m: float) -> Plane:
    """Share of the sky each pixel sees, about: darker at the foot of walls and between trees."""
    size = max(3, round(4.0 / gsd_m) | 1)
    around = cv2.boxFilter(height_m, -1, (size, size))
    return np.asarray(1 - 0.34 * np.clip((around - height_m) / 6.0, 0, 1), dtype=np.float32)


def relief(height_m: Plane, sun: Sun, gsd_m: float) -> Plane:
    """Slope towards the sun, metres per metre, positive where a surface faces it."""
    x, y = sun.towards
    dx = cv2.Sobel(height_m, cv2.CV_32F, 1, 0, ksize=3, scale=1 / (8 * gsd_m))
    dy = cv2.Sobel(height_m, cv2.CV_32F, 0, 1, ksize=3, scale=1 / (8 * gsd_m))
    return np.asarray(-(dx * np.float32(x) + dy * np.float32(y)))
