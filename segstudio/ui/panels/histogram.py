"""A small histogram with two lines to drag: which value becomes black, which becomes full."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.ui.stretch_control import Histogram
from segstudio.ui.theme import current_theme

_HEIGHT_PX = 64
_GRIP_PX = 7
# Red, green and blue as light, told apart on both grounds; a single band is drawn in the text's colour.
BAND_COLOURS = ("#e5686b", "#4fb286", "#5b8def")


class HistogramView(QWidget):
    """Curves of the shown bands over one axis of values; the lines belong to the chosen band, or to all."""

    range_dragged = Signal(float, float)  # low, high of the chosen band

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._curves: list[np.ndarray] = []
        self._axis = (0.0, 1.0)
        self._range = (0.0, 1.0)
        self._chosen: int | None = None
        self._dragged: int | None = None

    def sizeHint(self) -> QSize:  # noqa: D102  # Qt's name
        return QSize(160, _HEIGHT_PX)

    def show_histograms(self, histograms: tuple[Histogram, ...]) -> None:
        """Draw other curves."""
        if histograms:
            low = min(float(each.edges[0]) for each in histograms)
            high = max(float(each.edges[-1]) for each in histograms)
            self._axis = (low, high) if high > low else (low, low + 1)
        self._curves = [_curve(each, self._axis) for each in histograms]
        self.update()

    def show_range(self, low: float, high: float, chosen: int | None) -> None:
        """Draw the lines at other values."""
        self._range, self._chosen = (low, high), chosen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.field))
        painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        for number, curve in enumerate(self._curves):
            self._paint_curve(painter, curve, number)
        if self._curves:
            self._paint_lines(painter)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        x = event.position().x()
        ends = [self._x(value) for value in self._range]
        self._dragged = 0 if abs(x - ends[0]) <= abs(x - ends[1]) else 1
        self._drag_to(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        x = event.position().x()
        near = min(abs(x - self._x(value)) for value in self._range) <= _GRIP_PX
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
        if self._dragged is not None:
            self._drag_to(x)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        self._dragged = None

    def _drag_to(self, x: float) -> None:
        low, high = self._axis
        value = low + (high - low) * (x - 1) / max(1, self.width() - 2)
        step = (high - low) / 256
        ends = list(self._range)
        ends[self._dragged or 0] = min(max(value, low), high)
        if ends[1] - ends[0] >= step:
            self.range_dragged.emit(ends[0], ends[1])

    def _paint_curve(self, painter: QPainter, curve: np.ndarray, number: int) -> None:
        single = len(self._curves) == 1
        colour = QColor(current_theme().dim if single else BAND_COLOURS[number])
        colour.setAlpha(255 if self._chosen in (None, number) else 70)
        bottom, room = self.height() - 2.0, self.height() - 10.0
        xs = np.linspace(1, self.width() - 2, len(curve))
        points = [QPointF(x, bottom - room * y) for x, y in zip(xs, curve, strict=True)]
        shade = QColor(colour)
        shade.setAlpha(70 if single else 34)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        painter.drawPolygon(QPolygonF([QPointF(xs[0], bottom), *points, QPointF(xs[-1], bottom)]))
        painter.setPen(QPen(colour, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))

    def _paint_lines(self, painter: QPainter) -> None:
        theme = current_theme()
        left, right = (self._x(value) for value in self._range)
        veil = QColor(theme.panel)
        veil.setAlpha(150)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(veil)
        painter.drawRect(QRectF(0, 0, left, self.height()))
        painter.drawRect(QRectF(right, 0, self.width() - right, self.height()))
        painter.setPen(QPen(QColor(theme.accent), 1.5))
        painter.setBrush(QColor(theme.accent))
        for x in (left, right):
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
            painter.drawRoundedRect(QRectF(x - 2.5, self.height() / 2 - 7, 5, 14), 2, 2)

    def _x(self, value: float) -> float:
        low, high = self._axis
        return min(max((value - low) / (high - low), 0.0), 1.0) * (self.width() - 2) + 1


def _curve(histogram: Histogram, axis: tuple[float, float]) -> np.ndarray:
    """Heights 0..1 over the common axis; the square root lets rare values be seen beside common ones."""
    centres = (histogram.edges[:-1] + histogram.edges[1:]) / 2
    counts = np.sqrt(histogram.counts.astype(float))
    smooth = np.convolve(counts, np.ones(5) / 5, mode="same")
    heights = np.interp(np.linspace(*axis, 128), centres, smooth, left=0, right=0)
    # the fullest bin is often nodata or haze: the 99th percentile sets the height
    top = float(np.percentile(heights, 99)) or float(heights.max()) or 1.0
    return np.minimum(heights / top, 1.0)
