"""Pan: the image follows the hand."""

from PySide6.QtCore import QPointF, Qt

from segstudio.ui.canvas.tools.tool import Pointer, Tool
from segstudio.ui.canvas.viewport import Viewport
from segstudio.ui.session import Session


class PanTool(Tool):
    """Moves the view and never the mask."""

    cursor = Qt.CursorShape.OpenHandCursor

    def __init__(self, session: Session, viewport: Viewport) -> None:
        super().__init__(session)
        self._viewport = viewport
        self._held: QPointF | None = None

    def begin(self, at: Pointer) -> None:
        """Take hold of the image."""
        self._held = at.place

    def drag(self, at: Pointer) -> None:
        """Let it follow."""
        if self._held is not None:
            moved = at.place - self._held
            self._held = at.place
            self._viewport.pan_by(moved.x(), moved.y())

    def end(self, at: Pointer) -> None:
        """Let go."""
        self._held = None

    def cancel(self) -> None:
        """Let go."""
        self._held = None
