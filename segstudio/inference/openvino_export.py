"""A torch net becomes a file that OpenVINO runs, and shows on real windows that it says the same."""

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from segstudio.inference.forward import Forward
from segstudio.inference.openvino_forward import load
from segstudio.models.nets.net import SegmentationNet

_log = logging.getLogger(__name__)
Floats = NDArray[np.float32]

SAME_IDS = 0.9995  # what is promised is 99.9 % of a scene's pixels
LARGEST_DIFFERENCE = 1e-2  # of a score; nets that we measured differ by 2e-6


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far answers lie from torch's.

    Attributes:
        same_ids: Share of pixels of the same class.
        difference: The largest one of a score, or of depth as a share of its range.
    """

    same_ids: float
    difference: float

    @property
    def is_same(self) -> bool:
        """Whether nobody would see the difference."""
        return self.same_ids >= SAME_IDS and self.difference <= LARGEST_DIFFERENCE


def export(net: SegmentationNet, patch: int, file: Path) -> None:
    """Write `net`, softmax included, for one window of `patch` pixels as OpenVINO's `file` and its `.bin`.

    Through OpenVINO's own reader of torch graphs: neither onnx nor an intermediate file is needed.

    Raises:
        Exception: torch cannot trace the net, or OpenVINO knows none of its operators; of many types.
    """
    example = torch.rand(1, net.in_bands, patch, patch)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # what a trace takes for granted is found by the comparison
        traced = torch.jit.trace(_Scores(net).eval(), example, check_trace=False)  # type: ignore[no-untyped-call]
        model = _converted(traced)
    model.reshape([1, net.in_bands, patch, patch])
    load().save_model(_taking_rows_of_pixels(model), str(file), compress_to_fp16=False)


def compare(ours: Forward, torch_forward: Forward, windows: Sequence[Floats]) -> Comparison:
    """Both asked about the same prepared windows (1, B, p, p)."""
    same, differences = [], []
    for pixels in windows:
        found, wanted = ours.begin(pixels)(), torch_forward.begin(pixels)()
        same.append(np.mean(found.scores.argmax(axis=1) == wanted.scores.argmax(axis=1)))
        differences.append(np.abs(found.scores - wanted.scores).max())
        if wanted.depth is not None and found.depth is not None:
            span = max(float(np.ptp(wanted.depth)), 1e-6)
            differences.append(np.abs(found.depth - wanted.depth).max() / span)
    return Comparison(float(np.mean(same)), float(max(differences)))


class _Scores(nn.Module):
    """What `TorchForward` makes of a net's output, as one graph."""

    def __init__(self, net: SegmentationNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        logits, depth = self.net(pixels)
        scores = logits.softmax(dim=1)
        return scores if depth is None else (scores, depth)


def _converted(traced: Any) -> Any:
    """OpenVINO's graph of torch's."""
    load()
    frontend = import_module("openvino.frontend")
    decoders = import_module("openvino.frontend.pytorch.ts_decoder")
    reader = frontend.FrontEndManager().load_by_framework("pytorch")
    decoder = decoders.TorchScriptPythonDecoder(traced)  # the reader keeps no hold of it
    return reader.convert(reader.load(decoder))


def _taking_rows_of_pixels(model: Any) -> Any:
    """The same, fed with (1, p, p, B): as prepared windows lie in memory."""
    openvino = load()
    steps = openvino.preprocess.PrePostProcessor(model)
    steps.input().tensor().set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout("NCHW"))
    return steps.build()
