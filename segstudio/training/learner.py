"""One step of learning, whatever the stage, the device and its memory."""

import math
from collections.abc import Callable
from operator import itemgetter

import torch
from torch import Tensor

from segstudio.errors import CannotTrain
from segstudio.inference.device import Device, placed
from segstudio.models.nets.blame import is_out_of_memory
from segstudio.models.nets.net import SegmentationNet
from segstudio.training.objective import Objective
from segstudio.training.optimise import AveragedNet, freeze_norms, make_optimiser, quicken_norms, set_rate
from segstudio.training.samples import TrainBatch
from segstudio.training.schedule import Stage, enter_stage, resting_modules
from segstudio.training.settings import FineTuneSettings

_CLIP_NORM = 5.0


class Learner:
    """Keeps the net that learns, the averaged one that is judged, and the optimiser.

    Where the device's memory runs out it goes on with the same batch in smaller parts.
    """

    def __init__(
        self,
        net: SegmentationNet,
        objective: Objective,
        settings: FineTuneSettings,
        device: Device,
        *,
        freeze: bool,
    ) -> None:
        self.net = placed(net, device)
        self._objective, self._device, self._freeze = objective, device, freeze
        self._stage = Stage("seg")
        self.parts = 1
        self.steps = 0
        quicken_norms(self.net)
        self._averaged = AveragedNet(self.net)
        self._optimiser = make_optimiser(self.net, settings)
        self._rate = settings.rate
        self._scaler = torch.amp.GradScaler(enabled=device.precision == "fp16")

    @property
    def averaged(self) -> SegmentationNet:
        """The net to judge and to keep."""
        return placed(self._averaged.net, self._device)

    def state(self) -> dict[str, Tensor]:
        """A copy of the averaged weights on the CPU."""
        return self._averaged.state()

    def enter(self, stage: Stage) -> None:
        """Begin a stage."""
        self._stage = stage
        enter_stage(self.net, stage)
        if stage.copied_from is not None:
            self._averaged = AveragedNet(self.net)

    def step(self, batch: TrainBatch, fraction: float) -> dict[str, float]:
        """Learn from a batch when so much of the budget is spent; the losses by name, "total" their sum.

        Where the total is not a number nothing was learned.

        Raises:
            CannotTrain: Not even a single patch fits into memory.
        """
        self.net.train()
        freeze_norms([self.net] if self._freeze else resting_modules(self.net, self._stage))
        set_rate(self._optimiser, self.steps, fraction, course=self._rate)
        losses = self._gradients(batch)
        if math.isfinite(losses["total"]):
            self._scaler.unscale_(self._optimiser)
            torch.nn.utils.clip_grad_norm_(self.net.parameters(), _CLIP_NORM)
            self._scaler.step(self._optimiser)
            self._scaler.update()
            self._averaged.follow(self.net)
            self.steps += 1
        return losses

    def _gradients(self, batch: TrainBatch) -> dict[str, float]:
        while True:
            try:
                return self._accumulate(batch)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
            self._retreat(len(batch.pixels))

    def _accumulate(self, batch: TrainBatch) -> dict[str, float]:
        """Gradients of a batch, part by part."""
        self._optimiser.zero_grad(set_to_none=True)
        sums: dict[str, float] = {"total": 0.0}
        for part, share in _parts(batch, self.parts):
            moved = _moved(part, self._device)
            with self._device.autocast():
                losses = self._objective.losses(self.net, moved, self._stage)
            total = torch.stack(list(losses.values())).sum() * share
            torch.autograd.backward(self._scaler.scale(total))
            sums["total"] += float(total.detach())
            for name, loss in losses.items():
                sums[name] = sums.get(name, 0.0) + share * float(loss.detach())
        return sums

    def _retreat(self, patches: int) -> None:
        if self.parts >= patches:
            raise CannotTrain("There is not enough memory to teach this model: choose a light one.")
        self.parts *= 2
        self._optimiser.zero_grad(set_to_none=True)
        if self._device.is_cuda:
            torch.cuda.empty_cache()


def _parts(batch: TrainBatch, count: int) -> list[tuple[TrainBatch, float]]:
    """A batch in about `count` parts, and the share of its patches that each holds."""
    whole = len(batch.pixels)
    size = -(-whole // count)
    cuts = [slice(at, min(at + size, whole)) for at in range(0, whole, size)]
    return [(_changed(batch, itemgetter(cut)), (cut.stop - cut.start) / whole) for cut in cuts]


def _moved(batch: TrainBatch, device: Device) -> TrainBatch:
    moved = _changed(batch, lambda plane: plane.to(device.name, non_blocking=True))
    return moved._replace(pixels=moved.pixels.contiguous(memory_format=torch.channels_last))


def _changed(batch: TrainBatch, change: Callable[[Tensor], Tensor]) -> TrainBatch:
    """The same change to every plane there is."""
    pixels, target, *rest = batch
    return TrainBatch(change(pixels), change(target), *(None if p is None else change(p) for p in rest))
