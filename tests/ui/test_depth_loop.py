"""Depth in the window: targets from a raster, a fine-tune that learns them, and one that says it did not."""

import numpy as np
import pytest
import rasterio
from PySide6.QtWidgets import QRadioButton
from small_scenes import SIZE, WAIT_MS

from segstudio.jobs.depth_teachers import DepthSource
from segstudio.models.versions import VersionStore
from segstudio.raster.window import Window
from segstudio.training.settings import FineTuneSettings
from segstudio.ui import teaching
from segstudio.ui.dialogs.depth_targets import DepthTargetsDialog

JOB_MS = 120_000
NOT_RETRAINED = "depth not retrained"


@pytest.fixture
def spoken(working, monkeypatch):
    """The window with the two-decoder net in hand and corrections in stripes in a corner."""
    session = working.session
    session.set_model("two-decoder-light")
    ids = session.classes.ids[:2]
    corner = Window(0, 0, 384, 384)
    stripes = np.where(np.arange(corner.width) // 40 % 2, *ids).astype(np.uint8)
    values = np.broadcast_to(stripes, corner.shape)
    session.document.apply_edit("polygon", "polygon", corner, values, None)
    few = FineTuneSettings(steps=3, patch_px=64, batch=2, evaluations=1)
    monkeypatch.setattr(teaching, "FineTuneSettings", lambda **_: few)
    return working


def write_height(path):
    """Metres above ground on a grid twice as coarse as the scene's."""
    half = SIZE // 2
    height = np.add.outer(np.arange(half), np.arange(half)).astype(np.float32) / 20
    with rasterio.open(
        path, "w", driver="GTiff", width=half, height=half, count=1, dtype="float32",
        crs="EPSG:32652", transform=rasterio.Affine(1, 0, 300_000, 0, -1, 4_160_000),
    ) as file:  # fmt: skip
        file.write(height, 1)
    return path


def fine_tune(qtbot, window):
    session = window.session
    with qtbot.waitSignal(session.version_ready, timeout=JOB_MS) as ready:
        window.actions_["fine-tune"].trigger()
    qtbot.waitUntil(lambda: session.job is None, timeout=JOB_MS)
    return ready.args[0]


@pytest.mark.timeout(900)
def test_a_two_decoder_net_learns_depth_where_it_is_given_and_says_where_not(qtbot, spoken, tmp_path):
    session = spoken.session
    without = fine_tune(qtbot, spoken)
    assert NOT_RETRAINED in without.notes
    assert "depth" not in without.after.get("losses", {})

    with qtbot.waitSignal(session.job_done, timeout=WAIT_MS, check_params_cb=lambda verb: verb == "depth"):
        ask_for_depth(qtbot, spoken, write_height(tmp_path / "dsm.tif"))
    assert session.display.show_depth and session.display.depth_from == "target"
    assert spoken.canvas.overlays.depth_plane() is session.document.mask.depth_target
    found = session.document.mask.depth_target.read(Window(100, 200, 1, 1))[0, 0]
    assert found == pytest.approx((50 + 100) / 20, abs=0.1)

    taught = fine_tune(qtbot, spoken)
    assert NOT_RETRAINED not in taught.notes
    assert "depth_correlation" in taught.after
    version = VersionStore(session.project.versions.folder).get(taught.version_id)
    assert version.card_id == "two-decoder-light"


def ask_for_depth(qtbot, window, path):
    """Menu, dialog, path, start: as a person does."""
    window.actions_["depth-targets"].trigger()
    dialog = window.findChild(DepthTargetsDialog)
    dialog.raster.setText(str(path))
    assert dialog.start.isEnabled()
    dialog.start.click()


def test_the_dialog_asks_for_what_is_missing_and_names_licences(qtbot, working):
    working.actions_["depth-targets"].trigger()
    dialog = working.findChild(DepthTargetsDialog)
    assert not dialog.start.isEnabled()
    for button in dialog.findChildren(QRadioButton):
        if "network" in button.text():
            button.click()
    assert dialog.start.isEnabled()
    dialog.network.setCurrentText("depth-anything-v2-large")
    assert "CC-BY-NC-4.0" in dialog.note.text()
    assert dialog.source == DepthSource(teacher="depth-anything-v2-large")
    dialog.close()


def test_a_network_that_is_not_at_hand_is_one_sentence(qtbot, opened, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with qtbot.waitSignal(
        opened.notice, timeout=60_000, check_params_cb=lambda level, _: level == "error"
    ) as notice:
        opened.set_depth_targets(DepthSource(teacher="depth-anything-v2-small"))
    assert "segstudio[depth]" in notice.args[1] or "hf download" in notice.args[1]
    qtbot.waitUntil(lambda: opened.job is None, timeout=WAIT_MS)


def test_a_folder_of_depth_is_for_every_image_of_the_project(qtbot, session, tmp_path):
    from small_scenes import write_tif

    images = [write_tif(tmp_path / f"{name}.tif") for name in ("north", "south")]
    session.open_paths(images)
    qtbot.waitUntil(lambda: len(session.project.images) == 2, timeout=WAIT_MS)
    folder = tmp_path / "dsm"
    folder.mkdir()
    for path in images:
        write_tif(folder / path.name, bands=1)
    with qtbot.waitSignal(session.job_done, timeout=WAIT_MS):
        session.set_depth_targets(DepthSource(given=folder), all_images=True)
    for entry in session.project.images:
        document = session.project.open_document(entry.id)
        assert document.mask.depth_target.read(Window(600, 3, 1, 1))[0, 0] == 603 % 255
