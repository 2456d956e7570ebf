"""One button: the model learns from the corrections; then old or new is chosen, with the figures in sight."""

from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.jobs.steps import EpochReady, VersionReady
from segstudio.ui.desk import JobState
from segstudio.ui.panels.charts import ClassChanges, LearningCurve
from segstudio.ui.panels.figures import class_changes, mean_iou
from segstudio.ui.panels.parts import (
    GAP_PX,
    Panel,
    button_row,
    dim_label,
    heading,
    primary_button,
    scrolled,
    set_flag,
)
from segstudio.ui.session import Session
from segstudio.ui.words import clock, percent, short_count, translate

_MOST_MINUTES = 240.0


class FineTunePanel(Panel):
    """Three faces: ready to learn, learning, and waiting for the decision."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=False)
        self._session = session
        self._ready: VersionReady | None = None
        self.start = primary_button(self.tr("Fine-tune"))
        self.minutes = QDoubleSpinBox()
        self.said = dim_label(wrap=True)
        self.curve = LearningCurve()
        self.outcome = QWidget()
        self.headline = heading("")
        self.notes = dim_label(wrap=True)
        self.changes = ClassChanges()
        self.keep_new = QPushButton(self.tr("Keep new"))
        self.keep_old = QPushButton(self.tr("Keep old"))
        self.column.setSpacing(0)
        self.column.addWidget(scrolled(self._body()), 1)
        self.column.addWidget(self._make_decision())
        self._connect()
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show what can be done now."""
        job = self._session.job
        learning = job is not None and job.verb == "fine_tune"
        self.start.setEnabled(self._session.project is not None and (job is None or learning))
        self.start.setText(self.tr("Stop and keep the best so far") if learning else self.tr("Fine-tune"))
        set_flag(self.start, "primary", not learning and self._ready is None)
        self.minutes.setEnabled(not learning)
        self.said.setText(self._summary(job if learning else None))
        self.curve.setVisible(learning or not self.curve.is_empty)
        waits = self._ready is not None and not learning
        self.outcome.setVisible(waits)
        self.decision.setVisible(waits)
        self.said.setVisible(not waits)

    def _body(self) -> QWidget:
        inner = Panel()
        self.minutes.setRange(0.5, _MOST_MINUTES)
        self.minutes.setDecimals(1)
        self.minutes.setValue(self._session.teaching.minutes)
        self.minutes.setSuffix(" " + self.tr("min"))
        self.minutes.setToolTip(self.tr("How long to learn"))
        top = QHBoxLayout()
        top.setSpacing(GAP_PX)
        top.addWidget(self.start, 1)
        top.addWidget(self.minutes)
        inner.column.addLayout(top)
        for widget in (self.said, self.curve, self._make_outcome()):
            inner.column.addWidget(widget)
        inner.column.addStretch(1)
        return inner

    def _make_outcome(self) -> QWidget:
        column = QVBoxLayout(self.outcome)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(GAP_PX)
        column.addWidget(self.headline)
        column.addWidget(self.changes)
        column.addWidget(self.notes)
        return self.outcome

    def _make_decision(self) -> QWidget:
        """Always in sight, whatever is scrolled above."""
        self.decision = Panel()
        self.decision.column.addLayout(button_row(self.keep_old, self.keep_new))
        return self.decision

    def _connect(self) -> None:
        session = self._session
        self.start.clicked.connect(self._press)
        self.minutes.valueChanged.connect(self._set_minutes)
        self.keep_new.clicked.connect(lambda: self._decide(keep=True))
        self.keep_old.clicked.connect(lambda: self._decide(keep=False))
        session.job_changed.connect(self.refresh)
        session.project_changed.connect(self._forget)
        session.areas.changed.connect(self.refresh)
        session.history_changed.connect(self.refresh)
        session.epoch_ready.connect(self._add_epoch)
        session.version_ready.connect(self._show_version)

    def _press(self) -> None:
        job = self._session.job
        if job is not None:
            self._session.cancel_job()
            return
        self.curve.clear()
        self._ready = None
        self._session.fine_tune()

    def _set_minutes(self, minutes: float) -> None:
        self._session.teaching.minutes = minutes

    def _add_epoch(self, epoch: EpochReady) -> None:
        self.curve.add(epoch.loss, epoch.holdout_mean_iou)
        self.refresh()

    def _show_version(self, ready: VersionReady) -> None:
        self._ready = ready
        changes = class_changes(ready.before, ready.after)
        before, after = mean_iou(ready.before), mean_iou(ready.after)
        words = self.tr("Mean IoU {before} → {after} % on the hold-out")
        self.headline.setText(words.format(before=percent(before), after=percent(after)))
        self.changes.show_changes(changes)
        dropped = [change.name for change in changes if change.has_dropped]
        notes = list(ready.notes)
        if dropped:
            notes.insert(0, self.tr("Worse than before: {names}.").format(names=", ".join(dropped)))
        self.notes.setText(" ".join(notes))
        self.notes.setVisible(bool(notes))
        better = not dropped and (before is None or (after is not None and after >= before))
        set_flag(self.keep_new, "primary", better)
        set_flag(self.keep_old, "primary", not better)
        self.refresh()

    def _decide(self, *, keep: bool) -> None:
        ready, self._ready = self._ready, None
        if ready is not None and keep:
            self._session.keep_version(ready.version_id)
        elif ready is not None:
            self._session.drop_version(ready.version_id)
        self.refresh()

    def _forget(self) -> None:
        self._ready = None
        self.curve.clear()
        self.refresh()

    def _summary(self, job: JobState | None) -> str:
        if job is not None:
            left = f" · {clock(job.seconds_left)}" if job.seconds_left is not None else ""
            return f"{translate('jobs', job.text)}{left}"
        corrected = self._session.corrected_pixels()
        if not corrected:
            return self.tr("Correct something first: brush what is wrong, Enter where the rest is right.")
        words = self.tr("{count} corrected pixels in {classes} classes of this image.")
        total = short_count(sum(corrected.values()))
        return words.format(count=total, classes=len(corrected))
