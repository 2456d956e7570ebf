"""Circles of villas around a green: the pattern of planned desert suburbs."""

import math
import random

import numpy as np

from segstudio.sample.geometry import Frame, Points, box, inside, offset_line, ribbon, scattered
from segstudio.sample.hashing import array_chance, mix
from segstudio.sample.houses import add_plot
from segstudio.sample.materials import asphalt, lawn, paving, soil
from segstudio.sample.parcels import Lot
from segstudio.sample.plan import Plan
from segstudio.sample.sheet import SheetBuilder
from segstudio.sample.vegetation import add_bush, add_trees_along


def add_rings(builder: SheetBuilder, ground: Points, plan: Plan, rng: random.Random) -> None:
    """As many circles as fit, joined by a street along the middle."""
    place = plan.place
    builder.add(ground, lawn(place, rng, 0.5) if rng.random() < 0.5 else soil(place, rng))
    cx, cy, long, short, angle = box(ground)
    frame = Frame.along(cx, cy, angle)
    radius = rng.uniform(48, 58)
    road = asphalt(place, rng)
    spine = frame.polygon([(a, 9 * math.sin(a / 60)) for a in np.linspace(-long / 2, long / 2, 40)])
    builder.add(ribbon(spine, 4.5, -4.5), road)
    for beside in (7.0, -7.0):
        add_trees_along(builder, offset_line(spine, beside), rng.uniform(7, 11), place, rng, 0.3)
    for x, y in scattered(ground, 9.0, array_chance(rng.getrandbits(40))):
        if rng.random() < 0.25 * place.green:
            add_bush(builder, float(x), float(y), place, rng)
    pitch = radius * 2 + 10
    count = max(1, int(long // pitch))
    for k in range(count):
        a = (k - (count - 1) / 2) * pitch
        for side in (-1, 1) if short > 2 * pitch else (0,):
            centre = frame.at(a, side * (radius + 9))
            rim = _circle(*centre, radius)
            if inside(ground, rim).all():
                if side:
                    link = np.array([frame.at(a, 0), frame.at(a, side * (radius + 9 - 16))])
                    _add_ring(builder, centre, radius, plan, rng, frame.angle + side * math.pi / 2)
                    builder.add(ribbon(link, 3.2, -3.2), road)
                else:
                    _add_ring(builder, centre, radius, plan, rng, None)


def _circle(x: float, y: float, r: float, count: int = 40) -> Points:
    t = np.linspace(0, 2 * math.pi, count, endpoint=False)
    return np.stack([x + r * np.cos(t), y + r * np.sin(t)], axis=1)


def _add_ring(
    builder: SheetBuilder,
    centre: tuple[float, float],
    radius: float,
    plan: Plan,
    rng: random.Random,
    gate: float | None,
) -> None:
    place = plan.place
    builder.add(_circle(*centre, radius), paving(place, rng))
    key = rng.getrandbits(40)
    inner, count = 19.0, round(2 * math.pi * (radius * 0.8) / (place.lot_m * 0.95))
    for k in range(count):
        middle = (k + 0.5) * 2 * math.pi / count
        if gate is not None and abs(math.remainder(middle - gate - math.pi, 2 * math.pi)) < 0.3:
            continue
        front = 2 * inner * math.tan(math.pi / count) + 3.5
        x, y = centre[0] + inner * math.cos(middle), centre[1] + inner * math.sin(middle)
        frame = Frame.along(x, y, middle + math.pi / 2, side=-1.0).moved(-front / 2, 0)
        wide = 2 * radius * math.tan(math.pi / count)
        polygon = frame.polygon(
            (
                (0, 0),
                (front, 0),
                (front / 2 + wide / 2, radius - inner),
                (front / 2 - wide / 2, radius - inner),
            )
        )
        depth = radius - inner - 8
        back = Frame(*frame.at(front / 2 - wide * 0.36, 8), frame.ux, frame.uy, frame.vx, frame.vy)
        lot = Lot(back, wide * 0.72, depth, polygon)
        if plan.water.is_dry(polygon, 5.0):
            chance = random.Random(mix(key, k))
            add_plot(builder, lot, place, chance, random.Random(key))
    builder.add(_circle(*centre, inner), asphalt(place, rng))
    builder.add(_circle(*centre, inner - 7.5), paving(place, rng))
    builder.add(_circle(*centre, inner - 8.2), lawn(place, rng, 0.1))
    hedge = _circle(*centre, inner - 10)
    add_trees_along(builder, np.vstack([hedge, hedge[:1]]), 5, place, rng, 0.2)
