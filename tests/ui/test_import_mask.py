"""Masks made elsewhere come in through the menu or dropped on the image, and go with one undo."""

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMessageBox, QPushButton
from rasterio.transform import Affine
from small_scenes import SIZE, WAIT_MS, write_tif

from segstudio.ui import edit_control
from segstudio.ui.words import grouped


def write_mask(path, ids, *, nodata=255, east_m=0.0):
    profile = {"driver": "GTiff", "width": ids.shape[-1], "height": ids.shape[-2], "dtype": "uint8"}
    place = {"crs": "EPSG:32652", "transform": Affine(0.5, 0, 300_000 + east_m, 0, -0.5, 4_160_000)}
    bands = ids if ids.ndim == 3 else ids[None]
    with rasterio.open(path, "w", count=len(bands), nodata=nodata, **profile, **place) as dataset:
        dataset.write(bands)
    return path


@pytest.fixture
def ids():
    ids = np.full((SIZE, SIZE), 255, np.uint8)
    ids[100:300, 50:250], ids[300:500, 50:250] = 1, 3
    return ids


def drop(window, *paths) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(200, 200), Qt.DropAction.CopyAction, data,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    window.dropEvent(event)


def counts(session) -> dict[int, int]:
    return session.document.mask.counts()


def test_a_mask_comes_in_and_goes_with_one_undo(opened, ids, tmp_path, qtbot):
    said = []
    opened.notice.connect(lambda level, sentence: said.append(sentence))
    opened.import_mask(write_mask(tmp_path / "truth.tif", ids))
    qtbot.waitUntil(lambda: opened.job is None and counts(opened) == {1: 40_000, 3: 40_000})
    assert any("truth.tif" in sentence and grouped(80_000) in sentence for sentence in said)
    opened.undo()
    assert counts(opened) == {}
    opened.redo()
    assert counts(opened) == {1: 40_000, 3: 40_000}


def test_a_large_import_lets_the_window_live_and_can_be_cancelled(opened, ids, tmp_path, qtbot, monkeypatch):
    monkeypatch.setattr(edit_control, "_FIRST_STEPS", 1)
    monkeypatch.setattr(edit_control, "_FIRST_SLICE_S", 0.0)
    with qtbot.waitSignal(opened.job_changed, timeout=WAIT_MS):
        opened.import_mask(write_mask(tmp_path / "truth.tif", ids))
    assert opened.job.verb == "edit" and "truth.tif" in opened.job.title
    opened.cancel_job()
    assert opened.job is None and counts(opened) == {} and opened.document.edits() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ids": np.zeros((40, 30), np.uint8)}, "30 x 40 pixels"),
        ({"east_m": 9.0}, "18.0 pixels beside"),
        ({"ids": np.full((SIZE, SIZE), 200, np.uint8)}, "none of the project's classes"),
    ],
)
def test_a_mask_that_does_not_fit_says_one_sentence(opened, ids, tmp_path, qtbot, change, sentence):
    said = []
    opened.notice.connect(lambda level, sentence: said.append(sentence))
    opened.import_mask(write_mask(tmp_path / "truth.tif", **{"ids": ids, **change}))
    qtbot.waitUntil(lambda: said != [], timeout=WAIT_MS)
    assert len(said) == 1 and sentence in said[0]
    assert counts(opened) == {} and opened.job is None


def test_a_dropped_mask_is_imported_without_a_question(working, ids, tmp_path, qtbot):
    session, document = working.session, working.session.document
    drop(working, write_mask(tmp_path / "truth.tif", ids))
    qtbot.waitUntil(lambda: counts(session) == {1: 40_000, 3: 40_000}, timeout=WAIT_MS)
    assert session.document is document


def test_what_could_be_either_is_asked_about(working, tmp_path, qtbot):
    twin = write_tif(tmp_path / "twin.tif")
    drop(working, twin)
    qtbot.waitUntil(lambda: working.findChild(QMessageBox) is not None, timeout=WAIT_MS)
    box = working.findChild(QMessageBox)
    assert not box.isModal() and "twin.tif" in box.text()
    buttons = {button.text(): button for button in box.findChildren(QPushButton)}
    buttons["Open as an image"].click()
    qtbot.waitUntil(lambda: working.session.document.name == "twin.tif", timeout=WAIT_MS)


def test_a_question_about_an_image_goes_with_it(working, tmp_path, qtbot):
    drop(working, write_tif(tmp_path / "twin.tif"))
    qtbot.waitUntil(lambda: working.findChild(QMessageBox) is not None, timeout=WAIT_MS)
    box = working.findChild(QMessageBox)
    with qtbot.waitSignal(box.destroyed, timeout=WAIT_MS):
        working.session.open_path(write_tif(tmp_path / "other.tif"))


def test_another_image_is_opened_as_ever(working, tmp_path, qtbot):
    drop(working, write_tif(tmp_path / "deep.tif", bands=4, dtype="uint16"))
    qtbot.waitUntil(lambda: working.session.document.name == "deep.tif", timeout=WAIT_MS)
