from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
import torch

from segstudio.errors import CannotTrain
from segstudio.models.input_spec import InputSpec
from segstudio.models.nets.net import SegmentationNet
from segstudio.training.clock import Budget
from segstudio.training.fine_tune import FineTuning
from segstudio.training.metrics import Judgement
from segstudio.training.optimise import AveragedNet, make_optimiser, set_rate
from segstudio.training.reports import EpochReport, FineTuneNotice, FineTuneResult, StepReport
from segstudio.training.samples import TrainBatch
from segstudio.training.settings import FineTuneSettings
from segstudio.training.sources import SampleSource
from segstudio.training.trainer import Trainer

SPEC = InputSpec.for_dtype("uint8")
NAMES = ("roof", "grass", "pool")
QUICK: dict[str, Any] = {"patch_px": 32, "batch": 4, "learning_rate": 0.02, "evaluations": 4}


def tuning_of(net: SegmentationNet, sources: list[SampleSource], **options: Any) -> FineTuning:
    parent = options.pop("parent", None)
    settings = FineTuneSettings(**{**QUICK, "from_scratch": True, "epochs": 6, **options})
    return FineTuning(
        net, sources, class_ids=range(3), class_names=NAMES, input_spec=SPEC, settings=settings,
        parent=parent, eval_patch=128,
    )  # fmt: skip


def result_of(reports: list[Any]) -> FineTuneResult:
    assert isinstance(reports[-1], FineTuneResult)
    return reports[-1]


def test_a_small_problem_is_learned_within_seconds_from_scratch(make_source, small_net) -> None:
    tuning = tuning_of(small_net(), [make_source(size=(384, 384))], epochs=4)
    reports = list(tuning.run())
    result = result_of(reports)
    assert result.before is None
    assert result.after is not None
    assert result.after["mean_iou"] > 0.7
    assert result.after["per_scene"]["scene"]["mean_iou"] == result.after["mean_iou"]
    assert [row["name"] for row in result.after["per_class"]] == list(NAMES)


def test_best_weights_give_the_figures_that_are_reported(make_source, small_net) -> None:
    net = small_net()
    tuning = tuning_of(net, [make_source()], epochs=1)
    result = result_of(list(tuning.run()))
    net.load_state_dict(result.state)
    from segstudio.inference.device import CPU

    assert tuning.hold_out.judge(net, CPU, patch=128).to_dict() == result.after


def test_a_trained_net_recovers_on_a_shifted_scene(make_source, small_net) -> None:
    net = small_net()
    result = result_of(list(tuning_of(net, [make_source(size=(384, 384))], epochs=4).run()))
    net.load_state_dict(result.state)
    parent = small_net()
    parent.load_state_dict(result.state)
    shifted = make_source(size=(384, 384), name="shifted", seed=9, bands=(1, 2, 0))
    tuned = result_of(
        list(tuning_of(net, [shifted], from_scratch=False, parent=parent, epochs=4, norms="train").run())
    )
    assert tuned.before is not None
    assert tuned.after is not None
    assert tuned.after["mean_iou"] > tuned.before["mean_iou"] + 0.05
    for name, value in parent.state_dict().items():
        assert torch.equal(value, result.state[name])


def test_the_same_seed_gives_the_same_weights(make_source, small_net) -> None:
    source = make_source()
    one, two = (result_of(list(tuning_of(small_net(), [source], epochs=1).run())) for _ in range(2))
    for name, value in one.state.items():
        assert torch.equal(value, two.state[name]), name


def test_reports_count_up_and_the_curve_carries_losses(make_source, small_net) -> None:
    reports = list(tuning_of(small_net(), [make_source()], epochs=2).run())
    steps = [r for r in reports if isinstance(r, StepReport) and "looking" not in r.stage]
    epochs = [report for report in reports if isinstance(report, EpochReport)]
    assert [report.step for report in steps] == list(range(1, len(steps) + 1))
    assert steps[-1].fraction == 1
    assert [report.epoch for report in epochs] == list(range(1, len(epochs) + 1))
    assert len(epochs) >= 3
    assert all(report.losses["total"] > 0 and report.mean_iou is not None for report in epochs)
    assert epochs[-1].best_mean_iou == max(report.mean_iou for report in epochs)


def test_stopping_keeps_the_best_so_far(make_source, small_net) -> None:
    seen: list[Any] = []
    reports = tuning_of(small_net(), [make_source()], epochs=4).run(stop=lambda: len(seen) > 1)
    for report in reports:
        if isinstance(report, EpochReport):
            seen.append(report.mean_iou)
        last = report
    assert isinstance(last, FineTuneResult)
    assert last.cancelled
    assert last.after is not None
    assert last.after["mean_iou"] == pytest.approx(max(seen), abs=1e-6)


def test_closing_keeps_the_best_so_far_and_leaves_no_thread(make_source, small_net) -> None:
    import threading

    tuning = tuning_of(small_net(), [make_source()], epochs=4)
    reports = tuning.run()
    best = next(report for report in reports if isinstance(report, EpochReport)).mean_iou
    reports.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("segstudio-ahead")]
    result = tuning.result()
    assert result.cancelled
    assert result.after is not None
    assert result.after["mean_iou"] == pytest.approx(best, abs=1e-6)


