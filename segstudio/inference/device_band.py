"""A band of sums on the device beside the net: scores need not travel, only what is final does."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from segstudio.inference.bands import Floats, Place


class DeviceBand:
    """See `bands.Band`; takes arrays too, where the net had to leave the device."""

    def __init__(self, planes: int, rows: int, width: int, device: str) -> None:
        self._device = device
        self._sums = torch.zeros((planes, rows, width), device=device)
        self.nbytes = self._sums.nbytes

    def own(self, values: Any) -> Tensor:
        """See `Band.own`."""
        return torch.as_tensor(values).to(self._device)

    @torch.inference_mode()
    def add(self, plane: int, place: Place, values: Tensor, weight: Tensor) -> None:
        """See `Band.add`."""
        self._sums[plane : plane + len(values), *place].addcmul_(values, weight)

    @torch.inference_mode()
    def add_weight(self, plane: int, place: Place, weight: Tensor) -> None:
        """See `Band.add_weight`."""
        self._sums[plane][place] += weight

    def read(self, rows: slice) -> Floats:
        """See `Band.read`."""
        return np.asarray(self._sums[:, rows].cpu())

    @torch.inference_mode()
    def clear(self, rows: slice) -> None:
        """See `Band.clear`."""
        self._sums[:, rows] = 0
