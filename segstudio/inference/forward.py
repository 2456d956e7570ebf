"""What stands between prepared windows and their answers: a net, whatever computes it (free of torch)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from segstudio.inference.bands import Band


@dataclass(frozen=True, slots=True)
class NetShape:
    """What goes into a net and what comes out."""

    in_bands: int
    class_count: int
    has_depth: bool = False
    last_is_silent: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a batch of windows: scores after softmax (n, K, p, p), depth (n, p, p) or None; arrays or tensors.

    `notices` says what was changed to get on. The answer is good until `at_once + 1` more were begun.
    """

    scores: Any
    depth: Any | None = None
    notices: tuple[str, ...] = ()


class Forward(Protocol):
    """A net made ready for windows of one size; a window's answer does not depend on those beside it.

    Attributes:
        engine: What computes it, with its version: "torch 2.15.0".
        shape: What goes in and comes out.
        patch: Pixels per side of a window.
        batch: Windows in a batch, at most.
        at_once: Batches worth having under way before the first of them is asked for.
    """

    engine: str
    shape: NetShape
    patch: int
    batch: int
    at_once: int

    def begin(self, pixels: NDArray[np.float32]) -> Callable[[], Answer]:
        """Begin a batch (n, B, p, p), channel-last; calling the result gives the answer.

        The pixels stay as they are until then. The call raises ModelError where no memory is left for it.
        """

    def new_band(self, planes: int, rows: int, width: int) -> Band:
        """A band where the answers lie."""
