"""A slim bar above the canvas: what a person should know, with the way out as a button where there is one."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from segstudio.ui.icons import icon, pixmap
from segstudio.ui.theme import current_theme

# Long enough to read twice; what a person must act upon stays.
_SHOWN_MS = {"info": 8_000, "warning": 20_000}
_STRIPE_PX = 3


class NoticeBar(QWidget):
    """Shows one sentence at a time, the latest; only an info does not push an offer or an error away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.level = "info"
        self._waits = False
        self._act: Callable[[], object] | None = None
        self._sign = QLabel()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton()
        self.button.setProperty("primary", True)
        self.button.clicked.connect(self._pressed)
        self._close = QToolButton()
        self._close.setProperty("quiet", True)
        self._close.setToolTip(self.tr("Close"))
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.button)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, level: str, sentence: str) -> None:
        """Show a sentence; an info does not push an offer or an error away."""
        if level == "info" and self.isVisible() and (self._act is not None or self.level == "error"):
            return
        self._show(level, sentence, "", None)

    def offer(self, sentence: str, button: str, act: Callable[[], object]) -> None:
        """Show a sentence and the way out."""
        self._show("warning", sentence, button, act)

    def wait(self, sentence: str, button: str, act: Callable[[], object]) -> None:
        """Show what is being waited for, and how to stop waiting."""
        self._show("info", sentence, button, act)
        self._waits = True

    def end_wait(self) -> None:
        """What was waited for is there, or nobody waits any longer; anything else that is said stays."""
        if self._waits:
            self.clear()

    def clear(self) -> None:
        """Nothing to say any more."""
        self._act = None
        self.hide()

    def restyle(self) -> None:
        """Take the theme's colours."""
        theme = current_theme()
        self._close.setIcon(icon("close", theme.dim, theme.disabled))
        name = "info" if self.level == "info" else "warning"
        self._sign.setPixmap(pixmap(name, self._colour(), 18))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102  # Qt's name
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(QRect(QPoint(0, 0), QSize(_STRIPE_PX, self.height())), QColor(self._colour()))
        painter.end()

    def _show(self, level: str, sentence: str, button: str, act: Callable[[], object] | None) -> None:
        self.level, self._act, self._waits = level, act, False
        self.sentence.setText(sentence)
        self.button.setText(button)
        self.button.setVisible(act is not None)
        self._timer.stop()
        if act is None and level in _SHOWN_MS:
            self._timer.start(_SHOWN_MS[level])
        self.restyle()
        self.show()

    def _pressed(self) -> None:
        act = self._act
        self.clear()
        if act is not None:
            act()

    def _colour(self) -> str:
        theme = current_theme()
        return {"error": theme.bad, "warning": theme.warning}.get(self.level, theme.accent)
