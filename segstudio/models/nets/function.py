"""A model without a network: a fixed rule on arrays, made to look like any other body."""

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from segstudio.errors import ModelError
from segstudio.models.nets.net import SegmentationBody

_FLOOR = 1e-9  # log(0) would be no number


class ScoreFunction(Protocol):
    """What the builder of a function gives."""

    def predict_scores(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Class scores (N, K, H, W) of pixels (N, B, H, W), whose values are as the card's input says.

        Scores lie in 0..1; a pixel's sum is at most 1, and what is missing to 1 means "nothing is said".
        """
        ...


class FunctionBody(SegmentationBody):
    """Scores of K classes as logits of K + 1 channels, the last of which says nothing.

    `softmax` gives back exactly the scores. There is nothing to learn and nothing to save.
    """

    stride = 1
    classifiers = ()
    last_is_silent = True

    def __init__(self, function: ScoreFunction, *, class_count: int) -> None:
        super().__init__()
        self.encoder = nn.Identity()
        self._function = function
        self._class_count = class_count

    def encode(self, x: Tensor) -> list[Tensor]:
        """The bands themselves."""
        return [x]

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, K + 1, H, W), on the device of `x`; raises ModelError where the scores are none."""
        pixels = np.ascontiguousarray(x.detach().to("cpu", torch.float32).numpy())
        scores = np.asarray(self._function.predict_scores(pixels), np.float32)
        self._check(scores, pixels)
        said = torch.from_numpy(np.ascontiguousarray(scores)).clamp(0.0, 1.0)
        silence = (1.0 - said.sum(dim=1, keepdim=True)).clamp_min(0.0)
        return torch.cat([said, silence], dim=1).clamp_min(_FLOOR).log().to(x.device)

    def _check(self, scores: NDArray[np.float32], pixels: NDArray[np.float32]) -> None:
        count, _, height, width = pixels.shape
        wanted = (count, self._class_count, height, width)
        if scores.shape != wanted:
            raise ModelError(f"a function gave scores of the shape {scores.shape} instead of {wanted}")
        if not np.isfinite(scores).all():
            raise ModelError("a function gave scores that are not numbers (NaN or infinite)")
