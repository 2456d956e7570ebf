"""A slim bar under the canvas with a slider over the whole history of the open image."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QWidget,
)

from segstudio.project.past import Moment
from segstudio.ui.icons import icon
from segstudio.ui.session import Session
from segstudio.ui.theme import current_theme
from segstudio.ui.words import grouped, local_time, translate

_TICK_PX = 7
_LONGEST = "0,000 / 0,000 · polygon · 00.00.0000 00:00"


class TimeSlider(QSlider):
    """One step per edit; ticks stand where another model came into use."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.ticks: list[int] = []

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102  # Qt's name
        super().paintEvent(event)
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self)
        span = self.width() - handle
        painter = QPainter(self)
        for tick in self.ticks:
            left = handle / 2 + span * tick / max(1, self.maximum())
            painter.fillRect(QRectF(left - 1, 0, 2, _TICK_PX), QColor(current_theme().accent))
        painter.end()


class TimeBar(QWidget):
    """Dragging shows the mask as it was; only a button goes there."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._edits: list[Moment] = []
        self.slider = TimeSlider()
        self.slider.setAccessibleName(self.tr("History"))
        self.words = QLabel()
        self.before = QPushButton(self.tr("Before this model"))
        self.go = QPushButton(self.tr("Go on from here"))
        self.go.setProperty("primary", True)
        self._close = QToolButton()
        self._close.setProperty("quiet", True)
        self._close.setToolTip(self.tr("Close"))
        self._lay_out()
        self.slider.valueChanged.connect(self._moved)
        self.before.clicked.connect(session.look_before_this_model)
        self.go.clicked.connect(session.go_on_from_here)
        self._close.clicked.connect(self.fold)
        session.history_changed.connect(self.refresh)
        session.document_changed.connect(self.refresh)
        session.model_changed.connect(self.refresh)
        session.time_changed.connect(self._follow)
        self.hide()

    def unfold(self) -> None:
        """Show the bar with the present."""
        self.show()
        self.refresh()
        self.slider.setFocus()

    def fold(self) -> None:
        """Hide the bar and show the present."""
        self.hide()
        self._session.time.return_to_now()

    def restyle(self) -> None:
        """Take the theme's colours."""
        theme = current_theme()
        self._close.setIcon(icon("close", theme.dim, theme.disabled))

    def refresh(self, *_: object) -> None:
        """Read the history again; a hidden bar reads nothing."""
        if not self.isVisible():
            return
        moments = self._session.time.moments()
        self._edits = [moment for moment in moments if not moment.is_mark]
        marks = [moment.id for moment in moments if moment.is_mark]
        self.slider.ticks = [sum(edit.id < mark for edit in self._edits) for mark in marks]
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(self._edits))
        self.slider.setEnabled(bool(self._edits))
        self.slider.blockSignals(False)
        self._follow()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        row.setSpacing(8)
        # so that the slider does not jump while one drags
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance(_LONGEST))
        row.addWidget(QLabel(self.tr("History")))
        row.addWidget(self.slider, 1)
        row.addWidget(self.words)
        row.addWidget(self.before)
        row.addWidget(self.go)
        row.addWidget(self._close)
        self.restyle()

    def _moved(self, place: int) -> None:
        self._session.look_back(self._edits[place - 1].id if place else 0)

    def _follow(self, *_: object) -> None:
        """Stand where the session looks."""
        if not self.isVisible():
            return
        document, time = self._session.document, self._session.time
        at = time.at if time.at is not None else (document.cursor if document else 0)
        place = sum(edit.id <= at for edit in self._edits)
        self.slider.blockSignals(True)
        self.slider.setValue(place)
        self.slider.blockSignals(False)
        self.slider.update()
        self.words.setText(self._words(place))
        project, model = self._session.project, self._session.models.text
        self.go.setEnabled(time.at is not None and project is not None and not project.read_only)
        self.before.setEnabled(document is not None and document.before_model(model) is not None)

    def _words(self, place: int) -> str:
        if not self._edits:
            return self.tr("Nothing was corrected yet")
        count = f"{grouped(place)} / {grouped(len(self._edits))}"
        if not place:
            start = self.tr("before the first correction")
            return f"{count} · {start}"
        edit = self._edits[place - 1]
        return f"{count} · {translate('edits', edit.name)} · {local_time(edit.at)}"
