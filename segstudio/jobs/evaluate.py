"""Evaluate: what a model says against what is true, pooled over all images."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from segstudio.errors import RasterError
from segstudio.jobs import class_mapping, model_choice
from segstudio.jobs.engine import Engine, EngineSettings
from segstudio.jobs.mask_files import By, MaskClass, MaskFile
from segstudio.jobs.model_choice import ModelWish
from segstudio.jobs.pace import Pace
from segstudio.jobs.steps import EngineChosen, EvaluationReady, Notice, Progress, Step
from segstudio.mask.classes import UNLABELLED
from segstudio.models.versions import ModelRef, add_evaluation
from segstudio.raster.open import open_raster
from segstudio.training.metrics import Judgement

Steps = Generator[Step, None, None]
ClassIds = npt.NDArray[np.uint8]

# One image counts as so many units of progress, so that a cancel and the time left work within an image too.
_UNITS = 1000


@dataclass(frozen=True, slots=True)
class EvaluateRequest:
    """Images with their true masks, and the model to measure.

    A mask names classes by the model's ids (those of the project it was taught in, else 0, 1, 2 ...) or by
    their colours; whatever names none does not count.
    """

    pairs: tuple[tuple[Path, Path], ...]
    model: str
    versions_folder: Path | None = None
    by: By | None = None
    device: str = "auto"
    patch: int | None = None
    overlap: float = 0.25
    batch: int | None = None
    untrained: bool = False
    gray: bool = False
    record: bool = True

    def engine(self) -> Engine:
        """The model that is asked for; ModelError where there is none or it has no weights."""
        wish = ModelWish(self.model, self.versions_folder, untrained=self.untrained, gray=self.gray)
        settings = EngineSettings(
            self.device, patch=self.patch, overlap=self.overlap, batch=self.batch, keeps_scores=True
        )
        return Engine(wish, settings)


def evaluate(request: EvaluateRequest) -> Steps:
    """Progress after every batch, the figures at the end; a version keeps them in its record.

    Raises:
        ModelError: no such model, no weights, or it does not fit an image's bands.
        RasterError: an image or mask cannot be read, or the two differ in size.
    """
    with request.engine() as engine:
        judgement = Judgement(tuple(each.name for each in model_choice.classes_of(engine.ref)))
        pace = Pace(_UNITS * len(request.pairs), "Evaluating")
        for number, (image, mask) in enumerate(request.pairs):
            for step in _judge(engine, request, image, mask, judgement):
                yield pace.at(_units(number, step)) if isinstance(step, Progress) else step
        figures = judgement.to_dict()
        if not figures["pixels"]:
            raise RasterError("the masks say nothing about the model's classes: check --by and the classes")
        if request.record:
            yield from _record(engine.ref, request, figures)
    yield EvaluationReady(figures)


def _judge(engine: Engine, request: EvaluateRequest, image: Path, mask: Path, judgement: Judgement) -> Steps:
    """Predict one image and count it strip by strip."""
    classes, channels = _truth_classes(engine.ref)
    with open_raster(image) as raster, MaskFile(mask, classes, request.by) as truth:
        _check_sizes(image, (raster.info.width, raster.info.height), truth)
        yield from (Notice(text) for text in engine.check(raster.info))
        with closing(engine.answers(raster, raster.info.extent)) as answers:
            for answer in answers:
                if isinstance(answer, Progress | Notice | EngineChosen):
                    yield answer
                else:
                    said = channels[truth.read(answer.window)]
                    judgement.add(image.name, said, answer.class_ids, answer.scores)


def _truth_classes(ref: ModelRef) -> tuple[list[MaskClass], ClassIds]:
    """How masks may name the model's classes, and the way back from ids to channels, uint8 (256,)."""
    ids = class_mapping.class_ids_of(ref)
    known = model_choice.classes_of(ref)
    classes = [
        MaskClass(ids[k] if k < len(ids) else k, each.name, each.colour) for k, each in enumerate(known)
    ]
    channels = np.full(256, UNLABELLED, np.uint8)
    for channel, entry in enumerate(classes):
        channels[entry.id] = channel
    return classes, channels


def _check_sizes(image: Path, size: tuple[int, int], truth: MaskFile) -> None:
    if size != (truth.width, truth.height):
        theirs = f"{truth.path.name} has {truth.width} x {truth.height} pixels"
        raise RasterError(f"{theirs}, {image.name} {size[0]} x {size[1]}: give the mask that belongs to it")


def _units(number: int, step: Progress) -> int:
    within = step.fraction if step.total else 0.0
    return round(_UNITS * (number + within))


def _record(ref: ModelRef, request: EvaluateRequest, figures: dict[str, Any]) -> Steps:
    if ref.version is None:
        return
    entry = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "images": [image.name for image, _ in request.pairs],
        **figures,
    }
    try:
        add_evaluation(ref.version, entry)
    except OSError:
        yield Notice(f"the figures are not kept: {ref.version.folder} cannot be written")
