"""Predict images of a project into the project, going on where an earlier run has stopped."""

import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from segstudio.jobs.estimate import estimate, said
from segstudio.jobs.memory import peak_rss_mb
from segstudio.jobs.plan import said_on_cancel
from segstudio.jobs.predict import PredictRequest, predict
from segstudio.jobs.steps import PredictionKept, Progress, Step, StripReady
from segstudio.mask.history import all_at_once
from segstudio.project.document import Document
from segstudio.project.images import ImageEntry
from segstudio.project.project import VERSIONS_FOLDER, Project
from segstudio.raster.address import place

Steps = Generator[Step, None, None]


@dataclass(frozen=True, slots=True)
class ProjectPredictRequest:
    """Which images, and with what.

    Attributes:
        folder: Of the project, which no other program may have open.
        settings: The model and how it is run; its image, class ids and finished strips are the project's.
        images: Names, with or without ending; None = all.
        fresh: Do not go on with what is finished.
    """

    folder: Path
    settings: PredictRequest
    images: tuple[str, ...] | None = None
    fresh: bool = False


def predict_project(request: ProjectPredictRequest) -> Steps:
    """Image by image: what `predict` says, and a `PredictionKept` when all of one is in the project.

    What was finished when it is closed, cancelled or killed stays, and the same request goes on there.

    Raises:
        ProjectInUse: Another program has the project open.
        ProjectError: No such project or image, or it cannot be written to.
        ModelError, RasterError: As `predict`.
    """
    with Project.open(request.folder) as project:
        for entry in _chosen(project, request):
            with closing(project.open_document(entry.id)) as document:
                yield from _predict_image(document, for_project(request.settings, project, document), request)


def estimate_project(request: ProjectPredictRequest) -> Steps:
    """Say what `predict_project` would take for each image, and predict nothing.

    Raises:
        As `predict_project`.
    """
    with Project.open(request.folder) as project:
        for entry in _chosen(project, request):
            with closing(project.open_document(entry.id)) as document:
                wanted = for_project(request.settings, project, document)
                plan = wanted.plan(document.info, document.content)
                finished = set() if request.fresh else document.finished_strips(plan.key)
                yield said(document.name, estimate(wanted, document.info, plan, finished))


def _chosen(project: Project, request: ProjectPredictRequest) -> list[ImageEntry]:
    if request.images is None:
        return project.images
    return [project.image(name) for name in request.images]


def for_project(settings: PredictRequest, project: Project, document: Document) -> PredictRequest:
    """The same settings for an image of a project, answering in the project's classes."""
    return replace(
        settings,
        image=place(document.info.path),
        versions_folder=project.folder / VERSIONS_FOLDER,
        image_id=document.image_id,
        class_ids={entry.name: entry.id for entry in project.classes},
    )


def _predict_image(document: Document, wanted: PredictRequest, request: ProjectPredictRequest) -> Steps:
    started = time.monotonic()
    plan = wanted.plan(document.info, document.content)
    if request.fresh:
        document.forget_plan(plan.key)
    finished = document.finished_strips(plan.key)
    version_id, windows = wanted.engine().ref.id, 0
    with (
        said_on_cancel(plan, lambda: document.finished_strips(plan.key)),
        closing(predict(replace(wanted, finished=frozenset(finished)))) as steps,
    ):
        for step in steps:
            if isinstance(step, StripReady):
                planes = step.class_ids, step.doubt, step.depth
                all_at_once(document.set_strip(plan.key, step.window, *planes, step.version_id))
                continue
            if isinstance(step, Progress):
                windows = max(windows, step.total)
            yield step
    document.flush()
    document.forget_plan(plan.key)
    seconds = time.monotonic() - started
    yield PredictionKept(
        document.name, version_id, seconds, windows, plan.share_done(finished), peak_rss_mb()
    )
