"""Houses on their plots: footprints, gardens, walls, drives, pools."""

import random

from segstudio.sample.cars import add_car
from segstudio.sample.geometry import Frame
from segstudio.sample.materials import lawn, paving, pool, soil, varied
from segstudio.sample.parcels import Lot
from segstudio.sample.place import Place
from segstudio.sample.roofs import Rect, add_flat_roof, add_pitched_roof
from segstudio.sample.sheet import BUILDING, LAND, VEGETATION, SheetBuilder, Surface
from segstudio.sample.vegetation import add_bush, add_garden_tree


def add_plot(builder: SheetBuilder, lot: Lot, place: Place, rng: random.Random, style: random.Random) -> None:
    """One plot with its house; `style` is the block's own chance, so that neighbours look alike."""
    garden = lawn(place, rng, 0.3 * (1 - place.green)) if rng.random() < place.green else (
        paving(place, rng) if rng.random() < 0.4 else soil(place, rng)
    )  # fmt: skip
    builder.add(lot.polygon, garden)
    width, depth = lot.width, lot.depth
    if width < 6 or depth < 8 or rng.random() < 0.05:
        return
    front = rng.uniform(2.0, 5.5) if width > 13 else rng.uniform(0.6, 2.0)
    left = rng.uniform(1.2, 3.2) if width > 12 else 0.6
    w = (
        min(width - left - rng.uniform(1.0, 3.5), max(rng.uniform(11, 17), width * rng.uniform(0.55, 0.75)))
        if width > 12
        else width - 1.2
    )
    d = min(depth - front - rng.uniform(2.0, 9.0), w * rng.uniform(0.75, 1.25))
    if w < 4.5 or d < 4.5:
        return
    _add_drive(builder, lot, place, rng, front, left, w)
    _add_garden(builder, lot, place, rng, (left, front, left + w, front + d))
    add_house(builder, lot.frame.moved(left, front), w, d, place, rng, style)


def _add_drive(
    builder: SheetBuilder, lot: Lot, place: Place, rng: random.Random, front: float, left: float, w: float
) -> None:
    if lot.width < 12:
        return
    a = left + rng.choice((0.3, w - 4.5))
    builder.add(lot.frame.rect(a, -0.3, a + rng.uniform(3.0, 5.0), front + 1), paving(place, rng))
    if rng.random() < place.cars and front > 2:
        add_car(builder, lot.frame.moved(a + 1.8, front - 2.0).turned(), rng, LAND)


def _add_garden(builder: SheetBuilder, lot: Lot, place: Place, rng: random.Random, house: Rect) -> None:
    frame, width, depth = lot.frame, lot.width, lot.depth
    if rng.random() < place.walls:
        wall = Surface(LAND, varied((196, 188, 176), rng), height_m=1.9)
        for rect in ((0, 0, 0.35, depth), (0, depth - 0.3, width, depth), (width - 0.35, 0, width, depth)):
            builder.add(frame.rect(*rect), wall)
    elif rng.random() < place.green * 0.5:
        hedge = Surface(VEGETATION, varied(place.tree, rng), height_m=1.4, grain=0.1, speckle=0.12)
        builder.add(frame.rect(0, 0.5, 0.9, depth), hedge)
        builder.add(frame.rect(0, depth - 0.9, width, depth), hedge)
    back = depth - house[3]
    if back > 6 and rng.random() < 0.5:
        terrace = paving(place, rng)
        builder.add(frame.rect(house[0] + 1, house[3], house[2] - 2, house[3] + rng.uniform(1.5, 3)), terrace)
    if back > 7.5 and rng.random() < place.pools:
        a, b = rng.uniform(2, max(2.1, width - 9)), house[3] + rng.uniform(2.2, 3)
        builder.add(frame.rect(a - 1, b - 1, a + 7.5, b + 4.8), paving(place, rng))
        builder.add(frame.rect(a, b, a + 6.5, b + 3.6), pool(rng))
    for _ in range(int(rng.random() * 5.5 * (place.green + 0.25))):
        b = (
            rng.uniform(house[3] + 1.5, depth - 0.5)
            if rng.random() < 0.7 and back > 3
            else rng.uniform(0, house[1])
        )
        add_garden_tree(builder, *frame.at(rng.uniform(0.5, width - 0.5), b), place, rng)
    _add_clutter(builder, lot, place, rng, house)
    for _ in range(int(rng.random() * 9 * place.green)):
        add_bush(builder, *frame.at(rng.uniform(0, width), rng.uniform(0, depth)), place, rng)


