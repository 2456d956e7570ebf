"""Trees: where they stand, and the crowns they show from above."""

import math
import random
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.sample.geometry import Points, scattered
from segstudio.sample.hashing import array_chance, mix
from segstudio.sample.materials import varied
from segstudio.sample.place import Place
from segstudio.sample.sheet import SheetBuilder, Tree

BROADLEAF, CONIFER, PALM, BUSH = range(4)
VARIANTS = 6


def add_garden_tree(builder: SheetBuilder, x: float, y: float, place: Place, rng: random.Random) -> None:
    """One tree of the kind the place plants."""
    kind = PALM if rng.random() < place.palms else (CONIFER if rng.random() < 0.15 else BROADLEAF)
    radius = rng.uniform(1.8, 2.9) if kind == PALM else rng.uniform(1.3, 3.4) * (0.7 + 0.5 * place.green)
    colour = varied(place.tree, rng, 0.22, 0.1)
    builder.trees.append(Tree(x, y, radius, radius * rng.uniform(1.5, 2.2) + 1.0, kind, *colour))


def add_park_tree(builder: SheetBuilder, x: float, y: float, place: Place, rng: random.Random) -> None:
    """A tree that had room to grow."""
    if rng.random() < place.palms * 0.6:
        add_garden_tree(builder, x, y, place, rng)
        return
    kind = CONIFER if rng.random() < 0.12 else BROADLEAF
    radius = 1.6 + 3.6 * rng.random() ** 1.6
    colour = varied(place.tree, rng, 0.22, 0.1)
    builder.trees.append(Tree(x, y, radius, radius * rng.uniform(1.5, 2.0) + 1.5, kind, *colour))


def add_bush(builder: SheetBuilder, x: float, y: float, place: Place, rng: random.Random) -> None:
    """A shrub."""
    radius = rng.uniform(0.5, 1.2)
    builder.trees.append(Tree(x, y, radius, radius * 1.3, BUSH, *varied(place.tree, rng, 0.2, 0.08)))


def add_trees_along(
    builder: SheetBuilder,
    line: Points,
    pitch_m: float,
    place: Place,
    rng: random.Random,
    missing: float = 0.15,
) -> None:
    """A row of trees of one kind along an open line."""
    kind = PALM if rng.random() < place.palms else BROADLEAF
    size, colour = rng.uniform(1.7, 3.4), varied(place.tree, rng, 0.1, 0.05)
    steps = np.hypot(*np.diff(line, axis=0).T)
    run = np.concatenate([[0.0], np.cumsum(steps)])
    for at in np.arange(pitch_m * 0.7, run[-1] - pitch_m * 0.5, pitch_m):
        if rng.random() < missing:
            continue
        x, y = np.interp(at, run, line[:, 0]), np.interp(at, run, line[:, 1])
        radius = size * rng.uniform(0.75, 1.2)
        tint = varied(colour, rng, 0.12, 0.05)
        builder.trees.append(Tree(float(x), float(y), radius, radius * 1.8 + 1, kind, *tint))


def add_wood(
    builder: SheetBuilder, polygon: Points, spacing_m: float, place: Place, key: int, conifers: float
) -> None:
    """Trees strewn over a polygon; `conifers` is the share of dark pointed ones."""
    rng = array_chance(key, 31)
    if len(polygon) < 3:
        return
    spots = scattered(polygon, spacing_m * 0.86, rng)
    chance = random.Random(mix(key, 32))
    for x, y in spots:
        kind = CONIFER if chance.random() < conifers else BROADLEAF
        radius = spacing_m * (0.36 + 0.62 * chance.random() ** 1.5) * (0.8 if kind == CONIFER else 1.0)
        colour = varied(place.tree, chance, 0.28, 0.12)
        if kind == CONIFER:
            colour = (colour[0] * 0.72, colour[1] * 0.85, colour[2] * 0.95)
        height = radius * (2.6 if kind == CONIFER else 1.8) + 2
        builder.trees.append(Tree(float(x), float(y), radius, height, kind, *colour))


@lru_cache(maxsize=1024)
def crown(kind: int, half_px: int, variant: int) -> NDArray[np.float32]:
    """Height of a crown over its square, 0..1 of its tree, 0 outside; shape (2 * half_px + 1,) * 2."""
    rng = array_chance(kind, half_px, variant, 41)
    axis = np.arange(-half_px, half_px + 1, dtype=np.float32) / max(half_px, 0.7)
    x, y = axis[None, :], axis[:, None]
    angle = np.arctan2(y, x)
    lobes = rng.uniform(0, 2 * math.pi, 3)
    if kind == PALM:
        reach = 0.52 + 0.48 * np.abs(np.cos(angle * 4 + lobes[0])) ** 1.5
    else:
        wobble = 0.10 * np.sin(3 * angle + lobes[0]) + 0.08 * np.sin(5 * angle + lobes[1])
        reach = 0.86 + wobble + 0.04 * np.sin(8 * angle + lobes[2])
    r = np.hypot(x, y) / reach
    body = 1 - r if kind == CONIFER else np.sqrt(np.maximum(1 - r * r, 0))
    base = {BROADLEAF: 0.45, CONIFER: 0.2, PALM: 0.8, BUSH: 0.4}[kind]
    lumps = rng.standard_normal(body.shape).astype(np.float32)
    lumps = cv2.GaussianBlur(lumps, (0, 0), max(0.6, half_px * 0.16))
    lumps /= max(float(lumps.std()), 1e-6)
    height = base + (1 - base) * body * (1 + 0.16 * lumps)
    return np.where(r < 1, np.clip(height, 0.15, 1.1), 0).astype(np.float32)
