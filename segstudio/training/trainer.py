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
from segstudio.training.judge import Looks
from segstudio.training.learner import Learner
from segstudio.training.metrics import Judgement
from segstudio.training.objective import Objective
from segstudio.training.reports import EpochReport, FineTuneNotice, FineTuneResult, StepReport
from segstudio.training.samples import TrainBatch
from segstudio.training.schedule import Schedule, Stage, choose_schedule
from segstudio.training.settings import FineTuneSettings

_log = logging.getLogger(__name__)
_LOOK_SHARE = 0.15  # of the budget may go into looking at the hold-out
_LOOKING = "looking at the hold-out"

Report = StepReport | EpochReport | FineTuneNotice | FineTuneResult
Reports = Generator[Report, None, None]
Judge = Callable[[SegmentationNet], Looks | Judgement]


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
    """Keeps the learner, the budget and the best weights so far; `run()` yields after every batch."""

    def __init__(
        self,
        net: SegmentationNet,
        source: BatchSource,
        settings: FineTuneSettings,
        device: Device = CPU,
        *,
        parent: SegmentationNet | None = None,
        judge: Judge | None = None,
        freeze: bool = False,
        notes: Sequence[str] = (),
    ) -> None:
        self._settings, self._source, self._judge = settings, source, judge
        self._notes = list(notes)
        self._schedule = self._choose_schedule(net)
        torch.manual_seed(settings.seed)
        objective = Objective(settings, None if parent is None else placed(parent, device))
        self._learner = Learner(net, objective, settings, device, freeze=freeze)
        self._budget = Budget(seconds=settings.budget_seconds, steps=_steps(settings, source))
        self._stop: Callable[[], bool] = lambda: False
        self._before: Judgement | None = None
        self._best = Best()
        self._epoch = 0
        self._look_seconds, self._last_look_at = 0.0, 0.0
        self._diverged = False
        self._losses: dict[str, list[float]] = defaultdict(list)

    def _choose_schedule(self, net: SegmentationNet) -> Schedule:
        if net.has_depth and not self._source.has_depth:
            self._notes.append("depth not retrained")
        return choose_schedule(
            self._settings.schedule,
            has_depth=net.has_depth and self._source.has_depth,
            from_scratch=self._settings.from_scratch,
        )

    def run(self, stop: Callable[[], bool] = lambda: False) -> Reports:
        """Train within the budget; the last thing yielded is the result.

        Args:
            stop: Asked after every batch; when it says yes, the result so far is the last thing yielded.

        Raises:
            CannotTrain: There is nothing worth keeping: stopped at once, no memory, or a loss that ran away.
        """
        self._stop = stop
        self._budget.begin()
        if self._judge is not None and not self._settings.from_scratch:
            self._before = yield from self._look(self._learner.net, self._judge)
        for stage, end in self._stages():
            if not self._is_over:
                yield from self._run_stage(stage, end)
        if self._losses["total"] and not self._diverged and not (stop() and self._best.state):
            yield from self._report(self._schedule.stages[-1])
        yield self.result(cancelled=stop())

    def result(self, *, cancelled: bool = True) -> FineTuneResult:
        """What is best so far; also after `run()` was closed.

        Raises:
            CannotTrain: Nothing was learned yet.
        """
        if self._best.state is None:
            if not self._learner.steps:
                raise CannotTrain("Stopped before anything was learned: the model is as it was.")
            self._keep(None)
        assert self._best.state is not None
        return FineTuneResult(
            state=self._best.state,
            before=None if self._before is None else self._before.to_dict(),
            after=None if self._best.figures is None else self._best.figures.to_dict(),
            notes=tuple(self._notes),
            steps=self._learner.steps,
            seconds=self._budget.elapsed,
            cancelled=cancelled,
            settings=self._settings.to_dict(),
        )

    @property
    def _is_over(self) -> bool:
        return self._diverged or self._stop() or self._budget.fraction >= 1 or self._is_tired

    @property
    def _is_tired(self) -> bool:
        """Whether the hold-out has not risen for so long that more will not help."""
        if self._settings.from_scratch or self._best.figures is None:
            return False
        return self._budget.fraction - self._best.at > self._settings.patience

    def _stages(self) -> Iterator[tuple[Stage, float]]:
        """Each stage and the fraction of the budget at which it ends."""
        stages = self._schedule.stages
        for number, stage in enumerate(stages, start=1):
            yield stage, number / len(stages)

    def _run_stage(self, stage: Stage, end: float) -> Reports:
        self._learner.enter(stage)
        seed, depth_only = self._settings.seed + 1000 * self._epoch, stage.part == "depth"
        with closing(ahead(lambda: self._source.batches(seed=seed, depth_only=depth_only))) as batches:
            for batch in batches:
                yield from self._step(batch, stage)
                if self._diverged:
                    return
                if self._look_is_due:
                    yield from self._report(stage)
                if self._is_over or self._budget.fraction >= end:
                    return

    def _step(self, batch: TrainBatch, stage: Stage) -> Reports:
        parts = self._learner.parts
        losses = self._learner.step(batch, self._budget.fraction)
        if self._learner.parts > parts:
            yield FineTuneNotice(f"Memory ran out: each batch is now seen in {self._learner.parts} parts.")
        if not math.isfinite(losses["total"]):
            yield self._diverge()
            return
        self._budget.steps_done = self._learner.steps
        for name, loss in losses.items():
            self._losses[name].append(loss)
        yield self._step_report(losses["total"], stage.part)

    def _step_report(self, loss: float, doing: str) -> StepReport:
        budget = self._budget
        return StepReport(budget.steps_done, budget.fraction, loss, doing, budget.seconds_left)

    def _diverge(self) -> FineTuneNotice:
        self._diverged = True
        if not self._learner.steps:
            raise CannotTrain("The training ran away at its first step: choose a lower learning rate.")
        text = "The training ran away and was stopped; the best weights before that are kept."
        self._notes.append(text)
        return FineTuneNotice(text)

    @property
    def _look_is_due(self) -> bool:
        """Evenly spread over the budget, rarer where a look is dear."""
        share = 1 / self._settings.evaluations
        seconds = self._settings.budget_seconds
        if seconds is not None:
            share = max(share, self._look_seconds / (_LOOK_SHARE * seconds))
        return self._budget.fraction - self._last_look_at >= share and self._budget.fraction < 1

    def _look(self, net: SegmentationNet, judge: Judge) -> Generator[Report, None, Judgement | None]:
        """Judge a net on the hold-out, a step for every batch of windows; None where it was stopped."""
        begin = time.monotonic()
        found = judge(net)
        figures = found if isinstance(found, Judgement) else (yield from self._follow(found))
        self._look_seconds = time.monotonic() - begin
        self._budget.reserve(1.2 * self._look_seconds)
        return figures

    def _follow(self, looks: Looks) -> Generator[Report, None, Judgement | None]:
        with closing(looks):
            while not self._stop():
                try:
                    next(looks)
                except StopIteration as end:
                    figures: Judgement = end.value
                    return figures
                yield self._step_report(self._last_loss, _LOOKING)
        return None

    @property
    def _last_loss(self) -> float:
        return self._losses["total"][-1] if self._losses["total"] else float("nan")

    def _report(self, stage: Stage) -> Reports:
        figures = None
        # a mask decoder that has not learned yet has no figures worth the time
        if self._judge is not None and stage.part != "depth":
            figures = yield from self._look(self._learner.averaged, self._judge)
            if figures is None:
                return
        self._last_look_at = self._budget.fraction
        self._keep(figures)
        self._epoch += 1
        yield self._epoch_report(stage, figures)
        self._losses.clear()

    def _epoch_report(self, stage: Stage, figures: Judgement | None) -> EpochReport:
        means = {name: sum(values) / len(values) for name, values in self._losses.items() if values}
        images = self._learner.steps * self._settings.batch
        return EpochReport(
            epoch=self._epoch,
            step=self._learner.steps,
            stage=stage.part,
            fraction=self._budget.fraction,
            losses=means,
            mean_iou=None if figures is None else figures.pooled.mean_iou,
            best_mean_iou=None if self._best.figures is None else self._best.mean_iou,
            seconds_left=self._budget.seconds_left,
            images_per_second=images / max(self._budget.elapsed, 1e-9),
            figures=None if figures is None else figures.to_dict(),
        )

    def _keep(self, figures: Judgement | None) -> None:
        mean_iou = -1.0 if figures is None else figures.pooled.mean_iou
        if self._best.state is None or figures is None or mean_iou > self._best.mean_iou:
            self._best = Best(self._learner.state(), mean_iou, figures, self._budget.fraction)


def _steps(settings: FineTuneSettings, source: BatchSource) -> int | None:
    if settings.steps is not None or settings.epochs is None:
        return settings.steps
    return settings.epochs * source.steps_per_epoch
