"""Open ground in and around towns: parks, pitches, bare land with tracks and heaps, woods."""

import math
import random

import numpy as np

from segstudio.sample.building_sites import add_site
from segstudio.sample.geometry import Frame, Points, area, box, inside, ribbon, scattered, shrunk
from segstudio.sample.hashing import array_chance
from segstudio.sample.materials import blend, dirt_road, lawn, paving, soil, striped, undergrowth, varied
from segstudio.sample.noise import noise_at
from segstudio.sample.place import Place
from segstudio.sample.sheet import LAND, VEGETATION, WATER, Colour, SheetBuilder, Surface, Tree
from segstudio.sample.vegetation import add_bush, add_park_tree, add_wood


def blob(x: float, y: float, radius_m: float, rng: random.Random, squeeze: float = 1.0) -> Points:
    """A round thing with a wobbling rim."""
    angles = np.linspace(0, 2 * math.pi, 28, endpoint=False)
    r = np.full(28, radius_m)
    for k in (2, 3, 5):
        r = r * (1 + rng.uniform(0.03, 0.18) * np.sin(k * angles + rng.uniform(0, 6.3)))
    turn = rng.uniform(0, math.pi)
    px, py = r * np.cos(angles), r * np.sin(angles) * squeeze
    c, s = math.cos(turn), math.sin(turn)
    return np.stack([x + px * c - py * s, y + px * s + py * c], axis=1)


def wandering(start: Points, end: Points, sway: float, rng: random.Random, count: int = 24) -> Points:
    """A swinging line from one point to another."""
    t = np.linspace(0, 1, count)
    d = end - start
    normal = np.array([-d[1], d[0]]) / max(1e-6, math.hypot(*d))
    swing = sum(rng.uniform(-sway, sway) / k * np.sin(math.pi * k * t) for k in (1, 2, 3, 4))
    return np.asarray(start + t[:, None] * d + np.asarray(swing)[:, None] * normal)


def within(line: Points, polygon: Points) -> Points:
    """The longest run of a line that lies in a polygon."""
    kept = inside(polygon, line)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]]).astype(int)))
    if not len(edges):
        return line[:0]
    runs = edges.reshape(-1, 2)
    start, end = runs[np.argmax(runs[:, 1] - runs[:, 0])]
    return line[start:end]


def add_park(builder: SheetBuilder, polygon: Points, place: Place, rng: random.Random, key: int) -> None:
    """Lawn, winding paths, groups of trees, a playground, sometimes a pitch."""
    builder.add(polygon, lawn(place, rng, 0.25 * (1 - place.green)))
    cx, cy, long, short, angle = box(polygon)
    frame = Frame.along(cx, cy, angle)
    for _ in range(rng.randint(2, 4)):
        builder.add(
            blob(*frame.at(rng.uniform(-0.3, 0.3) * long, rng.uniform(-0.3, 0.3) * short), short * 0.12, rng),
            lawn(place, rng, rng.uniform(-0.4, 0.6)),
        )
    path = paving(place, rng)
    for _ in range(rng.randint(2, 4)):
        a = np.array(frame.at(-long / 2, rng.uniform(-0.4, 0.4) * short))
        b = np.array(frame.at(long / 2, rng.uniform(-0.4, 0.4) * short))
        line = within(wandering(a, b, short * 0.25, rng, 40), polygon)
        if len(line) > 2:
            builder.add(ribbon(line, 1.1, -1.1), path)
    if rng.random() < 0.5 and short > 60:
        add_pitch(builder, frame.moved(rng.uniform(-0.2, 0.2) * long, 0), place, rng)
    if short > 45 and rng.random() < 0.4:
        pond = blob(
            *frame.at(rng.uniform(-0.3, 0.3) * long, 0), min(26, short * rng.uniform(0.1, 0.2)), rng, 0.7
        )
        builder.add(shrunk(pond, -2.0), soil(place, rng))
        builder.add(
            pond, Surface(WATER, varied(place.water, rng, 0.2), place.shallow, blotch=0.3, grain=0.012)
        )
    spots = scattered(inset_any(polygon, 3.0), 6.5, array_chance(key, 51))
    crowd = noise_at(key, rng.uniform(22, 45), spots[:, 0], spots[:, 1])
    dense = rng.uniform(0.05, 0.5)
    for (x, y), more in zip(spots, crowd, strict=True):
        if rng.random() < dense * (0.35 + 2.2 * max(0.0, more)):
            add_park_tree(builder, float(x), float(y), place, rng)
    for _ in range(rng.randint(1, 2 + int(long * short / 7000))):
        spot = frame.at(rng.uniform(-0.4, 0.4) * long, rng.uniform(-0.4, 0.4) * short)
        grove = blob(*spot, rng.uniform(7, 24), rng)
        add_wood(builder, grove[inside(polygon, grove)], 5.0, place, key + 7, rng.choice((0.0, 0.2, 0.7)))


