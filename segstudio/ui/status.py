"""The status bar: where the pointer is and what lies there | the running job | memory."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStatusBar,
    QWidget,
)

from segstudio.ui.words import clock, translate

if TYPE_CHECKING:
    from segstudio.ui.desk import JobState

_MARGIN_PX = 12


class StatusBar(QStatusBar):
    """Cells of fixed width, so that nothing jumps while the pointer moves; `StatusFeed` fills them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place, self.map, self.lonlat = (
            Cell("x 00000  y 00000"),
            Cell("000000.00  0000000.00"),
            Cell("00.00000° N  000.00000° E"),
        )
        self.values, self.class_name, self.memory = Cell("000 000 000"), Cell("vegetation xx"), QLabel()
        self.facts = QLabel()
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.job = JobCell()
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        for cell in (self.facts, *self._spot_cells()):
            self.addWidget(cell)
        self.addPermanentWidget(self.job)
        self.addPermanentWidget(self.memory)
        self.memory.setProperty("dim", True)
        self.memory.setContentsMargins(8, 0, 4, 0)

    def show_facts(self, words: str) -> None:
        """The pointer is elsewhere: what is open."""
        for cell in self._spot_cells():
            cell.hide()
        self.facts.setText(words)
        self.facts.show()

    def show_spot(self, place: str, on_map: str, lonlat: str) -> None:
        """Where the pointer is; what the image cannot say takes no room."""
        self.facts.hide()
        for cell, words in ((self.place, place), (self.map, on_map), (self.lonlat, lonlat)):
            cell.say(words)
            cell.setVisible(bool(words))
        self.values.show()
        self.class_name.show()

    def _spot_cells(self) -> "tuple[Cell, ...]":
        return self.place, self.map, self.lonlat, self.values, self.class_name


class Cell(QLabel):
    """As wide as a sample text, wider once a longer one came: other words lay nothing out again.

    A label of no fixed size asks the whole window for room at every step of the pointer.
    """

    def __init__(self, sample: str) -> None:
        super().__init__()
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        metrics = self.fontMetrics()
        self.setFixedSize(metrics.horizontalAdvance(sample) + _MARGIN_PX, metrics.height())

    def say(self, words: str) -> None:
        """Show other words."""
        if words == self.text():
            return
        self.setText(words)
        needed = self.sizeHint()
        if needed.width() > self.width() or needed.height() > self.height():
            self.setFixedSize(self.size().expandedTo(needed))


class JobCell(QWidget):
    """Title, bar, percentage, time left and a button that cancels; hidden while nothing runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setProperty("small", True)
        self.cancel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.figures = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 8, 1)
        row.setSpacing(8)
        for widget in (self.words, self.bar, self.figures, self.cancel):
            row.addWidget(widget)
        self.show_state(None)

    def show_state(self, state: "JobState | None") -> None:
        """Follow the job."""
        self.setVisible(state is not None)
        if state is None:
            return
        share = state.fraction
        self.words.setText(self.tr("Cancelling…") if state.cancelling else state.title)
        self.bar.setRange(0, 0 if share is None else 1000)
        self.bar.setValue(round(1000 * (share or 0)))
        percentage = "" if share is None else f"{100 * share:.0f} %"
        left = (
            ""
            if state.seconds_left is None
            else self.tr("{time} left").format(time=clock(state.seconds_left))
        )
        self.figures.setText("  ".join(part for part in (percentage, left) if part))
        self.figures.setToolTip(translate("jobs", state.text))
        self.cancel.setEnabled(not state.cancelling)
