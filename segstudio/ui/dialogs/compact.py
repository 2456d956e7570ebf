"""How much room the history takes, and what a smaller size would cost, said before anything is forgotten."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from segstudio.project.project import Project
from segstudio.ui.panels.parts import Panel, button_row, dim_label, heading, primary_button
from segstudio.ui.session import Session
from segstudio.ui.words import grouped

_WIDTH_PX = 460
_LINES = 3
_MB = 1 << 20
_MOST_MB = 1_000_000


class CompactDialog(QDialog):
    """Non-modal; the button says how many steps will be gone for ever."""

    def __init__(self, session: Session, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compact the history"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._project = project
        self._room = project.history_room()
        self.keep = QSpinBox()
        self.keep.setRange(0, _MOST_MB)
        self.keep.setSuffix(" MB")
        self.keep.setValue(-(-self._room.size_bytes // _MB))
        self.keep.valueChanged.connect(self._plan)
        self.words = dim_label(wrap=True)
        self.start = primary_button("")
        self.start.clicked.connect(self._compact)
        self._lay_out()
        self._plan()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        panel = Panel()
        panel.column.setContentsMargins(24, 16, 24, 20)
        outer.addWidget(panel)
        takes = self.tr("The history of {steps} steps takes {size:.1f} MB")
        size = self._room.size_bytes / _MB
        panel.column.addWidget(heading(takes.format(steps=grouped(self._room.steps), size=size)))
        row = QHBoxLayout()
        row.addWidget(QLabel(self.tr("Keep at most")))
        row.addWidget(self.keep)
        row.addStretch(1)
        panel.column.addLayout(row)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setMinimumHeight(_LINES * self.words.fontMetrics().lineSpacing())
        panel.column.addWidget(self.words)
        panel.column.addSpacing(8)
        cancel = QPushButton(self.tr("Close"))
        cancel.clicked.connect(self.close)
        panel.column.addLayout(button_row(cancel, self.start))
        self.setMinimumWidth(_WIDTH_PX)

    def _plan(self) -> None:
        self.plan = self._project.plan_compaction(self.keep.value() * _MB)
        steps = grouped(self.plan.steps)
        self.start.setEnabled(self.plan.steps > 0)
        self.start.setText(self.tr("Forget {steps} steps").format(steps=steps))
        if not self.plan.steps:
            self.words.setText(self.tr("Nothing has to be forgotten for that."))
            return
        words = self.tr(
            "The {steps} oldest steps could never be undone again; the masks stay as they are, and the newer "
            "{left} steps can still be taken back."
        )
        left = grouped(self._room.steps - self.plan.steps)
        self.words.setText(words.format(steps=steps, left=left))

    def _compact(self) -> None:
        self._session.compact_history(self.plan)
        self.close()