def inset_any(polygon: Points, metres: float) -> Points:
    """Shrunk towards its middle: for shapes of which only roughly the inside is wanted."""
    centre = polygon.mean(axis=0)
    d = polygon - centre
    r = np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-6)
    return np.asarray(centre + d * np.maximum(0.0, 1 - metres / r)[:, None])


def add_pitch(builder: SheetBuilder, frame: Frame, place: Place, rng: random.Random) -> None:
    """A football pitch with mowing stripes and lines, sometimes inside a running track; or tennis courts."""
    if rng.random() < 0.3:
        _add_courts(builder, frame, rng)
        return
    w, d = rng.uniform(38, 50), rng.uniform(22, 32)
    if rng.random() < 0.4:
        track = Surface(LAND, varied((176, 84, 62), rng), grain=0.03)
        t = np.linspace(0, 2 * math.pi, 48)
        ring = np.stack([np.sign(np.cos(t)) * w * 0.72 + np.cos(t) * d * 1.25, np.sin(t) * d * 1.25], axis=1)
        builder.add(np.array([frame.at(a, b) for a, b in ring]), track)
    grass = striped(lawn(place, rng, -0.4), frame.angle + math.pi / 2, 10.0, 0.05)
    builder.add(frame.rect(-w, -d, w, d), grass)
    line = Surface(VEGETATION, (206, 214, 196))
    for a0, b0, a1, b1 in _pitch_lines(w, d):
        builder.add(frame.rect(a0, b0, a1, b1), line)


def _pitch_lines(w: float, d: float) -> list[tuple[float, float, float, float]]:
    m, t = 3.0, 0.15
    a, b = w - m, d - m
    lines = [
        (-a, -b, a, -b + t),
        (-a, b - t, a, b),
        (-a, -b, -a + t, b),
        (a - t, -b, a, b),
        (-t / 2, -b, t / 2, b),
    ]
    for s in (-1, 1):
        x0, x1 = sorted((s * a, s * (a - 12)))
        lines += [(x0, -12, x1, -12 + t), (x0, 12 - t, x1, 12), (s * (a - 12), -12, s * (a - 12) + t, 12)]
    return lines


def _add_courts(builder: SheetBuilder, frame: Frame, rng: random.Random) -> None:
    inner: Colour = rng.choice(((60, 104, 150), (150, 78, 60), (66, 118, 84)))
    outer: Colour = rng.choice(((70, 124, 92), (120, 70, 58), (92, 120, 150)))
    white = Surface(LAND, (226, 226, 222))
    for k in range(rng.randint(2, 4)):
        court = frame.moved(k * 19.0, 0)
        builder.add(court.rect(-9, -18, 9, 18), Surface(LAND, outer))
        builder.add(court.rect(-5.5, -11.9, 5.5, 11.9), white)
        builder.add(court.rect(-5.3, -11.7, 5.3, 11.7), Surface(LAND, inner))
        builder.add(court.rect(-5.5, -0.1, 5.5, 0.1), white)


def add_bare(builder: SheetBuilder, polygon: Points, place: Place, rng: random.Random, key: int) -> None:
    """Undeveloped land: mottled ground, graded patches, tracks, heaps, scrub, here and there a site."""
    builder.add(polygon, soil(place, rng))
    cx, cy, long, short, angle = box(polygon)
    frame = Frame.along(cx, cy, angle)
    for _ in range(rng.randint(4, 9)):
        spot = frame.at(rng.uniform(-0.45, 0.45) * long, rng.uniform(-0.45, 0.45) * short)
        tone = blend(
            place.soil, rng.choice((place.soil2, (236, 230, 220), (120, 112, 104))), rng.uniform(0.2, 0.6)
        )
        patch = soil(place, rng)._replace(colour=varied(tone, rng, 0.05))
        builder.add(blob(*spot, rng.uniform(8, 45), rng, rng.uniform(0.3, 1)), patch)
    for _ in range(rng.choice((0, 0, 1, 1, 2)) if short > 50 else 0):
        add_site(
            builder, frame.moved(rng.uniform(-0.3, 0.3) * long, rng.uniform(-0.25, 0.25) * short), place, rng
        )
    for _ in range(rng.randint(1, 4)):
        _add_track(builder, polygon, place, rng)
    for _ in range(rng.randint(0, 12)):
        x, y = frame.at(rng.uniform(-0.4, 0.4) * long, rng.uniform(-0.4, 0.4) * short)
        heap = soil(place, rng)._replace(height_m=rng.uniform(0.6, 2.2), cloud=0.15)
        builder.add(blob(x, y, rng.uniform(1.5, 4), rng), heap)
    scrub = scattered(polygon, 5.0, array_chance(key, 61))
    crowd = noise_at(key, 40.0, scrub[:, 0], scrub[:, 1])
    share = rng.uniform(0.0, 0.5) ** 1.5
    for (x, y), more in zip(scrub, crowd, strict=True):
        if rng.random() < share * 3 * max(0.0, more - 0.1):
            add_bush(builder, float(x), float(y), place, rng)


