"""Rows of weighted sums that windows are added to, and the same in the process's own memory."""

from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Place = tuple[slice, slice]

_GAP = 16  # columns nobody uses: rows never run together, so a value's rounding does not depend on the cut


class Band(Protocol):
    """Planes of sums (planes, rows, width), float32, that begin and end as zeros."""

    nbytes: int

    def own(self, values: Any) -> Any:
        """Values as this band adds them: brought to where it lies."""

    def add(self, plane: int, place: Place, values: Any, weight: Any) -> None:
        """Add values (n, h, w) times weight (h, w) to n planes from `plane` on; both are the band's own."""

    def add_weight(self, plane: int, place: Place, weight: Any) -> None:
        """Add a weight (h, w) to one plane."""

    def read(self, rows: slice) -> Floats:
        """These rows of all planes, (planes, h, width), until they are cleared."""

    def clear(self, rows: slice) -> None:
        """Make these rows zero again."""


class HostBand:
    """A band in memory; each window is added in one pass (torch's addcmul: 1.3 of the time, two threads)."""

    def __init__(self, planes: int, rows: int, width: int) -> None:
        self._sums = np.zeros((planes, rows, width + _GAP), np.float32)[..., :width]
        self.nbytes = self._sums.nbytes

    def own(self, values: Any) -> Floats:
        """See `Band.own`; tensors of a device are fetched."""
        return np.asarray(values if isinstance(values, np.ndarray) else values.cpu(), np.float32)

    def add(self, plane: int, place: Place, values: Floats, weight: Floats) -> None:
        """See `Band.add`."""
        for sums, each in zip(self._sums[plane : plane + len(values)], values, strict=True):
            cv2.accumulateProduct(each, weight, sums[place])

    def add_weight(self, plane: int, place: Place, weight: Floats) -> None:
        """See `Band.add_weight`."""
        self._sums[plane][place] += weight

    def read(self, rows: slice) -> Floats:
        """See `Band.read`."""
        return self._sums[:, rows]

    def clear(self, rows: slice) -> None:
        """See `Band.clear`."""
        self._sums[:, rows] = 0
