"""What kind of place a seed is: colours, densities and habits of building, chosen together so that they fit."""

from dataclasses import dataclass, replace

from segstudio.sample.hashing import chance
from segstudio.sample.sheet import Colour


@dataclass(frozen=True, slots=True)
class Place:
    """Everything that differs between places; lengths in metres, shares from 0 to 1."""

    style: str
    turn: float  # direction of the street grid, radians
    bend_m: float  # how far streets swing
    superblock_m: float
    block_long_m: float
    block_short_m: float
    lot_m: float  # front of a plot
    street_m: float  # half width of a local street
    uses: tuple[tuple[str, float], ...]  # what quarters are used for, with weights
    soil: Colour
    soil2: Colour
    lawn: Colour
    dry: Colour
    tree: Colour
    asphalt: Colour
    paving: Colour
    water: Colour
    shallow: Colour
    roofs: tuple[Colour, ...]
    flat_share: float  # of houses with flat roofs
    metal_share: float  # of pitched roofs made of ribbed sheet
    green: float  # how much lawn and trees between houses
    palms: float
    pools: float
    walls: float  # garden walls
    floors: int  # of ordinary houses
    towers: float  # share of housing blocks with towers
    cars: float
    dirt_streets: float
    roundabouts: float
    river: float  # 0 none, else half width
    lakes: float  # share of land under lakes, roughly
    coast: float  # 0 none, 1: the sea lies on one side


