"""Edits that may take long: the first slice at once, the rest between two paints; may be cancelled."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer

from segstudio.errors import ProjectError, SegstudioError
from segstudio.mask.history import Steps
from segstudio.raster.window import Window
from segstudio.ui.desk import Desk, JobState
from segstudio.ui.words import translate

# Most edits are done within the first slice, and nobody sees that they have any.
_FIRST_SLICE_S = 0.03
_FIRST_STEPS = 8
_SLICE_S = 0.008
_TELL_EVERY_S = 0.1

Then = Callable[[Any], object]


class EditControl(QObject):
    """One edit at a time; while one is under way nothing else can be changed, but looked at.

    What is written but not finished is taken back by `cancel`, by an error, and by a crash.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._steps: Steps[Any] | None = None
        self._then: Then | None = None
        self._progress: Callable[[], tuple[int, int]] | None = None
        self._told_s = 0.0
        self.state: JobState | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    def run(
        self,
        title: str,
        steps: Steps[Any],
        then: Then | None = None,
        *,
        progress: Callable[[], tuple[int, int]] | None = None,
    ) -> None:
        """Walk the steps of an edit, then say what they gave; raises SegstudioError if the start fails.

        `progress` gives what is done and how much there is.
        """
        if self._steps is not None:
            sentence = translate("EditControl", "{job} is still under way: wait for it or cancel it first.")
            raise ProjectError(sentence.format(job=self.state.title if self.state else title))
        self._steps, self._then, self._progress = steps, then, progress
        if not self._walk(_FIRST_SLICE_S, at_least=_FIRST_STEPS):
            self.state = JobState("edit", title)
            self._desk.job_changed.emit(self.state)
            self._timer.start()

    def cancel(self) -> None:
        """Take back what the edit under way has written so far."""
        if self._steps is not None:
            self._end().close()
            self._repaint_all()

    def _go_on(self) -> None:
        try:
            self._walk(_SLICE_S)
        except SegstudioError as error:
            self._desk.notice.emit("error", str(error))
        self._tell_progress()

    def _tell_progress(self) -> None:
        now = time.monotonic()
        if self.state is not None and self._progress is not None and now - self._told_s > _TELL_EVERY_S:
            self._told_s = now
            done, total = self._progress()
            self.state = replace(self.state, done=done, total=total)
            self._desk.job_changed.emit(self.state)

    def _walk(self, seconds: float, at_least: int = 1) -> bool:
        """Some steps; whether that was all."""
        end, changed, count = time.monotonic() + seconds, Window(0, 0, 0, 0), 0
        try:
            while self._steps is not None and (count < at_least or time.monotonic() < end):
                changed, count = changed.union(next(self._steps)), count + 1
        except StopIteration as done:
            self._finish(changed, done.value)
            return True
        except SegstudioError:
            self._end()
            self._repaint_all()
            raise
        self._repaint(changed)
        return self._steps is None

    def _finish(self, changed: Window, result: Any) -> None:
        then = self._then
        self._end()
        self._repaint(changed)
        self._desk.history_changed.emit()
        if then is not None:
            then(result)

    def _end(self) -> Steps[Any]:
        self._timer.stop()
        steps, self._steps, self._then = self._steps, None, None
        assert steps is not None
        if self.state is not None:
            self.state = None
            self._desk.job_changed.emit(None)
        return steps

    def _repaint(self, window: Window) -> None:
        if not window.is_empty:
            self._desk.mask_changed.emit(window)

    def _repaint_all(self) -> None:
        if self._desk.extent is not None:
            self._desk.mask_changed.emit(self._desk.extent)
        self._desk.history_changed.emit()
