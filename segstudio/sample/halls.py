"""Industry and trade: halls with ribbed roofs, big boxes, car parks, yards with stacks of goods."""

import random

import numpy as np

from segstudio.sample.building_sites import add_yard
from segstudio.sample.cars import add_car, add_row
from segstudio.sample.geometry import Frame, Points, fitted_box
from segstudio.sample.materials import asphalt, lawn, marking, paving, soil, varied
from segstudio.sample.parcels import Lot, lots
from segstudio.sample.place import Place
from segstudio.sample.roofs import add_flat_roof, add_pitched_roof
from segstudio.sample.sheet import LAND, ROAD, Colour, SheetBuilder, Surface
from segstudio.sample.vegetation import add_garden_tree, add_trees_along

_CRATES: tuple[Colour, ...] = ((170, 70, 50), (60, 90, 140), (196, 180, 150), (90, 120, 90), (206, 206, 200))


def add_industry(builder: SheetBuilder, block: Points, place: Place, rng: random.Random) -> None:
    """Plots with one hall or several in a row, yards and lorries between."""
    for lot in lots(block, rng.uniform(34, 64), rng):
        builder.add(lot.polygon, rng.choice((asphalt, paving, soil))(place, rng)._replace(class_id=LAND))
        if lot.width < 16 or lot.depth < 18 or rng.random() < 0.08:
            if rng.random() < 0.5:
                _add_goods(builder, lot, rng)
            else:
                add_yard(builder, lot.frame.moved(1, 1), lot.width - 2, lot.depth - 2, place, rng)
            continue
        front = rng.uniform(4, min(16, lot.depth * 0.35))
        w, d = lot.width - rng.uniform(4, 10), lot.depth - front - rng.uniform(2, 6)
        add_hall(builder, lot.frame.moved(rng.uniform(2, 4), front), w, d, place, rng)
        if rng.random() < 0.7:
            count = int((lot.width - 4) / 2.7)
            add_row(builder, lot.frame.moved(2, front - 2.6), count, 2.7, rng, place.cars * 0.8)


def add_hall(
    builder: SheetBuilder, frame: Frame, w: float, d: float, place: Place, rng: random.Random
) -> None:
    """A hall: one wide gable, several bays side by side, or a flat box; maybe an office in front."""
    colour = varied(rng.choice(place.roofs), rng, 0.1)
    if rng.random() < 0.55:
        colour = varied((216, 218, 220), rng, 0.1, 0.03)
    height = rng.uniform(6, 11)
    kind = rng.random()
    if kind < 0.3:
        add_flat_roof(builder, frame, (0, 0, w, d), height, colour, rng)
    elif kind < 0.6 or min(w, d) < 22:
        add_pitched_roof(builder, frame, (0, 0, w, d), height, colour, rng, metal=True, pitch=0.16)
    else:
        bays = max(2, round(w / rng.uniform(13, 22)))
        for k in range(bays):
            shade = varied(colour, rng, 0.05)
            rect = (w * k / bays, 0.0, w * (k + 1) / bays - rng.choice((0.0, 0.0, 0.5)), d)
            add_pitched_roof(builder, frame, rect, height, shade, rng, metal=True, pitch=0.22)
    if rng.random() < 0.35 and w > 20:
        office = varied(rng.choice(place.roofs), rng)
        add_flat_roof(builder, frame, (0, -3, rng.uniform(8, 14), 7), rng.uniform(5, 13), office, rng)


def _add_goods(builder: SheetBuilder, lot: Lot, rng: random.Random) -> None:
    for _ in range(int(lot.width * lot.depth / 70)):
        spot = lot.frame.moved(rng.uniform(2, max(3, lot.width - 8)), rng.uniform(2, max(3, lot.depth - 5)))
        crate = Surface(LAND, varied(rng.choice(_CRATES), rng, 0.15), height_m=2.6)
        builder.add(spot.rect(0, 0, rng.choice((6.1, 12.2)), 2.5), crate)


def add_commerce(builder: SheetBuilder, block: Points, place: Place, rng: random.Random) -> None:
    """A big box or an office with a car park in front."""
    cx, cy, long, short, angle = fitted_box(block)
    builder.add(block, lawn(place, rng, 0.2) if rng.random() < place.green * 0.7 else paving(place, rng))
    frame = Frame.along(cx, cy, angle).moved(-long / 2, -short / 2)
    if rng.random() < 0.5:
        frame = Frame.along(cx, cy, angle + np.pi).moved(-long / 2, -short / 2)
    share = rng.uniform(0.35, 0.6)
    builder.add(frame.rect(0, 0, long, short), paving(place, rng))
    rim = frame.polygon(((2, 2), (long - 2, 2), (long - 2, short - 2), (2, short - 2)))
    add_trees_along(builder, rim, rng.uniform(6, 12), place, rng, 0.3)
    add_car_park(builder, frame.moved(6, 5), long * share - 8, short - 10, place, rng)
    w, d = long * (1 - share) - 9, short - 12
    if w < 12 or d < 12:
        return
    site = frame.moved(long * share + 3, 6)
    if rng.random() < 0.5:
        add_hall(builder, site, w, d, place, rng)
    else:
        height = rng.choice((6.5, 8.0, 10.0, 13.0, 20.0))
        colour = varied(rng.choice((*place.roofs[:3], (226, 224, 218))), rng)
        add_flat_roof(builder, site, (0, 0, w, d * 0.55), height, colour, rng)
        add_flat_roof(builder, site, (w * 0.3, d * 0.5, w, d), height * rng.uniform(0.5, 1.2), colour, rng)
        add_flat_roof(builder, site, (w * 0.4, d * 0.1, w * 0.7, d * 0.4), height + 3, colour, rng)


def add_car_park(
    builder: SheetBuilder, frame: Frame, w: float, d: float, place: Place, rng: random.Random
) -> None:
    """Rows of bays with lines, cars in some of them, a tree here and there; tarmac counts as road."""
    if w < 12 or d < 12:
        return
    builder.add(frame.rect(0, 0, w, d), asphalt(place, rng))
    line, share = marking(rng), rng.uniform(0.15, 0.95)
    count = int((w - 3) / 2.6)
    b, bay = 0.5, 5.0
    while b + bay < d:
        for k in range(count + 1):
            builder.add(frame.rect(1.5 + k * 2.6, b, 1.62 + k * 2.6, b + bay), line)
        add_row(builder, frame.moved(1.5, b + bay / 2), count, 2.6, rng, share, ROAD)
        b += bay if rng.random() < 0.5 or b > d - 16 else bay + 6.2
        if b + bay < d and rng.random() < 0.5:
            for k in range(0, count, 7):
                add_garden_tree(builder, *frame.at(1.5 + k * 2.6, b), place, rng)
        b += 6.2 if rng.random() < 0.6 else 0.0
    for _ in range(int(w * d / 900)):
        mover = frame.moved(rng.uniform(3, w - 3), rng.uniform(3, d - 3))
        add_car(builder, mover if rng.random() < 0.5 else mover.turned(), rng, ROAD)
