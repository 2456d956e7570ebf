"""The action table: every key does one thing, and does it."""

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from small_scenes import WAIT_MS, say_prediction

from segstudio.shipped import resources
from segstudio.ui.action_table import ACTIONS


def test_no_two_actions_share_an_id_or_a_key():
    assert not [name for name, count in Counter(spec.id for spec in ACTIONS).items() if count > 1]
    keys = Counter(QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys)
    assert not [key for key, count in keys.items() if count > 1]


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_an_action_names_a_key_qt_knows_and_an_icon_that_is_there(spec):
    assert all(QKeySequence(key)[0].key() != Qt.Key.Key_unknown for key in spec.keys)
    assert not spec.icon or (resources() / "icons" / f"{spec.icon}.svg").is_file()


def test_number_keys_take_classes(qtbot, working):
    qtbot.keyClick(working.canvas, Qt.Key.Key_3)
    assert working.session.class_id == 2
    qtbot.keyClick(working.canvas, Qt.Key.Key_1)
    qtbot.keyClick(working.canvas, Qt.Key.Key_X)
    assert working.session.class_id == 2


def test_tool_keys_take_tools_and_the_toolbar_follows(qtbot, working):
    for key, tool in ((Qt.Key.Key_B, "brush"), (Qt.Key.Key_E, "eraser"), (Qt.Key.Key_V, "pan")):
        qtbot.keyClick(working.canvas, key)
        assert working.session.tool == tool
        assert working.actions_[f"tool-{tool}"].isChecked()


def test_brackets_change_the_brush(qtbot, working):
    before = working.session.brush_radius_px
    qtbot.keyClick(working.canvas, Qt.Key.Key_BracketRight)
    assert working.session.brush_radius_px > before
    qtbot.keyClick(working.canvas, Qt.Key.Key_BracketLeft)
    assert working.session.brush_radius_px == before


def test_h_hides_the_mask_and_shows_it_again(qtbot, working):
    qtbot.keyClick(working.canvas, Qt.Key.Key_H)
    assert working.session.display.mask_hidden
    qtbot.keyClick(working.canvas, Qt.Key.Key_H)
    assert not working.session.display.mask_hidden


def test_undo_and_redo_through_actions(working):
    session = working.session
    assert not working.actions_["undo"].isEnabled()
    session.begin_stroke(50, 50)
    session.end_stroke()
    working.actions_["undo"].trigger()
    assert session.class_at(50, 50) is None
    working.actions_["redo"].trigger()
    assert session.class_at(50, 50) == session.class_id
    assert not working.actions_["redo"].isEnabled()


def test_typing_a_class_name_does_not_switch_tools(qtbot, working):
    working.classes.add.click()
    editor = working.focusWidget()
    qtbot.keyClicks(editor, "bridge")
    assert working.session.tool == "pan"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "bridge" in working.session.classes.names, timeout=WAIT_MS)


def test_the_list_of_keys_names_every_key_of_the_table(qtbot, working):
    from PySide6.QtWidgets import QLabel

    from segstudio.ui.dialogs.keys import KeysDialog

    dialog = KeysDialog(working)
    qtbot.addWidget(dialog)
    words = {label.text() for label in dialog.findChildren(QLabel)}
    wanted = {
        QKeySequence(spec.keys[0]).toString() for spec in ACTIONS if spec.key and spec.group != "classes"
    }
    assert wanted <= words


def test_enter_and_tab_belong_to_the_canvas(qtbot, working):
    session, pane = working.session, working.canvas.panes[0]
    say_prediction(session, session.extent, class_id=1, doubt=50)
    working.canvas.setFocus()
    with qtbot.waitSignal(session.look_requested, timeout=WAIT_MS):
        qtbot.keyClick(pane, Qt.Key.Key_Tab)
    session.move_cursor(300, 300)
    qtbot.keyClick(pane, Qt.Key.Key_Return)
    assert session.document.counts()[1] == 512 * 512
