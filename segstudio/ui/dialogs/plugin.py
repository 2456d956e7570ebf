"""What a plugin is, shown before its Python may run: nobody can agree to what she has not seen."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segstudio.models.registry import Trust
from segstudio.ui.panels.parts import Facts, Panel, button_row, dim_label, heading, primary_button
from segstudio.ui.plugin_control import PluginFacts
from segstudio.ui.session import Session
from segstudio.ui.words import grouped

_WIDTH_PX = 560
_FILES_PX = 96


class PluginDialog(QDialog):
    """Non-modal; the answer goes to the session."""

    def __init__(self, session: Session, facts: PluginFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Plugin"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self.facts = facts
        self.files = QTreeWidget()
        self.allow = primary_button(self.tr("Allow this plugin"))
        self.forbid = QPushButton(self.tr("Do not allow it any more"))
        self.shut = QPushButton(self.tr("Close"))
        self.allow.clicked.connect(self._allow)
        self.forbid.clicked.connect(self._forbid)
        self.shut.clicked.connect(self.close)
        self._lay_out()
        self.setMinimumWidth(_WIDTH_PX)
        self.resize(_WIDTH_PX, self.heightForWidth(_WIDTH_PX))

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        panel = Panel()
        panel.column.setContentsMargins(24, 18, 24, 20)
        outer.addWidget(panel)
        panel.column.addWidget(heading(self.facts.record.title))
        panel.column.addWidget(self._state())
        about = Facts()
        about.show_facts(self._about())
        panel.column.addWidget(about)
        if self.facts.trust is Trust.BROKEN:
            panel.column.addStretch(1)
        else:
            self._add_files(panel)
        panel.column.addSpacing(8)
        panel.column.addLayout(button_row(*self._buttons()))

    def _add_files(self, panel: Panel) -> None:
        panel.column.addSpacing(4)
        panel.column.addWidget(dim_label(self.tr("Its files")))
        self._list_files()
        panel.column.addWidget(self.files, 1)
        warning = QLabel(
            self.tr(
                "Its Python will run with your rights: it can read, change and send whatever you can. "
                "Allow it only if you trust who wrote it. Your consent holds for exactly these files and "
                "ends when one of them changes."
            )
        )
        warning.setWordWrap(True)
        panel.column.addWidget(warning)

    def _list_files(self) -> None:
        self.files.setColumnCount(2)
        self.files.setHeaderLabels([self.tr("File"), self.tr("Bytes")])
        self.files.setRootIsDecorated(False)
        self.files.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.files.setMinimumHeight(_FILES_PX)
        self.files.header().setStretchLastSection(False)
        self.files.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for each in self.facts.files:
            item = QTreeWidgetItem(self.files, [each.name, grouped(each.size)])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _state(self) -> QLabel:
        words = {
            Trust.BROKEN: self.tr("Broken: {reason}").format(reason=self.facts.record.problem),
            Trust.ALLOWED: self.tr("Allowed: its models can be used."),
            Trust.NOT_YET: self.tr("Not allowed yet: none of its Python has run."),
            Trust.CHANGED: self.tr("Its files have changed since you allowed it: it does not run any more."),
        }
        label = dim_label(words[self.facts.trust], wrap=True)
        for flag, shows in (
            ("bad", self.facts.trust in (Trust.BROKEN, Trust.CHANGED)),
            ("good", self.facts.trust is Trust.ALLOWED),
        ):
            if shows:
                label.setProperty("dim", False)
                label.setProperty(flag, True)
        return label

    def _about(self) -> list[tuple[str, str]]:
        record = self.facts.record
        facts = [
            (self.tr("Models"), ", ".join(card.title for card in record.cards)),
            (self.tr("Licence"), "" if record.is_broken else record.licence),
            (self.tr("Folder"), _breakable(str(record.folder))),
            ("SHA-256", _breakable(self.facts.content_hash, every=8)),
        ]
        return [(name, value) for name, value in facts if value]

    def _buttons(self) -> list[QPushButton]:
        if self.facts.trust is Trust.BROKEN:
            return [self.shut]
        return [self.shut, self.forbid if self.facts.trust is Trust.ALLOWED else self.allow]

    def _allow(self) -> None:
        self._session.allow_plugin(self.facts)
        self.close()

    def _forbid(self) -> None:
        self._session.forbid_plugin(self.facts)
        self.close()


def _breakable(text: str, every: int | None = None) -> str:
    """The text with places where a line may break."""
    if every is None:
        return text.replace("/", "/\u200b").replace("\\", "\\\u200b")
    return " ".join(text[at : at + every] for at in range(0, len(text), every))
