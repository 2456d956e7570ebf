"""A strip of the depth colours with two handles: which depths the tools may change."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.mask.depth_filter import DepthFilter
from segstudio.ui.canvas.overlay_colours import depth_table
from segstudio.ui.theme import current_theme

_HEIGHT_PX, _STRIP_PX, _HANDLE_PX = 34, 14, 8
_COLOURS = 9
_STEP_SHARE = 0.01
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}


class DepthRange(QWidget):
    """Handles at the very ends leave the filter open there; arrows move the handle used last."""

    changed = Signal(object)  # DepthFilter

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.limits = (0.0, 1.0)
        self.filter = DepthFilter()
        self._held: int | None = None
        self._used = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Depth range"))
        self.setToolTip(self.tr("Drag the handles: the tools change only what lies between them"))

    def show_range(self, limits: tuple[float, float], wanted: DepthFilter | None) -> None:
        """Show a filter within the depths there are."""
        self.limits, self.filter = limits, wanted or DepthFilter()
        self.update()

    @property
    def ends(self) -> tuple[float, float]:
        """The depths at the two handles; an open end lies at its limit."""
        low, high = self.limits
        ends = self.filter.low, self.filter.high
        return tuple(  # type: ignore[return-value]
            limit if end is None else min(max(end, low), high)
            for limit, end in zip(self.limits, ends, strict=True)
        )

    def handle_x(self, index: int) -> float:
        """Where a handle stands, 0 the lower and 1 the upper one."""
        low, high = self.limits
        share = (self.ends[index] - low) / max(high - low, 1e-9)
        return _HANDLE_PX + share * (self.width() - 2 * _HANDLE_PX)

    def sizeHint(self) -> QSize:  # noqa: D102  # Qt's name
        return QSize(160, _HEIGHT_PX)

    # ---- Qt ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strip = QRectF(_HANDLE_PX, (_HEIGHT_PX - _STRIP_PX) / 2, self.width() - 2 * _HANDLE_PX, _STRIP_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_ramp(strip))
        painter.setOpacity(1.0 if self.isEnabled() else 0.3)
        painter.drawRoundedRect(strip, 3, 3)
        first, last = self.handle_x(0), self.handle_x(1)
        shade = QColor(current_theme().panel)
        shade.setAlpha(205)
        painter.setBrush(shade)
        painter.drawRect(QRectF(strip.left() - 1, strip.top(), first - strip.left() + 1, _STRIP_PX))
        painter.drawRect(QRectF(last, strip.top(), strip.right() - last + 1, _STRIP_PX))
        for index, x in enumerate((first, last)):
            self._paint_handle(painter, x, is_used=self.hasFocus() and index == self._used)

    def _paint_handle(self, painter: QPainter, x: float, *, is_used: bool) -> None:
        theme = current_theme()
        painter.setPen(QPen(QColor(theme.accent if is_used else theme.text), 1.6))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(QRectF(x - _HANDLE_PX / 2, 4, _HANDLE_PX, _HEIGHT_PX - 8), 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        if event.button() == Qt.MouseButton.LeftButton:
            x = event.position().x()
            gaps = [abs(x - self.handle_x(index)) for index in (0, 1)]
            # where both stand on one place, the one that can still move that way
            self._held = 0 if gaps[0] < gaps[1] or (gaps[0] == gaps[1] and x < self.handle_x(0)) else 1
            self._used = self._held
            self._move(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        if self._held is not None:
            self._move(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        turn = _KEYS.get(Qt.Key(event.key()))
        if turn is None:
            super().keyPressEvent(event)
            return
        low, high = self.limits
        self._set(self._used, self.ends[self._used] + turn * _STEP_SHARE * (high - low))

    # ---- inside --------------------------------------------------------------------------------------------

    def _move(self, x: float) -> None:
        low, high = self.limits
        share = (x - _HANDLE_PX) / max(1.0, self.width() - 2 * _HANDLE_PX)
        self._set(self._held or 0, low + min(max(share, 0.0), 1.0) * (high - low))

    def _set(self, index: int, value: float) -> None:
        """Move one handle, no further than the other one."""
        low, high = self.limits
        ends = list(self.ends)
        ends[index] = min(value, ends[1]) if index == 0 else max(value, ends[0])
        wanted = DepthFilter(
            None if ends[0] <= low and self._opens(0) else ends[0],
            None if ends[1] >= high and self._opens(1) else ends[1],
        )
        if wanted != self.filter:
            self.filter = wanted
            self.update()
            self.changed.emit(wanted)

    def _opens(self, index: int) -> bool:
        """Whether a handle at its limit means an open end: always, unless both stand there."""
        return self.ends[0] != self.ends[1] or self.ends[index] == self.limits[index]


def _ramp(strip: QRectF) -> QLinearGradient:
    table = depth_table()
    gradient = QLinearGradient(QPointF(strip.left(), 0), QPointF(strip.right(), 0))
    for step in range(_COLOURS):
        gradient.setColorAt(step / (_COLOURS - 1), QColor(int(table[1 + 254 * step // (_COLOURS - 1)])))
    return gradient
