"""The surfaces a place is made of."""

import math
import random

from segstudio.sample.place import Place
from segstudio.sample.sheet import BUILDING, LAND, ROAD, VEGETATION, WATER, Colour, Surface


def varied(colour: Colour, rng: random.Random, tone: float = 0.06, hue: float = 0.02) -> Colour:
    """The same colour a little lighter or darker, warmer or cooler."""
    k = 1 + rng.uniform(-tone, tone)
    r, g, b = (min(252.0, c * k * (1 + rng.uniform(-hue, hue))) for c in colour)
    return r, g, b


def blend(a: Colour, b: Colour, share: float) -> Colour:
    """Between two colours."""
    r, g, bl = (x + (y - x) * share for x, y in zip(a, b, strict=True))
    return r, g, bl


def soil(place: Place, rng: random.Random) -> Surface:
    """Bare ground: mottled, dusty, with darker patches."""
    other = rng.choice((place.soil, (238, 234, 228), place.soil2, blend(place.soil, (140, 138, 138), 0.7)))
    colour = varied(blend(place.soil, other, rng.uniform(0, 0.7)), rng, 0.08)
    return Surface(
        LAND, colour, place.soil2, blotch=rng.uniform(0.4, 0.95),
        bias=rng.uniform(-0.35, 0.25), grain=0.021, speckle=0.05, cloud=0.06, drift=0.08,
    )  # fmt: skip


def lawn(place: Place, rng: random.Random, dryness: float = 0.0) -> Surface:
    """Grass, here and there dry."""
    return Surface(
        VEGETATION, varied(place.lawn, rng, 0.1), place.dry, blotch=0.55, bias=-0.25 + dryness, grain=0.03,
        speckle=0.06, cloud=0.07, drift=0.06,
    )  # fmt: skip


def undergrowth(place: Place, rng: random.Random) -> Surface:
    """Forest floor and scrub."""
    dark = blend(place.tree, place.soil2, 0.25)
    return Surface(
        VEGETATION, varied(dark, rng), place.lawn, blotch=0.5, bias=-0.1, grain=0.054, speckle=0.14, cloud=0.1
    )


def asphalt(place: Place, rng: random.Random, age: float | None = None) -> Surface:
    """Tarmac; old tarmac is lighter and patched."""
    years = rng.random() if age is None else age
    colour = blend(place.asphalt, (158, 154, 150), 0.35 * years)
    dark = blend(colour, (60, 58, 60), 0.5)
    return Surface(
        ROAD, varied(colour, rng, 0.04), dark, blotch=0.25, bias=-0.25, grain=0.018, speckle=0.025,
        cloud=0.025, drift=0.03,
    )  # fmt: skip


def dirt_road(place: Place, rng: random.Random) -> Surface:
    """An unpaved street or track."""
    colour = blend(place.soil, (222, 206, 186), 0.3)
    return Surface(
        ROAD, varied(colour, rng), place.soil2, blotch=0.45, bias=-0.2, grain=0.024, speckle=0.05, cloud=0.05
    )


def paving(place: Place, rng: random.Random) -> Surface:
    """Slabs and concrete where people walk."""
    return Surface(
        LAND, varied(place.paving, rng, 0.08), blend(place.paving, (95, 92, 88), 0.5), blotch=0.35, bias=-0.3,
        grain=0.021, speckle=0.04, cloud=0.03,
    )  # fmt: skip


def pool(rng: random.Random) -> Surface:
    """A swimming pool."""
    return Surface(WATER, varied((86, 176, 196), rng, 0.12, 0.06), (150, 214, 220), blotch=0.5, grain=0.018)


def marking(rng: random.Random, colour: Colour = (225, 224, 218)) -> Surface:
    """Worn road paint."""
    worn = blend(colour, (140, 138, 136), rng.uniform(0.0, 0.5))
    return Surface(ROAD, worn, grain=0.018)


def striped(surface: Surface, angle: float, period_m: float, amplitude: float) -> Surface:
    """The same with lines along `angle`, one every `period_m`."""
    k = 2 * math.pi / period_m
    return surface._replace(stripe=amplitude, stripe_x=-math.sin(angle) * k, stripe_y=math.cos(angle) * k)


def roof(colour: Colour, rng: random.Random, *, stain: float = 0.3) -> Surface:
    """A flat piece of roof with stains of its age."""
    grime = blend(colour, (96, 88, 80), 0.6)
    return Surface(
        BUILDING, colour, grime, blotch=stain, bias=rng.uniform(-0.5, 0.1), grain=0.015,
        speckle=0.03, cloud=0.025, drift=0.0,
    )  # fmt: skip
