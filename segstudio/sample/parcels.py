"""Blocks cut into plots: a spine along the middle, cuts across, every plot with a front on a street."""

import math
import random
from dataclasses import dataclass

import numpy as np

from segstudio.sample.geometry import Frame, Points, box, reach


@dataclass(frozen=True, slots=True)
class Lot:
    """One plot: x runs along its front from the left corner, y into its depth."""

    frame: Frame
    width: float
    depth: float
    polygon: Points


def lots(block: Points, front_m: float, rng: random.Random) -> list[Lot]:
    """The plots of a block in one or two rows, depending on how deep the block is."""
    cx, cy, _, short, angle = box(block)
    rows = 2 if short > 26 else 1
    axis = np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-axis[1], axis[0]])
    centre = block.mean(axis=0)
    centre = centre + across * ((np.array([cx, cy]) - centre) @ across)
    ahead, behind = (float(reach(block, centre[None], *(axis * sign))[0]) for sign in (1.0, -1.0))
    if not math.isfinite(ahead + behind) or ahead + behind < front_m:
        return []
    count = max(1, round((ahead + behind) / front_m))
    cuts = -behind + 0.4 + np.arange(count + 1) / count * (ahead + behind - 0.8)
    cuts[1:-1] += np.array([rng.uniform(-0.12, 0.12) for _ in range(count - 1)]) * front_m
    spine = centre + cuts[:, None] * axis
    result = []
    for side in (1.0, -1.0)[:rows]:
        far = reach(block, spine, *(across * side))
        fronts = spine + across * side * far[:, None]
        if rows == 1:  # the other side of the block is the back of the plots
            back = spine - across * reach(block, spine, *-across)[:, None]
            spine = np.where(np.isfinite(back), back, spine)
        for k in range(count):
            if np.isfinite(far[k : k + 2]).all():
                lot = _lot(fronts[k], fronts[k + 1], spine[k], spine[k + 1])
                if lot is not None:
                    result.append(lot)
    return result


def _lot(f0: Points, f1: Points, s0: Points, s1: Points) -> Lot | None:
    width = math.hypot(*(f1 - f0))
    back = math.hypot(*(s1 - s0))
    if width > 2.2 * back or width < 3:
        return None
    frame = Frame.along(float(f0[0]), float(f0[1]), math.atan2(f1[1] - f0[1], f1[0] - f0[0]))
    inward = (s0 - f0)[0] * frame.vx + (s0 - f0)[1] * frame.vy
    if inward < 0:
        frame = Frame.along(frame.x, frame.y, frame.angle, side=-1.0)
    depths = [(s - f0)[0] * frame.vx + (s - f0)[1] * frame.vy for s in (s0, s1)]
    if min(depths) < 5:
        return None
    # a leaning plot keeps only the width that its sides leave at the back
    lean = [(s - f0)[0] * frame.ux + (s - f0)[1] * frame.uy for s in (s0, s1)]
    left, right = max(0.0, lean[0]), min(width, lean[1])
    if right - left < 4:
        return None
    return Lot(frame.moved(left, 0), right - left, min(depths), np.array([f0, f1, s1, s0]))
