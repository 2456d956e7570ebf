"""Starts the long verbs with plain values and takes their steps in, in the window's thread."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from segstudio.errors import CannotTrain
from segstudio.jobs import steps
from segstudio.jobs.predict import PredictRequest, predict
from segstudio.project.document import Document
from segstudio.raster.address import place
from segstudio.raster.window import Window
from segstudio.ui.desk import Desk, JobState
from segstudio.ui.job_runner import JobRunner
from segstudio.ui.model_control import ModelControl
from segstudio.ui.strip_feed import StripFeed
from segstudio.ui.words import translate

Steps = Iterator[Any]
Ending = Callable[[JobState], None]


class JobControl(QObject):
    """One job at a time; its state is said as `job_changed`, its end as `job_changed(None)`.

    A prediction is over when its last strip is in the document, not when the worker is done.
    """

    def __init__(self, desk: Desk, models: ModelControl) -> None:
        super().__init__(desk)
        self._desk = desk
        self._models = models
        self._state: JobState | None = None
        self._document: Document | None = None
        self._ending: Ending | None = None
        self.runner = JobRunner(self)
        self.feed = StripFeed(self)
        self.device = "auto"
        self.show_tile: Callable[[], object] = lambda: None
        self.runner.step.connect(self._take)
        self.runner.finished.connect(lambda: self._end_after_feed(self._say_done))
        self.runner.cancelled.connect(lambda: self._end_after_feed(self._say_cancelled))
        self.runner.failed.connect(
            lambda sentence: self._end_after_feed(lambda _: self._say_failed(sentence))
        )
        self.feed.changed.connect(self._fed)
        self.feed.drained.connect(self._end_if_due)

    @property
    def state(self) -> JobState | None:
        """The running job, or None."""
        return self._state

    def uses(self, document: Document) -> bool:
        """Whether a running job still writes into this document."""
        return self._state is not None and self._document is document

    def predict(self, window: Window | None) -> None:
        """Predict a window of the open image (None = all of it) with the model in use."""
        document, ref = self._desk.document, self._models.ref
        if document is None or ref is None or self._refuse_second():
            return
        request = PredictRequest(
            image=place(document.info.path),
            model=self._models.text,
            versions_folder=self._desk.project.versions.folder if self._desk.project else None,
            image_id=document.image_id,
            window=window,
            class_ids={entry.name: entry.id for entry in self._desk.project.classes}
            if self._desk.project
            else None,
            device=self.device,
        )
        self._document = document
        self.start("predict", translate("JobControl", "Predicting"), lambda: predict(request))

    def start(self, verb: str, title: str, factory: Callable[[], Steps], *, needs_torch: bool = True) -> bool:
        """Run any generator of steps as the job."""
        if self._refuse_second() or not self.runner.start(title, factory, needs_torch=needs_torch):
            return False
        self._say(JobState(verb, title))
        return True

    def cancel(self) -> None:
        """Ask the job to stop; what is done so far stays."""
        if self._state is not None and not self._state.cancelling:
            self.runner.cancel()
            self._say(replace(self._state, cancelling=True))

    def stop(self) -> None:
        """End everything: the window closes."""
        self.runner.stop()
        self.feed.clear()

    def _refuse_second(self) -> bool:
        if self._state is None:
            return False
        sentence = translate("JobControl", "{job} is still running: wait for it or cancel it first.")
        self._desk.notice.emit("info", sentence.format(job=self._state.title))
        return True

    def _take(self, step: object) -> None:
        match step:
            case steps.Progress() if self._state is not None:
                self._say(
                    replace(
                        self._state,
                        done=step.done,
                        total=step.total,
                        seconds_left=step.seconds_left,
                        text=step.text,
                    )
                )
            case steps.StripReady() if self._document is not None:
                self.feed.add(self._document, step)
            case steps.EpochReady():
                self._desk.epoch_ready.emit(step)
            case steps.VersionReady():
                self._desk.version_ready.emit(step)
                self._desk.versions_changed.emit()
            case steps.Notice():
                self._desk.notice.emit("info", step.text)
            case _:
                self._desk.job_result.emit(step)

    def _fed(self, document: Document, window: Window) -> None:
        if document is self._desk.document:
            self._desk.mask_changed.emit(window)

    def _say(self, state: JobState | None) -> None:
        self._state = state
        self._desk.job_changed.emit(state)

    def _end_after_feed(self, ending: Ending) -> None:
        self._ending = ending
        if self.feed.is_empty:
            self._end_if_due()

    def _end_if_due(self) -> None:
        if self._ending is None:
            return
        ending, self._ending = self._ending, None
        document, self._document = self._document, None
        state = self._state
        # first: whoever hears of the end may begin something else
        self._say(None)
        if document is not None and document is not self._desk.document:
            document.close()
        if state is not None:
            ending(state)

    def _say_done(self, state: JobState) -> None:
        self._desk.job_done.emit(state.verb)

    def _say_cancelled(self, state: JobState) -> None:
        sentence = translate("JobControl", "{job} was cancelled; what was done so far is kept.")
        self._desk.notice.emit("info", sentence.format(job=state.title))

    def _say_failed(self, sentence: str) -> None:
        if isinstance(self.runner.error, CannotTrain):
            # refused with a reason: lead to where the next correction is worth most
            self._desk.offer.emit(sentence, translate("JobControl", "Show me a tile"), self.show_tile)
        else:
            self._desk.notice.emit("error", sentence)
