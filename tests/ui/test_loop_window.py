"""The main job once through the real window: real keys, real mouse, real job threads."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from segstudio.mask.classes import UNLABELLED
from segstudio.sample.scene import SceneSettings, write_scene
from segstudio.training.metrics import Confusion
from segstudio.training.settings import FineTuneSettings
from segstudio.ui import teaching
from segstudio.ui.canvas.pane import CanvasPane
from segstudio.ui.main_window import MainWindow

SIZE = 512
JOB_MS = 240_000
ROWS_APART_PX = 32
SHORTEST_RUN_PX = 20
RISE = 0.05
BUDGET = FineTuneSettings(epochs=4, patch_px=128, batch=4, evaluations=1)
"""Passes, not minutes: a busy machine learns as much."""


@pytest.mark.timeout(420)
def test_predict_correct_fine_tune_predict_again(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(teaching, "FineTuneSettings", lambda minutes: BUDGET)
    session, truth = open_shifted_scene(qtbot, window, tmp_path)
    assert session.models.ref.card.id == "mff-light"

    before = predict_scene(qtbot, window, truth)
    strokes = brush_along_rows(qtbot, window, truth)
    assert len(session.document.edits()) == strokes
    version = fine_tune(qtbot, window)
    session.keep_version(version.version_id)
    assert session.models.ref.id == version.version_id

    said = session.document.mask.annotation.read(session.extent).copy()
    assert predict_scene(qtbot, window, truth) >= before + RISE
    assert (session.document.mask.annotation.read(session.extent) == said).all()


def open_shifted_scene(qtbot: QtBot, window: MainWindow, folder: Path):
    """A place and a camera the shipped weights have not seen, in the window; its truth."""
    paths = write_scene(folder / "town", SceneSettings(size=SIZE, seed=919, sensor="hazy"))
    window.resize(1500, 950)
    session = window.session
    with qtbot.waitSignal(session.stretch_changed, timeout=JOB_MS, check_params_cb=bool):
        session.open_path(paths.scene)
    window.canvas.viewport.animated = False
    window.canvas.viewport.fit()
    with rasterio.open(paths.truth) as dataset:
        return session, dataset.read(1)


def predict_scene(qtbot: QtBot, window: MainWindow, truth: np.ndarray) -> float:
    """Press the key for the whole scene; mean IoU on pixels nobody corrected."""
    session = window.session
    with qtbot.waitSignal(session.job_done, timeout=JOB_MS):
        window.actions_["predict-scene"].trigger()
    qtbot.waitUntil(lambda: session.job is None, timeout=JOB_MS)
    mask, extent = session.document.mask, session.extent
    judged = np.where(mask.annotation.read(extent) == UNLABELLED, truth, UNLABELLED).astype(np.uint8)
    confusion = Confusion(len(session.classes))
    confusion.add(judged, mask.prediction.read(extent))
    return confusion.mean_iou


def brush_along_rows(qtbot: QtBot, window: MainWindow, truth: np.ndarray) -> int:
    """Drag the brush along every run of one class in some rows, as a patient analyst would."""
    pane = window.canvas.panes[0]
    qtbot.keyClick(pane, Qt.Key.Key_B)
    assert window.session.tool == "brush"
    window.session.set_brush_radius(4)
    strokes = 0
    for row in range(ROWS_APART_PX, SIZE - 5, ROWS_APART_PX):
        for begin, end, class_id in runs(truth[row]):
            window.session.set_class(class_id)
            drag(qtbot, pane, (begin + 5, row), (end - 5, row))
            strokes += 1
    return strokes


def runs(ids: np.ndarray) -> list[tuple[int, int, int]]:
    """Begin, end and class of each stretch of one class that is long enough for a stroke."""
    edges = [0, *(np.flatnonzero(np.diff(ids)) + 1), len(ids)]
    long = [(int(a), int(b)) for a, b in itertools.pairwise(edges) if b - a >= SHORTEST_RUN_PX]
    return [(a, b, int(ids[a])) for a, b in long if ids[a] != UNLABELLED]


def drag(qtbot: QtBot, pane: CanvasPane, begin: tuple[int, int], end: tuple[int, int]) -> None:
    places = [place_of(pane, *begin), place_of(pane, *end)]
    qtbot.mousePress(pane, Qt.MouseButton.LeftButton, pos=places[0])
    qtbot.mouseMove(pane, pos=places[1])
    qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=places[1])


def place_of(pane: CanvasPane, col: int, row: int) -> QPoint:
    return pane.projection.to_pane(col + 0.5, row + 0.5).toPoint()


def fine_tune(qtbot: QtBot, window: MainWindow):
    """The one click, with a short budget; the outcome that waits for keep or drop."""
    session = window.session
    with qtbot.waitSignal(session.version_ready, timeout=JOB_MS) as ready:
        window.actions_["fine-tune"].trigger()
    qtbot.waitUntil(lambda: session.job is None, timeout=JOB_MS)
    return ready.args[0]
