"""What holds the pointer: a mouse, a pen or its eraser end, a finger, or the palm beside a pen."""

import math
import time

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent

# a touch so soon after the pen was heard is the hand that holds it
PALM_S = 0.7

_Button = Qt.MouseButton
_PRESSURE = QInputDevice.Capability.Pressure


class Hand:
    """Tells pen and hand apart by what was heard last."""

    def __init__(self) -> None:
        self._pen_heard_s = -math.inf
        self._last_press: tuple[float, QPointF] = (-math.inf, QPointF())

    def hear_pen(self) -> None:
        """The pen is near."""
        self._pen_heard_s = time.monotonic()

    def is_palm(self, event: QMouseEvent) -> bool:
        """Whether a mouse event comes from the skin beside a pen."""
        return _is_touch(event) and time.monotonic() - self._pen_heard_s < PALM_S

    def is_second(self, event: QTabletEvent) -> bool:
        """Whether a pen was set down twice, as a mouse is clicked twice."""
        hints, (before_ms, before) = QGuiApplication.styleHints(), self._last_press
        now_ms, place = float(event.timestamp()), event.position()
        apart = math.hypot(place.x() - before.x(), place.y() - before.y())
        is_quick = 0 < now_ms - before_ms <= hints.mouseDoubleClickInterval()
        is_second = is_quick and apart <= hints.touchDoubleTapDistance()
        # a third press is a first one again
        self._last_press = (-math.inf if is_second else now_ms), place
        return is_second


def button_of(event: QMouseEvent | QTabletEvent) -> Qt.MouseButton:
    """The button that is meant: the eraser end is the right one, a finger the middle one, which pans."""
    if event.button() != _Button.LeftButton:
        return event.button()
    if isinstance(event, QTabletEvent):
        return _Button.RightButton if is_eraser(event) else _Button.LeftButton
    return _Button.MiddleButton if _is_touch(event) else _Button.LeftButton


def is_eraser(event: QMouseEvent | QTabletEvent) -> bool:
    """Whether it is the other end of a pen."""
    return isinstance(event, QTabletEvent) and event.pointerType() == QPointingDevice.PointerType.Eraser


def pressure_of(event: QMouseEvent | QTabletEvent) -> float | None:
    """How hard a pen is pressed, 0..1; None for what knows no pressure and for a pen in the air."""
    if not isinstance(event, QTabletEvent) or not event.device().hasCapability(_PRESSURE):
        return None
    is_down = event.buttons() & _Button.LeftButton or event.button() == _Button.LeftButton
    return event.pressure() if is_down else None


def _is_touch(event: QMouseEvent) -> bool:
    if event.device().type() == QInputDevice.DeviceType.TouchScreen:
        return True
    return event.source() != Qt.MouseEventSource.MouseEventNotSynthesized
