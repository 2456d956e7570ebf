"""Which model is in use: a grouped list, the card of the chosen one, where it runs, and what to predict."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from segstudio.errors import ModelError
from segstudio.models.plugins import PluginRecord
from segstudio.models.registry import Trust
from segstudio.models.versions import ModelRef
from segstudio.ui.actions import Actions
from segstudio.ui.dialogs.get_weights import GetWeightsDialog
from segstudio.ui.dialogs.import_weights import ImportWeightsDialog
from segstudio.ui.dialogs.plugin import PluginDialog
from segstudio.ui.panels.model_card import card_facts
from segstudio.ui.panels.parts import Facts, Panel, button_row, dim_label, heading, line, scrolled
from segstudio.ui.panels.predict_buttons import PredictButtons
from segstudio.ui.session import Session
from segstudio.ui.theme import current_theme
from segstudio.ui.weights_control import WeightsControl

_ID = Qt.ItemDataRole.UserRole
_PLUGIN = _ID + 1  # name of the plugin that must be allowed first
_TREE_PX = 96


class ModelPanel(Panel):
    """A click on a model takes it; the buttons are those of the action table."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=False)
        self._session = session
        self.tree = QTreeWidget()
        self.title = heading("")
        self.summary = dim_label(wrap=True)
        self.facts = Facts()
        self.plugin = QPushButton(self.tr("About the plugin…"))
        self.plugin.setProperty("small", True)
        self.plugin.clicked.connect(self._show_plugin)
        self.weights = WeightsControl(session, self)
        self.get_weights = QPushButton(self.tr("Get weights…"))
        self.import_weights = QPushButton(self.tr("Import weights…"))
        self._set_up_weights()
        self.device = QComboBox()
        self._set_up_tree()
        self._set_up_device()
        self.predicting = PredictButtons(session, actions)
        self.device.activated.connect(self.predicting.touch)
        self.column.setSpacing(0)
        self.column.addWidget(self.tree, 4)
        self.column.addWidget(line())
        self.column.addWidget(scrolled(self._card()), 5)
        self.column.addWidget(self._foot())
        session.model_changed.connect(self._show)
        session.versions_changed.connect(self.refresh)
        session.project_changed.connect(self.refresh)
        self.refresh()
        self._show(session.models.ref)

    def _card(self) -> QWidget:
        inner = Panel()
        self.title.setWordWrap(True)
        for widget in (self.title, self.summary):
            inner.column.addWidget(widget)
        inner.column.addLayout(button_row(self.get_weights, self.import_weights))
        inner.column.addWidget(self.facts)
        inner.column.addWidget(self.plugin, alignment=Qt.AlignmentFlag.AlignLeft)
        inner.column.addStretch(1)
        return inner

    def _foot(self) -> QWidget:
        foot = Panel()
        row = QHBoxLayout()
        row.addWidget(dim_label(self.tr("Runs on")))
        row.addWidget(self.device, 1)
        foot.column.addLayout(row)
        foot.column.addWidget(self.predicting)
        return foot

    def _set_up_tree(self) -> None:
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(14)
        self.tree.setMinimumHeight(_TREE_PX)
        self.tree.setAccessibleName(self.tr("Models"))
        self.tree.itemSelectionChanged.connect(self._chosen)
        self.tree.itemClicked.connect(self._ask_for_consent)

    def _set_up_weights(self) -> None:
        for button, dialog in (
            (self.get_weights, GetWeightsDialog),
            (self.import_weights, ImportWeightsDialog),
        ):
            button.setProperty("small", True)
            button.clicked.connect(
                lambda _=False, made=dialog: made(self._session, self.weights, self.window()).show()
            )

    def _set_up_device(self) -> None:
        for text, name in (
            (self.tr("GPU if there is one"), "auto"),
            (self.tr("CPU"), "cpu"),
            (self.tr("GPU"), "cuda"),
        ):
            self.device.addItem(text, name)
        self.device.activated.connect(lambda _: self._session.set_device(self.device.currentData()))

    def refresh(self) -> None:
        """List versions of the project first, then the cards by family."""
        self.tree.blockSignals(True)
        self.tree.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        for version in reversed(self._session.models.versions()):
            self._add(
                groups,
                self.tr("Taught in this project"),
                version.id,
                _version_title(version.id),
                trained=True,
            )
        for version in self._session.models.fetched():
            title = _version_title(version.id)
            self._add(groups, self.tr("Fetched or imported"), version.id, title, trained=True)
        plugins = self._session.plugins.all()
        waiting = {record.name for record, trust in plugins if trust is not Trust.ALLOWED}
        cards = [entry for entry in self._session.models.cards() if entry.plugin not in waiting]
        for entry in cards:
            if entry.is_trained:
                self._add(groups, self.tr("Ready to use"), entry.id, entry.title, trained=True)
        for entry in cards:
            if not entry.is_trained:
                self._add(groups, entry.group, entry.id, entry.title, trained=False)
        self._add_waiting([each for each in plugins if each[0].name in waiting])
        self.tree.blockSignals(False)
        self._select()

    def _add_waiting(self, plugins: list[tuple[PluginRecord, Trust]]) -> None:
        """Plugins that cannot be used as they are, each with its reason; a click shows what they are."""
        if not plugins:
            return
        group = QTreeWidgetItem(self.tree, [self.tr("Plugins not allowed yet")])
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        group.setExpanded(any(trust is not Trust.NOT_YET for _, trust in plugins))
        for record, trust in plugins:
            if trust is Trust.BROKEN:
                text = f"{record.name}: {record.problem}"
                _waiting(group, text, record, colour=current_theme().bad, tip=text)
                continue
            changed = trust is Trust.CHANGED
            words = self.tr("Changed: {title}") if changed else "{title}"
            tip = self.tr("Its files have changed since you allowed it.") if changed else record.title
            colour = current_theme().warning if changed else current_theme().dim
            for card in record.cards:
                if not card.hidden:
                    _waiting(group, words.format(title=card.title), record, colour=colour, tip=tip)

    def _ask_for_consent(self, item: QTreeWidgetItem) -> None:
        name = item.data(0, _PLUGIN)
        if name:
            self._open_plugin(name)

    def _show_plugin(self) -> None:
        ref = self._session.models.ref
        if ref is not None and ref.card.folder is not None:
            self._open_plugin(ref.card.folder.name)

    def _open_plugin(self, name: str) -> None:
        try:
            facts = self._session.plugins.facts(name)
        except ModelError as error:
            self._session.notice.emit("error", str(error))
            return
        PluginDialog(self._session, facts, self.window()).show()

    def _add(
        self, groups: dict[str, QTreeWidgetItem], group: str, item_id: str, title: str, *, trained: bool
    ) -> None:
        if group not in groups:
            groups[group] = QTreeWidgetItem(self.tree, [group])
            groups[group].setFlags(Qt.ItemFlag.ItemIsEnabled)
            groups[group].setExpanded(trained)
        item = QTreeWidgetItem(groups[group], [title])
        item.setData(0, _ID, item_id)
        if not trained:
            item.setForeground(0, QColor(current_theme().dim))
        item.setToolTip(0, title if trained else self.tr("{title}: no weights yet").format(title=title))

    def _chosen(self) -> None:
        items = self.tree.selectedItems()
        if items and items[0].data(0, _ID) and items[0].data(0, _ID) != self._session.models.text:
            self._session.set_model(items[0].data(0, _ID))

    def _show(self, ref: ModelRef | None) -> None:
        if ref is None:
            return
        self.title.setText(ref.card.title)
        words = ref.card.summary
        self.plugin.setVisible(ref.card.folder is not None)
        if ref.card.is_function:
            words = self.tr("A fixed rule: it predicts and cannot be taught.") + " " + words
        elif not ref.is_trained:
            words = self.tr("No weights yet: it can be taught from your corrections.") + " " + words
        self.summary.setText(words)
        self.facts.show_facts(card_facts(ref))
        self._select()

    def _select(self) -> None:
        """Mark the model in use, the adapter's prefix aside."""
        wanted = {self._session.models.text, self._session.models.text.removeprefix("gray:")}
        self.tree.blockSignals(True)
        self.tree.clearSelection()
        for group, item in _leaves(self.tree):
            if item.data(0, _ID) in wanted:
                group.setExpanded(True)
                item.setSelected(True)
                self.tree.scrollToItem(item)
        self.tree.blockSignals(False)


def _leaves(tree: QTreeWidget) -> Iterator[tuple[QTreeWidgetItem, QTreeWidgetItem]]:
    """Every model with its group."""
    for row in range(tree.topLevelItemCount()):
        group = tree.topLevelItem(row)
        for place in range(group.childCount() if group else 0):
            item = group.child(place) if group else None
            if group is not None and item is not None:
                yield group, item


def _waiting(group: QTreeWidgetItem, text: str, record: PluginRecord, *, colour: str, tip: str) -> None:
    """A line that opens its plugin when it is clicked, and is never a model in use."""
    item = QTreeWidgetItem(group, [text])
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    item.setData(0, _PLUGIN, record.name)
    item.setForeground(0, QColor(colour))
    item.setToolTip(0, tip)


def _version_title(version_id: str) -> str:
    """`20250131-104522-mff-light` as `31-01 10:45  mff-light`."""
    day, _, rest = version_id.partition("-")
    time, _, card = rest.partition("-")
    if len(day) != 8 or len(time) < 4 or not (day + time).isdigit():
        return version_id
    return f"{card}  {day[:4]}-{day[4:6]}-{day[6:]} {time[:2]}:{time[2:4]}"
