"""The building blocks of all panels: spacing and alignment are the same everywhere."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

MARGIN_PX = 12
GAP_PX = 8


class Panel(QWidget):
    """The inside of a dock: a column of widgets on the panel colour."""

    def __init__(self, parent: QWidget | None = None, *, margins: bool = True) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        edge = MARGIN_PX if margins else 0
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(edge, GAP_PX if margins else 0, edge, MARGIN_PX if margins else 0)
        self.column.setSpacing(GAP_PX)


class Facts(QWidget):
    """A small table of names and values; the values may be selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: list[tuple[str, str]]) -> None:
        """Replace all rows."""
        clear(self._grid)
        for row, (name, value) in enumerate(facts):
            self._grid.addWidget(dim_label(name), row, 0, Qt.AlignmentFlag.AlignTop)
            shown = QLabel(value)
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(shown, row, 1)


class ValueSlider(QWidget):
    """A slider with its name on the left and its value on the right."""

    value_changed = Signal(int)

    def __init__(
        self, name: str, low: int, high: int, spell: Callable[[int], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._spell = spell
        self._value = QLabel()
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(low, high)
        self.slider.setAccessibleName(name)
        self.slider.valueChanged.connect(self._changed)
        self.name = QLabel(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        row.addWidget(self.name)
        row.addWidget(self.slider, 1)
        row.addWidget(self._value)
        widest = max(self._value.fontMetrics().horizontalAdvance(spell(value)) for value in (low, high))
        self._value.setFixedWidth(widest + 4)
        self._say(low)

    def align_with(self, *others: "ValueSlider") -> None:
        """Let the sliders of a column begin and end at the same place."""
        column = (self, *others)
        name_px = max(each.name.sizeHint().width() for each in column)
        value_px = max(each._value.width() for each in column)
        for each in column:
            each.name.setMinimumWidth(name_px)
            each._value.setFixedWidth(value_px)

    def set_value(self, value: int) -> None:
        """Move without saying so."""
        self.slider.blockSignals(True)
        self.slider.setValue(value)
        self.slider.blockSignals(False)
        self._say(value)

    def _changed(self, value: int) -> None:
        self._say(value)
        self.value_changed.emit(value)

    def _say(self, value: int) -> None:
        self._value.setText(self._spell(value))


def dim_label(text: str = "", *, wrap: bool = False) -> QLabel:
    """A label for what is read second."""
    label = QLabel(text)
    label.setProperty("dim", True)
    label.setWordWrap(wrap)
    return label


def heading(text: str) -> QLabel:
    """A small bold heading inside a panel."""
    label = QLabel(text)
    label.setProperty("heading", True)
    return label


def primary_button(text: str) -> QPushButton:
    """The one button of a panel that is meant to be pressed."""
    button = QPushButton(text)
    button.setProperty("primary", True)
    button.setMinimumHeight(32)
    return button


def button_row(*buttons: QWidget) -> QHBoxLayout:
    """Buttons of equal width side by side."""
    row = QHBoxLayout()
    row.setSpacing(GAP_PX)
    for button in buttons:
        row.addWidget(button, 1)
    return row


def line() -> QFrame:
    """A hairline between two parts of a panel."""
    rule = QFrame()
    rule.setFixedHeight(1)
    rule.setProperty("rule", True)
    return rule


def scrolled(body: QWidget) -> QScrollArea:
    """The widget behind a vertical scroll bar that shows only when it must."""
    area = QScrollArea()
    area.setWidget(body)
    area.setWidgetResizable(True)
    area.setMinimumHeight(64)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def clear(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.deleteLater()


def set_flag(widget: QWidget, name: str, value: bool) -> None:
    """Set a property that the style sheet looks at, and let it look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
