"""Fields with furrows and crops, hedges between them, greenhouses and paddies."""

import math
import random

from segstudio.sample.geometry import Frame, Points, box, fitted_box, shrunk
from segstudio.sample.materials import blend, striped, varied
from segstudio.sample.place import Place
from segstudio.sample.sheet import BUILDING, LAND, VEGETATION, Colour, SheetBuilder, Surface
from segstudio.sample.vegetation import add_trees_along


def add_field(builder: SheetBuilder, polygon: Points, place: Place, rng: random.Random) -> None:
    """One field: a crop or bare earth, its rows along the longer side."""
    cx, cy, long, short, angle = box(polygon)
    builder.add(polygon, _margin(place, rng))
    builder.add(shrunk(polygon, rng.uniform(0.6, 2.0)), _crop(place, rng, angle))
    frame = Frame.along(cx, cy, angle)
    if rng.random() < 0.25:
        edge = frame.polygon(((-long / 2, -short / 2), (long / 2, -short / 2)))
        add_trees_along(builder, edge, rng.uniform(4, 9), place, rng, 0.3)


def _margin(place: Place, rng: random.Random) -> Surface:
    colour = blend(place.lawn, place.dry, rng.uniform(0.1, 0.7))
    return Surface(
        VEGETATION, varied(colour, rng), place.soil2, blotch=0.3, grain=0.06, speckle=0.08, cloud=0.05
    )


def _crop(place: Place, rng: random.Random, angle: float) -> Surface:
    green: tuple[Colour, ...] = (
        varied(place.lawn, rng, 0.25, 0.1), blend(place.lawn, (60, 110, 50), 0.5),
        blend(place.lawn, (150, 165, 80), 0.5), blend(place.lawn, place.tree, 0.5),
    )  # fmt: skip
    kind = rng.random()
    turn = angle + rng.choice((0.0, 0.0, math.pi / 2))
    if kind < 0.5:
        field = Surface(
            VEGETATION, rng.choice(green), place.dry, blotch=rng.uniform(0.1, 0.6), bias=-0.3, grain=0.045,
            speckle=0.05, cloud=0.04, drift=0.07,
        )  # fmt: skip
        return striped(field, turn, rng.choice((1.5, 2.5, 3.0, 6.0)), rng.uniform(0.01, 0.09))
    if kind < 0.72:
        ripe = varied((196, 178, 122), rng, 0.1, 0.04)
        field = Surface(VEGETATION, ripe, place.lawn, blotch=0.3, bias=-0.3, grain=0.04, drift=0.06)
        return striped(field, turn, rng.choice((3.0, 8.0, 12.0)), rng.uniform(0.01, 0.06))
    earth = varied(blend(place.soil, (112, 84, 62), rng.uniform(0.1, 0.7)), rng)
    field = Surface(
        LAND, earth, place.soil2, blotch=0.6, bias=0.0, grain=0.05, speckle=0.05, cloud=0.06, drift=0.09
    )
    return striped(field, turn, rng.choice((1.5, 2.0, 3.0)), rng.uniform(0.03, 0.12))


def add_greenhouses(builder: SheetBuilder, polygon: Points, place: Place, rng: random.Random) -> None:
    """Rows of plastic tunnels."""
    builder.add(polygon, _margin(place, rng)._replace(class_id=LAND, colour=varied(place.soil, rng)))
    cx, cy, long, short, angle = fitted_box(polygon)
    frame = Frame.along(cx, cy, angle).moved(-long / 2, -short / 2)
    b, wide = 4.0, rng.uniform(6.0, 8.0)
    tone = rng.choice(((222, 226, 228), (206, 214, 212), (190, 202, 200)))
    while b + wide < short - 4:
        if rng.random() < 0.85:
            skin = Surface(
                BUILDING, varied(tone, rng, 0.06), (120, 140, 110), blotch=0.35, bias=-0.3, height_m=3.2
            )
            end = long - 6 - rng.choice((0.0, 0.0, 12.0))
            for sign, mid in ((-1.0, b + wide / 2), (1.0, b + wide / 2)):
                half = striped(skin, angle + math.pi / 2, 3.0, 0.03)
                half = half._replace(slope_x=-sign * 0.35 * frame.vx, slope_y=-sign * 0.35 * frame.vy)
                b0, b1 = (b, mid) if sign < 0 else (mid, b + wide)
                builder.add(frame.rect(6, b0, end, b1), half, frame.at(6, mid))
        b += wide + rng.choice((1.2, 1.2, 2.0))
