"""What to predict, and under the buttons what that will take and how much of it is there already."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segstudio.errors import SegstudioError
from segstudio.jobs.estimate import Estimate
from segstudio.ui.actions import Actions
from segstudio.ui.panels.parts import GAP_PX, dim_label, set_flag
from segstudio.ui.session import Scope, Session
from segstudio.ui.words import file_size

_SETTLE_MS = 250  # a view that is moved is not counted at every step
_MB = 1e6
_MINUTE_S, _HOUR_S = 60, 3600

Costs = dict[Scope, Estimate]


class PredictButtons(QWidget):
    """One button per scope; the figures follow the view, the area, the model and the device."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._scopes: dict[Scope, str] = {
            "view": self.tr("View"),
            "area": self.tr("Area"),
            "scene": self.tr("Whole scene"),
        }
        self._unfinished: Scope = "scene"
        self.times: dict[Scope, QLabel] = {scope: dim_label() for scope in self._scopes}
        self.memory = dim_label()
        self.memory.setToolTip(self.tr("Time and memory are measured whenever the model runs here"))
        self.goes_on = QLabel()
        self.start_over = QPushButton(self.tr("Start over"))
        self.short_of_memory = QLabel()
        self._timer = QTimer(self)
        self._lay_out(actions)
        self._listen(actions)
        self._show({})

    def touch(self, *_: object) -> None:
        """Something has changed that the figures follow from: they are found again when it has settled."""
        self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What nobody sees is not counted."""
        super().showEvent(event)
        self.touch()

    def refresh(self) -> None:
        """Find all figures anew; those of a prediction that runs stay as they were."""
        if self._session.job is None and self.isVisible():
            found = ((scope, self._cost(scope)) for scope in self._scopes)
            self._show({scope: cost for scope, cost in found if cost is not None})

    def _lay_out(self, actions: Actions) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP_PX)
        grid.setVerticalSpacing(GAP_PX // 2)
        for column, (scope, text) in enumerate(self._scopes.items()):
            grid.addWidget(action_button(actions[f"predict-{scope}"], text), 0, column)
            grid.addWidget(self.times[scope], 1, column, Qt.AlignmentFlag.AlignHCenter)
        self.start_over.setProperty("small", True)
        self.start_over.setToolTip(self.tr("Predict all of it again, also what is there already"))
        self.short_of_memory.setWordWrap(True)
        set_flag(self.short_of_memory, "warning", True)
        row = QHBoxLayout()
        row.addWidget(self.goes_on, 1)
        row.addWidget(self.start_over)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP_PX // 2)
        whole.addLayout(grid)
        whole.addWidget(self.memory, alignment=Qt.AlignmentFlag.AlignHCenter)
        whole.addLayout(row)
        whole.addWidget(self.short_of_memory)

    def _listen(self, actions: Actions) -> None:
        session = self._session
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self.refresh)
        for changed in (session.view_changed, session.area_changed, session.document_changed):
            changed.connect(self.touch)
        for changed in (session.model_changed, session.job_changed, session.classes_changed):
            changed.connect(self.touch)
        actions["predict-scene"].enabledChanged.connect(self.start_over.setEnabled)
        self.start_over.clicked.connect(lambda: session.predict(self._unfinished, fresh=True))

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

    def _show(self, costs: Costs) -> None:
        for scope, label in self.times.items():
            label.setText(self._time(costs[scope]) if scope in costs else "")
        most = max(costs.values(), key=lambda cost: cost.memory_mb, default=None)
        self.memory.setVisible(most is not None and not most.is_too_much)
        self.short_of_memory.setVisible(most is not None and most.is_too_much)
        if most is not None:
            self.memory.setText(self._need(most))
            self.short_of_memory.setText(self._shortage(most))
        self._show_unfinished(costs)

    def _show_unfinished(self, costs: Costs) -> None:
        unfinished = [scope for scope, cost in costs.items() if cost.share_done > 0]
        for widget in (self.goes_on, self.start_over):
            widget.setVisible(bool(unfinished))
        if unfinished:
            self._unfinished = unfinished[-1]
            percent = int(100 * costs[self._unfinished].share_done)
            sentence = self.tr("{scope} goes on at {percent} %")
            self.goes_on.setText(sentence.format(scope=self._scopes[self._unfinished], percent=percent))

    def _time(self, cost: Estimate) -> str:
        if cost.seconds is None:
            return "–"
        if cost.seconds < 1.5 * _MINUTE_S:
            return self.tr("about {number} s").format(number=max(1, round(cost.seconds)))
        if cost.seconds < 1.5 * _HOUR_S:
            return self.tr("about {number} min").format(number=round(cost.seconds / _MINUTE_S))
        return self.tr("about {number} h").format(number=f"{cost.seconds / _HOUR_S:.1f}")

    def _need(self, cost: Estimate) -> str:
        words = {
            "measured": self.tr("{memory} of memory, as measured here"),
            "unknown": self.tr("{memory} of memory; time not known yet"),
        }
        rough = self.tr("{memory} of memory, a rough guess")
        return words.get(cost.basis, rough).format(memory=file_size(cost.memory_mb * _MB))

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
