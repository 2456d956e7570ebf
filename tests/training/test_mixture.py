"""Batches joined from several samplers."""

import torch

from segstudio.training.mixture import joined
from segstudio.training.samples import TrainBatch


def _batch(count: int, **planes: torch.Tensor) -> TrainBatch:
    return TrainBatch(torch.rand(count, 3, 4, 4), torch.zeros(count, 4, 4, dtype=torch.uint8), **planes)


def test_planes_that_one_batch_lacks_say_nothing_for_it() -> None:
    deep = _batch(2, depth=torch.ones(2, 4, 4))
    partial = _batch(1, not_class=torch.full((1, 4, 4), 3, dtype=torch.uint8))
    batch = joined([deep, partial])
    assert len(batch.pixels) == len(batch.target) == 3
    assert batch.depth is not None and batch.not_class is not None and batch.free is None
    assert torch.isnan(batch.depth[2]).all() and (batch.depth[:2] == 1).all()
    assert (batch.not_class[:2] == 255).all() and (batch.not_class[2] == 3).all()


def test_planes_that_all_lack_stay_absent() -> None:
    batch = joined([_batch(1), _batch(1)])
    assert batch.depth is None and batch.not_class is None
