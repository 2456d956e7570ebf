"""Roofs: flat ones with parapets and machines, pitched ones with ridges; heights are true planes."""

import math
import random

from segstudio.sample.geometry import Frame, Points
from segstudio.sample.materials import blend, roof, striped, varied
from segstudio.sample.sheet import BUILDING, Colour, SheetBuilder, Surface

Rect = tuple[float, float, float, float]
"""Local a0, b0, a1, b1 within a frame, metres."""

_METAL: Colour = (176, 178, 182)


def add_flat_roof(
    builder: SheetBuilder, frame: Frame, rect: Rect, height_m: float, colour: Colour, rng: random.Random
) -> None:
    """A flat roof with a parapet, and machines or a stair head if there is room."""
    a0, b0, a1, b1 = rect
    _add_walls(builder, frame.rect(*rect), height_m, colour, rng)
    rim = Surface(
        BUILDING, varied(blend(colour, (235, 232, 226), 0.4), rng), height_m=height_m + 0.8, grain=0.02
    )
    builder.add(frame.rect(*rect), rim)
    surface = roof(colour, rng, stain=rng.uniform(0.15, 0.6))._replace(height_m=height_m)
    edge = min(0.45, (a1 - a0) * 0.1)
    builder.add(frame.rect(a0 + edge, b0 + edge, a1 - edge, b1 - edge), surface)
    if min(a1 - a0, b1 - b0) > 5.5:
        _add_machines(builder, frame, rect, height_m, colour, rng)


def _add_walls(
    builder: SheetBuilder, outline: Points, height_m: float, colour: Colour, rng: random.Random
) -> None:
    tone = varied(blend(colour, (196, 188, 176), 0.65), rng, 0.12)
    wall = Surface(BUILDING, tone, (70, 70, 74), blotch=0.35, speckle=0.16, grain=0.05)
    builder.add(outline, wall._replace(height_m=height_m, wall=1.0))


def _add_machines(
    builder: SheetBuilder, frame: Frame, rect: Rect, height_m: float, colour: Colour, rng: random.Random
) -> None:
    a0, b0, a1, b1 = rect
    if rng.random() < 0.5:
        w, d = rng.uniform(2.4, 4.0), rng.uniform(2.4, 4.5)
        a, b = rng.uniform(a0 + 1, a1 - w - 0.8), rng.uniform(b0 + 1, max(b0 + 1.01, b1 - d - 0.8))
        head = roof(varied(colour, rng, 0.12), rng)._replace(height_m=height_m + 2.6)
        builder.add(frame.rect(a, b, a + w, min(b + d, b1 - 0.4)), head)
    count = int(min(9, (a1 - a0) * (b1 - b0) / 55) * rng.random()) + 1
    row = rng.uniform(b0 + 1.2, b1 - 1.8)
    for k in range(count):
        a = a0 + 1.2 + k * 2.3 if rng.random() < 0.8 else rng.uniform(a0 + 1, a1 - 2)
        if a + 1.6 < a1:
            unit = Surface(BUILDING, varied(_METAL, rng, 0.2), height_m=height_m + 1.2)
            builder.add(frame.rect(a, row, a + rng.uniform(0.9, 1.6), row + rng.uniform(0.9, 1.4)), unit)
    if rng.random() < 0.05:
        _add_panels(builder, frame, (a0 + 1, b0 + 1, a1 - 1, b1 - 1), height_m, rng)


def _add_panels(builder: SheetBuilder, frame: Frame, rect: Rect, height_m: float, rng: random.Random) -> None:
    """Rows of solar panels."""
    a0, b0, a1, b1 = rect
    panel = Surface(BUILDING, (44, 52, 78), height_m=height_m + 0.6, grain=0.02)
    b = b0
    while b + 1.7 < min(b1, b0 + 14):
        builder.add(frame.rect(a0, b, min(a1, a0 + rng.uniform(6, 9)), b + 1.7), panel)
        b += 2.6


def add_pitched_roof(
    builder: SheetBuilder,
    frame: Frame,
    rect: Rect,
    eave_m: float,
    colour: Colour,
    rng: random.Random,
    *,
    metal: bool = False,
    hip: float = 0.0,
    pitch: float = 0.5,
) -> None:
    """A gabled roof (`hip` 0) or a hipped one (`hip` 1), its ridge along the longer side."""
    a0, b0, a1, b1 = rect
    if b1 - b0 > a1 - a0:
        frame = Frame(*frame.at(a0, b0), frame.vx, frame.vy, frame.ux, frame.uy)
        a0, b0, a1, b1 = 0.0, 0.0, b1 - b0, a1 - a0
    else:
        frame = frame.moved(a0, b0)
        a0, b0, a1, b1 = 0.0, 0.0, a1 - a0, b1 - b0
    _add_walls(builder, frame.rect(0, 0, a1, b1), eave_m, colour, rng)
    mid, cut = b1 / 2, hip * b1 / 2
    ridge_m = eave_m + pitch * mid
    surface = _clad(roof(colour, rng, stain=0.5 if metal else 0.25), frame, metal)._replace(height_m=ridge_m)
    ridge = frame.at(cut, mid)
    for sign, edge in ((-1.0, 0.0), (1.0, b1)):
        side = surface._replace(slope_x=-sign * pitch * frame.vx, slope_y=-sign * pitch * frame.vy)
        builder.add(frame.polygon(((0, edge), (a1, edge), (a1 - cut, mid), (cut, mid))), side, ridge)
    if hip > 0:
        for sign, edge, top in ((-1.0, 0.0, cut), (1.0, a1, a1 - cut)):
            slope = pitch / hip
            end = surface._replace(slope_x=-sign * slope * frame.ux, slope_y=-sign * slope * frame.uy)
            builder.add(frame.polygon(((edge, 0), (edge, b1), (top, mid))), end, frame.at(top, mid))
    cap = Surface(BUILDING, blend(colour, (230, 226, 220), 0.25), height_m=ridge_m + 0.05)
    builder.add(frame.rect(cut, mid - 0.12, a1 - cut, mid + 0.12), cap)
    if rng.random() < 0.04 and a1 > 9:
        panel = surface._replace(colour=(46, 54, 82), second=(46, 54, 82), stripe=0.08)
        panel = panel._replace(slope_x=-pitch * frame.vx, slope_y=-pitch * frame.vy)
        builder.add(frame.rect(a1 * 0.25, mid * 1.2, a1 * 0.7, mid * 1.8), panel, ridge)


def _clad(surface: Surface, frame: Frame, metal: bool) -> Surface:
    if metal:  # ribs run down the slope
        return striped(surface, frame.angle + math.pi / 2, 1.5, 0.05)
    return striped(surface, frame.angle, 1.15, 0.035)
