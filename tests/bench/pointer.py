"""The pointer in the real window: how late the outline and the paint follow it, at rest and beside work."""

import os
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from segstudio.inference.device import prepare_process
from segstudio.ui.app import make_app
from segstudio.ui.canvas.pane import CanvasPane
from segstudio.ui.main_window import MainWindow
from segstudio.ui.session import Session
from tests.bench.measure import Figure, percentiles, show
from tests.bench.scenes import write_noise_scene
from tests.bench.window import is_lit, wait

EVERY_MS = 8
WATCH_S = 2.5
BAR_MS = 16


class PointerProbe(QObject):
    """Moves the pointer 125 times a second, and says how long after its time each move was on screen.

    A move that comes late because the window was busy counts from when it was due.
    """

    def __init__(self, pane: CanvasPane, *, is_painting: bool) -> None:
        super().__init__()
        self._pane, self._is_painting = pane, is_painting
        self._timer = QTimer(self, interval=EVERY_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._move)
        self._due: list[float] = []
        self._numbers = count()
        self.late_ms: list[float] = []

    def watch(self, until: Callable[[], bool]) -> list[float]:
        """Milliseconds of every move until something has come to its end, or for some seconds."""
        self._pane.installEventFilter(self)
        self._send(QEvent.Type.MouseButtonPress if self._is_painting else QEvent.Type.MouseMove)
        self._timer.start()
        begin = time.perf_counter()
        self._next_s = begin + EVERY_MS / 1e3
        wait(lambda: until() or time.perf_counter() - begin > WATCH_S)
        self._timer.stop()
        if self._is_painting:
            self._send(QEvent.Type.MouseButtonRelease)
        self._pane.removeEventFilter(self)
        return self.late_ms

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt's name
        if event.type() != QEvent.Type.Paint or not self._due:
            return False
        watched.event(event)
        now = time.perf_counter()
        self.late_ms += [1e3 * (now - due) for due in self._due]
        self._due.clear()
        return True

    def _move(self) -> None:
        now = time.perf_counter()
        while self._next_s <= now:
            self._due.append(self._next_s)
            self._next_s += EVERY_MS / 1e3
        self._send(QEvent.Type.MouseMove)

    def _send(self, kind: QEvent.Type) -> None:
        """To and fro across the pane, some thirteen pixels a move: 1,600 a second."""
        step, size = next(self._numbers), self._pane.size()
        x, y = _swing(11 * step, size.width()), _swing(7 * step, size.height())
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
        is_down = self._is_painting and kind != QEvent.Type.MouseButtonRelease
        held = Qt.MouseButton.LeftButton if is_down else Qt.MouseButton.NoButton
        at = QPointF(x, y)
        QApplication.sendEvent(
            self._pane,
            QMouseEvent(kind, at, self._pane.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier),
        )


def _swing(way: int, length: int) -> float:
    """A place between the margins of a length, after going to and fro so far."""
    room = length - 200
    return 100 + abs((way + room) % (2 * room) - room)


def run(folder: Path, size: int = 8192) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        os.environ[name] = str(folder / name)
    prepare_process()
    scene = write_noise_scene(folder / "pointer.tif", size, bands=3, dtype="uint8", overviews=True)
    make_app()
    window = MainWindow(Session())
    window.resize(1600, 1000)
    window.show()
    window.session.open_path(scene)
    wait(lambda: window.session.stretch is not None and is_lit(window))
    window.canvas.viewport.animated = False
    window.canvas.viewport.set_scale(1.0)
    wait(lambda: not window.canvas.panes[0].is_behind)
    title = f"the pointer on a {size} x {size} x 3 scene, 125 moves a second, move to screen"
    show(title, [*outlines(window), *strokes(window)])
    show("the same beside work", [
        *beside_loading(window),
        *beside_prediction(window, "mff-light", "mff-light"),
        *beside_prediction(window, trivial_version(window.session), "the trivial net"),
    ])  # fmt: skip
    window.close()


def watched(window: MainWindow, work: str, *, radius_px: int, is_painting: bool = False,
            until: Callable[[], bool] = lambda: False) -> list[Figure]:  # fmt: skip
    window.session.set_tool("brush")
    window.session.set_brush_radius(radius_px)
    late = PointerProbe(window.canvas.panes[0], is_painting=is_painting).watch(until)
    p50, p99 = percentiles(late, 50, 99)
    return [
        Figure(f"{work}, r {radius_px}, p50", p50, "ms", None, f"{len(late)} moves"),
        Figure(f"{work}, r {radius_px}, p99", p99, "ms", BAR_MS, "limit: the bar"),
    ]


def outlines(window: MainWindow) -> list[Figure]:
    return [row for radius in (64, 1000) for row in watched(window, "outline", radius_px=radius)]


def strokes(window: MainWindow) -> list[Figure]:
    return [
        row
        for radius in (8, 64, 256, 1000)
        for row in watched(window, "dab on screen", radius_px=radius, is_painting=True)
    ]


def beside_loading(window: MainWindow) -> list[Figure]:
    """The view jumps four times a second to where nothing was read yet."""
    places = count(1)
    timer = QTimer(interval=250)
    size = window.session.extent.width

    def jump() -> None:
        step = next(places)
        col, row = 1000 + step * 1700 % (size - 2000), 800 + step * 1300 % (size - 1600)
        window.canvas.viewport.centre_on(col, row)

    timer.timeout.connect(jump)
    timer.start()
    rows = watched(window, "outline while a scene loads", radius_px=64)
    timer.stop()
    return rows


def beside_prediction(window: MainWindow, model: str, name: str) -> list[Figure]:
    """Torch is in memory already: its import has its own row in `window`."""
    session = window.session
    session.set_model(model)
    session.predict("scene")
    wait(lambda: session.job is None or session.job.done > 0)
    rows = [
        row
        for work, is_painting in (("outline", False), ("dab", True))
        for row in watched(window, f"{work} while {name} predicts", radius_px=64, is_painting=is_painting,
                           until=lambda: session.job is None)
    ]  # fmt: skip
    session.cancel_job()
    wait(lambda: session.job is None)
    return rows


def trivial_version(session: Session) -> str:
    """The trivial net as a version of the project: its predictions come as fast as any can."""
    from segstudio.models.cards import ModelClass
    from segstudio.models.input_spec import InputSpec
    from segstudio.models.registry import default_registry

    classes = [ModelClass(entry.name, entry.colour) for entry in session.classes]
    net = default_registry().create_model("conv1x1", class_count=len(classes))
    return session.project.versions.add(
        card_id="conv1x1", parent=None, state=net.state_dict(), classes=classes, input=InputSpec(), in_bands=3
    ).id
