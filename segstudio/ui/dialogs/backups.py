"""The copies of the open project: which there are, how many are kept, and going back to one."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui.panels.parts import Panel, button_row, dim_label, heading, primary_button
from segstudio.ui.session import Session
from segstudio.ui.words import local_time

_WIDTH_PX = 460
_NUMBER = Qt.ItemDataRole.UserRole
_MOST_KEPT = 99
_MB = 1 << 20


class BackupsDialog(QDialog):
    """Non-modal; going back closes the project, exchanges its database and opens it again."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Backups"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Backups"))
        self.kept = QSpinBox()
        self.kept.setRange(1, _MOST_KEPT)
        self.kept.setValue(session.project.backups_kept if session.project else 1)
        self.kept.valueChanged.connect(session.keep_backups)
        self.restore = primary_button(self.tr("Go back to this one"))
        self.restore.clicked.connect(self._restore)
        self._fill()
        self._lay_out()

    def _fill(self) -> None:
        for backup in self._session.safe.backups():
            item = QListWidgetItem(f"{local_time(backup.made_at)}   {backup.size_bytes / _MB:.1f} MB")
            item.setData(_NUMBER, backup.number)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.restore.setEnabled(self.list.count() > 0)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        panel = Panel()
        panel.column.setContentsMargins(24, 16, 24, 20)
        outer.addWidget(panel)
        panel.column.addWidget(heading(self.tr("Copies of what you said, newest first")))
        panel.column.addWidget(self.list)
        if not self.list.count():
            self.list.hide()
            none = self.tr("None yet: a copy is made while you work and whenever you rest for a minute.")
            panel.column.addWidget(dim_label(none, wrap=True))
        row = QHBoxLayout()
        row.addWidget(QLabel(self.tr("Keep the last")))
        row.addWidget(self.kept)
        row.addStretch(1)
        panel.column.addLayout(row)
        note = self.tr("What is replaced is kept beside it in the project's folder. Predictions stay.")
        panel.column.addWidget(dim_label(note, wrap=True))
        panel.column.addSpacing(8)
        cancel = QPushButton(self.tr("Close"))
        cancel.clicked.connect(self.close)
        panel.column.addLayout(button_row(cancel, self.restore))
        self.setMinimumWidth(_WIDTH_PX)

    def _restore(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._session.restore_backup(item.data(_NUMBER))
            self.close()
