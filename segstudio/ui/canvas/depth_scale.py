"""Which depths the colours are spread over: those on screen."""

import math

import numpy as np

from segstudio.mask.plane import Plane
from segstudio.raster.window import Window

SAMPLES = 160
LOW_PERCENT, HIGH_PERCENT = 1.0, 99.0
# a range that differs by less is not worth other colours
WORTH_A_CHANGE = 0.04


def visible_range(plane: Plane, view: Window) -> tuple[float, float] | None:
    """Low and high percentile of the depth in a window, from a sample; None where nobody has said any."""
    inside = view.intersection(plane.extent)
    if inside.is_empty:
        return None
    step = 1 << max(0, math.ceil(math.log2(max(inside.width, inside.height) / SAMPLES)))
    start = Window.from_bounds(
        inside.col_off // step * step, inside.row_off // step * step, inside.col_end, inside.row_end
    )
    depth = plane.read(start, step=step).astype(np.float32)
    said = depth[np.isfinite(depth)]
    if said.size == 0:
        return None
    low, high = (float(value) for value in np.percentile(said, (LOW_PERCENT, HIGH_PERCENT)))
    return (low, high) if high > low else (low, low + 1.0)


def is_other_range(old: tuple[float, float], new: tuple[float, float]) -> bool:
    """Whether two ranges differ so much that it can be seen."""
    span = max(old[1] - old[0], new[1] - new[0], 1e-9)
    return max(abs(old[0] - new[0]), abs(old[1] - new[1])) > WORTH_A_CHANGE * span
