"""One loop of learning: batches in, reports out, the best weights kept whatever happens."""

import logging
import math
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from segstudio.errors import CannotTrain
from segstudio.inference.ahead import ahead
from segstudio.inference.device import CPU, Device, placed
from segstudio.models.nets.net import SegmentationNet
from segstudio.training.clock import Budget
from segstudio.training.losses import depth_error, partial_cross_entropy, replay, segmentation_loss
from segstudio.training.metrics import Judgement
from segstudio.training.optimise import AveragedNet, freeze_norms, make_optimiser, quicken_norms, set_rate
from segstudio.training.reports import EpochReport, FineTuneNotice, FineTuneResult, StepReport
from segstudio.training.samples import REPLAY_EVERY, TrainBatch
from segstudio.training.schedule import Schedule, Stage, choose_schedule, enter_stage, resting_modules
from segstudio.training.settings import FineTuneSettings

_log = logging.getLogger(__name__)
_LOOK_SHARE = 0.15  # of the budget may go into looking at the hold-out
_CLIP_NORM = 5.0

Report = StepReport | EpochReport | FineTuneNotice | FineTuneResult
Reports = Generator[Report, None, None]


class BatchSource(Protocol):
    """Anything that makes batches without end: patches of corrected images, or scenes rendered on the fly."""

    @property
    def has_depth(self) -> bool:
        """Whether some batches carry depth."""
        ...

    @property
    def steps_per_epoch(self) -> int:
        """Batches that make a round."""
        ...

    def batches(self, *, seed: int, depth_only: bool = False) -> Generator[TrainBatch, None, None]:
        """Batches without end, deterministic by seed; run by a thread of its own."""
        ...


@dataclass
class Best:
    """The best weights so far, by the hold-out's mean IoU (the last ones where there is no hold-out)."""

    state: dict[str, Tensor] | None = None
    mean_iou: float = -1.0
    figures: Judgement | None = None
    at: float = 0.0


