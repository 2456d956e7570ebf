"""The town plan: a bent lattice of main roads, quarters between them, blocks between local streets.

Everything is a function of the seed and the lattice cell, so that any piece can be planned without the rest.
"""

import math
import random
from dataclasses import dataclass

import numpy as np

from segstudio.sample.geometry import Points, clip, densified, inset
from segstudio.sample.hashing import chance, mix
from segstudio.sample.place import Place
from segstudio.sample.water import WaterField

HALF_WIDTHS_M = (4.5, 9.0, 16.0)
"""Half widths of main roads: street, avenue with a median, motorway."""
RURAL = frozenset({"fields", "forest", "greenhouses", "bare", "park", "marsh"})
"""Uses whose quarters have no streets inside."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a quarter between local streets; the polygon in world metres."""

    key: int
    use: str
    polygon: Points
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Street:
    """A local street: its middle line in world metres and its half width."""

    line: Points
    half_m: float


@dataclass(frozen=True, slots=True)
class Quarter:
    """One cell of the lattice."""

    key: int
    use: str
    outline: Points
    inner: Points
    blocks: tuple[Block, ...]
    streets: tuple[Street, ...]
    bounds: tuple[float, float, float, float]


class Plan:
    """Where roads, quarters and blocks of one place lie."""

    def __init__(self, seed: int, place: Place) -> None:
        self.seed, self.place = seed, place
        self.water = WaterField(seed, place)
        rng = chance(seed, 303)
        self._waves = tuple(
            (
                2 * math.pi / rng.uniform(330, 900) * math.cos(a),
                2 * math.pi / rng.uniform(330, 900) * math.sin(a),
                rng.uniform(0, 6.3),
                rng.uniform(-0.7, 0.7),
                rng.uniform(-0.7, 0.7),
            )
            for a in (rng.uniform(0, 6.3) for _ in range(4))
        )
        self._cos, self._sin = math.cos(place.turn), math.sin(place.turn)

    def bent(self, flat: Points) -> Points:
        """From the straight plan to the world."""
        x = flat[:, 0] * self._cos - flat[:, 1] * self._sin
        y = flat[:, 0] * self._sin + flat[:, 1] * self._cos
        dx, dy = np.zeros_like(x), np.zeros_like(y)
        for kx, ky, phase, ax, ay in self._waves:
            wave = np.sin(kx * x + ky * y + phase)
            dx, dy = dx + ax * wave, dy + ay * wave
        return np.stack([x + dx * self.place.bend_m, y + dy * self.place.bend_m], axis=1)

    def cells(self, bounds: tuple[float, float, float, float]) -> list[tuple[int, int]]:
        """Lattice cells that may reach into world bounds."""
        x0, y0, x1, y1 = bounds
        corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        u = corners[:, 0] * self._cos + corners[:, 1] * self._sin
        v = -corners[:, 0] * self._sin + corners[:, 1] * self._cos
        size, pad = self.place.superblock_m, 2.8 * self.place.bend_m + 0.25 * self.place.superblock_m + 35
        i0, i1 = math.floor((u.min() - pad) / size), math.floor((u.max() + pad) / size)
        j0, j1 = math.floor((v.min() - pad) / size), math.floor((v.max() + pad) / size)
        return [(i, j) for j in range(j0, j1 + 1) for i in range(i0, i1 + 1)]

    def node(self, i: int, j: int) -> tuple[float, float]:
        """A crossing of main roads, in the straight plan."""
        rng = chance(self.seed, 1, i, j)
        size = self.place.superblock_m
        return (i + rng.uniform(-0.17, 0.17)) * size, (j + rng.uniform(-0.17, 0.17)) * size

    def road_level(self, index: int, *, row: bool) -> int:
        """0 street, 1 avenue, 2 motorway; the same along a whole line of the lattice."""
        roll = chance(self.seed, 2, index, int(row)).random()
        motorway, avenue = (0.02, 0.12) if self.place.street_m < 3 else (0.12, 0.55)
        return 2 if roll < motorway else 1 if roll < avenue else 0

    def half_width(self, index: int, *, row: bool) -> float:
        """Half width of a main road in metres."""
        level = self.road_level(index, row=row)
        return HALF_WIDTHS_M[level] if level or self.place.street_m >= 3 else self.place.street_m + 0.6

    def spans(self, i: int, j: int, *, row: bool) -> bool:
        """Whether a main road crosses the water on its way: rivers yes, the open sea no."""
        ends = np.array([self.node(i, j), self.node(i + 1, j) if row else self.node(i, j + 1)])
        line = self.bent(densified(ends, 15.0, closed=False))
        depth = self.water.depth(line[:, 0], line[:, 1])
        return bool(max(depth[0], depth[-1]) < 12 and depth.max() < 70)

    def roundabout_m(self, i: int, j: int) -> float:
        """Outer radius of the roundabout at a crossing, 0 where there is none."""
        levels = (self.road_level(j, row=True), self.road_level(i, row=False))
        if 2 in levels or chance(self.seed, 3, i, j).random() > self.place.roundabouts * (
            0.4 + 0.6 * sum(levels)
        ):
            return 0.0
        return 20.0 + 6.0 * sum(levels)

    def quarter(self, i: int, j: int) -> Quarter:
        """The quarter between crossings (i, j) and (i + 1, j + 1)."""
        key = mix(self.seed, 4, i, j)
        rng = chance(key)
        corners = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
        flat = np.array([self.node(*corner) for corner in corners])
        halves = [self.half_width(j, row=True), self.half_width(i + 1, row=False)]
        halves += [self.half_width(j + 1, row=True), self.half_width(i, row=False)]
        verge = rng.uniform(0.5, 5.0) if self.place.street_m > 3 else 0.6
        inner = inset(flat, [half + verge for half in halves])
        inner = self._without_roundabouts(inner, corners)
        use = self._use(rng)
        outline = self.bent(densified(flat, 14.0))
        blocks, streets = self._blocks(inner, use, key, rng) if len(inner) else ((), ())
        bent_inner = self.bent(densified(inner, 14.0)) if len(inner) else inner
        return Quarter(key, use, outline, bent_inner, blocks, streets, _bounds(outline, 32.0))

    def _use(self, rng: random.Random) -> str:
        names, weights = zip(*self.place.uses, strict=True)
        return str(rng.choices(names, weights)[0])

    def _without_roundabouts(self, inner: Points, corners: tuple[tuple[int, int], ...]) -> Points:
        for corner in corners:
            radius = self.roundabout_m(*corner)
            if radius and len(inner):
                node = np.array(self.node(*corner))
                d = inner.mean(axis=0) - node
                d /= np.hypot(*d)
                cut = node + d * (radius + 3)
                inner = clip(inner, cut[0], cut[1], d[0], d[1])
        return inner

    def _blocks(
        self, inner: Points, use: str, key: int, rng: random.Random
    ) -> tuple[tuple[Block, ...], tuple[Street, ...]]:
        pieces, lines = split(inner, *self._measures(use, rng), rng)
        blocks = []
        for number, piece in enumerate(pieces):
            polygon = self.bent(densified(piece, 11.0))
            block_use = self._block_use(use, rng)
            if self.water.depth(polygon[:, 0], polygon[:, 1]).min() < 0:
                blocks.append(Block(mix(key, number), block_use, polygon, _bounds(polygon, 8.0)))
        streets = [Street(self.bent(densified(line, 11.0, closed=False)), half) for line, half in lines]
        return tuple(blocks), tuple(streets)

    def _measures(self, use: str, rng: random.Random) -> tuple[float, float, float]:
        """Longest and widest a block may be, and half a street, by use."""
        place = self.place
        if use in ("fields", "greenhouses"):
            return rng.uniform(90, 220), rng.uniform(35, 110), rng.choice((0.6, 0.6, 1.8))
        if use in RURAL or use == "rings":
            return 1e6, 1e6, 0.0
        if use == "dense":
            return rng.uniform(60, 100), rng.uniform(34, 48), max(2.0, place.street_m - 1.2)
        if use in ("industry", "commerce", "towers"):
            return rng.uniform(130, 220), rng.uniform(80, 120), place.street_m + 0.8
        return (
            place.block_long_m * rng.uniform(0.8, 1.3),
            place.block_short_m * rng.uniform(0.9, 1.3),
            place.street_m,
        )

    def _block_use(self, use: str, rng: random.Random) -> str:
        roll = rng.random()
        if use in RURAL or use == "rings":
            return use
        if roll < 0.05:
            return "park"
        if roll < 0.10:
            return "bare"
        if use in ("villas", "dense") and roll < 0.10 + 0.5 * self.place.towers * 0.4:
            return "towers"
        if use in ("villas", "dense") and roll > 0.94:
            return "commerce"
        return use


