"""Starts the long verbs with plain values and takes their steps in, in the window's thread."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from segstudio.errors import CannotTrain
from segstudio.jobs import steps
from segstudio.jobs.predict import predict
from segstudio.project.document import Document
from segstudio.raster.window import Window
from segstudio.ui.desk import Desk, JobState
from segstudio.ui.job_runner import JobRunner
from segstudio.ui.model_control import ModelControl
from segstudio.ui.prediction_run import PredictionRun
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
        self._run: PredictionRun | None = None
        self._ending: Ending | None = None
        self.runner = JobRunner(self)
        self.feed = StripFeed(self)
        self.device = "auto"
        self.patch: int | None = None  # pixels per side the net sees at once; None = what suits the card
        self._share_done = 0.0
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
        return self._state is not None and self._run is not None and self._run.document is document

    def run_over(self, window: Window | None) -> PredictionRun | None:
        """A prediction of a window of the open image (None = all of it), ready to be counted or begun.

        Raises:
            ModelError: The model in use has no weights or does not fit the image.
        """
        return PredictionRun.of(self._desk, self._models, window, device=self.device, patch=self.patch)

    def predict(self, window: Window | None, *, fresh: bool = False) -> None:
        """Predict a window of the open image (None = all of it) with the model in use.

        What an earlier run over the same has finished is left as it is, unless this one is to be `fresh`.
        """
        run = None if self._refuse_second() else self.run_over(window)
        if run is None:
            return
        if fresh:
            run.forget()
        rest = run.rest
        self._run = run
        self.start("predict", translate("JobControl", "Predicting"), lambda: self.feed.paced(predict(rest)))

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
        self.feed.clear()  # nobody waits for room any more
        self.runner.stop()
        self.feed.clear()
        self._run = None  # what the worker said last is heard when the project is closed

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
            case steps.StripReady() if self._run is not None:
                self.feed.add(self._run.document, step, self._run.plan.key)
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
        run, self._run = self._run, None
        self._share_done = run.share_done if run is not None else 0.0
        if run is not None and self._share_done == 1:
            run.forget()
        state = self._state
        # first: whoever hears of the end may begin something else
        self._say(None)
        if run is not None and run.document is not self._desk.document:
            run.document.close()
        if state is not None:
            ending(state)

    def _say_done(self, state: JobState) -> None:
        self._desk.job_done.emit(state.verb)

    def _say_cancelled(self, state: JobState) -> None:
        sentence = translate("JobControl", "{job} was cancelled; what was done so far is kept.")
        self._desk.notice.emit("info", f"{sentence.format(job=state.title)}{self._way_on()}")

    def _way_on(self) -> str:
        """What to do with a prediction that was broken off, after a space; empty where there is none."""
        if not 0 < self._share_done < 1:
            return ""
        sentence = translate("JobControl", "{percent} % is there, and Predict goes on from there.")
        return " " + sentence.format(percent=int(100 * self._share_done))

    def _say_failed(self, sentence: str) -> None:
        if isinstance(self.runner.error, CannotTrain):
            # refused with a reason: lead to where the next correction is worth most
            self._desk.offer.emit(sentence, translate("JobControl", "Show me a tile"), self.show_tile)
        else:
            self._desk.notice.emit("error", f"{sentence}{self._way_on()}")
