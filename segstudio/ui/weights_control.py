"""Weights from elsewhere in the window: fetched or imported as jobs, and offered for use when here."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.jobs.fetch_weights import FetchRequest, fetch_weights, kept_already
from segstudio.jobs.import_weights import ImportRequest, import_weights
from segstudio.jobs.steps import Progress, Step, WeightsFit, WeightsKept
from segstudio.jobs.weights_intake import READING
from segstudio.models.published import PublishedSet, published_sets
from segstudio.models.weights_home import WeightsHome
from segstudio.ui.desk import JobState
from segstudio.ui.session import Session
from segstudio.ui.torch_preload import preload_torch
from segstudio.ui.words import translate

Steps = Generator[Step, None, None]

FETCH, IMPORT = "fetch", "import"
"""The verbs of the two jobs."""


@dataclass(frozen=True, slots=True)
class SetEntry:
    """One published set: whether it is for the model in use, and whether it is here already."""

    published: PublishedSet
    fits: bool
    is_here: bool


class WeightsControl(QObject):
    """Starts the jobs and hears what comes of them; `failed` carries the error of one of its own."""

    fitted = Signal(object)  # WeightsFit: what of a file fitted
    kept = Signal(object)  # WeightsKept
    failed = Signal(object)  # the exception; a WeightsNotHere says what to copy where

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent or session)
        self._session = session
        self._is_ours = False
        session.job_changed.connect(self._follow)
        session.job_result.connect(self._take)
        session.jobs.runner.failed.connect(self._fail)

    def entries(self) -> list[SetEntry]:
        """Every published set, those for the model in use first."""
        ref, home = self._session.models.ref, WeightsHome.of_this_person()
        entries = [
            SetEntry(each, ref is not None and each.fits(ref.card), kept_already(each, home) is not None)
            for each in published_sets()
        ]
        return sorted(entries, key=lambda entry: not entry.fits)

    def fetch(self, set_id: str) -> bool:
        """Fetch a set whose licence the person has just accepted; False where a job is running."""
        request = FetchRequest(set_id, accept=True)
        title = translate("WeightsControl", "Getting weights")
        return self._start(FETCH, title, lambda: fetch_weights(request))

    def import_file(self, path: Path, classes: Path | None) -> bool:
        """Import a file onto the model in use; False where a job is running."""
        ref = self._session.models.ref
        if ref is None:
            return False
        request = ImportRequest(path, ref.card.id, classes)
        title = translate("WeightsControl", "Importing weights")
        return self._start(IMPORT, title, lambda: import_weights(request))

    def _start(self, verb: str, title: str, factory: Callable[[], Steps]) -> bool:
        return self._session.jobs.start(verb, title, lambda: _with_engine(factory()), needs_torch=False)

    def _follow(self, state: JobState | None) -> None:
        if state is not None:
            self._is_ours = state.verb in (FETCH, IMPORT)

    def _take(self, step: object) -> None:
        if isinstance(step, WeightsFit):
            self.fitted.emit(step)
        elif isinstance(step, WeightsKept):
            self._session.versions_changed.emit()
            self.kept.emit(step)
            self._offer(step)

    def _offer(self, kept: WeightsKept) -> None:
        if kept.kind == "model":
            sentence = translate("WeightsControl", "The weights “{name}” are here.")
            button = translate("WeightsControl", "Use them")
            self._session.offer.emit(
                sentence.format(name=kept.name), button, lambda: self._session.set_model(kept.name)
            )
        else:
            sentence = translate(
                "WeightsControl", "“{name}” is here: untrained networks with this encoder start from it."
            )
            self._session.notice.emit("info", sentence.format(name=kept.name))

    def _fail(self, _sentence: str) -> None:
        if self._is_ours:
            self.failed.emit(self._session.jobs.runner.error)


def _with_engine(steps: Steps) -> Steps:
    """Load torch, in the window's patient way, when the file is there and not while it is fetched."""
    with closing(steps):
        for step in steps:
            yield step
            if isinstance(step, Progress) and step.text == READING:
                preload_torch()
