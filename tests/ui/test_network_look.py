"""The view that shows what the network sees, and the version that is cut for deployment."""

import pytest
from small_scenes import WAIT_MS, write_tif

from segstudio.ui.dialogs.network_view import KernelPlot, NetworkViewDialog, PictureLabel

JOB_MS = 90_000


@pytest.fixture
def gray(qtbot, window, tmp_path):
    """The window with a one-band scene and the gray adapter in front of the model."""
    session = window.session
    with qtbot.waitSignal(session.stretch_changed, timeout=WAIT_MS, check_params_cb=bool):
        session.open_path(write_tif(tmp_path / "gray.tif", bands=1))
    session.set_model("gray:two-decoder-light")
    return window


def test_the_adapter_is_looked_through_from_the_menu(qtbot, gray):
    session = gray.session
    with qtbot.waitSignal(session.network.ready, timeout=JOB_MS):
        gray.actions_["network-view"].trigger()
    qtbot.waitUntil(lambda: session.job is None, timeout=WAIT_MS)
    dialog = gray.findChild(NetworkViewDialog)
    assert "exactly the stacking" in dialog.verdict.text()
    assert len(dialog.findChildren(PictureLabel)) == len(dialog.findChildren(KernelPlot)) == 2
    assert not dialog.grab().isNull()
    dialog.close()


def test_without_an_adapter_there_is_a_sentence_and_no_job(qtbot, working):
    with qtbot.waitSignal(working.session.notice) as notice:
        working.actions_["network-view"].trigger()
    assert "gray adapter" in notice.args[1]
    assert working.session.job is None


def test_a_version_with_depth_is_cut_from_its_menu(qtbot, working):
    session = working.session
    version = two_decoder_version(session)
    menu = working.versions.menu_of(version.id)
    strip = next(action for action in menu.actions() if "depth" in action.text())
    assert strip.isEnabled()
    with qtbot.waitSignal(session.job_done, timeout=JOB_MS):
        strip.trigger()
    menu.close()
    stripped = next(each for each in session.models.versions() if each.id != version.id)
    assert (stripped.card_id, stripped.parent) == ("unet-light", version.id)
    assert stripped.weights_file.stat().st_size < version.weights_file.stat().st_size
    again = working.versions.menu_of(stripped.id)
    assert not next(action for action in again.actions() if "depth" in action.text()).isEnabled()
    again.close()


def two_decoder_version(session):
    """A version in the project with the shipped weights."""
    from segstudio.models.versions import resolve_model
    from segstudio.models.weights import load_state

    ref = resolve_model("two-decoder-light")
    return session.project.versions.add(
        card_id=ref.card.id, parent=ref.id, state=load_state(ref.weights_file), classes=ref.classes,
        input=ref.input, in_bands=3,
    )  # fmt: skip
