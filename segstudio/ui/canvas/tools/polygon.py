"""Polygon: corners by clicks, or a free line by dragging."""

import math

from PySide6.QtGui import QPainter, QPolygonF

from segstudio.ui.canvas.projection import Projection
from segstudio.ui.canvas.strokes import draw_line, draw_tint, draw_vertex
from segstudio.ui.canvas.tools.tool import Pointer, Tool, class_colour
from segstudio.ui.session import Session

# a click so near to the first corner closes the polygon; a drag sets a corner every so many pixels
CLOSE_PX = 9.0
DRAG_STEP_PX = 7.0


class PolygonTool(Tool):
    """Keeps the corners until the polygon is closed; then they become one edit."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._corners: list[Pointer] = []
        self._hand: Pointer | None = None

    @property
    def is_sketching(self) -> bool:
        """Whether a corner is set."""
        return bool(self._corners)

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Column and row of the corners set so far."""
        return tuple((corner.col, corner.row) for corner in self._corners)

    def begin(self, at: Pointer) -> None:
        """Set a corner; on the first one, close."""
        self._hand = at
        if len(self._corners) >= 3 and _gap_px(self._corners[0], at) <= CLOSE_PX:
            self.finish()
        elif not self._corners or _gap_px(self._corners[-1], at) > 1:
            self._corners.append(at)

    def drag(self, at: Pointer) -> None:
        """Draw a free line: corners follow the hand."""
        self._hand = at
        if self._corners and _gap_px(self._corners[-1], at) >= DRAG_STEP_PX:
            self._corners.append(at)

    def hover(self, at: Pointer) -> None:
        """Let the rubber band follow."""
        self._hand = at

    def finish(self) -> None:
        """Close the polygon and say it; fewer than three corners are forgotten."""
        corners = self.corners
        self.cancel()
        if len(corners) >= 3:
            self.session.apply_polygon(corners)

    def step_back(self) -> None:
        """Take the last corner away."""
        if self._corners:
            self._corners.pop()

    def cancel(self) -> None:
        """Forget the corners."""
        self._corners.clear()

    def paint(self, painter: QPainter, projection: Projection) -> None:
        """Draw corners, edges, the rubber band and a tint of what would be filled."""
        if not self._corners:
            return
        points = [projection.to_pane(corner.col, corner.row) for corner in self._corners]
        ends = [*points, projection.to_pane(self._hand.col, self._hand.row)] if self._hand else points
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_tint(painter, QPolygonF(ends), class_colour(self.session))
        draw_line(painter, QPolygonF(ends))
        if len(points) >= 2:
            draw_line(painter, QPolygonF([ends[-1], points[0]]), dashed=True)
        closes = (
            self._hand is not None and len(points) >= 3 and _gap_px(self._corners[0], self._hand) <= CLOSE_PX
        )
        for index, point in enumerate(points):
            draw_vertex(painter, point, large=closes and index == 0)


def _gap_px(corner: Pointer, at: Pointer) -> float:
    """How far apart two positions are on screen now, whatever was panned or zoomed in between."""
    return math.hypot(corner.col - at.col, corner.row - at.row) * at.zoom
