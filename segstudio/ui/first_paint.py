"""Does something as soon as a widget is on the screen for the first time."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


class FirstPaint(QObject):
    """Calls back once, after the widget and all in it were painted."""

    def __init__(self, widget: QWidget, then: Callable[[], object]) -> None:
        super().__init__(widget)
        self._then = then
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102  # Qt's name
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # Qt paints the children in the same turn of the event loop
            QTimer.singleShot(0, self._then)
        return False