def test_a_cancel_before_the_first_step_says_that_nothing_changed(make_source, small_net) -> None:
    tuning = tuning_of(small_net(), [make_source()])
    with pytest.raises(CannotTrain, match="the model is as it was"):
        tuning.result()


def test_a_trained_net_that_no_longer_rises_stops_early(make_source, small_net) -> None:
    still = {"from_scratch": False, "epochs": 8, "learning_rate": 1e-9, "patience": 0.1}
    reports = list(tuning_of(small_net(), [make_source()], **still).run())
    assert max(report.fraction for report in reports if isinstance(report, StepReport)) < 0.6


def test_without_depth_to_learn_from_the_depth_decoder_rests_and_it_is_said(
    make_source, two_headed_net
) -> None:
    net = two_headed_net()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    result = result_of(list(tuning_of(net, [make_source()], epochs=1).run()))
    assert "depth not retrained" in result.notes
    for name, value in result.state.items():
        same = torch.equal(value, before[name])
        assert same or not name.startswith(("body.depth_decoder", "body.depth_head")), name
    assert not torch.equal(result.state["body.classifier.weight"], before["body.classifier.weight"])


def test_with_depth_the_papers_stages_run_in_order(make_source, two_headed_net) -> None:
    depth = np.linspace(0, 9, 320 * 320, dtype=np.float32).reshape(320, 320)
    reports = list(tuning_of(two_headed_net(), [make_source(depth=depth)], epochs=2).run())
    stages = [r.stage for r in reports if isinstance(r, StepReport) and "looking" not in r.stage]
    assert list(dict.fromkeys(stages)) == ["depth", "seg", "both"]
    epochs = [report for report in reports if isinstance(report, EpochReport)]
    last = epochs[-1]
    assert last.figures is not None
    assert -1 <= last.figures["depth_correlation"] <= 1
    assert all((report.mean_iou is None) == (report.stage == "depth") for report in epochs)
    assert {"seg", "depth"} <= last.losses.keys()
    assert "depth not retrained" not in result_of(reports).notes


class Rendered:
    """Batches made on the fly, as a recipe for shipped weights makes them."""

    has_depth = False
    steps_per_epoch = 10

    def __init__(self, poison_after: int | None = None) -> None:
        self.poison_after = poison_after

    def batches(self, *, seed: int, depth_only: bool = False) -> Generator[TrainBatch, None, None]:
        source = torch.Generator().manual_seed(seed)
        count = 0
        while True:
            target = torch.randint(0, 3, (4, 1, 1), generator=source).expand(4, 32, 32)
            pixels = torch.eye(3)[target].permute(0, 3, 1, 2) * 0.8
            if self.poison_after is not None and count >= self.poison_after:
                pixels = pixels * float("nan")
            count += 1
            yield TrainBatch(pixels, target.to(torch.uint8))


def test_a_stop_bites_while_the_parent_is_still_being_judged(make_source, small_net) -> None:
    reports = tuning_of(small_net(), [make_source(size=(640, 640))], from_scratch=False).run(lambda: True)
    with pytest.raises(CannotTrain, match="the model is as it was"):
        list(reports)


def test_looking_at_the_hold_out_can_be_closed_between_two_windows(make_source, small_net) -> None:
    tuning = tuning_of(small_net(), [make_source()], from_scratch=False)
    reports = tuning.run()
    assert "looking" in next(reports).stage
    reports.close()
    with pytest.raises(CannotTrain, match="the model is as it was"):
        tuning.result()


class Narrow(torch.nn.Module):
    """A body that has memory for so many patches only."""

    def __init__(self, body: torch.nn.Module, limit: int) -> None:
        super().__init__()
        self.inner, self.encoder, self.limit = body, body.encoder, limit
        self.stride, self.has_depth = body.stride, False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if len(x) > self.limit:
            raise torch.OutOfMemoryError("out of memory")
        return self.inner(x)


def narrow(net: SegmentationNet, limit: int) -> SegmentationNet:
    net.body = Narrow(net.body, limit)  # type: ignore[assignment]
    return net


def test_where_memory_runs_out_each_batch_is_seen_in_parts(small_net) -> None:
    settings = FineTuneSettings(epochs=4, from_scratch=True, learning_rate=0.02)
    reports = list(Trainer(narrow(small_net(), 1), Rendered(), settings).run())
    notices = [report.text for report in reports if isinstance(report, FineTuneNotice)]
    assert notices == ["Memory ran out: each batch is now seen in 4 parts."]
    assert result_of(reports).steps == 40


def test_no_memory_for_a_single_patch_is_said_in_a_sentence(small_net) -> None:
    with pytest.raises(CannotTrain, match="choose a light one"):
        list(Trainer(narrow(small_net(), 0), Rendered(), FineTuneSettings(epochs=1)).run())


