"""The real window: time to the first view, a dab on screen, and how long the event loop ever stands still."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from segstudio.jobs.memory import peak_rss_mb
from segstudio.ui.app import make_app
from segstudio.ui.main_window import MainWindow
from segstudio.ui.session import Session
from tests.bench.measure import Figure, each_ms, percentiles, show
from tests.bench.scenes import write_noise_scene

PROBE_MS = 5
JOB_S = 40
STROKES = 200
STROKE_EVERY_MS = 100


class GapProbe:
    """A timer that ought to ring every few milliseconds, and how late it ever was."""

    def __init__(self) -> None:
        self._timer, self._clock = QTimer(), QElapsedTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._ring)
        self.gaps_ms: list[float] = []
        self._clock.start()
        self._timer.start(PROBE_MS)

    def _ring(self) -> None:
        self.gaps_ms.append(self._clock.nsecsElapsed() / 1e6)
        self._clock.restart()

    def figures(self, work: str) -> list[Figure]:
        self._timer.stop()
        p99, longest = percentiles(self.gaps_ms, 99, 100)
        return [
            Figure(f"event-loop gap while {work}, p99", p99, "ms"),
            Figure(f"event-loop gap while {work}, longest", longest, "ms", 100, f"{len(self.gaps_ms)} rings"),
        ]


def run(folder: Path, size: int = 8192) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        os.environ[name] = str(folder / name)
    path = write_noise_scene(folder / "window.tif", size, bands=3, dtype="uint8", overviews=False)
    make_app()
    window = MainWindow(Session())
    window.resize(1600, 1000)
    window.show()
    show(f"window on a {size} x {size} x 3 scene without overviews", [
        first_view(window, path), *dabs_on_screen(window), *predict_gaps(window), *strokes_beside(window),
        *fine_tune_gaps(window),
        Figure("peak resident memory of the window", peak_rss_mb(), "MB"),
    ])  # fmt: skip
    window.close()


def first_view(window: MainWindow, path: Path) -> Figure:
    """From the intent to the first image pixels on screen."""
    begin = time.perf_counter()
    window.session.open_path(path)
    wait(lambda: window.session.stretch is not None and is_lit(window))
    return Figure("open to first view", (time.perf_counter() - begin) * 1e3, "ms", 1500, "limit: the bar")


def is_lit(window: MainWindow) -> bool:
    """Whether the middle of the canvas shows more than plain ground."""
    image = window.canvas.panes[0].grab(window.canvas.panes[0].rect()).toImage()
    middle = [image.pixel(image.width() // 2 + 7 * n, image.height() // 2) for n in range(12)]
    return len(set(middle)) > 2


def dabs_on_screen(window: MainWindow) -> list[Figure]:
    """Mouse move to repainted pane, at full resolution."""
    session, pane = window.session, window.canvas.panes[0]
    window.canvas.viewport.animated = False
    window.canvas.viewport.set_scale(1.0)
    wait(lambda: not pane.is_behind)
    session.set_tool("brush")
    figures = []
    for radius_px in (8, 64, 256):
        session.set_brush_radius(radius_px)
        taken = [dab(pane, QPoint(200 + 4 * n, 200 + 2 * n)) for n in range(100)]
        send(pane, QEvent.Type.MouseButtonRelease, QPoint(600, 400))
        p50, p99 = percentiles(taken[2:], 50, 99)
        figures += [Figure(f"dab r {radius_px} on screen p50", p50, "ms"),
                    Figure(f"dab r {radius_px} on screen p99", p99, "ms", 16, "limit: the bar")]  # fmt: skip
    return figures


def dab(pane, place: QPoint) -> float:
    begin = time.perf_counter()
    is_first = not QApplication.mouseButtons() and place.x() == 200
    send(pane, QEvent.Type.MouseButtonPress if is_first else QEvent.Type.MouseMove, place)
    QApplication.sendPostedEvents()
    pane.repaint()
    return (time.perf_counter() - begin) * 1e3


def send(pane, kind: QEvent.Type, place: QPoint) -> None:
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    at = QPointF(place)
    event = QMouseEvent(
        kind, at, QPointF(pane.mapToGlobal(place)), button, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(pane, event)


def predict_gaps(window: MainWindow) -> list[Figure]:
    """A whole-scene prediction, torch's import included, watched for a while and cancelled."""
    window.session.set_model("mff-light")
    return watched(window, "predicting", lambda: window.session.predict("scene"))


def strokes_beside(window: MainWindow) -> list[Figure]:
    """Strokes while a whole-scene prediction goes on and its chunks are written."""
    session, ends, backlog = window.session, [], [0]
    session.set_brush_radius(24)
    session.predict("scene")
    wait(lambda: session.job is None or session.job.done > 0)
    before = session.job.done if session.job else 0

    def stroke() -> None:
        col, row = 300 + 40 * (len(ends) % 50), 300 + 30 * (len(ends) % 40)
        session.begin_stroke(col, row)
        for step in range(1, 7):
            session.stroke_to(col + 12 * step, row + 9 * step)
        ends.extend(each_ms([session.end_stroke]))
        backlog.append(session.document.prediction_backlog)

    timer = QTimer()
    timer.timeout.connect(stroke)
    timer.start(STROKE_EVERY_MS)
    wait(lambda: len(ends) >= STROKES or session.job is None, limit_s=2 * JOB_S)
    timer.stop()
    windows = session.job.done - before if session.job else 0
    session.cancel_job()
    wait(lambda: session.job is None)
    note = f"{len(ends)} strokes beside {windows} windows, at most {max(backlog)} entries waiting"
    p50, p99 = percentiles(ends, 50, 99)
    return [
        Figure("stroke end, durable, while predicting, p50", p50, "ms"),
        Figure("stroke end, durable, while predicting, p99", p99, "ms", 16, f"limit: the bar; {note}"),
    ]


def fine_tune_gaps(window: MainWindow) -> list[Figure]:
    session = window.session
    rng = np.random.default_rng(0)
    for col in range(0, 4096, 512):
        session.document.accept_prediction(session.extent.intersection(tile(col)))
        session.set_class(int(rng.integers(len(session.classes))))
        session.apply_polygon([(col, 0), (col + 200, 0), (col + 200, 400), (col, 400)])
    return watched(window, "fine-tuning", session.fine_tune)


def tile(col: int):
    from segstudio.raster.window import Window

    return Window(col, 0, 512, 1024)


def watched(window: MainWindow, work: str, start: Callable[[], None]) -> list[Figure]:
    probe = GapProbe()
    start()
    end = time.perf_counter() + JOB_S
    wait(lambda: time.perf_counter() > end or window.session.job is None, limit_s=JOB_S + 5)
    asked = time.perf_counter()
    window.session.cancel_job()
    wait(lambda: window.session.job is None, limit_s=60)
    cancelled = (time.perf_counter() - asked) * 1e3
    return [*probe.figures(work), Figure(f"cancel of {work} bites after", cancelled, "ms")]


def wait(condition: Callable[[], bool], limit_s: float = 60) -> None:
    """Let the event loop run; QTest's own waits keep the interpreter lock from the job's thread."""
    loop, poll = QEventLoop(), QTimer()
    poll.timeout.connect(lambda: condition() and loop.quit())
    poll.start(10)
    QTimer.singleShot(int(limit_s * 1e3), loop.quit)
    loop.exec()
    poll.stop()
    if not condition():
        raise TimeoutError("the window did not get there")
