"""What a stage wants of a batch: named losses, weighted, and silent where nobody has spoken."""

import torch
from torch import Tensor

from segstudio.models.nets.net import SegmentationNet
from segstudio.training.losses import depth_error, partial_cross_entropy, replay, segmentation_loss
from segstudio.training.samples import REPLAY_EVERY, TrainBatch
from segstudio.training.schedule import Stage
from segstudio.training.settings import FineTuneSettings


class Objective:
    """Keeps the parent, whose answers on untouched pixels are kept alive, and never changes it."""

    def __init__(self, settings: FineTuneSettings, parent: SegmentationNet | None) -> None:
        self._loss = settings.loss
        self._replay_weight = settings.replay_weight * REPLAY_EVERY
        self._parent = None if parent is None else parent.eval().requires_grad_(False)

    def losses(self, net: SegmentationNet, batch: TrainBatch, stage: Stage) -> dict[str, Tensor]:
        """Weighted losses by name, those without a say left out; their sum is what is to be made small."""
        logits, depth = net(batch.pixels)
        logits = logits.float()
        losses: dict[str, Tensor] = {}
        if stage.seg_weight:
            losses |= self._mask_losses(logits, batch, stage.seg_weight)
        if stage.depth_weight and depth is not None and batch.depth is not None:
            losses["depth"] = stage.depth_weight * depth_error(depth, batch.depth)
        return losses or {"seg": logits.sum() * 0}

    def _mask_losses(self, logits: Tensor, batch: TrainBatch, weight: float) -> dict[str, Tensor]:
        losses = {"seg": weight * segmentation_loss(self._loss, logits, batch.target.long())}
        if batch.not_class is not None:
            losses["partial"] = weight * partial_cross_entropy(logits, batch.not_class.long())
        if self._parent is not None and batch.free is not None and self._replay_weight:
            with torch.no_grad():
                answer = self._parent(batch.pixels).logits.float()
            losses["replay"] = self._replay_weight * replay(logits, answer, batch.free)
        return losses
