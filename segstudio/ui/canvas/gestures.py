"""From buttons, wheel and keys to tools: which gesture is meant."""

import math

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QWheelEvent

from segstudio.ui.canvas.tools.area import AreaTool
from segstudio.ui.canvas.tools.brush import BrushTool
from segstudio.ui.canvas.tools.fill import FillTool
from segstudio.ui.canvas.tools.pan import PanTool
from segstudio.ui.canvas.tools.polygon import PolygonTool
from segstudio.ui.canvas.tools.tool import Pointer, Tool
from segstudio.ui.canvas.viewport import Viewport
from segstudio.ui.session import Session

NOTCH = 120  # what Qt counts for one notch of a wheel
ZOOM_PER_NOTCH = 1.3
ZOOM_PER_TRACKPAD_PX = 1.006
BRUSH_PER_NOTCH = 1.15
_KEY_PAN_SHARE = 0.2

Button = Qt.MouseButton


class Gestures(QObject):
    """Gives every press to one tool, which then has the pointer until the same button goes up.

    The left button belongs to the tool in hand (with Alt it picks a class, with Space it pans), the middle
    one pans, the right one erases, or takes a corner back while a polygon is drawn. What a pen and a finger
    mean by these is known to `Hand`.
    """

    changed = Signal()  # a sketch or the cursor shape changed

    def __init__(self, session: Session, viewport: Viewport, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._viewport = session, viewport
        self._pan = PanTool(session, viewport)
        self._right = BrushTool(session, erases=True)
        self._tools: dict[str, Tool] = {
            "pan": self._pan,
            "brush": BrushTool(session),
            "eraser": BrushTool(session, erases=True),
            "polygon": PolygonTool(session),
            "fill": FillTool(session),
            "area": AreaTool(session),
        }
        self._tool = self._tools[session.tool]
        self._active: tuple[Tool, Button] | None = None
        self._space = False
        self._hovers_eraser = False
        session.tool_changed.connect(self._take)
        session.document_changed.connect(self.cancel)

    @property
    def tool(self) -> Tool:
        """The tool in hand."""
        return self._tool

    @property
    def shows_brush(self) -> bool:
        """Whether the brush outline follows the pointer."""
        if self._active is not None:
            return self._active[0].has_brush
        return self._hovers_eraser or (self._tool.has_brush and not self._space)

    @property
    def brush_radius_px(self) -> float:
        """How far the brush reaches now, image pixels: with a pen it depends on the pressure."""
        active = self._active[0] if self._active is not None else None
        return active.radius_px if isinstance(active, BrushTool) else self._session.brush_radius_px

    @property
    def erases(self) -> bool:
        """Whether the outline is that of an eraser."""
        if self._active is not None:
            return self._active[0] is self._right or self._session.tool == "eraser"
        return self._hovers_eraser or self._session.tool == "eraser"

    @property
    def cursor(self) -> Qt.CursorShape:
        """The shape of the pointer now."""
        if self._active is not None and self._active[0] is self._pan:
            return Qt.CursorShape.ClosedHandCursor
        if self._space:
            return Qt.CursorShape.OpenHandCursor
        return Qt.CursorShape.CrossCursor if self._session.depth_pick else self._tool.cursor

    # ---- buttons -------------------------------------------------------------------------------------------

    def press(self, button: Button, at: Pointer) -> None:
        """A button went down."""
        if self._active is not None:
            return
        if button == Button.LeftButton and at.modifiers & Qt.KeyboardModifier.AltModifier:
            self._session.pick_class_at(at.col, at.row)
            return
        if self._session.depth_pick and button == Button.LeftButton and not self._space:
            self._session.pick_depth_at(at.col, at.row)
            return
        if button == Button.RightButton and self._tool.is_sketching:
            self.step_back()
            return
        tool = self._tool_for(button)
        if tool is not None:
            self._active = (tool, button)
            tool.begin(at)
            self.changed.emit()

    def move(self, at: Pointer) -> None:
        """The pointer moved."""
        self._hovers_eraser = at.is_eraser
        if self._active is not None:
            self._active[0].drag(at)
        else:
            self._tool.hover(at)
        if self._tool.is_sketching:
            self.changed.emit()

    def release(self, button: Button, at: Pointer) -> None:
        """A button went up."""
        if self._active is not None and self._active[1] == button:
            tool, self._active = self._active[0], None
            tool.end(at)
            self.changed.emit()

    def double_click(self, button: Button, at: Pointer) -> None:
        """A second click: what is sketched is meant; without a sketch it is a press like any other."""
        if button == Button.LeftButton and self._tool.is_sketching:
            self.finish()
        else:
            self.press(button, at)

    def wheel(self, event: QWheelEvent, offset: QPointF) -> None:
        """Zoom at the pointer (`offset` from the middle of the pane), or with Ctrl resize the brush."""
        notches = event.angleDelta().y() / NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._resize_brush(notches)
        elif event.phase() != Qt.ScrollPhase.NoScrollPhase and not event.pixelDelta().isNull():
            self._viewport.zoom_at(math.pow(ZOOM_PER_TRACKPAD_PX, event.pixelDelta().y()), offset)
        elif notches:
            self._viewport.zoom_at(math.pow(ZOOM_PER_NOTCH, notches), offset, animated=True)

    # ---- keys ----------------------------------------------------------------------------------------------

    def claims(self, key: int) -> bool:
        """Whether a key means the sketch now, rather than a menu's action."""
        if key == Qt.Key.Key_Escape and self._session.depth_pick:
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Escape):
            return self._tool.is_sketching
        return key == Qt.Key.Key_Space or key in _ARROWS

    def key_down(self, key: int) -> bool:
        """A key went down; whether it meant something here."""
        if not self.claims(key):
            return False
        if key == Qt.Key.Key_Space:
            self._hold_space(True)
        elif key in _ARROWS:
            self._pan_by_key(key)
        elif key == Qt.Key.Key_Backspace:
            self.step_back()
        elif key == Qt.Key.Key_Escape:
            self._session.pick_depth(None)
            self.cancel()
        else:
            self.finish()
        return True

    def key_up(self, key: int) -> bool:
        """A key went up; whether it meant something here."""
        if key != Qt.Key.Key_Space:
            return False
        self._hold_space(False)
        return True

    def lose_focus(self) -> None:
        """Keys that go up elsewhere are not heard: forget that Space is held."""
        self._hold_space(False)

    def finish(self) -> None:
        """What is sketched is meant."""
        self._tool.finish()
        self.changed.emit()

    def step_back(self) -> None:
        """Take the last part of the sketch away."""
        self._tool.step_back()
        self.changed.emit()

    def cancel(self) -> None:
        """Forget the sketch and let go of everything."""
        active, self._active = self._active, None
        for tool in {id(t): t for t in (self._tool, *(active[:1] if active else ()))}.values():
            tool.cancel()
        self.changed.emit()

    # ---- inside --------------------------------------------------------------------------------------------

    def _tool_for(self, button: Button) -> Tool | None:
        if button == Button.MiddleButton or (button == Button.LeftButton and self._space):
            return self._pan
        if button == Button.RightButton:
            return self._right
        return self._tool if button == Button.LeftButton else None

    def _take(self, name: str) -> None:
        self.cancel()
        self._tool = self._tools[name]
        self.changed.emit()

    def _hold_space(self, held: bool) -> None:
        if held != self._space:
            self._space = held
            self.changed.emit()

    def _resize_brush(self, notches: float) -> None:
        radius = self._session.brush_radius_px
        wanted = round(radius * math.pow(BRUSH_PER_NOTCH, notches))
        if wanted == radius and notches:
            wanted = radius + (1 if notches > 0 else -1)
        self._session.set_brush_radius(wanted)

    def _pan_by_key(self, key: int) -> None:
        across, down = _ARROWS[key]
        self._viewport.pan_by_share(across * _KEY_PAN_SHARE, down * _KEY_PAN_SHARE)


_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