_DESERT = Place(
    style="desert villas",
    turn=0.3,
    bend_m=22,
    superblock_m=330,
    block_long_m=190,
    block_short_m=66,
    lot_m=21,
    street_m=4.5,
    uses=(
        ("villas", 5.0),
        ("rings", 1.2),
        ("bare", 3.0),
        ("towers", 1.0),
        ("commerce", 1.0),
        ("industry", 0.7),
        ("park", 0.8),
    ),
    soil=(205, 197, 188),
    soil2=(168, 160, 155),
    lawn=(92, 104, 62),
    dry=(165, 152, 120),
    tree=(58, 74, 46),
    asphalt=(88, 82, 82),
    paving=(170, 160, 150),
    water=(22, 44, 36),
    shallow=(92, 122, 96),
    roofs=(
        (232, 228, 220),
        (240, 238, 236),
        (206, 190, 165),
        (186, 170, 150),
        (150, 148, 190),
        (196, 110, 72),
        (215, 205, 195),
    ),
    flat_share=0.7,
    metal_share=0.1,
    green=0.35,
    palms=0.6,
    pools=0.3,
    walls=0.8,
    floors=2,
    towers=0.1,
    cars=0.5,
    dirt_streets=0.0,
    roundabouts=0.6,
    river=0.0,
    lakes=0.16,
    coast=0.0,
)
_SUBURB = Place(
    style="suburb",
    turn=0.15,
    bend_m=26,
    superblock_m=290,
    block_long_m=150,
    block_short_m=58,
    lot_m=17,
    street_m=3.8,
    uses=(
        ("villas", 6.0),
        ("towers", 1.0),
        ("park", 1.2),
        ("commerce", 1.1),
        ("fields", 0.7),
        ("forest", 0.5),
        ("bare", 0.3),
    ),
    soil=(158, 140, 118),
    soil2=(130, 116, 96),
    lawn=(98, 122, 66),
    dry=(148, 142, 96),
    tree=(56, 82, 42),
    asphalt=(112, 112, 114),
    paving=(160, 158, 152),
    water=(44, 66, 62),
    shallow=(104, 116, 88),
    roofs=(
        (92, 92, 100),
        (70, 73, 80),
        (168, 88, 62),
        (150, 72, 56),
        (122, 94, 78),
        (74, 100, 152),
        (205, 203, 198),
        (136, 132, 128),
    ),
    flat_share=0.15,
    metal_share=0.15,
    green=0.85,
    palms=0.0,
    pools=0.08,
    walls=0.15,
    floors=2,
    towers=0.12,
    cars=0.6,
    dirt_streets=0.0,
    roundabouts=0.25,
    river=0.0,
    lakes=0.05,
    coast=0.0,
)
_OLD = replace(
    _SUBURB,
    style="dense old town",
    bend_m=38,
    superblock_m=230,
    block_long_m=70,
    block_short_m=40,
    lot_m=11,
    street_m=2.6,
    uses=(("dense", 7.0), ("commerce", 1.0), ("park", 0.7), ("towers", 0.6), ("villas", 1.0)),
    roofs=(
        (178, 100, 70),
        (196, 122, 86),
        (160, 84, 60),
        (108, 146, 128),
        (188, 184, 176),
        (150, 146, 142),
        (84, 86, 94),
        (128, 100, 84),
    ),
    flat_share=0.5,
    green=0.35,
    floors=3,
    walls=0.3,
    pools=0.0,
    roundabouts=0.1,
    lakes=0.03,
    river=22,
)
_INDUSTRY = replace(
    _SUBURB,
    style="industrial",
    bend_m=10,
    superblock_m=340,
    block_long_m=210,
    block_short_m=110,
    lot_m=40,
    street_m=5.0,
    uses=(
        ("industry", 7.0),
        ("commerce", 1.6),
        ("bare", 1.6),
        ("villas", 0.8),
        ("park", 0.4),
        ("dense", 0.4),
    ),
    roofs=(
        (222, 224, 226),
        (196, 200, 206),
        (150, 166, 190),
        (86, 120, 170),
        (120, 150, 140),
        (196, 96, 62),
        (164, 160, 154),
        (228, 220, 200),
    ),
    flat_share=0.4,
    metal_share=0.8,
    green=0.4,
    lakes=0.06,
    roundabouts=0.15,
)
_FARM = replace(
    _SUBURB,
    style="farmland and village",
    bend_m=45,
    superblock_m=300,
    block_long_m=120,
    block_short_m=60,
    lot_m=24,
    street_m=2.6,
    uses=(("fields", 8.0), ("forest", 1.5), ("villas", 1.6), ("greenhouses", 0.9), ("bare", 0.3)),
    green=0.9,
    cars=0.3,
    towers=0.0,
    dirt_streets=0.25,
    roundabouts=0.03,
    river=9,
    lakes=0.05,
)
_RIVER = replace(
    _SUBURB,
    style="riverside",
    bend_m=34,
    river=42,
    lakes=0.02,
    uses=(
        ("villas", 3.5),
        ("towers", 2.5),
        ("park", 1.8),
        ("commerce", 1.2),
        ("dense", 1.2),
        ("forest", 0.5),
    ),
    towers=0.4,
    flat_share=0.45,
)
_COAST = replace(
    _DESERT,
    style="coast",
    coast=1.0,
    bend_m=30,
    lakes=0.10,
    shallow=(86, 142, 134),
    water=(18, 40, 52),
    soil=(214, 202, 180),
    soil2=(180, 166, 142),
    uses=(("villas", 3.0), ("bare", 2.6), ("towers", 1.8), ("commerce", 1.0), ("park", 1.0), ("rings", 1.0)),
    green=0.5,
    towers=0.3,
)
_RED_SOIL = replace(
    _OLD, style="red-soil town", bend_m=45, superblock_m=260, block_long_m=110, block_short_m=62, lot_m=16,
    street_m=2.8,
    uses=(("villas", 4.0), ("dense", 2.6), ("fields", 1.2), ("forest", 1.0), ("bare", 0.8), ("commerce", 0.6)),
    soil=(182, 118, 82), soil2=(150, 92, 62), lawn=(86, 122, 52), dry=(158, 138, 82), tree=(54, 84, 36),
    asphalt=(122, 112, 106), paving=(188, 150, 122), water=(74, 74, 50), shallow=(130, 112, 78),
    roofs=((168, 72, 62), (150, 84, 62), (126, 80, 64), (196, 192, 188), (170, 168, 168), (206, 110, 66),
           (150, 140, 130), (180, 60, 70)),
    flat_share=0.05, metal_share=0.85, green=0.7, palms=0.25, floors=1, walls=0.6, cars=0.35, dirt_streets=0.75,
    river=8, lakes=0.03, towers=0.02,
)  # fmt: skip

STYLES: dict[str, Place] = {
    place.style: place for place in (_DESERT, _SUBURB, _OLD, _INDUSTRY, _FARM, _RIVER, _COAST, _RED_SOIL)
}
"""The places there are, by style."""


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
