"""Brush and eraser: strokes as thick lines between pointer positions."""

from PySide6.QtCore import Qt

from segstudio.ui.canvas.tools.steady_hand import SteadyHand
from segstudio.ui.canvas.tools.tool import Pointer, Tool
from segstudio.ui.session import Session


class BrushTool(Tool):
    """Paints the class in hand, or erases; with Shift a straight line from where the last stroke ended.

    A pen's pressure sets the size, and smoothing calms the line; a stroke still ends where the pointer does.
    """

    has_brush = True

    def __init__(self, session: Session, *, erases: bool = False) -> None:
        super().__init__(session)
        self._erases = erases
        self._is_down = False
        self._last: Pointer | None = None
        self._hand = SteadyHand()
        self._radius_px: float | None = None  # of the stroke now; None while there is none

    @property
    def radius_px(self) -> float:
        """How far the brush reaches now, image pixels."""
        return self.session.brush_radius_px if self._radius_px is None else self._radius_px

    def begin(self, at: Pointer) -> None:
        """Start a stroke."""
        start = at
        if self._last is not None and at.modifiers & Qt.KeyboardModifier.ShiftModifier:
            start = self._last
        self._is_down, self._last = True, at
        self._hand.begin(at.col, at.row, at.time_ms)
        radius = self._press(at)
        self.session.begin_stroke(start.col, start.row, self._erases, radius_px=radius)
        if start is not at:
            self.session.stroke_to(at.col, at.row, radius_px=radius)

    def drag(self, at: Pointer) -> None:
        """Draw on."""
        if self._is_down:
            strength = self.session.pen.smoothing / 100
            col, row = self._hand.follow(at.col, at.row, at.time_ms, zoom=at.zoom, strength=strength)
            self._last = at
            self.session.stroke_to(col, row, radius_px=self._press(at))

    def end(self, at: Pointer) -> None:
        """Finish the stroke."""
        if self._is_down:
            # the last drag, not the release: a pen jumps when it is lifted, and its pressure is gone
            if self._last is not None and self.session.pen.smoothing:
                self.session.stroke_to(self._last.col, self._last.row, radius_px=self._radius_px)
            self._is_down, self._radius_px, self._last = False, None, at
            self.session.end_stroke()

    def cancel(self) -> None:
        """Finish what is drawn (it can be undone) and forget where it ended."""
        if self._is_down:
            self._is_down, self._radius_px = False, None
            self.session.end_stroke()
        self._last = None

    def _press(self, at: Pointer) -> float:
        """The radius at the pressure of a pointer."""
        self._radius_px = round(self.session.brush_radius_px * self.session.pen.share(at.pressure), 2)
        return self._radius_px
