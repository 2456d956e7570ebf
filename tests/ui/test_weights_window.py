"""Weights from elsewhere in the window: what is published, what to copy by hand, what of a file fitted."""

import pytest
import torch
from PySide6.QtCore import Qt
from small_scenes import WAIT_MS

from segstudio.models import published
from segstudio.models.registry import default_registry
from segstudio.ui.dialogs.get_weights import GetWeightsDialog
from segstudio.ui.dialogs.import_weights import ImportWeightsDialog

ENGINE_MS = 60_000  # torch may have to be loaded first
CARD = "lraspp-mobilenetv3"


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """A publisher nobody answers for, and empty caches."""
    monkeypatch.setenv(published.BASE_VARIABLE, "http://127.0.0.1:9")
    for name in ("TORCH_HOME", "HF_HUB_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))


def opened_by(qtbot, button, kind, window):
    """The dialog that a click on a button of the model panel opens."""
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    return next(dialog for dialog in window.findChildren(kind) if dialog.isVisible())


def runs(qtbot, window, button):
    """Click and wait for the end of the job."""
    with qtbot.waitSignal(
        window.session.job_changed, timeout=ENGINE_MS, check_params_cb=lambda state: state is None
    ):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_classes_and_the_licence_are_read_before_anything_is_fetched(qtbot, working):
    working.session.set_model(CARD)
    dialog = opened_by(qtbot, working.model.get_weights, GetWeightsDialog, working)
    shown = " ".join(label.text() for label in dialog.facts.findChildren(type(dialog.title)))
    assert dialog.entry.published.id == f"{CARD}-voc" and dialog.entry.fits
    assert "aeroplane, bicycle" in shown and "BSD-3-Clause" in shown and "COCO" in shown
    assert dialog.get.isEnabled() and not dialog.offline.isVisible()
    assert working.session.job is None


def test_without_a_network_it_says_what_to_copy_where(qtbot, working, nowhere, tmp_path):
    working.session.set_model(CARD)
    dialog = opened_by(qtbot, working.model.get_weights, GetWeightsDialog, working)
    runs(qtbot, working, dialog.get)
    qtbot.waitUntil(dialog.offline.isVisible, timeout=WAIT_MS)
    rows = {name: field.text() for name, field in dialog.offline.fields.items()}
    wanted = dialog.entry.published
    assert rows == {
        "address": f"http://127.0.0.1:9/{wanted.path}",
        "folder": str(tmp_path / "data" / "segstudio" / "weights" / "downloads"),
        "file": wanted.torch_file,
    }
    assert "cannot be reached" in dialog.state.text()


def test_a_file_that_fits_becomes_a_model_in_the_list(qtbot, working, tmp_path):
    working.session.set_model("unet-light")
    state = default_registry().create_model("unet-light", class_count=2).state_dict()
    torch.save(
        {"state_dict": {f"module.{name}": value for name, value in state.items()}}, tmp_path / "a.ckpt"
    )
    dialog = opened_by(qtbot, working.model.import_weights, ImportWeightsDialog, working)
    dialog.file.setText(str(tmp_path / "a.ckpt"))
    runs(qtbot, working, dialog.start)
    qtbot.waitUntil(lambda: "It is a model now" in dialog.report.toPlainText(), timeout=WAIT_MS)
    assert "“module.” was taken off" in dialog.report.toPlainText()
    kept = working.session.models.fetched()
    assert [version.card_id for version in kept] == ["unet-light"]
    working.session.set_model(kept[0].id)
    assert working.session.models.ref.is_trained


def test_a_file_of_another_network_is_told_why(qtbot, working, tmp_path):
    working.session.set_model("unet-light")
    torch.save({"fc1.weight": torch.zeros(2, 2)}, tmp_path / "b.pth")
    dialog = opened_by(qtbot, working.model.import_weights, ImportWeightsDialog, working)
    dialog.file.setText(str(tmp_path / "b.pth"))
    runs(qtbot, working, dialog.start)
    qtbot.waitUntil(lambda: "another network" in dialog.report.toPlainText(), timeout=WAIT_MS)
    assert "In the file and not needed: fc1.weight" in dialog.report.toPlainText()
    assert working.session.models.fetched() == []
