"""Roads as they are painted: tarmac, kerbs, lane markings, medians, roundabouts, the cars on them."""

import math
import random

import numpy as np

from segstudio.sample.cars import add_car
from segstudio.sample.geometry import Frame, Points, along, densified, lengths, ribbon
from segstudio.sample.hashing import chance, mix
from segstudio.sample.materials import asphalt, blend, dirt_road, lawn, marking, paving, soil
from segstudio.sample.plan import Plan, Quarter
from segstudio.sample.sheet import ROAD, VEGETATION, SheetBuilder, Surface
from segstudio.sample.vegetation import add_trees_along


def add_lane_dashes(
    builder: SheetBuilder,
    line: Points,
    offset: float,
    paint: Surface,
    on_m: float,
    off_m: float,
    clear_m: float,
) -> None:
    """A dashed line beside a middle line, clear of its ends."""
    total = lengths(line)[-1]
    at = np.arange(clear_m, total - clear_m - on_m, on_m + off_m)
    spots, angles = along(line, at)
    for (x, y), angle in zip(spots, angles, strict=True):
        builder.add(Frame.along(x, y, float(angle)).rect(0, offset - 0.09, on_m, offset + 0.09), paint)


def add_solid_line(
    builder: SheetBuilder, line: Points, offset: float, paint: Surface, clear_m: float
) -> None:
    """A continuous line beside a middle line."""
    total = lengths(line)[-1]
    if total < 2 * clear_m + 5:
        return
    middle, _ = along(line, np.linspace(clear_m, total - clear_m, max(2, int(total / 9))))
    builder.add(ribbon(middle, offset + 0.1, offset - 0.1), paint)


def add_traffic(
    builder: SheetBuilder,
    line: Points,
    lanes: list[float],
    share: float,
    rng: random.Random,
    clear_m: float,
    bridge: float = 0.0,
) -> None:
    """Cars moving along lanes (offsets from the middle line); `share` is cars per 12 m."""
    total = lengths(line)[-1]
    for offset in lanes:
        at = clear_m + rng.uniform(0, 12)
        while at < total - clear_m:
            if rng.random() < share:
                (spot,), (angle,) = along(line, np.array([at]))
                frame = Frame.along(
                    float(spot[0]), float(spot[1]), float(angle) + (math.pi if offset < 0 else 0.0)
                )
                add_car(builder, frame.moved(0, abs(offset) + rng.uniform(-0.3, 0.3)), rng, ROAD, bridge)
            at += rng.uniform(7, 17)


def main_road(plan: Plan, i: int, j: int, *, row: bool) -> SheetBuilder:
    """The main road from crossing (i, j) to the next in its row or column."""
    builder, place = SheetBuilder(), plan.place
    index = j if row else i
    rng, habit = chance(plan.seed, 5, i, j, int(row)), chance(plan.seed, 6, index, int(row))
    level, half = plan.road_level(index, row=row), plan.half_width(index, row=row)
    ends = np.array([plan.node(i, j), plan.node(i + 1, j) if row else plan.node(i, j + 1)])
    line = plan.bent(densified(ends, 9.0, closed=False))
    dirt = level == 0 and habit.random() < place.dirt_streets
    bridge = float(plan.spans(i, j, row=row))
    surface = (dirt_road if dirt else asphalt)(place, habit)._replace(bridge=bridge)
    builder.add(ribbon(line, half, -half), surface)
    clear = 4.0 + max(plan.half_width(i, row=False), plan.half_width(j, row=True))
    clear = max(
        clear, plan.roundabout_m(i, j), plan.roundabout_m(i + 1, j) if row else plan.roundabout_m(i, j + 1)
    )
    if dirt:
        add_traffic(builder, line, [-1.5, 1.5], 0.06 * place.cars, rng, clear, bridge)
        return builder
    _add_wear(builder, line, level, surface, habit)
    _add_markings(builder, line, level, half, plan, habit, clear, bridge)
    if level < 2 and rng.random() < 0.6:
        _add_zebras(builder, line, half, clear, habit, bridge)
    lanes = {0: [-2.2, 2.2], 1: [-6.4, -3.3, 3.3, 6.4], 2: [-13.0, -9.4, -5.8, 5.8, 9.4, 13.0]}[level]
    add_traffic(builder, line, lanes, (0.16, 0.25, 0.4)[level] * place.cars, rng, clear, bridge)
    if level < 2 and place.street_m > 3 and rng.random() < 0.35 + 0.4 * place.green:
        from_middle = half + 2.2
        for side in (from_middle, -from_middle):
            cut, _ = along(line, np.linspace(clear, max(clear + 1, lengths(line)[-1] - clear), 24))
            add_trees_along(builder, ribbon(cut, side, side)[:24], habit.uniform(7, 12), place, rng, 0.2)
    return builder


