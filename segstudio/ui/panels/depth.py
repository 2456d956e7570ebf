"""Depth: which one is shown, where its targets come from, and as a filter for the tools."""

from dataclasses import replace

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QWidget

from segstudio.mask.depth_filter import DepthFilter
from segstudio.ui.actions import Actions
from segstudio.ui.canvas.depth_scale import visible_range
from segstudio.ui.depth_range import DepthRange
from segstudio.ui.desk import DepthEnd
from segstudio.ui.panels.parts import Panel, dim_label, heading, line, scrolled
from segstudio.ui.session import Session

# The range of all depths is taken anew when nothing has changed for so long.
_REST_MS = 250


class DepthPanel(Panel):
    """Follows the open image; the filter is off until a person wants it."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=False)
        self._session = session
        self.state = dim_label(wrap=True)
        self.shown = QComboBox()
        self.show_box = QCheckBox(self.tr("Show depth"))
        self.targets = QPushButton(actions["depth-targets"].text())
        self.limit = QCheckBox(self.tr("Tools change only these depths"))
        self.range = DepthRange()
        self.low_pick, self.high_pick = QPushButton(), QPushButton()
        self.words = dim_label(wrap=True)
        self._last = DepthFilter()
        self._timer = QTimer(self, singleShot=True, interval=_REST_MS)
        self._set_up(actions)
        self.column.addWidget(scrolled(self._body()))
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show what there is for the open image."""
        session, plane = self._session, self._session.depth_plane
        mask = session.document.mask if session.document else None
        has_model = mask is not None and bool(mask.depth.written_chunks())
        has_target = mask is not None and bool(mask.depth_target.written_chunks())
        self.state.setText(self._state_words(has_model, has_target))
        self.shown.setEnabled(has_model and has_target)
        source = session.display.depth_from if has_model and has_target else "model"
        self.shown.setCurrentIndex(self.shown.findData(source if has_model else "target"))
        _check(self.show_box, session.display.show_depth)
        for widget in (self.limit, self.low_pick, self.high_pick, self.show_box):
            widget.setEnabled(plane is not None)
        self._name_picks()
        found = visible_range(plane, plane.extent) if plane is not None else None
        self._follow(limits=found)

    def _set_up(self, actions: Actions) -> None:
        session = self._session
        self.shown.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.shown.addItem(self.tr("What the model says"), "model")
        self.shown.addItem(self.tr("The target it learns from"), "target")
        self.shown.activated.connect(
            lambda _: session.set_display(replace(session.display, depth_from=self.shown.currentData()))
        )
        self.show_box.toggled.connect(lambda on: session.set_display(replace(session.display, show_depth=on)))
        self.targets.setEnabled(actions["depth-targets"].isEnabled())
        actions["depth-targets"].enabledChanged.connect(self.targets.setEnabled)
        self.targets.clicked.connect(actions["depth-targets"].trigger)
        self.limit.toggled.connect(lambda on: session.set_depth_filter(self._last if on else None))
        self.range.changed.connect(session.set_depth_filter)
        for button, end in ((self.low_pick, "low"), (self.high_pick, "high")):
            button.setCheckable(True)
            button.clicked.connect(lambda on, end=end: session.pick_depth(end if on else None))
        session.depth_filter_changed.connect(self._follow)
        session.depth_pick_changed.connect(self._follow_pick)
        session.document_changed.connect(self._begin)
        session.display_changed.connect(self.refresh)
        session.mask_changed.connect(lambda _: self._timer.start())
        self._timer.timeout.connect(self.refresh)

    def _body(self) -> QWidget:
        inner = Panel()
        column = inner.column
        column.addWidget(heading(self.tr("Depth")))
        column.addWidget(self.state)
        column.addWidget(self.show_box)
        column.addWidget(self.shown)
        column.addWidget(self.targets)
        column.addWidget(line())
        column.addWidget(heading(self.tr("Limit the tools")))
        column.addWidget(self.limit)
        column.addWidget(self.range)
        column.addWidget(self.low_pick)
        column.addWidget(self.high_pick)
        column.addWidget(self.words)
        column.addStretch(1)
        return inner

    def _begin(self, *_: object) -> None:
        self._last = DepthFilter()
        self.refresh()

    def _follow(self, *_: object, limits: tuple[float, float] | None = None) -> None:
        wanted = self._session.depth_filter
        self._last = wanted or self._last
        _check(self.limit, wanted is not None)
        self.range.setEnabled(wanted is not None)
        self.range.show_range(limits or self.range.limits, self._last)
        self.words.setText(self._filter_words(wanted))

    def _follow_pick(self, end: DepthEnd | None) -> None:
        for button, its in ((self.low_pick, "low"), (self.high_pick, "high")):
            button.setChecked(end == its)
        self.words.setText(
            self.tr("Click a place in the image; Esc leaves it.")
            if end
            else self._filter_words(self._session.depth_filter)
        )

    def _name_picks(self) -> None:
        """In a photo small means near; seen from above large means high."""
        document = self._session.document
        if document is not None and document.info.is_photo:
            names = self.tr("Farther than here"), self.tr("Nearer than here")
        else:
            names = self.tr("Higher than here"), self.tr("Lower than here")
        for button, name in zip((self.low_pick, self.high_pick), names, strict=True):
            button.setText(name)
            button.setToolTip(self.tr("Pick the depth by a click on the image"))

    def _state_words(self, has_model: bool, has_target: bool) -> str:
        if not (has_model or has_target):
            return self.tr(
                "No depth yet: predict with a model that gives mask and depth, or take depth targets."
            )
        if has_target:
            return self.tr("This image has depth targets: a fine-tune teaches the depth decoder too.")
        return self.tr("Without targets a fine-tune leaves the depth decoder as it is.")

    def _filter_words(self, wanted: DepthFilter | None) -> str:
        if wanted is None:
            return ""
        return self.tr("{range}: brush, eraser, polygon and fill leave the dimmed rest alone.").format(
            range=depth_words(wanted)
        )


def depth_words(wanted: DepthFilter) -> str:
    """`≥ 12.3`, `≤ 4.50` or `4.50 – 12.3`."""
    low, high = wanted.low, wanted.high
    if low is None and high is None:
        return "–∞ … ∞"
    if low is None or high is None:
        return f"≤ {_number(high)}" if low is None else f"≥ {_number(low)}"
    return f"{_number(low)} – {_number(high)}"


def _number(value: float | None) -> str:
    """Three signs are enough for a depth."""
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return QLocale().toString(float(value), "f", digits)


def _check(box: QCheckBox, on: bool) -> None:
    box.blockSignals(True)
    box.setChecked(on)
    box.blockSignals(False)
