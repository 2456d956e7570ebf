"""What every mouse tool offers."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from segstudio.ui.canvas.projection import Projection
from segstudio.ui.session import Session


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is, in image pixels and in its pane, and which keys are held with it."""

    col: float
    row: float
    place: QPointF
    zoom: float = 1.0  # logical pixels per image pixel
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    pressure: float | None = None  # 0..1; None for what knows no pressure
    is_eraser: bool = False  # the other end of a pen
    time_ms: float = 0.0  # only differences count


class Tool:
    """A gesture with a beginning, a middle and an end, between which it holds what it has not said yet.

    A tool changes nothing itself: it asks the Session. `cancel` leaves nothing behind.
    """

    cursor = Qt.CursorShape.CrossCursor
    has_brush = False  # whether the brush outline follows the pointer

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def is_sketching(self) -> bool:
        """Whether something is drawn that was not said to the Session yet."""
        return False

    def begin(self, at: Pointer) -> None:
        """The button went down."""

    def drag(self, at: Pointer) -> None:
        """The pointer moved with the button down."""

    def end(self, at: Pointer) -> None:
        """The button went up."""

    def hover(self, at: Pointer) -> None:
        """The pointer moved with no button down."""

    def finish(self) -> None:
        """Enter or a double click: what is sketched is meant."""

    def step_back(self) -> None:
        """Backspace: take the last part of the sketch away."""

    def cancel(self) -> None:
        """Esc, another tool or another image: forget the sketch."""

    def paint(self, painter: QPainter, projection: Projection) -> None:
        """Draw the sketch."""


def class_colour(session: Session) -> QColor:
    """The colour of the class in hand; white where there is none."""
    entry = next((entry for entry in session.classes if entry.id == session.class_id), None)
    return QColor(entry.colour) if entry else QColor("white")
