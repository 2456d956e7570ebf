"""One view of the scene: image, image with overlay, or depth."""

from typing import Literal

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from segstudio.raster.window import Window
from segstudio.ui.canvas.area_shade import draw_area
from segstudio.ui.canvas.divider import Divider
from segstudio.ui.canvas.frame import Frame
from segstudio.ui.canvas.furniture import Furniture
from segstudio.ui.canvas.hand import Hand, button_of, is_eraser, pressure_of
from segstudio.ui.canvas.layers import OverlayPainter, draw_ground, draw_image
from segstudio.ui.canvas.outline import BrushOutline, draw_brush_outline
from segstudio.ui.canvas.overlay import OverlayKind
from segstudio.ui.canvas.projection import Projection
from segstudio.ui.canvas.stage import Stage, ground_colours
from segstudio.ui.canvas.strokes import draw_frame
from segstudio.ui.canvas.tools.tool import Pointer, class_colour

PaneRole = Literal["image", "overlay", "depth"]

# so much colouring of overlay tiles is done in one paint; the rest follows after other events had their turn
SLICE_MS = 9.0


class CanvasPane(QWidget):
    """Shows the shared view in its own role, and hands every event of the mouse to the shared gestures."""

    pointed = Signal(object)  # (col, row) under the pointer, None when it left

    def __init__(self, stage: Stage, role: PaneRole, parent: QWidget) -> None:
        super().__init__(parent)
        self.role = role
        self.furniture = Furniture()
        self.divider: Divider | None = None
        self.frame = Frame()
        self._stage = stage
        self._outline = BrushOutline()
        self._hand = Hand()
        self._overlay = OverlayPainter(stage.overlays)
        self._behind: list[Window] = []
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setMinimumSize(80, 80)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._catch_up)

    # ---- what changed --------------------------------------------------------------------------------------

    @property
    def projection(self) -> Projection:
        """The view as this pane shows it."""
        return self._stage.viewport.projection(self.size())

    @property
    def is_behind(self) -> bool:
        """Whether overlay tiles still wait for their turn to be coloured."""
        return bool(self._behind) or self._later.isActive()

    def refresh(self, *windows: Window) -> None:
        """Paint windows again, or without any everything."""
        region = self.frame.invalidate(*windows)
        if not windows:
            self.update()
        elif not region.isEmpty():
            self.update(self._logical(region.boundingRect()))

    def refresh_spot(self) -> None:
        """Let the brush outline follow the pointer."""
        spot = self._stage.spot if self._stage.gestures.shows_brush else None
        dirty = self._outline.move(self.projection, spot, self._stage.gestures.brush_radius_px)
        if not dirty.isEmpty():
            self.update(dirty)

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """Give the pointer a shape."""
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    # ---- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the frame, then what lies over it."""
        projection = self.projection
        image = self.frame.show(projection, self._compose)
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.drawImage(QPoint(0, 0), image)
        self._paint_over(painter, projection)
        painter.end()
        if self._behind:
            self._later.start()
        else:
            self._stage.overlays.prepare()

    def _compose(self, painter: QPainter, projection: Projection, rect: QRect) -> None:
        stage = self._stage
        image = projection.device_rect(Window(0, 0, stage.grid.width, stage.grid.height))
        draw_ground(painter, rect, image, *ground_colours())
        if rect.intersected(image).isEmpty():
            return
        if self.role != "depth":
            draw_image(painter, projection, rect, stage.grid, stage.tiles)
        kind = self._kind()
        if kind is not None:
            self._compose_overlay(painter, projection, self._covered(rect), kind)
        if self.role != "image" and stage.overlays.depth_filter is not None:
            self._compose_overlay(painter, projection, self._covered(rect), "outside")

    def _compose_overlay(
        self, painter: QPainter, projection: Projection, rect: QRect, kind: OverlayKind
    ) -> None:
        if rect.isEmpty():
            return
        self._stage.overlays.begin_slice(SLICE_MS)
        opacity = 1.0 if self.role == "depth" or kind == "outside" else self._stage.opacity(kind)
        painter.setClipRect(rect)
        self._behind += self._overlay.draw(painter, projection, rect, kind, opacity)

    def _kind(self) -> OverlayKind | None:
        if self.role == "depth":
            return "depth"
        return self._stage.overlay_kind() if self.role == "overlay" else None

    def _covered(self, rect: QRect) -> QRect:
        """The part of a rectangle of device pixels that carries the overlay."""
        if self.divider is None:
            return rect
        left = round(self.divider.x(self.width()) * self.devicePixelRatioF())
        return rect & QRect(left, rect.top(), rect.right() + 1, rect.height())

    def _catch_up(self) -> None:
        """Colour what did not fit into the last paint."""
        behind, self._behind = self._behind, []
        if behind:
            self.refresh(*behind)

    def _paint_over(self, painter: QPainter, projection: Projection) -> None:
        stage, pane = self._stage, QRectF(self.rect())
        if stage.session.area is not None:
            draw_area(painter, pane, projection.pane_rect(stage.session.area))
        if self.divider is not None:
            self.divider.paint(painter, pane)
        self.furniture.paint(painter, pane, projection, self.divider)
        if stage.pointed_out is not None:
            draw_frame(painter, projection.pane_rect(stage.pointed_out))
        stage.gestures.tool.paint(painter, projection)
        if stage.gestures.shows_brush and stage.spot is not None:
            colour = None if stage.gestures.erases else class_colour(stage.session)
            draw_brush_outline(painter, projection, stage.spot, stage.gestures.brush_radius_px, colour)

    def _logical(self, rect: QRect) -> QRect:
        ratio = self.devicePixelRatioF()
        scaled = QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio)
        return scaled.toAlignedRect()

    # ---- mouse and pen -------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A button went down."""
        if not self._hand.is_palm(event):
            self._press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The pointer moved."""
        if not self._hand.is_palm(event):
            self._move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A button went up."""
        self._release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second click came quickly."""
        if not self._hand.is_palm(event):
            self._stage.gestures.double_click(button_of(event), self._pointer(event))

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen was set down, moved or lifted; accepted, so that no mouse is made of it."""
        self._hand.hear_pen()
        self._stage.session.hear_pen()
        if event.type() == QEvent.Type.TabletMove:
            self._move(event)
        elif event.type() == QEvent.Type.TabletRelease:
            self._release(event)
        elif self._hand.is_second(event):
            self._stage.gestures.double_click(button_of(event), self._pointer(event))
        else:
            self._press(event)
        event.accept()

    def _press(self, event: QMouseEvent | QTabletEvent) -> None:
        if self._on_divider(event.position()) and event.button() == Qt.MouseButton.LeftButton:
            self._slide(event.position())
            return
        self._stage.gestures.press(button_of(event), self._pointer(event))

    def _move(self, event: QMouseEvent | QTabletEvent) -> None:
        if self.divider is not None and self.divider.is_held:
            self._slide(event.position())
            return
        at = self._pointer(event)
        self._stage.gestures.move(at)
        self.pointed.emit((at.col, at.row))
        over = self._on_divider(event.position()) and not event.buttons()
        self.show_cursor(Qt.CursorShape.SplitHCursor if over else self._stage.gestures.cursor)

    def _release(self, event: QMouseEvent | QTabletEvent) -> None:
        if self.divider is not None and self.divider.is_held:
            self.divider.is_held = False
            return
        self._stage.gestures.release(button_of(event), self._pointer(event))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        self._stage.gestures.wheel(event, self._offset(event.position()))
        event.accept()

    def enterEvent(self, event: QEvent) -> None:
        """Hear the keys of the canvas, unless someone is typing."""
        if not _is_typing(self.window().focusWidget()):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().enterEvent(event)  # type: ignore[arg-type]

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is elsewhere."""
        self.pointed.emit(None)
        super().leaveEvent(event)

    # ---- keys and gestures ---------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Claim keys that mean the sketch before menus take them; hear pinches."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._stage.gestures.claims(event.key()):
                event.accept()
                return True
        elif isinstance(event, QNativeGestureEvent):
            return self._pinch(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key went down."""
        if not self._stage.gestures.key_down(event.key()):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A key went up."""
        if event.isAutoRepeat() or not self._stage.gestures.key_up(event.key()):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys are heard elsewhere."""
        self._stage.gestures.lose_focus()
        super().focusOutEvent(event)

    # ---- inside --------------------------------------------------------------------------------------------

    def _pointer(self, event: QMouseEvent | QTabletEvent) -> Pointer:
        projection = self.projection
        col, row = projection.to_image(event.position())
        return Pointer(
            col,
            row,
            event.position(),
            projection.scale / projection.ratio,
            modifiers=event.modifiers(),
            pressure=pressure_of(event),
            is_eraser=is_eraser(event),
            time_ms=event.timestamp(),
        )

    def _offset(self, place: QPointF) -> QPointF:
        return place - QPointF(self.width() / 2, self.height() / 2)

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._stage.viewport.zoom_at(1 + event.value(), self._offset(event.position()))
            return True
        return False

    def _on_divider(self, place: QPointF) -> bool:
        return self.divider is not None and self.divider.is_hit(place.x(), self.width())

    def _slide(self, place: QPointF) -> None:
        """Move the divider; only what lies between its old and its new place is composed again."""
        assert self.divider is not None
        old = self.divider.x(self.width())
        self.divider.hold_at(place.x(), self.width())
        new, ratio = self.divider.x(self.width()), self.devicePixelRatioF()
        left, right = min(old, new), max(old, new)
        device = QRectF((left - 1) * ratio, 0, (right - left + 2) * ratio, self.height() * ratio)
        self.frame.invalidate_rect(device.toAlignedRect())
        self.update()


def _is_typing(focus: QWidget | None) -> bool:
    """Whether a widget has the focus that takes letters and digits."""
    return focus is not None and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