class Trainer:
    """Keeps net, averaged net, optimiser and the best weights so far; `run()` yields after every batch."""

    def __init__(
        self,
        net: SegmentationNet,
        source: BatchSource,
        settings: FineTuneSettings,
        device: Device = CPU,
        *,
        parent: SegmentationNet | None = None,
        judge: Callable[[SegmentationNet], Judgement] | None = None,
        freeze: bool = False,
        notes: Sequence[str] = (),
    ) -> None:
        self._settings, self._device, self._source = settings, device, source
        self._net = placed(net, device)
        self._parent = None if parent is None else placed(parent, device).eval().requires_grad_(False)
        self._judge, self._freeze = judge, freeze
        self._notes = list(notes)
        self._schedule = self._choose_schedule()
        self._before: Judgement | None = None
        self._best = Best()
        self._epoch = 0
        steps = None if settings.epochs is None else settings.epochs * source.steps_per_epoch
        self._budget = Budget(seconds=settings.budget_seconds, steps=steps)
        self._look_seconds, self._last_look_at = 0.0, 0.0
        self._diverged = False
        self._losses: dict[str, list[float]] = defaultdict(list)

    def _choose_schedule(self) -> Schedule:
        settings, has_depth = self._settings, self._net.has_depth
        if has_depth and not self._source.has_depth:
            self._notes.append("depth not retrained")
        return choose_schedule(
            settings.schedule,
            has_depth=has_depth and self._source.has_depth,
            from_scratch=settings.from_scratch,
        )

    def run(self, stop: Callable[[], bool] = lambda: False) -> Reports:
        """Train within the budget; the last thing yielded is the result.

        Args:
            stop: Asked after every batch; when it says yes, the result so far is the last thing yielded.

        Raises:
            CannotTrain: The loss was not a number before there were weights worth keeping.
        """
        self._prepare()
        for stage, end in self._stages():
            yield from self._run_stage(stage, end, stop)
            if self._over(stop):
                break
        yield from self._last_look(stop)
        yield self.result(cancelled=stop())

    def result(self, *, cancelled: bool = True) -> FineTuneResult:
        """What is best so far; also after `run()` was closed.

        Raises:
            CannotTrain: Nothing was learned yet.
        """
        if self._best.state is None:
            if not self._budget.steps_done:
                raise CannotTrain("Stopped before anything was learned: the model is as it was.")
            self._keep(None)
        assert self._best.state is not None
        return FineTuneResult(
            state=self._best.state,
            before=None if self._before is None else self._before.to_dict(),
            after=None if self._best.figures is None else self._best.figures.to_dict(),
            notes=tuple(self._notes),
            steps=self._budget.steps_done,
            seconds=self._budget.elapsed,
            cancelled=cancelled,
            settings=self._settings.to_dict(),
        )

    def _prepare(self) -> None:
        settings = self._settings
        torch.manual_seed(settings.seed)
        self._budget.begin()
        if self._judge is not None and not settings.from_scratch:
            self._before = self._look(self._net)
        quicken_norms(self._net)
        self._averaged = AveragedNet(self._net)
        self._optimiser = make_optimiser(self._net, settings)
        self._scaler = torch.amp.GradScaler(enabled=self._device.precision == "fp16")

    def _stages(self) -> Iterator[tuple[Stage, float]]:
        """Each stage and the fraction of the budget at which it ends."""
        stages = self._schedule.stages
        for number, stage in enumerate(stages, start=1):
            yield stage, number / len(stages)

    def _run_stage(self, stage: Stage, end: float, stop: Callable[[], bool]) -> Reports:
        enter_stage(self._net, stage)
        if stage.copied_from is not None:
            self._averaged = AveragedNet(self._net)
        seed = self._settings.seed + 1000 * self._epoch
        depth_only = stage.part == "depth"
        with closing(ahead(lambda: self._source.batches(seed=seed, depth_only=depth_only))) as batches:
            for batch in batches:
                loss = self._step(batch, stage)
                if not math.isfinite(loss):
                    yield self._diverge()
                    return
                yield self._step_report(loss, stage)
                if self._look_due(end):
                    yield self._report(stage)
                if self._over(stop) or self._budget.fraction >= end:
                    return

    def _step(self, batch: TrainBatch, stage: Stage) -> float:
        self._train_mode(stage)
        set_rate(self._optimiser, self._budget.steps_done, self._budget.fraction)
        batch = _moved(batch, self._device)
        with self._device.autocast():
            losses = self._losses_of(batch, stage)
        total = torch.stack(list(losses.values())).sum()
        value = float(total.detach())
        if not math.isfinite(value):
            return value
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(self._scaler.scale(total))
        self._scaler.unscale_(self._optimiser)
        torch.nn.utils.clip_grad_norm_(self._net.parameters(), _CLIP_NORM)
        self._scaler.step(self._optimiser)
        self._scaler.update()
        self._averaged.follow(self._net)
        self._budget.steps_done += 1
        self._note_losses(losses, value)
        return value

    def _losses_of(self, batch: TrainBatch, stage: Stage) -> dict[str, Tensor]:
        """Weighted losses by name; those without a say are left out."""
        logits, depth = self._net(batch.pixels)
        logits = logits.float()
        losses: dict[str, Tensor] = {}
        if stage.seg_weight:
            target = batch.target.long()
            losses["seg"] = stage.seg_weight * segmentation_loss(self._settings.loss, logits, target)
            if batch.not_class is not None:
                partial = partial_cross_entropy(logits, batch.not_class.long())
                losses["partial"] = stage.seg_weight * partial
            losses |= self._replay_of(batch, logits)
        if stage.depth_weight and depth is not None and batch.depth is not None:
            losses["depth"] = stage.depth_weight * depth_error(depth, batch.depth)
        return losses or {"seg": logits.sum() * 0}

    def _replay_of(self, batch: TrainBatch, logits: Tensor) -> dict[str, Tensor]:
        weight = self._settings.replay_weight * REPLAY_EVERY
        if self._parent is None or batch.free is None or not weight:
            return {}
        with torch.no_grad():
            answer = self._parent(batch.pixels).logits.float()
        return {"replay": weight * replay(logits, answer, batch.free)}

    def _train_mode(self, stage: Stage) -> None:
        self._net.train()
        freeze_norms([self._net] if self._freeze else resting_modules(self._net, stage))

    def _note_losses(self, losses: dict[str, Tensor], total: float) -> None:
        self._losses["total"].append(total)
        for name, loss in losses.items():
            self._losses[name].append(float(loss.detach()))

    def _step_report(self, loss: float, stage: Stage) -> StepReport:
        budget = self._budget
        return StepReport(budget.steps_done, budget.fraction, loss, stage.part, budget.seconds_left)

    def _diverge(self) -> FineTuneNotice:
        self._diverged = True
        if self._best.state is None:
            raise CannotTrain(
                "The training ran away before it learned anything: choose a lower learning rate."
            )
        text = "The training ran away and was stopped; the best weights before that are kept."
        self._notes.append(text)
        return FineTuneNotice(text)

    def _over(self, stop: Callable[[], bool]) -> bool:
        return self._diverged or stop() or self._budget.fraction >= 1 or self._is_tired()

    def _is_tired(self) -> bool:
        """Whether the hold-out has not risen for so long that more will not help."""
        if self._settings.from_scratch or self._judge is None or self._best.state is None:
            return False
        return self._budget.fraction - self._best.at > self._settings.patience

    def _look_due(self, end: float) -> bool:
        """Evenly spread over the budget, rarer where a look is dear."""
        share = 1 / self._settings.evaluations
        seconds = self._settings.budget_seconds
        if seconds is not None:
            share = max(share, self._look_seconds / (_LOOK_SHARE * seconds))
        return self._budget.fraction - self._last_look_at >= share and self._budget.fraction < 1

    def _last_look(self, stop: Callable[[], bool]) -> Reports:
        if self._diverged or not self._losses["total"]:
            return
        if stop() and self._best.state is not None:
            return
        yield self._report(self._schedule.stages[-1])

    def _report(self, stage: Stage) -> EpochReport:
        self._epoch += 1
        # a mask decoder that has not learned yet has no figures worth the time
        unjudged = self._judge is None or stage.part == "depth"
        figures = None if unjudged else self._look(self._averaged.net)
        self._last_look_at = self._budget.fraction
        self._keep(figures)
        means = {name: sum(values) / len(values) for name, values in self._losses.items() if values}
        self._losses.clear()
        mean_iou = None if figures is None else figures.pooled.mean_iou
        done, seconds = self._budget.steps_done * self._settings.batch, self._budget.elapsed
        return EpochReport(
            epoch=self._epoch,
            step=self._budget.steps_done,
            stage=stage.part,
            fraction=self._budget.fraction,
            losses=means,
            mean_iou=mean_iou,
            best_mean_iou=None if mean_iou is None else self._best.mean_iou,
            seconds_left=self._budget.seconds_left,
            images_per_second=done / max(seconds, 1e-9),
            figures=None if figures is None else figures.to_dict(),
        )

    def _keep(self, figures: Judgement | None) -> None:
        mean_iou = -1.0 if figures is None else figures.pooled.mean_iou
        if self._best.state is None or figures is None or mean_iou > self._best.mean_iou:
            self._best = Best(self._averaged.state(), mean_iou, figures, self._budget.fraction)

    def _look(self, net: SegmentationNet) -> Judgement:
        assert self._judge is not None
        begin = time.monotonic()
        judgement = self._judge(net)
        self._look_seconds = time.monotonic() - begin
        self._budget.reserve(1.2 * self._look_seconds)
        return judgement


def _moved(batch: TrainBatch, device: Device) -> TrainBatch:
    pixels = batch.pixels.to(device.name, non_blocking=True).contiguous(memory_format=torch.channels_last)
    rest = [None if plane is None else plane.to(device.name, non_blocking=True) for plane in batch[1:]]
    return TrainBatch(pixels, *rest)  # type: ignore[arg-type]