def _add_wear(builder: SheetBuilder, line: Points, level: int, surface: Surface, rng: random.Random) -> None:
    """Where wheels run tarmac is polished, between them it is stained."""
    lanes = {0: (2.2,), 1: (3.3, 6.4), 2: (5.8, 9.4, 13.0)}[level]
    dark = surface._replace(colour=blend(surface.colour, (52, 50, 52), rng.uniform(0.05, 0.3)))
    light = surface._replace(colour=blend(surface.colour, (168, 164, 160), rng.uniform(0.0, 0.22)))
    for side in (-1, 1):
        for lane in lanes:
            builder.add(ribbon(line, side * lane + 1.1, side * lane - 1.1), light)
            builder.add(ribbon(line, side * lane + 0.4, side * lane - 0.4), dark)


def _add_zebras(
    builder: SheetBuilder, line: Points, half: float, clear: float, rng: random.Random, bridge: float
) -> None:
    paint, total = marking(rng)._replace(bridge=bridge), lengths(line)[-1]
    if total < 2 * clear + 12:
        return
    spots, angles = along(line, np.array([clear - 1.8, total - clear + 1.8]))
    for (x, y), angle in zip(spots, angles, strict=True):
        frame = Frame.along(x, y, float(angle))
        for b in np.arange(-half + 0.6, half - 0.8, 1.0):
            builder.add(frame.rect(-1.6, b, 1.6, b + 0.5), paint)


def _add_markings(
    builder: SheetBuilder,
    line: Points,
    level: int,
    half: float,
    plan: Plan,
    habit: random.Random,
    clear: float,
    bridge: float,
) -> None:
    white, yellow = marking(habit), marking(habit, (212, 172, 70))
    white, yellow = white._replace(bridge=bridge), yellow._replace(bridge=bridge)
    if level == 0:
        centre = habit.choice((white, white, yellow))
        add_lane_dashes(builder, line, 0.0, centre, 3.0, 4.5, clear)
        return
    for side in (-1, 1):
        add_solid_line(builder, line, side * (half - 0.6), white, clear)
        for lane in (4.9,) if level == 1 else (7.6, 11.2):
            add_lane_dashes(builder, line, side * lane, white, 3.0, 6.0, clear)
    total = lengths(line)[-1]
    if total < 2 * clear + 20:
        return
    middle, _ = along(line, np.linspace(clear, total - clear, max(4, int(total / 9))))
    width = 1.3 if level == 1 else 2.8
    kerb = Surface(ROAD, blend(plan.place.paving, (205, 202, 196), 0.4), bridge=bridge)
    builder.add(ribbon(middle, width + 0.3, -width - 0.3), kerb)
    if habit.random() < 0.3:
        return
    green = lawn(plan.place, habit, 0.2)._replace(class_id=VEGETATION, bridge=bridge)
    builder.add(ribbon(middle, width, -width), green)
    if habit.random() < 0.7:
        add_trees_along(builder, middle, habit.uniform(7, 12), plan.place, habit, 0.25)


