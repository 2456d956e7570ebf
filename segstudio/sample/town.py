"""From plan to drawing: the sheets of any piece of the world, in painting order, kept while they are near."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from segstudio.sample.farmland import add_field, add_greenhouses
from segstudio.sample.geometry import Points, area, fitted_box, rounded, shrunk
from segstudio.sample.grounds import add_bare, add_forest, add_marsh, add_park
from segstudio.sample.halls import add_commerce, add_industry
from segstudio.sample.hashing import chance
from segstudio.sample.houses import add_plot
from segstudio.sample.materials import lawn, paving, soil
from segstudio.sample.parcels import Lot, lots
from segstudio.sample.place import Place
from segstudio.sample.plan import RURAL, Block, Plan, Quarter
from segstudio.sample.rings import add_rings
from segstudio.sample.roads import base, crossing, local_streets, main_road
from segstudio.sample.rows import add_rows
from segstudio.sample.sheet import Sheet, SheetBuilder
from segstudio.sample.towers import add_towers
from segstudio.sample.water import WaterField

Bounds = tuple[float, float, float, float]
_QUARTERS, _SHEETS = 256, 2048


class Town:
    """One place, drawn where somebody looks; what was drawn is kept for a while, never all of it."""

    def __init__(self, seed: int, place: Place) -> None:
        self.plan = Plan(seed, place)
        self._quarters: OrderedDict[tuple[int, int], Quarter] = OrderedDict()
        self._sheets: OrderedDict[tuple[object, ...], Sheet] = OrderedDict()

    def sheets(self, bounds: Bounds) -> list[Sheet]:
        """Everything that may show within world bounds, lowest first."""
        quarters = [(i, j, self._quarter(i, j)) for i, j in self.plan.cells(bounds)]
        near = [(i, j, q) for i, j, q in quarters if _touch(q.bounds, bounds)]
        plan, sheet = self.plan, self._sheet
        found = [sheet(("base", i, j), partial(base, plan, quarter)) for i, j, quarter in near]
        for row in (True, False):
            found += [sheet(("road", i, j, row), partial(main_road, plan, i, j, row=row)) for i, j, _ in near]
        corners = sorted({(i + di, j + dj) for i, j, _ in near for di in (0, 1) for dj in (0, 1)})
        found += [sheet(("crossing", i, j), partial(crossing, plan, i, j)) for i, j in corners]
        for i, j, quarter in near:
            found.append(sheet(("streets", i, j), partial(local_streets, plan, quarter)))
            blocks = [block for block in quarter.blocks if _touch(block.bounds, bounds)]
            found += [sheet(("block", block.key), partial(draw_block, plan, block)) for block in blocks]
        return found

    def _quarter(self, i: int, j: int) -> Quarter:
        if (i, j) not in self._quarters:
            self._quarters[i, j] = self.plan.quarter(i, j)
            if len(self._quarters) > _QUARTERS:
                self._quarters.popitem(last=False)
        self._quarters.move_to_end((i, j))
        return self._quarters[i, j]

    def _sheet(self, key: tuple[object, ...], draw: Callable[[], SheetBuilder]) -> Sheet:
        if key not in self._sheets:
            self._sheets[key] = draw().finish()
            if len(self._sheets) > _SHEETS:
                self._sheets.popitem(last=False)
        self._sheets.move_to_end(key)
        return self._sheets[key]


def _touch(a: Bounds, b: Bounds) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def draw_block(plan: Plan, block: Block) -> SheetBuilder:
    """One block with all that stands on it."""
    builder, place = SheetBuilder(), plan.place
    rng = chance(block.key, 10)
    ground = block.polygon
    if block.use not in RURAL:
        ground = rounded(ground, 4.0)
        builder.add(ground, paving(place, rng))
        ground = shrunk(ground, 1.6 if place.street_m > 3 else 0.5)
    wet = not plan.water.is_dry(block.polygon, 10.0)
    use = "shore" if wet and block.use not in (*RURAL, "rings") else block.use
    _draw_use(builder, use, ground, block.key, plan)
    return builder


def _draw_use(builder: SheetBuilder, use: str, ground: Points, key: int, plan: Plan) -> None:
    place, rng = plan.place, chance(key, 11)
    if use in ("commerce", "towers"):
        _, _, long, short, _ = fitted_box(ground)
        if long * short < 0.5 * area(ground) or short < 34:
            use = "villas"  # what is too crooked for one large thing is cut in plots
    if use in ("villas", "shore"):
        _draw_plots(builder, ground, place, key, plan.water)
    elif use == "dense":
        add_rows(builder, ground, place, rng)
    elif use == "rings":
        add_rings(builder, ground, plan, rng)
    elif use == "towers":
        add_towers(builder, ground, place, rng)
    elif use == "industry":
        add_industry(builder, ground, place, rng)
    elif use == "commerce":
        add_commerce(builder, ground, place, rng)
    elif use == "park":
        add_park(builder, ground, place, rng, key)
    elif use == "bare":
        add_bare(builder, ground, place, rng, key)
    elif use == "marsh":
        add_marsh(builder, ground, place, rng, key)
    elif use == "forest":
        add_forest(builder, ground, place, rng, key)
    elif use == "fields":
        add_field(builder, ground, place, rng)
    elif use == "greenhouses":
        add_greenhouses(builder, ground, place, rng)


def _draw_plots(builder: SheetBuilder, ground: Points, place: Place, key: int, water: WaterField) -> None:
    style = chance(key, 12)
    tone = style.random()
    builder.add(ground, lawn(place, style, 0.2) if style.random() < place.green else soil(place, style))
    for number, lot in enumerate(lots(ground, place.lot_m * (0.85 + 0.4 * tone), style)):
        if _dry(lot, water):
            add_plot(builder, lot, place, chance(key, 13, number), chance(key, 12))


def _dry(lot: Lot, water: WaterField) -> bool:
    return water.is_dry(lot.polygon, 7.0)
