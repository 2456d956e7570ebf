"""Area of interest: a rectangle to predict."""

import math

from PySide6.QtGui import QPainter

from segstudio.raster.window import Window
from segstudio.ui.canvas.projection import Projection
from segstudio.ui.canvas.strokes import draw_frame
from segstudio.ui.canvas.tools.tool import Pointer, Tool
from segstudio.ui.session import Session

# a drag shorter than this is a click, and a click takes the area away
CLICK_PX = 4.0


class AreaTool(Tool):
    """Marks whole pixels: every pixel the dragged rectangle touches belongs to the area."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._from: Pointer | None = None
        self._to: Pointer | None = None

    @property
    def is_sketching(self) -> bool:
        """Whether a rectangle is being dragged."""
        return self._from is not None

    def begin(self, at: Pointer) -> None:
        """Set the first corner."""
        self._from = self._to = at

    def drag(self, at: Pointer) -> None:
        """Move the opposite corner."""
        self._to = at

    def end(self, at: Pointer) -> None:
        """Mark the area, or take it away after a mere click."""
        begun, self._from, self._to = self._from, None, None
        if begun is not None:
            size = math.hypot(at.col - begun.col, at.row - begun.row) * at.zoom
            self.session.set_area(_between(begun, at) if size >= CLICK_PX else None)

    def cancel(self) -> None:
        """Forget the rectangle being dragged."""
        self._from = self._to = None

    def paint(self, painter: QPainter, projection: Projection) -> None:
        """Draw the rectangle being dragged."""
        if self._from is not None and self._to is not None:
            rect = projection.pane_rect(_between(self._from, self._to))
            draw_frame(painter, rect, dashed=True)


def _between(a: Pointer, b: Pointer) -> Window:
    return Window.from_bounds(
        math.floor(min(a.col, b.col)),
        math.floor(min(a.row, b.row)),
        math.ceil(max(a.col, b.col)),
        math.ceil(max(a.row, b.row)),
    )
