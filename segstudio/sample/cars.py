"""Cars: a body, two windows, a shadow of their own height; they keep the class of the ground below."""

import random

from segstudio.sample.geometry import Frame
from segstudio.sample.sheet import LAND, Colour, SheetBuilder, Surface

_PAINTS: tuple[Colour, ...] = (
    (236, 236, 236), (240, 240, 238), (222, 224, 226), (186, 188, 192), (150, 152, 158), (64, 64, 70),
    (38, 38, 44), (48, 48, 54), (150, 40, 38), (44, 64, 120), (198, 190, 172), (92, 98, 92), (206, 150, 44),
)  # fmt: skip


def add_car(
    builder: SheetBuilder, frame: Frame, rng: random.Random, class_id: int = LAND, bridge: float = 0.0
) -> None:
    """A car whose middle lies at the frame's origin and which looks along its x axis."""
    long, wide, high = rng.uniform(1.95, 2.4), rng.uniform(0.86, 0.98), 1.5
    if rng.random() < 0.05:
        long, wide, high = rng.uniform(3.6, 5.6), 1.25, 3.2
    paint = rng.choice(_PAINTS)
    body = Surface(class_id, paint, grain=0.02, height_m=high, bridge=bridge)
    builder.add(frame.rect(-long, -wide, long, wide), body)
    glass = Surface(class_id, (46, 52, 60), grain=0.02, height_m=high, bridge=bridge)
    builder.add(frame.rect(long * 0.22, -wide * 0.8, long * 0.48, wide * 0.8), glass)
    if high < 2:
        builder.add(frame.rect(-long * 0.72, -wide * 0.75, -long * 0.5, wide * 0.75), glass)


def add_row(
    builder: SheetBuilder,
    frame: Frame,
    count: int,
    pitch_m: float,
    rng: random.Random,
    share: float,
    class_id: int = LAND,
) -> None:
    """Parked cars side by side along the frame's x axis, noses towards y; some places stay free."""
    for k in range(count):
        if rng.random() < share:
            stand = frame.moved((k + 0.5) * pitch_m + rng.uniform(-0.15, 0.15), rng.uniform(-0.3, 0.3))
            add_car(builder, stand.turned(), rng, class_id)