def test_any_source_of_batches_can_teach_without_a_hold_out(small_net) -> None:
    settings = FineTuneSettings(epochs=4, from_scratch=True, learning_rate=0.02)
    reports = list(Trainer(small_net(), Rendered(), settings).run())
    result = result_of(reports)
    assert result.steps == 40
    assert result.after is None
    epochs = [report for report in reports if isinstance(report, EpochReport)]
    assert epochs[-1].mean_iou is None
    assert epochs[-1].losses["total"] < 0.7 * epochs[0].losses["total"]


def test_a_judge_may_also_answer_at_once(small_net) -> None:
    def judge(net: SegmentationNet) -> Judgement:
        judgement = Judgement(("a", "b"))
        judgement.add("one", np.array([[0, 1]], np.uint8), np.array([[0, 1]], np.uint8))
        return judgement

    settings = FineTuneSettings(epochs=1, from_scratch=True)
    result = result_of(list(Trainer(small_net(), Rendered(), settings, judge=judge).run()))
    assert result.after is not None
    assert result.after["mean_iou"] == 1


def test_a_loss_that_runs_away_stops_with_a_sentence_and_keeps_the_best(small_net) -> None:
    settings = FineTuneSettings(epochs=4, from_scratch=True)
    reports = list(Trainer(small_net(), Rendered(poison_after=20), settings).run())
    assert any("ran away" in report.text for report in reports if isinstance(report, FineTuneNotice))
    assert all(torch.isfinite(value).all() for value in result_of(reports).state.values())


def test_a_loss_that_runs_away_at_once_is_refused_with_the_way_out(small_net) -> None:
    with pytest.raises(CannotTrain, match="lower learning rate"):
        list(Trainer(small_net(), Rendered(poison_after=0), FineTuneSettings(epochs=1)).run())


def test_frozen_norms_keep_their_running_figures(make_source, small_net) -> None:
    net = small_net()
    before = net.body.encoder[1].running_mean.clone()
    list(tuning_of(net, [make_source()], epochs=1, norms="frozen").run())
    assert torch.equal(net.body.encoder[1].running_mean, before)


def test_slow_norms_are_quickened_for_a_short_training(small_net) -> None:
    net = small_net()
    net.body.encoder[1].momentum, net.body.encoder[4].momentum = 0.01, 0.3
    list(Trainer(net, Rendered(), FineTuneSettings(epochs=1, from_scratch=True)).run())
    assert [net.body.encoder[n].momentum for n in (1, 4)] == [0.1, 0.3]


def test_norms_and_biases_are_not_decayed_and_the_encoder_goes_slower(small_net) -> None:
    optimiser = make_optimiser(small_net(), FineTuneSettings(learning_rate=1e-3, encoder_rate=0.1))
    for group in optimiser.param_groups:
        assert (group["weight_decay"] > 0) == all(p.ndim > 1 for p in group["params"])
    assert {group["rate"] for group in optimiser.param_groups} == {1e-3, 1e-4}


def test_the_rate_warms_up_then_falls_to_nearly_nothing_when_the_budget_is_spent(small_net) -> None:
    optimiser = make_optimiser(small_net(), FineTuneSettings(learning_rate=1.0, encoder_rate=1.0))
    rates = []
    for step, fraction in [(0, 0.0), (100, 0.1), (500, 0.5), (1000, 1.0)]:
        set_rate(optimiser, step, fraction)
        rates.append(optimiser.param_groups[0]["lr"])
    assert rates[0] < 0.05
    assert rates[1] > 0.9
    assert rates[1] > rates[2] > rates[3] == pytest.approx(0.01)


def test_averaged_weights_forget_the_start_and_trail_behind(small_net) -> None:
    net = small_net()
    averaged = AveragedNet(net)
    with torch.no_grad():
        net.body.classifier.bias.fill_(1.0)
    for _ in range(30):
        averaged.follow(net)
    assert (averaged.net.body.classifier.bias > 0.9).all()
    assert not averaged.net.training


def test_a_budget_by_the_clock_keeps_time_for_the_last_look() -> None:
    now = [0.0]
    budget = Budget(seconds=100, steps=None, now=lambda: now[0])
    budget.reserve(10)
    now[0] = 45
    assert budget.fraction == 0.5
    assert budget.seconds_left == 55
    budget.reserve(90)
    now[0] = 75
    assert budget.fraction == 1


def test_a_budget_by_steps_learns_the_pace() -> None:
    now = [0.0]
    budget = Budget(seconds=None, steps=10, now=lambda: now[0])
    assert budget.seconds_left is None
    budget.steps_done, now[0] = 4, 8.0
    assert budget.fraction == 0.4
    assert budget.seconds_left == pytest.approx(12)


def test_settings_survive_a_round_trip_and_strangers_are_passed_over() -> None:
    settings = FineTuneSettings(minutes=2, patch_px=128)
    assert FineTuneSettings.from_dict({**settings.to_dict(), "colour": "red"}) == settings
    assert FineTuneSettings().budget_seconds == 180
    assert FineTuneSettings(epochs=3).budget_seconds is None
