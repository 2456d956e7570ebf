"""A net run by torch on any device; where memory runs out it gets on with less."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio.errors import ModelError
from segstudio.inference.bands import Band, HostBand
from segstudio.inference.blend import importance
from segstudio.inference.device import ARITHMETIC_THREADS, CPU, Device, placed
from segstudio.inference.device_band import DeviceBand
from segstudio.inference.forward import Answer, NetShape
from segstudio.inference.windows import sliding_windows
from segstudio.models.nets.blame import is_out_of_memory
from segstudio.models.nets.net import SegmentationNet
from segstudio.raster.window import Window

_log = logging.getLogger(__name__)
_SMALLEST_PATCH = 128
_PIECE_OVERLAP = 0.25


class TorchForward:
    """See `forward.Forward`. Keeps a net on its device, channel-last and in evaluation mode.

    Where memory runs out it answers the same batch in smaller ones, then in smaller pieces of its windows,
    then on the CPU, where windows are whole again; it stays at what went well. `net` is the net.
    """

    at_once = 1  # the net goes on while the window before is blended

    def __init__(
        self, net: SegmentationNet, device: Device = CPU, *, patch: int = 512, batch: int = 1
    ) -> None:
        self.engine = f"torch {torch.__version__.partition('+')[0]}"
        self.shape = NetShape(net.in_bands, net.class_count, net.has_depth, net.last_is_silent)
        self.patch, self.batch = patch, batch
        self.net = placed(net, device).eval()
        self._device = device
        self._batch_limit, self._patch_limit = batch, patch
        # its thread ends with this object
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{ARITHMETIC_THREADS}-net")

    def begin(self, pixels: NDArray[np.float32]) -> Callable[[], Answer]:
        """See `Forward.begin`."""
        return self._thread.submit(self._answer, torch.from_numpy(pixels)).result

    def new_band(self, planes: int, rows: int, width: int) -> Band:
        """See `Forward.new_band`; in the process's memory where the device has no room left."""
        if self._device.name == "cpu":
            return HostBand(planes, rows, width)
        try:
            return DeviceBand(planes, rows, width, self._device.name)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
        return HostBand(planes, rows, width)

    def _answer(self, pixels: Tensor) -> Answer:
        """Retreats and tries again while memory runs out."""
        notices: list[str] = []
        while True:
            try:
                scores, depth = self._forward(pixels)
                return Answer(_plain(scores), None if depth is None else _plain(depth), tuple(notices))
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
            notices.append(self._retreat())

    @torch.inference_mode()
    def _forward(self, pixels: Tensor) -> tuple[Tensor, Tensor | None]:
        parts = [self._forward_part(part) for part in torch.split(pixels, self._batch_limit)]
        scores = torch.cat([score for score, _ in parts]) if len(parts) > 1 else parts[0][0]
        depths = [depth for _, depth in parts if depth is not None]
        return scores, torch.cat(depths) if depths else None

    def _forward_part(self, pixels: Tensor) -> tuple[Tensor, Tensor | None]:
        if self._patch_limit < self.patch:
            return self._forward_in_pieces(pixels)
        return self._forward_whole(pixels)

    def _forward_whole(self, pixels: Tensor) -> tuple[Tensor, Tensor | None]:
        pixels = pixels.to(self._device.name, non_blocking=True)
        with self._device.autocast():
            logits, depth = self.net(pixels)
        # planes, not pixels, lie together from here on: the band adds and compares plane by plane
        scores = logits.float().contiguous().softmax(dim=1)
        return scores, None if depth is None else depth[:, 0].float()

    def _forward_in_pieces(self, pixels: Tensor) -> tuple[Tensor, Tensor | None]:
        """One window seen in smaller overlapping pieces, where the whole does not fit into memory."""
        count, _, height, width = pixels.shape
        extent, piece = Window(0, 0, width, height), self._patch_limit
        sums = torch.zeros((count, self.shape.class_count + 1, height, width))
        weights = torch.zeros((height, width))
        bell = torch.from_numpy(importance(piece))
        for window in chain(*sliding_windows(extent, extent, piece, _PIECE_OVERLAP)):
            rows, cols = window.slices_in(extent)
            scores, depth = self._forward_whole(pixels[..., rows, cols])
            sums[:, :-1, rows, cols] += scores.cpu() * bell
            if depth is not None:
                sums[:, -1, rows, cols] += depth.cpu() * bell
            weights[rows, cols] += bell
        means = sums / weights
        return means[:, :-1], means[:, -1] if self.shape.has_depth else None

    def _retreat(self) -> str:
        if self._device.is_cuda:
            torch.cuda.empty_cache()
        if self._batch_limit > 1:
            self._batch_limit //= 2
            windows = "1 window" if self._batch_limit == 1 else f"{self._batch_limit} windows"
            text = f"Memory ran out: going on with {windows} at a time."
        elif self._patch_limit // 2 >= _SMALLEST_PATCH:
            self._patch_limit //= 2
            text = f"Memory ran out: going on with patches of {self._patch_limit} px."
        elif self._device.name != "cpu":
            self._to_cpu()
            text = "The device's memory ran out: going on, more slowly, on the CPU."
        else:
            raise ModelError(
                "There is not enough memory for this model: choose a light one or close other programs."
            )
        _log.warning("%s", text)
        return text

    def _to_cpu(self) -> None:
        """Whole windows again, one at a time: a CPU gains nothing from more."""
        self._device = CPU
        self.net.to("cpu")
        self._batch_limit, self._patch_limit = CPU.batch, self.patch


def _plain(values: Tensor) -> Tensor | NDArray[np.float32]:
    """An array where the values lie in the process's memory."""
    return values.numpy() if values.device.type == "cpu" else values
