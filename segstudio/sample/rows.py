"""Dense quarters: houses wall to wall along the street, yards and sheds behind."""

import random

from segstudio.sample.geometry import Frame, Points
from segstudio.sample.materials import paving, soil, varied
from segstudio.sample.parcels import lots
from segstudio.sample.place import Place
from segstudio.sample.roofs import add_flat_roof, add_pitched_roof
from segstudio.sample.sheet import Colour, SheetBuilder
from segstudio.sample.vegetation import add_garden_tree


def add_rows(builder: SheetBuilder, block: Points, place: Place, rng: random.Random) -> None:
    """A closed block: every plot is built up at its front, some also behind."""
    yard = paving if rng.random() < 0.6 else soil
    builder.add(block, yard(place, rng))
    floors = max(1, place.floors + rng.choice((-1, 0, 0, 1)))
    for lot in lots(block, rng.uniform(7, 13), rng):
        frame, w, deep = lot.frame, lot.width - rng.choice((0.0, 0.2, 0.9)), lot.depth
        if w < 3.5 or deep < 6:
            continue
        height = max(2.6, (floors + rng.choice((-1, 0, 0, 0, 1))) * rng.uniform(2.8, 3.2))
        colour = varied(rng.choice(place.roofs), rng, 0.14, 0.04)
        d = min(deep - 0.4, rng.uniform(7, 13))
        front = rng.choice((0.1, 0.1, 0.6, 1.5))
        _add_body(builder, lot.frame.moved(0, front), w, d - front, height, colour, place, rng)
        rest = deep - d
        if rest > 3.5 and rng.random() < 0.75:
            a = rng.uniform(0, w * 0.4)
            shed = varied(rng.choice(place.roofs), rng, 0.2, 0.05)
            wide = rng.uniform(0.4, 1.0) * (w - a)
            if wide > 2:
                spot = frame.moved(a, d + rng.uniform(0, rest * 0.2))
                _add_body(builder, spot, wide, rest * rng.uniform(0.4, 0.75), height * 0.55, shed, place, rng)
        if rng.random() < place.green * 0.5:
            add_garden_tree(builder, *frame.at(rng.uniform(0, w), rng.uniform(d, max(d, deep))), place, rng)


def _add_body(
    builder: SheetBuilder,
    frame: Frame,
    w: float,
    d: float,
    height: float,
    colour: Colour,
    place: Place,
    rng: random.Random,
) -> None:
    if w < 2 or d < 2:
        return
    if rng.random() < place.flat_share:
        add_flat_roof(builder, frame, (0, 0, w, d), height, colour, rng)
    else:
        metal = rng.random() < place.metal_share
        pitch = rng.uniform(0.15, 0.3) if metal else rng.uniform(0.4, 0.6)
        add_pitched_roof(builder, frame, (0, 0, w, d), height, colour, rng, metal=metal, pitch=pitch)