def _add_clutter(builder: SheetBuilder, lot: Lot, place: Place, rng: random.Random, house: Rect) -> None:
    """Sheds, beds, worn patches and odds and ends: what nobody plans."""
    frame, width, depth = lot.frame, lot.width, lot.depth
    for _ in range(rng.randint(0, 4)):
        a, b = rng.uniform(0.5, width - 2), rng.uniform(0.5, depth - 2)
        w, d = rng.uniform(1, width * 0.35), rng.uniform(1, depth * 0.3)
        patch = rng.choice((soil, lawn, paving))(place, rng)
        builder.add(frame.rect(a, b, min(width - 0.4, a + w), min(depth - 0.4, b + d)), patch)
    back = depth - house[3]
    if back > 5 and rng.random() < 0.45:
        w, d = rng.uniform(2, 4), rng.uniform(2, 3.5)
        a = rng.choice((0.6, max(0.6, width - w - 0.6)))
        colour = varied(rng.choice(place.roofs), rng, 0.2)
        shed = Surface(BUILDING, colour, (96, 90, 84), blotch=0.4, height_m=2.4)
        builder.add(frame.rect(a, depth - d - 0.5, min(width - 0.4, a + w), depth - 0.5), shed)
    for _ in range(rng.randint(0, 5)):
        a, b = rng.uniform(0.5, width - 1.5), rng.uniform(house[3], depth - 1) if back > 2 else 0.3
        thing = Surface(LAND, varied((190, 184, 176), rng, 0.4, 0.15), height_m=rng.uniform(0.2, 1.2))
        builder.add(frame.rect(a, b, a + rng.uniform(0.5, 1.6), b + rng.uniform(0.4, 1.2)), thing)


def add_house(
    builder: SheetBuilder,
    frame: Frame,
    w: float,
    d: float,
    place: Place,
    rng: random.Random,
    style: random.Random,
) -> None:
    """A house of one to three parts within `w` by `d` metres of the frame."""
    flat = style.random() < place.flat_share
    metal = style.random() < place.metal_share
    colour = varied(
        style.choice(place.roofs) if style.random() < 0.6 else rng.choice(place.roofs), rng, 0.1, 0.03
    )
    floors = max(1, place.floors + rng.choice((-1, 0, 0, 1)))
    height = floors * rng.uniform(2.9, 3.3)
    parts = _parts(w, d, rng)
    if flat:
        for k, part in enumerate(parts):
            lower = 0.0 if k == 0 else rng.choice((0.0, 3.1, 3.1)) if height > 5 else 0.0
            add_flat_roof(builder, frame, part, height - lower, colour, rng)
        return
    hip = rng.choice((0.0, 0.0, 1.0, 0.7))
    pitch = rng.uniform(0.35, 0.65) if not metal else rng.uniform(0.18, 0.35)
    for k, part in reversed(list(enumerate(parts))):
        eave = height - 1.0 - (0.6 * k)
        add_pitched_roof(builder, frame, part, max(2.2, eave), colour, rng, metal=metal, hip=hip, pitch=pitch)


def _parts(w: float, d: float, rng: random.Random) -> list[Rect]:
    """Main body first, then wings: a box, an L, a T or a U."""
    shape = rng.random()
    if shape < 0.38 or min(w, d) < 7:
        return [(0, 0, w, d)]
    if shape < 0.72:
        cut = rng.uniform(0.4, 0.6)
        side = (0.0, w * cut) if rng.random() < 0.5 else (w * (1 - cut), w)
        if rng.random() < 0.5:
            return [(0, 0, w, d * 0.55), (side[0], d * 0.45, side[1], d)]
        return [(0, d * 0.45, w, d), (side[0], 0, side[1], d * 0.55)]
    if shape < 0.86:
        return [(0, d * 0.4, w, d), (w * 0.3, 0, w * 0.7, d * 0.5)]
    return [(0, d * 0.5, w, d), (0, 0, w * 0.34, d * 0.6), (w * 0.66, 0, w, d * 0.6)]
