"""Building sites and storage yards: graded pads, rising houses, cabins, stacks, heaps."""

import random

from segstudio.sample.geometry import Frame
from segstudio.sample.materials import blend, paving, soil, varied
from segstudio.sample.place import Place
from segstudio.sample.roofs import add_flat_roof
from segstudio.sample.sheet import BUILDING, LAND, Colour, SheetBuilder, Surface

_GOODS: tuple[Colour, ...] = (
    (232, 232, 230), (206, 204, 198), (96, 116, 160), (150, 84, 62), (188, 160, 110),
    (110, 108, 106), (226, 206, 150),
)  # fmt: skip


def add_site(builder: SheetBuilder, frame: Frame, place: Place, rng: random.Random) -> None:
    """One fenced site around the frame's origin."""
    w, d = rng.uniform(30, 70), rng.uniform(25, 50)
    tone = blend(place.soil, rng.choice(((222, 216, 206), (132, 122, 112))), rng.uniform(0.15, 0.5))
    pad = soil(place, rng)._replace(colour=varied(tone, rng, 0.04))
    builder.add(frame.rect(-w / 2, -d / 2, w / 2, d / 2), pad)
    corner = frame.moved(-w / 2, -d / 2)
    if rng.random() < 0.55:
        _add_shell(builder, corner.moved(w * 0.2, d * 0.2), w * 0.6, d * 0.55, rng)
    for _ in range(rng.randint(8, 40)):
        _add_stack(builder, corner.moved(rng.uniform(1, w - 8), rng.uniform(1, d - 4)), rng)
    count = rng.randint(0, 8)
    for k in range(count):
        cabin = corner.moved(2 + k * 6.6, 1.0)
        if 2 + k * 6.6 + 6 < w:
            add_flat_roof(builder, cabin, (0, 0, 6.0, 2.5), 2.7, varied((226, 226, 224), rng, 0.06), rng)


def _add_stack(builder: SheetBuilder, frame: Frame, rng: random.Random) -> None:
    high, colour = rng.uniform(0.3, 1.8), varied(rng.choice(_GOODS), rng, 0.2)
    goods = Surface(LAND, colour, grain=0.06, speckle=0.2, height_m=high)
    long, wide = rng.choice(((6.0, 2.4), (4.0, 1.2), (2.0, 2.0), (8.0, 1.0), (3.0, 2.5)))
    if rng.random() < 0.3:
        long, wide = wide, long
    builder.add(frame.rect(0, 0, long * rng.uniform(0.6, 1.2), wide * rng.uniform(0.6, 1.2)), goods)


def _add_shell(builder: SheetBuilder, frame: Frame, w: float, d: float, rng: random.Random) -> None:
    """A house in the making: a slab with columns, or open rooms between walls."""
    height = rng.uniform(0.6, 9.0)
    slab = Surface(
        BUILDING, varied((176, 172, 166), rng), (120, 116, 112), blotch=0.5, speckle=0.06, height_m=height
    )
    builder.add(frame.rect(0, 0, w, d), slab)
    bars = slab._replace(colour=varied((150, 140, 130), rng), height_m=height + 1.0)
    pitch = rng.uniform(4, 7)
    a = pitch
    while a < w - 1:
        builder.add(frame.rect(a, 0, a + 0.35, d), bars)
        a += pitch
    b = pitch
    while b < d - 1:
        builder.add(frame.rect(0, b, w, b + 0.35), bars)
        b += pitch


def add_yard(
    builder: SheetBuilder, frame: Frame, w: float, d: float, place: Place, rng: random.Random
) -> None:
    """An open store of goods, w by d metres."""
    builder.add(frame.rect(0, 0, w, d), paving(place, rng))
    for _ in range(int(w * d / 45)):
        _add_stack(
            builder, frame.moved(rng.uniform(0.5, max(0.6, w - 7)), rng.uniform(0.5, max(0.6, d - 3))), rng
        )
