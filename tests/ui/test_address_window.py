"""Images at addresses in the real window: opened beside its thread, shown as lost and found, never frozen."""

import threading

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from small_scenes import SIZE, WAIT_MS, write_tif

from segstudio.raster import named, remote
from segstudio.raster.address import parse_address
from segstudio.raster.open import open_raster
from segstudio.ui import job_runner, project_control
from segstudio.ui.dialogs.address import AddressDialog
from tests.raster.range_server import Host, answers, drops, impatient, serving, stalls


@pytest.fixture(autouse=True)
def quick(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with impatient(monkeypatch):
        yield


@pytest.fixture
def host(tmp_path):
    content = write_tif(tmp_path / "far.tif").read_bytes()
    with serving(Host(files={"far.tif": content})) as made:
        yield made


def shown(qtbot, window) -> None:
    """Wait until the canvas has all it wants."""
    tiles, session = window.canvas.tiles, window.session
    qtbot.waitUntil(
        lambda: session.stretch is not None and tiles.is_idle and tiles.size_bytes > 0, timeout=WAIT_MS
    )


def opened(qtbot, window, host) -> None:
    with qtbot.waitSignal(window.session.stretch_changed, timeout=WAIT_MS, check_params_cb=bool):
        window.session.open_path(host.url("far.tif"))


def said(qtbot, window, words: str) -> None:
    qtbot.waitUntil(lambda: words in window.notices.sentence.text(), timeout=WAIT_MS)


def test_an_address_opens_like_a_file(qtbot, window, host):
    opened(qtbot, window, host)
    document = window.session.document
    assert document.info.path == host.url("far.tif") and document.info.width == SIZE
    assert "far.tif" in window.windowTitle() and window.session.project.folder.parent.name == "segstudio"


def test_a_dropped_address_opens(qtbot, window, host):
    data = QMimeData()
    data.setUrls([QUrl(host.url("far.tif"))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with qtbot.waitSignal(window.session.document_changed, timeout=WAIT_MS, check_params_cb=bool):
        window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))


def test_a_copied_address_opens(qtbot, window, host):
    QGuiApplication.clipboard().setText(host.url("far.tif"))
    with qtbot.waitSignal(window.session.document_changed, timeout=WAIT_MS, check_params_cb=bool):
        window.actions_["paste-address"].trigger()
    QGuiApplication.clipboard().clear()


def test_the_dialog_says_what_is_wrong_and_closes_when_it_is_right(qtbot, window, host):
    dialog = AddressDialog(window.session, window)
    dialog.show()
    assert not dialog.start.isEnabled()
    dialog.field.setText(host.url("none.tif"))
    dialog.start.click()
    qtbot.waitUntil(lambda: "has no none.tif" in dialog.words.text(), timeout=WAIT_MS)
    dialog.field.setText(host.url("far.tif"))
    with qtbot.waitSignal(window.session.document_changed, timeout=WAIT_MS, check_params_cb=bool):
        dialog.start.click()


def test_a_host_that_stalls_freezes_nothing_and_can_be_given_up(qtbot, window, host):
    asked = threading.Event()

    def stall(handler, first, last, content):
        asked.set()
        stalls(handler, first, last, content)

    host.always = stall
    window.session.open_path(host.url("far.tif"))
    assert asked.wait(10)
    said(qtbot, window, "Asking")
    window.notices.button.click()
    assert not window.session.addresses.is_asking and not window.notices.isVisible()
    assert window.session.project is None


def test_a_connection_lost_after_the_header_is_said_and_taken_up_again(qtbot, window, host):
    host.tricks, host.always = [None], drops
    window.session.open_path(host.url("far.tif"))
    said(qtbot, window, "what has been loaded stays")
    assert window.session.document.info.width == SIZE and window.session.stretch is None
    host.always = None
    said(qtbot, window, "answers again")
    shown(qtbot, window)


def test_a_project_from_elsewhere_asks_before_it_contacts_a_host(qtbot, window, host, monkeypatch, tmp_path):
    opened(qtbot, window, host)
    folder = window.session.project.folder
    window.session.open_path(write_tif(tmp_path / "near.tif"))
    remote.forget_all()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "somebody else"))
    monkeypatch.setattr(named, "_named", set())
    count = len(host.asked)
    window.session.open_project(folder)
    said(qtbot, window, "was never opened by you")
    assert len(host.asked) == count
    with qtbot.waitSignal(window.session.document_changed, timeout=WAIT_MS, check_params_cb=bool):
        window.notices.button.click()
    assert named.is_named(parse_address(host.url("far.tif")))


def test_an_image_that_changed_at_its_address_is_not_shown_under_its_mask(qtbot, window, host, tmp_path):
    opened(qtbot, window, host)
    folder = window.session.project.folder
    window.session.open_path(write_tif(tmp_path / "near.tif"))
    host.files["far.tif"] = write_tif(tmp_path / "new.tif", bands=1).read_bytes()
    window.session.open_project(folder)
    said(qtbot, window, "has changed since its mask was made")
    assert window.session.document is None


def test_an_address_is_added_to_the_open_project(qtbot, working, host):
    with qtbot.waitSignal(working.session.images_changed, timeout=WAIT_MS):
        working.session.add_images([host.url("far.tif")])
    qtbot.waitUntil(lambda: len(working.session.project.images) == 2, timeout=WAIT_MS)


def test_addresses_that_cannot_be_opened_join_no_other_project(qtbot, working, host):
    go_on = threading.Event()

    def steps():
        go_on.wait(10)
        yield

    working.session.jobs.start("wait", "Waiting", steps, needs_torch=False)
    working.session.open_paths([host.url("far.tif"), host.url("far.tif?page=2")])
    said(qtbot, working, "A job is running")
    assert not working.session.addresses.is_asking
    assert len(working.session.project.images) == 1
    go_on.set()
    qtbot.waitUntil(lambda: working.session.job is None, timeout=WAIT_MS)


def test_nobody_asks_for_an_image_that_was_left(qtbot, working, host):
    near = working.session.document.info.path
    host.tricks, host.always = [None], drops
    working.session.open_path(host.url("far.tif"))
    said(qtbot, working, "what has been loaded stays")
    working.session.open_path(near)
    for background in (working.session.background, working.images._background):
        qtbot.waitUntil(lambda asked=background: not asked._latest, timeout=WAIT_MS)


def test_closing_the_window_waits_for_no_host(qtbot, window, host):
    host.always = answers(302, Location="/far.tif")
    host.tricks = [stalls]
    window.session.open_path(host.url("far.tif"))
    window.close()
    assert not window.session.addresses.is_asking


def test_a_job_that_waits_for_a_host_is_cancelled_all_the_same(qtbot, host, monkeypatch):
    asked = threading.Event()

    def stall(handler, first, last, content):
        asked.set()
        stalls(handler, first, last, content)

    def steps():
        with open_raster(address) as raster:
            yield raster.info

    address = parse_address(host.url("far.tif"))
    named.name([address])
    host.always = stall
    monkeypatch.setattr(job_runner, "_PATIENCE_MS", 1)
    runner = job_runner.JobRunner()
    runner.start("read", steps, needs_torch=False)
    assert asked.wait(10)
    with qtbot.waitSignal(runner.cancelled, timeout=WAIT_MS):
        runner.cancel()


def test_a_large_image_without_overviews_is_said_to_be_costly(qtbot, window, host, monkeypatch):
    monkeypatch.setattr(project_control, "_SEEN_WHOLE_PX", 100)
    window.session.open_path(host.url("far.tif"))
    said(qtbot, window, "has no overviews")
