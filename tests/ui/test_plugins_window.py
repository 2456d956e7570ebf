"""A plugin shows what it is before it may run, and a broken one is a line with its reason."""

import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio import shipped
from segstudio.models.registry import Trust, default_registry
from segstudio.ui.dialogs.plugin import PluginDialog

WAITING = "Plugins not allowed yet"


@pytest.fixture(autouse=True)
def own_plugins(remembered, tmp_path):
    """The registry of this test's own home; three plugins of the person are in it, two of them broken."""
    folder = tmp_path / "data" / "segstudio" / "plugins"
    shutil.copytree(
        shipped.plugins() / "template", folder / "mine", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name, text in (
        ("torn", "[[model"),
        ("twin", '[[model]]\nid = "mff-light"\nbuilder = "a.py:build"\n'),
    ):
        (folder / name).mkdir()
        (folder / name / "plugin.toml").write_text(text, encoding="utf-8")
        (folder / name / "a.py").touch()
    default_registry.cache_clear()
    yield folder
    default_registry.cache_clear()


def lines(window):
    tree = window.model.tree
    groups = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    return {group.child(n).text(0): group.child(n) for group in groups for n in range(group.childCount())}


def group_of(item):
    return item.parent().text(0)


def click(window, item):
    tree = window.model.tree
    item.parent().setExpanded(True)
    tree.scrollToItem(item)
    place = tree.visualItemRect(item).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)


def dialog_of(window):
    return next((each for each in window.findChildren(PluginDialog) if each.isVisible()), None)


def trust_in(name):
    return default_registry().trust_in(default_registry().plugin(name))


def test_broken_plugins_are_lines_with_their_reason(window):
    found = lines(window)
    assert "twin: the model id 'mff-light' is already taken" in found
    torn = next(text for text in found if text.startswith("torn: plugin.toml cannot be used"))
    click(window, found[torn])
    dialog = dialog_of(window)
    assert not dialog.allow.isVisible()
    assert window.session.models.text == "mff-light"


def test_a_click_shows_the_plugin_and_one_more_allows_it(window, own_plugins):
    click(window, lines(window)["My rule"])
    dialog = dialog_of(window)
    shown = [dialog.files.topLevelItem(n).text(0) for n in range(dialog.files.topLevelItemCount())]
    assert shown == ["models.py", "plugin.toml"]
    assert trust_in("mine") is Trust.NOT_YET
    QTest.mouseClick(dialog.allow, Qt.MouseButton.LeftButton)
    assert trust_in("mine") is Trust.ALLOWED
    found = lines(window)
    assert group_of(found["My rule"]) == "Ready to use"
    click(window, found["My rule"])
    assert window.session.models.text == "my-rule"
    assert window.model.plugin.isVisibleTo(window.model)
    assert "cannot be taught" in window.model.summary.text()


def test_closing_the_question_allows_nothing(window):
    click(window, lines(window)["My rule"])
    QTest.mouseClick(dialog_of(window).shut, Qt.MouseButton.LeftButton)
    assert trust_in("mine") is Trust.NOT_YET
    assert window.session.models.text == "mff-light"


def test_what_changed_while_the_question_stood_is_not_allowed(window, own_plugins):
    click(window, lines(window)["My rule"])
    dialog = dialog_of(window)
    (own_plugins / "mine" / "models.py").write_text("import os", encoding="utf-8")
    QTest.mouseClick(dialog.allow, Qt.MouseButton.LeftButton)
    assert trust_in("mine") is Trust.CHANGED
    assert "Changed: My rule" in lines(window)


def test_consent_can_be_taken_back_in_the_same_place(window):
    session = window.session
    session.allow_plugin(session.plugins.facts("mine"))
    session.set_model("my-rule")
    QTest.mouseClick(window.model.plugin, Qt.MouseButton.LeftButton)
    QTest.mouseClick(dialog_of(window).forbid, Qt.MouseButton.LeftButton)
    assert trust_in("mine") is Trust.NOT_YET
    assert group_of(lines(window)["My rule"]) == WAITING


def test_a_plugin_that_vanished_is_a_sentence(window, own_plugins):
    item = lines(window)["My rule"]
    shutil.rmtree(own_plugins / "mine")
    click(window, item)
    assert dialog_of(window) is None
    assert "no plugin 'mine'" in window.notices.sentence.text()
