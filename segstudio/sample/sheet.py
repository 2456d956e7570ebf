"""What is drawn: polygons with a surface each, and trees, in painting order; metres, no pixels yet."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segstudio.sample.geometry import Points

BUILDING, LAND, ROAD, VEGETATION, WATER = range(5)
"""Class ids of every scene, in the order of the published Dubai set."""

Colour = tuple[float, float, float]
"""Red, green and blue as seen in full sun, 0..255."""


class Surface(NamedTuple):
    """How one polygon looks and what it is. Amplitudes are relative to brightness."""

    class_id: int
    colour: Colour
    second: Colour = (0.0, 0.0, 0.0)  # colour of blotches, stains, dry patches
    blotch: float = 0.0  # how far blotches reach the second colour, 0..1
    bias: float = 0.0  # -1 rare blotches .. 1 nearly everywhere
    grain: float = 0.03  # pixel-sized texture
    speckle: float = 0.02  # about 1.2 m
    cloud: float = 0.02  # about 6 m
    drift: float = 0.03  # about 30 m
    stripe: float = 0.0  # amplitude of furrows, ribs, tiles
    stripe_x: float = 0.0  # wave vector, radians per metre
    stripe_y: float = 0.0
    slope_x: float = 0.0  # plane of the top: height = height_m at (at_x, at_y) + slopes
    slope_y: float = 0.0
    height_m: float = 0.0  # casts shadow; reaches height.tif on buildings and vegetation only
    bridge: float = 0.0  # 1: stays above water
    wall: float = 0.0  # 1: the sides of a house on this outline, seen only by a camera that looks askew


COLUMNS = 22
"""class, colour 3, second 3, blotch, bias, grain, speckle, cloud, drift, stripe 3,
slope 2, plane constant, bridge, wall, height."""


class Tree(NamedTuple):
    """One crown. Kinds: 0 broadleaf, 1 conifer, 2 palm, 3 bush."""

    x: float
    y: float
    radius_m: float
    height_m: float
    kind: int
    red: float
    green: float
    blue: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """Finished drawing of one block or street: flat arrays, quick to move to any tile."""

    points: Points  # (n, 2)
    starts: NDArray[np.int64]  # (polygons + 1,)
    tops: NDArray[np.float64]  # (n,) height of every point
    bounds: NDArray[np.float64]  # (polygons, 4) x0 y0 x1 y1
    table: NDArray[np.float64]  # (polygons, COLUMNS)
    trees: NDArray[np.float64]  # (trees, 8)
    tallest_m: float


class SheetBuilder:
    """Collects polygons in painting order, then becomes a Sheet."""

    def __init__(self) -> None:
        self._polygons: list[Points] = []
        self._rows: list[tuple[float, ...]] = []
        self.trees: list[Tree] = []

    def add(self, polygon: Points, surface: Surface, at: tuple[float, float] = (0.0, 0.0)) -> None:
        """Paint a polygon; `at` is where a sloping surface has its `height_m`."""
        if len(polygon) < 3:
            return
        s = surface
        constant = s.height_m - s.slope_x * at[0] - s.slope_y * at[1]
        self._polygons.append(polygon)
        look = (*s.colour, *s.second, s.blotch, s.bias, s.grain, s.speckle, s.cloud, s.drift)
        lines = (s.stripe, s.stripe_x, s.stripe_y)
        plane = (s.slope_x, s.slope_y, constant)
        self._rows.append((s.class_id, *look, *lines, *plane, s.bridge, s.wall, s.height_m))

    def finish(self) -> Sheet:
        """The drawing so far as flat arrays."""
        counts = [len(p) for p in self._polygons]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        points = np.concatenate(self._polygons) if counts else np.empty((0, 2))
        if counts:
            low = np.minimum.reduceat(points, starts[:-1])
            high = np.maximum.reduceat(points, starts[:-1])
            bounds = np.concatenate([low, high], axis=1)
        else:
            bounds = np.empty((0, 4))
        table = np.array(self._rows).reshape(-1, COLUMNS)
        trees = np.array(self.trees, dtype=np.float64).reshape(-1, 8)
        planes = np.repeat(table[:, 16:19], counts, axis=0)
        tops = planes[:, 0] * points[:, 0] + planes[:, 1] * points[:, 1] + planes[:, 2]
        return Sheet(points, starts, np.maximum(tops, 0), bounds, table, trees, _tallest(table, trees))


def _tallest(table: NDArray[np.float64], trees: NDArray[np.float64]) -> float:
    top = 0.0
    if len(table):
        top = float(table[:, -1].max())
    if len(trees):
        top = max(top, float(trees[:, 3].max()))
    return top
