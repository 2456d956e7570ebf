"""Runs one long verb at a time in a worker thread and hands its steps to the window's thread."""

import contextlib
import logging
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from segstudio.errors import Cancelled, ConnectionLost, SegstudioError
from segstudio.inference.device import release_memory
from segstudio.jobs.steps import Progress
from segstudio.raster.stop import Stop
from segstudio.ui.priority import Politeness
from segstudio.ui.torch_preload import preload_torch

logger = logging.getLogger(__name__)

Steps = Iterator[Any]
Factory = Callable[[], Steps]

# The worker gives the interpreter lock back this often, so that the window's thread never waits for long.
_SWITCH_INTERVAL_S = 0.002
# More often than this nobody can read a progress bar.
_PROGRESS_INTERVAL_S = 0.05
# A step takes that long at most, unless it waits for a host that does not answer.
_PATIENCE_MS = 800


class _JobThread(QThread):
    """Walks one generator to its end, to a cancel or to an error; `error` tells afterwards."""

    step = Signal(object)

    def __init__(self, name: str, factory: Factory, *, needs_torch: bool, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.cancel_asked = threading.Event()
        self.is_winding_up = False
        self.was_cancelled = False
        self.stop = Stop()
        self.error: Exception | None = None
        self._factory = factory
        self._needs_torch = needs_torch
        self._last_progress_s = 0.0
        self._politeness = Politeness()

    def run(self) -> None:
        """The worker thread's whole life."""
        interval = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        try:
            with self.stop.adopted():
                self._work()
        except Cancelled:
            self.was_cancelled = True
        except ConnectionLost as error:
            self.was_cancelled = self.stop.is_asked
            self.error = None if self.was_cancelled else error
        except SegstudioError as error:
            self.error = error
        except Exception as error:  # the job worker is one of the two places where everything is caught
            logger.exception("job %s failed", self.objectName())
            self.error = error
        finally:
            sys.setswitchinterval(interval)

    def give_up_waiting(self) -> None:
        """Cut what the job reads over a network, unless it has heard of the cancel already."""
        if not self.is_winding_up:
            self.stop.ask()

    def _work(self) -> None:
        if self._needs_torch:
            self._emit(Progress(0, 0, None, "Starting the engine"))
            preload_torch()
        if self.cancel_asked.is_set():
            self.was_cancelled = True
            return
        self._walk(self._factory())

    def _walk(self, steps: Steps) -> None:
        try:
            for step in steps:
                self._emit(step)
                if self.cancel_asked.is_set():
                    self.was_cancelled = True
                    self.is_winding_up = True
                    self._wind_up(steps)
                    return
        finally:
            if isinstance(steps, Generator):
                steps.close()
            release_memory()  # a net in training leaves a gigabyte of heap

    def _wind_up(self, steps: Steps) -> None:
        """Tell the generator of the cancel: a fine-tune then still hands over the best so far."""
        if not isinstance(steps, Generator):
            return
        with contextlib.suppress(StopIteration):
            self._emit(steps.throw(Cancelled(f"{self.objectName()} was cancelled.")))
            while True:
                self._emit(next(steps))

    def _emit(self, step: object) -> None:
        if isinstance(step, Progress):
            now = time.monotonic()
            if now - self._last_progress_s < _PROGRESS_INTERVAL_S and step.done < step.total:
                return
            self._last_progress_s = now
            self._politeness.apply()
        self.step.emit(step)


class JobRunner(QObject):
    """One job at a time; of `finished`, `cancelled` and `failed` exactly one ends each job.

    `error` is what the last job that failed has failed with.
    """

    started = Signal(str)
    step = Signal(object)
    finished = Signal()
    cancelled = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.error: Exception | None = None
        self._thread: _JobThread | None = None

    @property
    def is_running(self) -> bool:
        """Whether a job has not ended yet."""
        return self._thread is not None

    def start(self, name: str, factory: Factory, *, needs_torch: bool = True) -> bool:
        """Run the generator that `factory` makes in the worker; False while another job runs."""
        if self._thread is not None:
            return False
        self._thread = _JobThread(name, factory, needs_torch=needs_torch, parent=self)
        self._thread.step.connect(self.step)
        self._thread.finished.connect(self._end)
        self._thread.start()
        self.started.emit(name)
        return True

    def cancel(self) -> None:
        """Ask the job to stop; it does after the step it is in, which waits for no host any longer."""
        if self._thread is not None:
            self._thread.cancel_asked.set()
            QTimer.singleShot(_PATIENCE_MS, self._thread, self._thread.give_up_waiting)

    def stop(self, timeout_ms: int = 30_000) -> None:
        """Cancel and wait: for the end of the program only."""
        thread = self._thread
        if thread is not None:
            self.cancel()
            thread.give_up_waiting()
            thread.wait(timeout_ms)

    def _end(self) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.deleteLater()
        if thread.error is not None:
            self.error = thread.error
            self.failed.emit(_sentence(thread.objectName(), thread.error))
        elif thread.was_cancelled:
            self.cancelled.emit()
        else:
            self.finished.emit()


def _sentence(job: str, error: Exception) -> str:
    """What a person can act upon speaks for itself; the log has the rest of a bug."""
    if isinstance(error, SegstudioError):
        return str(error)
    return f"{job} stopped on an internal error: {type(error).__name__}: {error}"
