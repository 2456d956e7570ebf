"""Brush and eraser: strokes as thick lines between pointer positions."""

from PySide6.QtCore import Qt

from segstudio.ui.canvas.tools.tool import Pointer, Tool
from segstudio.ui.session import Session


class BrushTool(Tool):
    """Paints the class in hand, or erases; with Shift a straight line from where the last stroke ended."""

    has_brush = True

    def __init__(self, session: Session, *, erases: bool = False) -> None:
        super().__init__(session)
        self._erases = erases
        self._is_down = False
        self._last: Pointer | None = None

    def begin(self, at: Pointer) -> None:
        """Start a stroke."""
        start = at
        if self._last is not None and at.modifiers & Qt.KeyboardModifier.ShiftModifier:
            start = self._last
        self._is_down = True
        self.session.begin_stroke(start.col, start.row, erase=self._erases)
        if start is not at:
            self.session.stroke_to(at.col, at.row)

    def drag(self, at: Pointer) -> None:
        """Draw on."""
        if self._is_down:
            self.session.stroke_to(at.col, at.row)

    def end(self, at: Pointer) -> None:
        """Finish the stroke."""
        if self._is_down:
            self._is_down = False
            self._last = at
            self.session.end_stroke()

    def cancel(self) -> None:
        """Finish what is drawn (it can be undone) and forget where it ended."""
        if self._is_down:
            self._is_down = False
            self.session.end_stroke()
        self._last = None
