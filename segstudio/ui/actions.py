"""Turns the action table into QActions that know when they can be used."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from segstudio.ui.action_spec import ActionSpec
from segstudio.ui.action_table import ACTIONS, GROUPS
from segstudio.ui.display import DisplaySettings
from segstudio.ui.icons import icon
from segstudio.ui.theme import current_theme
from segstudio.ui.words import translate

if TYPE_CHECKING:
    from segstudio.ui.main_window import MainWindow
    from segstudio.ui.session import Session


@dataclass(frozen=True, slots=True)
class NothingOpen:
    """Stands for the session until it is there: nothing is open, and nothing runs."""

    project: None = None
    document: None = None
    job: None = None
    area: None = None
    tool: str = "pan"
    display: DisplaySettings = field(default_factory=DisplaySettings)
    classes: tuple[()] = ()


class Actions(QObject):
    """All actions by id; enabled and checked states follow the session."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._session: Session | NothingOpen = NothingOpen()
        self._window = window
        self._by_id = {spec.id: self._make(spec) for spec in ACTIONS}
        self._group()
        self.restyle()
        self.refresh()

    def follow(self, session: "Session") -> None:
        """Hear the session from now on."""
        self._session = session
        for signal in (
            session.project_changed, session.document_changed, session.history_changed, session.job_changed,
            session.area_changed, session.tool_changed, session.display_changed, session.classes_changed,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self.refresh()

    def __getitem__(self, action_id: str) -> QAction:
        return self._by_id[action_id]

    def of_group(self, group: str) -> list[QAction]:
        """The actions of one menu, in the table's order."""
        return [self._by_id[spec.id] for spec in ACTIONS if spec.group == group]

    def make_local_to(self, widget: QWidget) -> None:
        """Give the keys that would disturb typing and tabbing to one widget only."""
        widget.addActions([self._by_id[spec.id] for spec in ACTIONS if spec.local])

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """One menu per group."""
        menus = {}
        for group, title in GROUPS.items():
            menu = bar.addMenu(translate("actions", title))
            menu.addActions(self.of_group(group))
            menus[group] = menu
        return menus

    def restyle(self) -> None:
        """Draw the icons in the theme's colours."""
        theme = current_theme()
        for spec in ACTIONS:
            if spec.icon:
                self._by_id[spec.id].setIcon(icon(spec.icon, theme.text, theme.disabled))

    def refresh(self, *_: object) -> None:
        """Say which actions can be used now, and which switches are on."""
        met = self._met()
        for spec in ACTIONS:
            self._by_id[spec.id].setEnabled(met[spec.needs])
        self._check(f"tool-{self._session.tool}")
        self._check(f"mode-{self._session.display.mode}")
        self._by_id["hide-mask"].setChecked(self._session.display.mask_hidden)
        self._by_id["outline"].setChecked(self._session.display.outline_only)
        self._by_id["theme"].setChecked(current_theme().name == "light")
        self._name_classes()
        self._name_undo()

    def _met(self) -> dict[str, bool]:
        session, document = self._session, self._session.document
        idle = session.job is None
        return {
            "nothing": True,
            "project": session.project is not None,
            "image": document is not None,
            "idle": idle,
            "ready": idle and document is not None,
            "job": not idle,
            "undo": document is not None and document.can_undo,
            "redo": document is not None and document.can_redo,
            "area": idle and session.area is not None,
        }

    def _check(self, action_id: str) -> None:
        self._by_id[action_id].setChecked(True)

    def _name_classes(self) -> None:
        classes = list(self._session.classes)
        for number in range(1, 10):
            action = self._by_id[f"class-{number}"]
            known = number <= len(classes)
            action.setVisible(known)
            if known:
                action.setText(classes[number - 1].name)

    def _name_undo(self) -> None:
        document = self._session.document
        for name, edit in (
            ("undo", document.undo_name if document else ""),
            ("redo", document.redo_name if document else ""),
        ):
            word = translate("actions", "Undo" if name == "undo" else "Redo")
            self._by_id[name].setText(f"{word}: {translate('edits', edit)}" if edit else word)

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(translate("actions", spec.text), self)
        action.setObjectName(spec.id)
        if spec.key:
            action.setShortcuts([QKeySequence(key) for key in spec.keys])
        if spec.short:
            action.setIconText(translate("actions", spec.short))
        action.setCheckable(spec.checkable)
        action.setToolTip(_tip(spec))
        action.triggered.connect(partial(_run, spec, self._window))
        if spec.local:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        else:
            self._window.addAction(action)
        return action

    def _group(self) -> None:
        for choice in {spec.choice for spec in ACTIONS if spec.choice}:
            group = QActionGroup(self)
            for spec in _of_choice(choice):
                group.addAction(self._by_id[spec.id])


def shown_key(key: str) -> str:
    """A shortcut as the keyboard of this system names it."""
    return QKeySequence(key.split()[0]).toString(QKeySequence.SequenceFormat.NativeText) if key else ""


def _of_choice(choice: str) -> Iterable[ActionSpec]:
    return (spec for spec in ACTIONS if spec.choice == choice)


def _tip(spec: ActionSpec) -> str:
    name = translate("actions", spec.text).rstrip("…")
    tip = f"<b>{name}</b>" + (f"&nbsp;&nbsp;{shown_key(spec.key)}" if spec.key else "")
    return tip + (f"<br>{translate('actions', spec.tip)}" if spec.tip else "")


def _run(spec: ActionSpec, window: "MainWindow", *_: object) -> None:
    spec.handler(window.session, window)
