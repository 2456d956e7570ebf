"""High housing: slabs in rows, point towers, courts; green and parked cars between."""

import random

from segstudio.sample.geometry import Frame, Points, fitted_box
from segstudio.sample.halls import add_car_park
from segstudio.sample.materials import lawn, paving, soil, varied
from segstudio.sample.place import Place
from segstudio.sample.roofs import add_flat_roof
from segstudio.sample.sheet import Colour, SheetBuilder
from segstudio.sample.vegetation import add_garden_tree, add_trees_along


def add_towers(builder: SheetBuilder, block: Points, place: Place, rng: random.Random) -> None:
    """An estate on one block."""
    cx, cy, long, short, angle = fitted_box(block)
    ground = lawn(place, rng, 0.1) if rng.random() < place.green else soil(place, rng)
    builder.add(block, ground)
    frame = Frame.along(cx, cy, angle).moved(-long / 2, -short / 2)
    colour = varied(rng.choice((*place.roofs[:4], (204, 200, 194), (120, 150, 132))), rng)
    slabs = rng.random() < 0.6
    pitch = rng.uniform(34, 48) if slabs else rng.uniform(36, 50)
    floors = rng.choice((5, 5, 8, 11, 14)) if short < 60 or place.floors < 2 else rng.choice((8, 11, 13, 15))
    a, k = 7.0, 0
    while a + 16 < long:
        if k % 3 == 2 and rng.random() < 0.7:
            add_car_park(builder, frame.moved(a, 6), min(pitch - 8, 24), short - 12, place, rng)
        elif slabs:
            _add_slab(builder, frame.moved(a, 6), rng.uniform(11, 13), short - 12, floors * 2.9, colour, rng)
        else:
            _add_points(builder, frame.moved(a, 6), short - 12, floors * 2.9, colour, rng)
        _add_paths(builder, frame.moved(a + 16, 4), pitch - 20, short - 8, place, rng)
        a += pitch
        k += 1
    add_trees_along(builder, _edge(frame, long, 2.5), 8, place, rng, 0.2)
    add_trees_along(builder, _edge(frame, long, short - 2.5), 8, place, rng, 0.2)


def _edge(frame: Frame, long: float, b: float) -> Points:
    return frame.polygon(((3, b), (long - 3, b)))


def _add_slab(
    builder: SheetBuilder, frame: Frame, w: float, d: float, height: float, colour: Colour, rng: random.Random
) -> None:
    """A long thin house with stair heads, its ends sometimes stepped."""
    d = min(d, rng.uniform(45, 80))
    if d < 14:
        return
    parts = max(1, round(d / 24))
    shift = rng.choice((0.0, 0.0, 2.5))
    for k in range(parts):
        b0, b1 = d * k / parts, d * (k + 1) / parts
        rect = (shift * (k % 2), b0, w + shift * (k % 2), b1)
        add_flat_roof(builder, frame, rect, height, colour, rng)
        head = (rect[0] + 3, (b0 + b1) / 2 - 3, rect[2] - 2, (b0 + b1) / 2 + 3)
        add_flat_roof(builder, frame, head, height + 3, varied(colour, rng), rng)


def _add_points(
    builder: SheetBuilder, frame: Frame, d: float, height: float, colour: Colour, rng: random.Random
) -> None:
    """Towers on a cross or a square, on a low plinth."""
    b = 2.0
    while b + 20 < d:
        size = rng.uniform(17, 22)
        if rng.random() < 0.4:
            add_flat_roof(
                builder, frame, (-3, b - 3, size + 5, b + size + 3), 4.5, varied(colour, rng, 0.15), rng
            )
        add_flat_roof(builder, frame, (size * 0.2, b, size * 0.8, b + size), height, colour, rng)
        add_flat_roof(builder, frame, (0, b + size * 0.22, size, b + size * 0.78), height - 1.5, colour, rng)
        core = (size * 0.33, b + size * 0.33, size * 0.67, b + size * 0.67)
        add_flat_roof(builder, frame, core, height + 4, varied(colour, rng, 0.15), rng)
        b += size + rng.uniform(14, 26)


def _add_paths(
    builder: SheetBuilder, frame: Frame, w: float, d: float, place: Place, rng: random.Random
) -> None:
    path = paving(place, rng)
    a = w * rng.uniform(0.3, 0.6)
    builder.add(frame.rect(a, 0, a + 1.8, d), path)
    b = d * rng.uniform(0.2, 0.8)
    builder.add(frame.rect(0, b, w, b + 1.8), path)
    for _ in range(int(w * d / 110 * (0.3 + place.green))):
        add_garden_tree(builder, *frame.at(rng.uniform(0, w), rng.uniform(0, d)), place, rng)
