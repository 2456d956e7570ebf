"""Fine-tune: what people said about a project's images becomes a new version of a model."""

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.errors import Cancelled, CannotTrain
from segstudio.jobs.pupil import Pupil, choose_pupil
from segstudio.jobs.steps import EpochReady, Notice, Progress, Step, VersionReady
from segstudio.jobs.teaching_material import Material, read_material, use_version
from segstudio.models.versions import ModelVersion, VersionStore
from segstudio.training.settings import FineTuneSettings

if TYPE_CHECKING:
    from segstudio.training.fine_tune import FineTuning
    from segstudio.training.reports import EpochReport, FineTuneNotice, FineTuneResult, StepReport

Steps = Generator[Step, None, None]

# Progress counts thousandths of the budget: minutes or rounds, whichever was asked for.
_UNITS = 1000
_EVAL_PATCH_PX = 512


@dataclass(frozen=True, slots=True)
class FineTuneRequest:
    """Which project teaches which model.

    Attributes:
        project_folder: Its annotation is read through a connection of our own.
        model: A card id, a version's id or folder; None = the model in use, else "mff-light".
        settings: How long and how.
        device: "auto", "cpu", "cuda", ...
        gray: Put the gray adapter in front.
        activate: Use the new version from now on, unless it is worse on the hold-out.
    """

    project_folder: Path
    model: str | None = None
    settings: FineTuneSettings = field(default_factory=FineTuneSettings)
    device: str = "auto"
    gray: bool = False
    activate: bool = False


def fine_tune(request: FineTuneRequest) -> Steps:
    """Progress after every batch, `EpochReady` after every look at the hold-out, `VersionReady` at the end.

    The parent stays as it is. `Cancelled` thrown in between keeps the best so far as a version and yields it;
    closing keeps it silently. Before the first look at the hold-out there is nothing to keep.

    Raises:
        CannotTrain: the corrections are too few to judge the result; says what to do.
        ModelError: no such model.
    """
    material = read_material(request.project_folder)
    pupil = choose_pupil(request.model, material, request.settings, gray=request.gray)
    yield from (Notice(note) for note in pupil.notes)
    yield Progress(0, 0, None, "Loading the model")
    tuning = _start(request, pupil, material)
    yield from (Notice(note) for note in tuning.split.notes)
    try:
        result = yield from _reports(tuning)
    except Cancelled:
        kept = _best_so_far(tuning)
        if kept is None:
            raise
        result = kept
    except GeneratorExit:
        kept = _best_so_far(tuning)
        if kept is not None:
            _keep(request, pupil, material, kept)
        raise
    yield from _tell(request, _keep(request, pupil, material, result))


def _start(request: FineTuneRequest, pupil: Pupil, material: Material) -> "FineTuning":
    from segstudio.inference.device import pick_device
    from segstudio.training.fine_tune import FineTuning

    device = pick_device(request.device)
    net = pupil.build()
    return FineTuning(
        net,
        material.sources,
        class_ids=material.class_ids,
        class_names=material.class_names,
        input_spec=pupil.input,
        settings=pupil.settings,
        device=device,
        parent=pupil.parent_of(net),
        eval_patch=_EVAL_PATCH_PX,
    )


def _reports(tuning: "FineTuning") -> Generator[Step, None, "FineTuneResult"]:
    from segstudio.training.reports import FineTuneResult

    with closing(tuning.run()) as reports:
        for report in reports:
            if isinstance(report, FineTuneResult):
                return report
            yield _step(report)
    raise RuntimeError("the trainer ended without a result")


def _best_so_far(tuning: "FineTuning") -> "FineTuneResult | None":
    """The best weights at the time of a cancel, if the hold-out was looked at before."""
    try:
        result = tuning.result()
    except CannotTrain:
        return None
    return result if result.after is not None else None


def _step(report: "StepReport | EpochReport | FineTuneNotice") -> Step:
    """What the trainer says in the words of the jobs."""
    from segstudio.training.reports import FineTuneNotice, StepReport

    if isinstance(report, StepReport):
        text = f"Learning, {report.stage}" if report.stage else "Learning"
        return Progress(round(_UNITS * report.fraction), _UNITS, _not_past(report.seconds_left), text)
    if isinstance(report, FineTuneNotice):
        return Notice(report.text)
    return EpochReady(
        epoch=report.epoch,
        loss=report.losses.get("total", float("nan")),
        holdout_mean_iou=report.mean_iou,
        seconds_left=_not_past(report.seconds_left),
        stage=report.stage,
        is_best=report.mean_iou is not None and report.mean_iou == report.best_mean_iou,
        losses=report.losses,
        images_per_second=report.images_per_second,
    )


def _not_past(seconds: float | None) -> float | None:
    return None if seconds is None else max(0.0, seconds)


def _keep(
    request: FineTuneRequest, pupil: Pupil, material: Material, result: "FineTuneResult"
) -> ModelVersion:
    """Store the weights as a child of what they started from."""
    notes = [*pupil.notes, *result.notes]
    if result.cancelled:
        notes.append("stopped before its time: the best weights until then")
    figures = {"before": result.before or {}, "after": result.after or {}, "seconds": result.seconds}
    return VersionStore(material.versions_folder).add(
        card_id=pupil.ref.card.id,
        parent=pupil.parent_id,
        state=result.state,
        classes=material.classes,
        input=pupil.input,
        in_bands=pupil.in_bands,
        figures={**figures, "steps": result.steps},
        seed=request.settings.seed,
        settings={**result.settings, "class_ids": list(material.class_ids), **_encoder_record(pupil)},
        notes=list(dict.fromkeys(notes)),
    )


def _encoder_record(pupil: Pupil) -> dict[str, Any]:
    return {"encoder": pupil.encoder.to_json()} if pupil.encoder else {}


def _tell(request: FineTuneRequest, version: ModelVersion) -> Steps:
    """The version, and whether it is in use from now on."""
    before, after = version.figures["before"], version.figures["after"]
    if request.activate and _is_worse(before, after):
        yield Notice("the new version is worse on the hold-out: the one before stays in use")
    elif request.activate:
        use_version(request.project_folder, version.id)
    yield VersionReady(version.id, version.folder, version.parent, before, after, version.notes)


def _is_worse(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    old, new = before.get("mean_iou"), after.get("mean_iou")
    return old is not None and new is not None and new < old
