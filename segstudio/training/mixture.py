"""Several samplers as one: so many patches of every batch from each, whatever the size of their sets."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing

import torch
from torch import Tensor

from segstudio.training.samples import PatchSampler, TrainBatch
from segstudio.training.sources import UNSAID


class Mixture:
    """A batch source whose batches join one batch of every part; each part's settings say how many patches.

    Args:
        parts: Samplers of the same bands and channels. A batch is as long as all of theirs together.
    """

    def __init__(self, parts: Sequence[PatchSampler]) -> None:
        self._parts = tuple(parts)

    @property
    def has_depth(self) -> bool:
        """Whether any part knows depth."""
        return any(part.has_depth for part in self._parts)

    @property
    def steps_per_epoch(self) -> int:
        """Batches that cover the largest part once."""
        return max(part.steps_per_epoch for part in self._parts)

    def batches(self, *, seed: int, depth_only: bool = False) -> Generator[TrainBatch, None, None]:
        """Batches without end, deterministic by seed; parts without depth stand aside for `depth_only`."""
        parts = [part for part in self._parts if part.has_depth or not depth_only]
        with ExitStack() as stack:
            feeds = [
                stack.enter_context(closing(part.batches(seed=seed + n, depth_only=depth_only)))
                for n, part in enumerate(parts)
            ]
            while True:
                yield joined([next(feed) for feed in feeds])


def joined(batches: Sequence[TrainBatch]) -> TrainBatch:
    """One batch out of several; planes that some lack are filled with "not said"."""
    return TrainBatch(
        torch.cat([batch.pixels for batch in batches]),
        torch.cat([batch.target for batch in batches]),
        _joined([(batch, batch.depth) for batch in batches], _unknown_depth),
        _joined([(batch, batch.not_class) for batch in batches], _nothing_said),
        _joined([(batch, batch.free) for batch in batches], _not_free),
    )


def _joined(
    planes: Sequence[tuple[TrainBatch, Tensor | None]], missing: Callable[[Tensor], Tensor]
) -> Tensor | None:
    if all(plane is None for _, plane in planes):
        return None
    return torch.cat([missing(batch.target) if plane is None else plane for batch, plane in planes])


def _unknown_depth(target: Tensor) -> Tensor:
    return torch.full(target.shape, float("nan"))


def _nothing_said(target: Tensor) -> Tensor:
    return torch.full_like(target, UNSAID)


def _not_free(target: Tensor) -> Tensor:
    return torch.zeros_like(target, dtype=torch.bool)
