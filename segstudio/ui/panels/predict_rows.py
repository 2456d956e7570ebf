"""What to predict, and beside each button what that will take and how much of it is there already."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segstudio.errors import SegstudioError
from segstudio.jobs.estimate import Estimate
from segstudio.ui.actions import Actions
from segstudio.ui.panels.parts import GAP_PX, dim_label, set_flag
from segstudio.ui.session import Scope, Session
from segstudio.ui.words import file_size

_SETTLE_MS = 250  # a view that is moved is not counted at every step
_MB = 1e6
_MINUTE_S, _HOUR_S = 60, 3600


class PredictRows(QWidget):
    """One row per scope; the figures follow the view, the area, the model and the device."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.costs: dict[Scope, QLabel] = {}
        self.over: dict[Scope, QPushButton] = {}
        self.short_of_memory = QLabel()
        self.short_of_memory.setWordWrap(True)
        set_flag(self.short_of_memory, "warning", True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self.refresh)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        column.addLayout(self._rows(actions))
        column.addWidget(self.short_of_memory)
        for changed in (session.view_changed, session.area_changed, session.document_changed):
            changed.connect(self.touch)
        for changed in (session.model_changed, session.job_changed, session.classes_changed):
            changed.connect(self.touch)

    def touch(self, *_: object) -> None:
        """Something has changed that the figures follow from: they are found again when it has settled."""
        self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What nobody sees is not counted."""
        super().showEvent(event)
        self.touch()

    def refresh(self) -> None:
        """Find all figures anew; those of a prediction that runs stay as they were."""
        if self._session.job is not None or not self.isVisible():
            return
        needed = [self._show(scope) for scope in self.costs]
        short = [cost for cost in needed if cost is not None and cost.is_too_much]
        self.short_of_memory.setVisible(bool(short))
        if short:
            self.short_of_memory.setText(self._shortage(max(short, key=lambda cost: cost.memory_mb)))

    def _rows(self, actions: Actions) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP_PX)
        grid.setVerticalSpacing(GAP_PX // 2)
        grid.setColumnStretch(1, 1)
        texts: list[tuple[Scope, str]] = [
            ("view", self.tr("View")),
            ("area", self.tr("Area")),
            ("scene", self.tr("Whole scene")),
        ]
        for row, (scope, text) in enumerate(texts):
            self.costs[scope] = dim_label(wrap=True)
            self.over[scope] = self._start_over(scope, actions[f"predict-{scope}"])
            grid.addWidget(action_button(actions[f"predict-{scope}"], text), row, 0)
            grid.addWidget(self.costs[scope], row, 1)
            grid.addWidget(self.over[scope], row, 2, Qt.AlignmentFlag.AlignVCenter)
        return grid

    def _start_over(self, scope: Scope, action: QAction) -> QPushButton:
        button = QPushButton(self.tr("Start over"))
        button.setProperty("small", True)
        button.setToolTip(self.tr("Predict all of it again, also what is there already"))
        button.setEnabled(action.isEnabled())
        action.enabledChanged.connect(button.setEnabled)
        button.clicked.connect(lambda: self._session.predict(scope, fresh=True))
        return button

    def _show(self, scope: Scope) -> Estimate | None:
        cost = self._cost(scope)
        label = self.costs[scope]
        label.setText("" if cost is None else self._sentence(cost))
        label.setToolTip("" if cost is None else self._basis(cost))
        self.over[scope].setVisible(cost is not None and cost.share_done > 0)
        return cost

    def _cost(self, scope: Scope) -> Estimate | None:
        session = self._session
        window = session.teaching.window_of(scope) if session.document is not None else None
        if window is None or session.models.ref is None or not session.models.ref.is_trained:
            return None
        try:
            run = session.jobs.run_over(window)
            return None if run is None else run.cost
        except SegstudioError:  # said when it is asked for
            return None

    def _sentence(self, cost: Estimate) -> str:
        memory = file_size(cost.memory_mb * _MB)
        words = self.tr("{time}, {memory}").format(time=self._time(cost), memory=memory)
        if cost.share_done == 0:
            return words
        done = self.tr("goes on at {percent} %").format(percent=int(100 * cost.share_done))
        return f"{done}\n{words}"

    def _time(self, cost: Estimate) -> str:
        if cost.seconds is None:
            return self.tr("time not known yet")
        about = self.tr("about {time}") if cost.basis == "measured" else self.tr("roughly {time}")
        return about.format(time=self._spelt(cost.seconds))

    def _spelt(self, seconds: float) -> str:
        if seconds < 1.5 * _MINUTE_S:
            return self.tr("{number} s").format(number=max(1, round(seconds)))
        if seconds < 1.5 * _HOUR_S:
            return self.tr("{number} min").format(number=round(seconds / _MINUTE_S))
        return self.tr("{number} h").format(number=f"{seconds / _HOUR_S:.1f}")

    def _basis(self, cost: Estimate) -> str:
        if cost.basis == "measured":
            return self.tr("As measured on this machine when this model ran last")
        if cost.basis == "unknown":
            return self.tr("Nothing was measured on this device yet: known after the first run")
        return self.tr("Judged by the model's size: measured at its first run on this machine")

    def _shortage(self, cost: Estimate) -> str:
        sentence = self.tr(
            "That needs about {needed} of memory and {free} are free: close other programs, or choose a "
            "lighter model."
        )
        return sentence.format(needed=file_size(cost.memory_mb * _MB), free=file_size(cost.free_mb * _MB))


def action_button(action: QAction, text: str) -> QPushButton:
    """A button that does what an action does and is enabled when it is."""
    button = QPushButton(text)
    button.setToolTip(action.toolTip())
    button.setEnabled(action.isEnabled())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button
