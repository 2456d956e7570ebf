"""What the window shows while nothing is open: recent projects, open, the sample."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segstudio.ui import settings
from segstudio.ui.icons import icon, pixmap
from segstudio.ui.panels.parts import clear, dim_label, heading, primary_button
from segstudio.ui.theme import current_theme

_CARD_PX = 480
_RECENT = 5


class Welcome(QWidget):
    """A card in the middle; files may also be dropped anywhere on the window."""

    open_asked = Signal()
    folder_asked = Signal()
    sample_asked = Signal()
    project_asked = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sign = QLabel()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._recent_title = heading(self.tr("Recent projects"))
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addWidget(self._card(), 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)
        self.restyle()
        self.refresh()

    def restyle(self) -> None:
        """Take the theme's colours."""
        self._sign.setPixmap(pixmap("logo", current_theme().accent, 44))

    def refresh(self) -> None:
        """List the recent projects as they are now."""
        clear(self._recent)
        recent = settings.recent_projects()[:_RECENT]
        self._recent_title.setVisible(bool(recent))
        for folder in recent:
            self._recent.addWidget(self._recent_button(folder))

    def _card(self) -> QWidget:
        card = QWidget()
        card.setObjectName("welcomeCard")
        card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        card.setFixedWidth(_CARD_PX)
        column = QVBoxLayout(card)
        column.setContentsMargins(32, 28, 32, 28)
        column.setSpacing(8)
        column.addLayout(self._head())
        column.addSpacing(12)
        column.addLayout(self._buttons())
        column.addWidget(dim_label(self.tr("or drop GeoTIFFs, photos or a folder here"), wrap=True))
        column.addSpacing(12)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent)
        return card

    def _head(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        title = QLabel("segstudio")
        title.setProperty("title", True)
        words.addWidget(title)
        words.addWidget(
            dim_label(self.tr("Predict a mask, correct it, and the model learns from you."), wrap=True)
        )
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return row

    def _buttons(self) -> QHBoxLayout:
        opened = primary_button(self.tr("Open images…"))
        opened.clicked.connect(self.open_asked)
        folder = QPushButton(self.tr("Folder or project…"))
        folder.clicked.connect(self.folder_asked)
        sample = QPushButton(self.tr("Try the sample"))
        sample.clicked.connect(self.sample_asked)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (opened, folder, sample):
            button.setMinimumHeight(32)
            row.addWidget(button, 1)
        return row

    def _recent_button(self, folder: Path) -> QPushButton:
        theme = current_theme()
        button = QPushButton(icon("folder", theme.dim, theme.disabled), f"  {folder.stem}")
        button.setProperty("flat", True)
        button.setProperty("row", True)
        button.setToolTip(str(folder))
        button.clicked.connect(lambda: self.project_asked.emit(folder))
        return button