def _add_track(builder: SheetBuilder, polygon: Points, place: Place, rng: random.Random) -> None:
    cx, cy, long, short, angle = box(polygon)
    frame = Frame.along(cx, cy, angle)
    a = np.array(frame.at(-long * 0.49, rng.uniform(-0.45, 0.45) * short))
    b = np.array(frame.at(long * 0.49, rng.uniform(-0.45, 0.45) * short))
    if rng.random() < 0.4:
        a = np.array(frame.at(rng.uniform(-0.4, 0.4) * long, -short * 0.49))
        b = np.array(frame.at(rng.uniform(-0.4, 0.4) * long, short * 0.49))
    line, half = within(wandering(a, b, short * 0.25, rng, 60), polygon), rng.uniform(1.6, 4.0)
    if len(line) < 3:
        return
    tone = blend(place.soil, rng.choice(((226, 218, 206), (118, 110, 104))), rng.uniform(0.25, 0.6))
    track = dirt_road(place, rng)._replace(colour=tone)
    builder.add(ribbon(line, half, -half), track)
    rut = track._replace(colour=blend(tone, (100, 92, 84), 0.3))
    for side in (-0.5, 0.5):
        builder.add(ribbon(line, half * side + 0.2, half * side - 0.2), rut)


def add_forest(builder: SheetBuilder, polygon: Points, place: Place, rng: random.Random, key: int) -> None:
    """A wood with clearings and a path."""
    builder.add(polygon, undergrowth(place, rng))
    add_wood(builder, polygon, rng.uniform(4.6, 6.5), place, key, rng.choice((0.0, 0.2, 0.6, 1.0)))
    if rng.random() < 0.6 and area(polygon) > 4000:
        _add_track(builder, polygon, place, rng)


def add_marsh(builder: SheetBuilder, polygon: Points, place: Place, rng: random.Random, key: int) -> None:
    """Mud flats with creeks and thickets of low dark trees, as along warm coasts."""
    flats = blend(place.soil, rng.choice(((124, 136, 112), (150, 156, 138), (110, 112, 100))), 0.7)
    mud = soil(place, rng)._replace(colour=varied(flats, rng), second=blend(flats, (70, 76, 62), 0.6))
    builder.add(polygon, mud)
    cx, cy, long, short, angle = box(polygon)
    frame = Frame.along(cx, cy, angle)
    for _ in range(rng.randint(1, 3)):
        a = np.array(frame.at(-long / 2, rng.uniform(-0.5, 0.5) * short))
        b = np.array(frame.at(rng.uniform(0, 0.5) * long, rng.uniform(-0.5, 0.5) * short))
        creek, half = within(wandering(a, b, short * 0.4, rng, 60), polygon), rng.uniform(1.5, 5)
        if len(creek) > 2:
            builder.add(ribbon(creek, half, -half), Surface(WATER, place.water, place.shallow, blotch=0.6))
    _add_thicket(builder, polygon, place, rng, key)


def _add_thicket(builder: SheetBuilder, polygon: Points, place: Place, rng: random.Random, key: int) -> None:
    spots = scattered(polygon, 3.0, array_chance(key, 71))
    crowd = noise_at(key, rng.uniform(40, 80), spots[:, 0], spots[:, 1])
    crowd += 0.35 * noise_at(key + 1, 11.0, spots[:, 0], spots[:, 1])
    dark = blend(place.tree, (58, 64, 64), 0.6)
    for x, y in spots[crowd > rng.uniform(-0.5, 0.2)]:
        radius = rng.uniform(1.2, 2.4)
        builder.trees.append(
            Tree(float(x), float(y), radius, radius * 1.4, 3, *varied(dark, rng, 0.15, 0.05))
        )
