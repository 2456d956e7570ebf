"""A net run by OpenVINO on the processor: in half of torch's time, and torch need not even be loaded."""

import importlib
import importlib.util
import logging
import os
import sys
from collections.abc import Callable
from functools import cache, partial
from importlib import metadata
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segstudio.inference.bands import Band, HostBand
from segstudio.inference.forward import Answer, Forward, NetShape

_log = logging.getLogger(__name__)
# A window in each of two threads beats two threads in one window (37 instead of 47 ms), and neither waits for
# the other where a core is busy elsewhere. Every stream has tensors of its own: memory ends it at four.
_MOST_STREAMS = 4


@cache
def version() -> str:
    """The version of OpenVINO that is installed, empty where none is; nothing is loaded."""
    if importlib.util.find_spec("openvino") is None:
        return ""
    try:
        return metadata.version("openvino")
    except metadata.PackageNotFoundError:
        return ""


def load() -> Any:
    """OpenVINO's module, without its telemetry: importing that would tell its makers so over the network."""
    if "openvino" not in sys.modules:
        # None keeps a module from being imported; OpenVINO then takes the stub it ships
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return importlib.import_module("openvino")


@cache
def _core() -> Any:
    return load().Core()


class OpenVinoForward:
    """See `forward.Forward`. A converted net, one window in each of a few streams.

    Its answers are float32 like torch's. Where a window fails (memory, mostly) it goes on with `otherwise`.
    """

    batch = 1

    def __init__(self, model: Path, shape: NetShape, patch: int, otherwise: Callable[[], Forward]) -> None:
        self.engine = f"OpenVINO {version()}"
        self.shape, self.patch = shape, patch
        self._otherwise = otherwise
        self._other: Forward | None = None
        compiled = _core().compile_model(str(model), "CPU", _settings())
        self.at_once = int(compiled.get_property("NUM_STREAMS"))
        self._requests = cycle([compiled.create_infer_request() for _ in range(self.at_once + 1)])

    def begin(self, pixels: NDArray[np.float32]) -> Callable[[], Answer]:
        """See `Forward.begin`."""
        if self._other is not None:
            return self._other.begin(pixels)
        request = next(self._requests)
        rows_of_pixels = pixels.transpose(0, 2, 3, 1)  # as they lie in memory
        try:
            request.set_input_tensor(load().Tensor(rows_of_pixels, shared_memory=True))
            request.start_async()
        except (RuntimeError, MemoryError) as error:
            return partial(self._answer_otherwise, pixels, error)
        return partial(self._answer, request, pixels)

    def new_band(self, planes: int, rows: int, width: int) -> Band:
        """See `Forward.new_band`."""
        return HostBand(planes, rows, width)

    def _answer(self, request: Any, pixels: NDArray[np.float32]) -> Answer:
        try:
            request.wait()
        except (RuntimeError, MemoryError) as error:
            return self._answer_otherwise(pixels, error)
        depth = request.get_output_tensor(1).data[:, 0] if self.shape.has_depth else None
        return Answer(request.get_output_tensor(0).data, depth)

    def _answer_otherwise(self, pixels: NDArray[np.float32], error: BaseException) -> Answer:
        _log.warning("%s failed and is left: %r", self.engine, error)
        if self._other is None:
            self._other = self._otherwise()
        answer = self._other.begin(pixels)()
        notice = f"{self.engine} failed: going on with {self._other.engine}."
        return Answer(answer.scores, answer.depth, (notice, *answer.notices))


def _settings() -> dict[str, Any]:
    threads = int(os.environ.get("OMP_NUM_THREADS") or 0) or _cores()
    return {
        "INFERENCE_PRECISION_HINT": "f32",  # some processors would take half precision by themselves
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": min(threads, _MOST_STREAMS),
        "ENABLE_CPU_PINNING": False,  # a thread that is tied to a busy core waits for it
    }


def _cores() -> int:
    """Cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(affinity(0)) if affinity else os.cpu_count() or 1
