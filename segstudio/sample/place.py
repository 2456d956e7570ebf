"""What differs between places."""

from dataclasses import dataclass

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