def split(
    polygon: Points, long_m: float, short_m: float, half_m: float, rng: random.Random
) -> tuple[list[Points], list[tuple[Points, float]]]:
    """Cut a convex polygon by streets until every piece is small; pieces and the streets' middle lines."""
    pieces: list[Points] = []
    lines: list[tuple[Points, float]] = []
    stack = [polygon]
    while stack:
        piece = stack.pop()
        direction, long, short = _extent(piece)
        if len(piece) < 3 or short < 14:
            continue
        across = direction if long > long_m or short <= short_m else np.array([-direction[1], direction[0]])
        if long <= long_m and short <= short_m:
            pieces.append(piece)
            continue
        turn = rng.uniform(-0.06, 0.06)
        c, s = math.cos(turn), math.sin(turn)
        normal = np.array([across[0] * c - across[1] * s, across[0] * s + across[1] * c])
        centre = _middle(piece, across, rng.uniform(0.42, 0.58))
        stack += [
            clip(piece, *(centre + normal * half_m), *normal),
            clip(piece, *(centre - normal * half_m), *-normal),
        ]
        line = _chord(piece, centre, normal)
        if line is not None and half_m > 0:
            lines.append((line, half_m))
    return pieces, lines


def _extent(piece: Points) -> tuple[Points, float, float]:
    """Direction of the longest edge that matters, and the sizes along and across it, the longer first."""
    if len(piece) < 3:
        return np.array([1.0, 0.0]), 0.0, 0.0
    edges = np.roll(piece, -1, axis=0) - piece
    longest = edges[np.argmax(np.hypot(edges[:, 0], edges[:, 1]))]
    direction = longest / max(1e-9, math.hypot(*longest))
    normal = np.array([-direction[1], direction[0]])
    long, short = np.ptp(piece @ direction), np.ptp(piece @ normal)
    return (direction, float(long), float(short)) if long >= short else (normal, float(short), float(long))


def _middle(piece: Points, across: Points, share: float) -> Points:
    run = piece @ across
    low, high = run.min(), run.max()
    centre = piece.mean(axis=0)
    return np.asarray(centre + across * (low + (high - low) * share - centre @ across))


def _chord(piece: Points, centre: Points, normal: Points) -> Points | None:
    d = (piece - centre) @ normal
    ends = []
    for k in range(len(piece)):
        m = (k + 1) % len(piece)
        if (d[k] >= 0) != (d[m] >= 0):
            ends.append(piece[k] + (piece[m] - piece[k]) * (d[k] / (d[k] - d[m])))
    return np.array(ends[:2]) if len(ends) >= 2 else None


def _bounds(polygon: Points, pad: float) -> tuple[float, float, float, float]:
    low, high = polygon.min(axis=0) - pad, polygon.max(axis=0) + pad
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
