"""Looking back, going there, merging classes, backups and missing images, through the real window."""

from pathlib import Path

import pytest
from small_scenes import SIZE, WAIT_MS, say_prediction, write_tif

from segstudio.mask.classes import default_classes
from segstudio.project.project import Project
from segstudio.raster.window import Window
from segstudio.ui import edit_control

EVERYTHING = Window(0, 0, SIZE, SIZE)


def square(session, at: int, class_id: int) -> None:
    session.set_class(class_id)
    session.apply_polygon([(at, at), (at + 60, at), (at + 60, at + 60), (at, at + 60)])


@pytest.fixture
def corrected(working):
    """The window with three corrections."""
    for number in range(3):
        square(working.session, 20 + 80 * number, number)
    return working


def test_dragging_shows_the_past_and_only_the_button_goes_there(corrected):
    window, session = corrected, corrected.session
    now = session.document.counts()
    window.actions_["history"].trigger()
    assert (window.history.slider.maximum(), window.history.slider.value()) == (3, 3)
    window.history.slider.setValue(1)
    assert session.document.counts() == now
    assert session.time.at == session.document.edits()[0].id
    assert "1 / 3" in window.history.words.text()
    window.history.go.click()
    assert set(session.document.counts()) == {0}
    assert window.history.slider.value() == 1
    session.redo()
    assert set(session.document.counts()) == {0, 1}


def test_the_past_is_not_painted_on(corrected, qtbot):
    window, session = corrected, corrected.session
    before = session.document.counts()
    window.history.unfold()
    window.history.slider.setValue(0)
    with qtbot.waitSignal(session.offer, timeout=WAIT_MS) as offer:
        square(session, 300, 2)
    assert session.document.counts() == before
    offer.args[2]()
    assert session.time.at is None
    square(session, 300, 2)
    assert session.document.counts() != before


def test_before_this_model_is_one_click(corrected):
    window, session = corrected, corrected.session
    session.project.set_active_model(session.models.text)
    square(session, 300, 1)
    window.actions_["before-model"].trigger()
    assert window.history.slider.value() == 3
    assert window.history.go.isEnabled()


def test_classes_are_merged_and_deleted_with_one_undo(corrected):
    session = corrected.session
    names, counts = session.classes.names, session.document.counts()
    session.merge_class(1, 2)
    assert session.document.counts() == {0: counts[0], 2: counts[1] + counts[2]}
    session.remove_class(0)
    assert session.class_id in session.classes.ids
    assert set(session.document.counts()) == {2}
    session.undo()
    session.undo()
    assert set(session.classes.names) == set(names)
    assert session.document.counts() == counts


def test_a_long_edit_lets_the_window_live_and_can_be_cancelled(opened, qtbot, monkeypatch):
    monkeypatch.setattr(edit_control, "_FIRST_SLICE_S", 0)
    monkeypatch.setattr(edit_control, "_FIRST_STEPS", 1)
    say_prediction(opened, EVERYTHING, class_id=1, doubt=9)
    opened.accept(EVERYTHING)
    assert opened.job is not None
    opened.begin_stroke(5, 5)
    assert not opened._pen.is_down
    opened.cancel_job()
    assert (opened.job, opened.document.counts(), opened.document.can_undo) == (None, {}, False)
    opened.accept(EVERYTHING)
    qtbot.waitUntil(lambda: opened.job is None, timeout=WAIT_MS)
    assert opened.document.counts() == opened.document.mask.counts() != {}


def test_a_project_in_use_is_opened_read_only_with_one_click(session, scene, tmp_path, qtbot):
    with Project.create(tmp_path / "town", classes=default_classes(), images=[scene]) as other:
        with qtbot.waitSignal(session.offer, timeout=WAIT_MS) as offer:
            session.open_path(other.folder)
        assert "is open in another window" in offer.args[0]
        offer.args[2]()
        assert session.project.read_only
        assert session.document is not None
        session.close()


def test_a_missing_image_is_asked_for(opened, scene, tmp_path, qtbot):
    folder = opened.project.folder
    opened.close()
    far = tmp_path / "far" / "away" / "from here"
    far.mkdir(parents=True)
    scene.rename(far / "moved.tif")
    with qtbot.waitSignal(opened.offer, timeout=WAIT_MS) as offer:
        opened.open_project(folder)
    assert "no longer at" in offer.args[0]
    assert opened.document is None
    with qtbot.waitSignal(opened.locate_requested, timeout=WAIT_MS) as asked:
        offer.args[2]()
    opened.locate_image(asked.args[0], far / "moved.tif")
    assert opened.document.info.path == str(far / "moved.tif")


def test_other_bytes_are_used_only_after_a_person_said_so(opened, scene, tmp_path, qtbot):
    other = write_tif(tmp_path / "other.tif")
    data = bytearray(other.read_bytes())
    data[-1] ^= 1
    other.write_bytes(data)
    with qtbot.waitSignal(opened.offer, timeout=WAIT_MS) as offer:
        opened.locate_image(opened.document.image_id, other)
    assert "is not the image" in offer.args[0]


def test_going_back_to_a_backup_reopens_the_project(corrected, qtbot):
    session = corrected.session
    then = session.document.counts()
    assert session.project.backups.start()
    session.project.backups.wait()
    square(session, 300, 2)
    (backup,) = session.safe.backups()
    with qtbot.waitSignal(session.document_changed, timeout=WAIT_MS, check_params_cb=lambda d: d is not None):
        session.restore_backup(backup.number)
    assert session.document.counts() == then


def test_a_project_beyond_repair_comes_back_from_its_newest_backup_with_one_click(corrected, qtbot):
    session = corrected.session
    then, database = session.document.counts(), session.project.folder / "project.db"
    assert session.project.backups.start()
    session.close()
    database.write_bytes(b"")
    with qtbot.waitSignal(session.offer, timeout=WAIT_MS) as offer:
        session.open_project(database.parent)
    assert "damaged beyond repair" in offer.args[0]
    with qtbot.waitSignal(session.document_changed, timeout=WAIT_MS, check_params_cb=lambda d: d is not None):
        offer.args[2]()
    assert session.document.counts() == then


def test_a_project_in_a_folder_without_write_access_is_opened_read_only(corrected, qtbot, monkeypatch):
    session = corrected.session
    folder = session.project.folder
    session.close()

    def refuse(*_args, **_settings):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched, qtbot.waitSignal(session.offer, timeout=WAIT_MS) as offer:
        patched.setattr(Path, "open", refuse)
        session.open_project(folder)
    assert "cannot be written to" in offer.args[0]
    offer.args[2]()
    assert session.project.read_only
    session.close()


def test_the_history_is_compacted_after_its_price_was_said(corrected):
    window, session = corrected, corrected.session
    window.ask.compact()
    dialog = next(each for each in window.children() if type(each).__name__ == "CompactDialog")
    assert not dialog.start.isEnabled()
    dialog.keep.setValue(0)
    assert "3" in dialog.start.text()
    before = session.document.counts()
    dialog.start.click()
    assert (session.document.counts(), session.document.can_undo) == (before, False)