def crossing(plan: Plan, i: int, j: int) -> SheetBuilder:
    """Where main roads meet: a widened crossing or a roundabout with its island."""
    builder, place = SheetBuilder(), plan.place
    rng = chance(plan.seed, 7, i, j)
    x, y = plan.bent(np.array([plan.node(i, j)]))[0]
    t = np.linspace(0, 2 * math.pi, 40, endpoint=False)
    ring = np.stack([np.cos(t), np.sin(t)], axis=1)
    centre = np.array([x, y])
    radius = plan.roundabout_m(i, j)
    arms = ((i, j, True), (i - 1, j, True), (i, j, False), (i, j - 1, False))
    bridge = float(any(plan.spans(a, b, row=row) for a, b, row in arms))
    surface = asphalt(place, rng)._replace(bridge=bridge)
    if radius == 0:
        a, b = plan.half_width(i, row=False), plan.half_width(j, row=True)
        dirt = max(a, b) < 6 and place.dirt_streets > 0.5
        surface = (dirt_road if dirt else asphalt)(place, chance(plan.seed, 6, j, 1))._replace(bridge=bridge)
        builder.add(centre + ring * max(math.hypot(a, b) * 0.86, max(a, b) * 1.06), surface)
        return builder
    builder.add(centre + ring * radius, surface)
    kerb = Surface(ROAD, blend(place.paving, (210, 206, 200), 0.4), bridge=bridge)
    island = radius * 0.58
    builder.add(centre + ring * (island + 0.4), kerb)
    green = lawn(place, rng, 0.3)._replace(bridge=bridge)
    builder.add(centre + ring * island, green)
    if rng.random() < 0.6:
        inner = rng.choice((paving, soil, lawn))(place, rng)._replace(bridge=bridge)
        builder.add(centre + ring * island * rng.uniform(0.3, 0.6), inner)
    add_trees_along(builder, centre + np.vstack([ring, ring[:1]]) * island * 0.75, 6.0, place, rng, 0.2)
    line = centre + np.vstack([ring, ring[:3]]) * radius * 0.79
    add_traffic(builder, line, [0.1], 0.2 * place.cars, rng, 2.0, bridge)
    return builder


def local_streets(plan: Plan, quarter: Quarter) -> SheetBuilder:
    """Markings and cars on the streets inside a quarter."""
    builder, place = SheetBuilder(), plan.place
    if quarter.use in ("fields", "greenhouses"):
        return builder
    for number, street in enumerate(quarter.streets):
        rng = chance(mix(quarter.key, 8, number))
        if street.half_m > 3.2 and rng.random() < 0.6 and place.dirt_streets < 0.5:
            add_lane_dashes(builder, street.line, 0.0, marking(rng), 2.5, 5.0, 6.0)
        add_traffic(builder, street.line, [-1.6, 1.6], 0.07 * place.cars, rng, 6.0)
        if street.half_m > 2.2:
            kerb = street.half_m - 1.15
            add_traffic(builder, street.line, [-kerb, kerb], 0.3 * place.cars, rng, 8.0)
    return builder


def base(plan: Plan, quarter: Quarter) -> SheetBuilder:
    """What lies under everything else: verges, then the streets' own surface between the blocks."""
    builder, place = SheetBuilder(), plan.place
    rng = chance(quarter.key, 9)
    verge = lawn(place, rng, 0.2) if rng.random() < place.green else soil(place, rng)
    builder.add(quarter.outline, verge)
    if len(quarter.inner) < 3:
        return builder
    if quarter.use in ("fields", "greenhouses"):
        track = lawn(place, rng, 0.6) if rng.random() < 0.5 else dirt_road(place, rng)
        builder.add(quarter.inner, track)
    elif len(quarter.streets):
        street = dirt_road if rng.random() < place.dirt_streets else asphalt
        builder.add(quarter.inner, street(place, rng))
    else:
        builder.add(quarter.inner, soil(place, rng))
    return builder
