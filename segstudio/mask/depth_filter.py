"""Which pixels a tool may change, by how deep they are: a range of depth, pure arithmetic."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segstudio.mask.footprints import Footprint, ShownReader
from segstudio.mask.plane import Array, Plane
from segstudio.raster.window import Window

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DepthFilter:
    """Depths from `low` to `high`, both included; None leaves an end open. Unknown depth never passes."""

    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Refuse ends in the wrong order."""
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"a depth filter runs from low to high, not from {self.low} to {self.high}")

    def passes(self, depth: npt.NDArray[Any]) -> Bools:
        """Which depths (h, w) lie inside."""
        inside: Bools = np.isfinite(depth)
        if self.low is not None:
            inside &= depth >= self.low
        if self.high is not None:
            inside &= depth <= self.high
        return inside

    def restrict(self, footprint: Footprint, depth: Plane) -> Footprint:
        """The pixels of a footprint that pass."""
        window, inside = footprint
        if window.is_empty:
            return footprint
        return window, inside & self.passes(depth.read(window))

    def reader(self, shown: ShownReader, depth: Plane, class_id: int) -> ShownReader:
        """Class ids as a fill shall see them: what does not pass is another class, where the fill stops.

        Args:
            shown: Gives the class ids of a window.
            depth: Where depth is known.
            class_id: The class under the pointer, which the fill follows.
        """
        wall = np.uint8((class_id + 1) % 256)

        def read(window: Window) -> Array:
            ids = shown(window).copy()
            outside = ~self.passes(depth.read(window))
            ids[outside & (ids == class_id)] = wall
            return ids

        return read
