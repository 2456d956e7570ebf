"""Two small drawings: the learning curve while it grows, and the change per class."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.ui.panels.figures import ClassChange
from segstudio.ui.theme import current_theme
from segstudio.ui.words import percent

_CURVE_PX = 104
_ROW_PX = 24
_FIGURES_PX = 86
_AXIS_PX = 24


class LearningCurve(QWidget):
    """Loss (dim) and hold-out mean IoU (accent) over the looks at the hold-out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._losses: list[float] = []
        self._ious: list[tuple[int, float]] = []

    def sizeHint(self) -> QSize:  # noqa: D102  # Qt's name
        return QSize(160, _CURVE_PX)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was measured yet."""
        return not self._losses

    def clear(self) -> None:
        """Begin a new curve."""
        self._losses.clear()
        self._ious.clear()
        self.update()

    def add(self, loss: float, iou: float | None) -> None:
        """One more point."""
        if loss == loss:
            self._losses.append(loss)
        if iou is not None:
            self._ious.append((max(0, len(self._losses) - 1), iou))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.field))
        painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        plot = QRectF(self.rect()).adjusted(8, 28, -_AXIS_PX - 8, -10)
        self._paint_grid(painter, plot)
        top = max(self._losses, default=1.0) or 1.0
        self._paint_line(
            painter, plot, [(i, loss / top) for i, loss in enumerate(self._losses)], theme.disabled
        )
        self._paint_line(painter, plot, list(self._ious), theme.accent)
        self._paint_legend(painter)
        painter.end()

    def _paint_grid(self, painter: QPainter, plot: QRectF) -> None:
        theme = current_theme()
        for share in (0.0, 0.5, 1.0):
            y = plot.bottom() - plot.height() * share
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(theme.dim))
            box = QRectF(plot.right() + 4, y - 8, _AXIS_PX, 16)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, f"{100 * share:.0f}"
            )

    def _paint_line(
        self, painter: QPainter, plot: QRectF, points: list[tuple[int, float]], colour: str
    ) -> None:
        last = max(1, len(self._losses) - 1)
        spots = [
            QPointF(plot.left() + plot.width() * x / last, plot.bottom() - plot.height() * min(1, y))
            for x, y in points
        ]
        painter.setPen(QPen(QColor(colour), 1.8))
        painter.drawPolyline(QPolygonF(spots))
        if spots:
            painter.setBrush(QColor(colour))
            painter.drawEllipse(spots[-1], 2.5, 2.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_legend(self, painter: QPainter) -> None:
        theme = current_theme()
        x = 8.0
        latest = f"  {percent(self._ious[-1][1])}" if self._ious else ""
        for text, colour in (
            (self.tr("Mean IoU on the hold-out, %") + latest, theme.accent),
            (self.tr("Loss"), theme.disabled),
        ):
            painter.setPen(QColor(colour))
            painter.drawText(QPointF(x, 15), text)
            x += painter.fontMetrics().horizontalAdvance(text) + 14


class ClassChanges(QWidget):
    """Per class: the IoU as a bar, a mark where it was before, and both figures in percent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._changes: list[ClassChange] = []

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(160, _ROW_PX * len(self._changes))

    def show_changes(self, changes: list[ClassChange]) -> None:
        """Draw other figures."""
        self._changes = changes
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, change in enumerate(self._changes):
            self._paint_row(painter, QRectF(0, number * _ROW_PX, self.width(), _ROW_PX), change)
        painter.end()

    def _paint_row(self, painter: QPainter, row: QRectF, change: ClassChange) -> None:
        theme = current_theme()
        name_px = row.width() * 0.32
        painter.setPen(QColor(theme.text))
        name = painter.fontMetrics().elidedText(change.name, Qt.TextElideMode.ElideRight, int(name_px - 8))
        painter.drawText(QRectF(0, row.top(), name_px, row.height()), Qt.AlignmentFlag.AlignVCenter, name)
        bar = QRectF(name_px, row.center().y() - 3, row.width() - name_px - _FIGURES_PX, 6)
        colour = theme.bad if change.has_dropped else theme.good
        self._paint_bar(painter, bar, change, colour)
        painter.setPen(QColor(colour if change.before is not None else theme.text))
        words = f"{percent(change.before)} → {percent(change.after)}"
        box = QRectF(row.right() - _FIGURES_PX, row.top(), _FIGURES_PX, row.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)

    def _paint_bar(self, painter: QPainter, bar: QRectF, change: ClassChange, colour: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(current_theme().line))
        painter.drawRoundedRect(bar, 3, 3)
        if change.after is not None:
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(
                QRectF(bar.left(), bar.top(), bar.width() * change.after, bar.height()), 3, 3
            )
        if change.before is not None:
            painter.setBrush(QColor(current_theme().text))
            painter.drawRect(
                QRectF(bar.left() + bar.width() * change.before - 1, bar.top() - 3, 2, bar.height() + 6)
            )
