"""Which place a seed is: a kind of place with measures and tints of its own."""

from dataclasses import replace

from segstudio.sample.hashing import chance
from segstudio.sample.place import Place
from segstudio.sample.sheet import Colour
from segstudio.sample.styles import STYLES


def _tinted(colour: Colour, r: float, g: float, b: float) -> Colour:
    return (min(255.0, colour[0] * r), min(255.0, colour[1] * g), min(255.0, colour[2] * b))


def place_of(seed: int, style: str | None = None) -> Place:
    """The place a seed stands for: a style with its own measures and tints."""
    rng = chance(seed, 101)
    names = list(STYLES)
    place = STYLES[style or names[seed % len(names)]]
    soil = [rng.uniform(0.88, 1.1)] * 3
    soil = [s * rng.uniform(0.96, 1.04) for s in soil]
    leaf = [rng.uniform(0.85, 1.15), rng.uniform(0.9, 1.1), rng.uniform(0.85, 1.15)]
    road = [rng.uniform(0.8, 1.15)] * 3
    depth, algae = rng.uniform(0.35, 1.3), rng.uniform(0.8, 1.35)
    wet = [depth * rng.uniform(0.6, 1.1), depth * algae, depth * rng.uniform(0.7, 1.2)]
    size = rng.uniform(0.85, 1.2)
    roofs = tuple(
        _tinted(roof, *[rng.uniform(0.88, 1.1)] * 3)
        for roof in rng.sample(place.roofs, k=len(place.roofs) - 2)
    )
    return replace(
        place,
        turn=rng.uniform(-1.5, 1.5),
        bend_m=place.bend_m * rng.uniform(0.4, 1.3),
        superblock_m=place.superblock_m * size,
        lot_m=place.lot_m * rng.uniform(0.9, 1.2),
        soil=_tinted(place.soil, *soil),
        soil2=_tinted(place.soil2, *soil),
        lawn=_tinted(place.lawn, *leaf),
        tree=_tinted(place.tree, *leaf),
        asphalt=_tinted(place.asphalt, *road),
        water=_tinted(place.water, *wet),
        roofs=roofs,
        flat_share=min(1.0, place.flat_share * rng.uniform(0.7, 1.3)),
        green=min(1.0, place.green * rng.uniform(0.7, 1.25)),
    )
