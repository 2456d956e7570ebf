"""What the network sees: the adapter's three learned bands beside plain stacking, and its kernels."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from segstudio.jobs.network_view import HIGH_PERCENT, LOW_PERCENT, NetworkView
from segstudio.ui.canvas.tile_picture import picture
from segstudio.ui.panels.parts import Panel, dim_label, heading
from segstudio.ui.theme import current_theme

_FIRST_SIZE = QSize(1080, 720)
_CELL_PX, _GAP_PX = 30, 14
_CHANNELS = ("R", "G", "B")
# From so many bands on only the first kernels are drawn: the rest says no more at a glance.
_MOST_BANDS = 4


class NetworkViewDialog(QDialog):
    """Non-modal; one view, made for one model and one part of one image."""

    def __init__(self, view: NetworkView, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("What the network sees"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.verdict = QLabel(self._verdict(view))
        self.verdict.setWordWrap(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        panel = Panel()
        panel.column.setContentsMargins(20, 14, 20, 18)
        outer.addWidget(panel)
        panel.column.addWidget(heading(title))
        panel.column.addWidget(self.verdict)
        panel.column.addLayout(self._pictures(view), 1)
        panel.column.addLayout(self._kernels(view))
        self.resize(_FIRST_SIZE)

    def _pictures(self, view: NetworkView) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        for column, (name, pixels, ranges) in enumerate(
            (
                (self.tr("Plain stacking"), view.stacked, view.stacked_range),
                (self.tr("The adapter's three bands"), view.seen, view.seen_range),
            )
        ):
            grid.addWidget(heading(name), 0, column)
            grid.addWidget(PictureLabel(picture(pixels)), 1, column)
            grid.addWidget(dim_label(self._range_words(ranges), wrap=True), 2, column)
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(1, 1)
        return grid

    def _kernels(self, view: NetworkView) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(28)
        for name, kernels, biases in (
            (self.tr("First convolution, less plain stacking"), view.mix, view.biases[0]),
            (self.tr("Second convolution, less passing on"), view.refine, view.biases[1]),
        ):
            column = QVBoxLayout()
            column.addWidget(heading(name))
            column.addWidget(KernelPlot(kernels))
            words = "  ".join(f"{c} {_number(b)}" for c, b in zip(_CHANNELS, biases, strict=True))
            column.addWidget(dim_label(self.tr("biases {values}").format(values=words)))
            column.addStretch(1)
            row.addLayout(column)
        row.addStretch(1)
        return row

    def _verdict(self, view: NetworkView) -> str:
        if view.is_plain:
            return self.tr(
                "The adapter has learned nothing yet: what it gives is exactly the stacking of channels."
            )
        mean, most = view.difference
        parts = ", ".join(
            f"{name} {100 * a:.1f} % ({100 * b:.0f} %)"
            for name, a, b in zip(_CHANNELS, mean, most, strict=True)
        )
        words = self.tr("The adapter departs from plain stacking by {parts} of the value range, mean (most).")
        if _spread(view) < 0.1 * float(mean.mean()):
            return words.format(parts=parts) + " " + self.tr("Its three bands still say the same.")
        return words.format(parts=parts) + " " + self.tr("Colours show where its three bands disagree.")

    def _range_words(self, ranges: tuple[tuple[float, float], ...]) -> str:
        parts = "   ".join(
            f"{name} {_number(low)} … {_number(high)}"
            for name, (low, high) in zip(_CHANNELS, ranges, strict=True)
        )
        return self.tr("{parts}   (percentiles {low} and {high} of each band)").format(
            parts=parts, low=f"{LOW_PERCENT:.0f}", high=f"{HIGH_PERCENT:.0f}"
        )


class PictureLabel(QLabel):
    """A picture as large as there is room, its proportions kept."""

    def __init__(self, image: QImage) -> None:
        super().__init__()
        self._pixmap = QPixmap.fromImage(image)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(160, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102  # Qt's name
        super().resizeEvent(event)
        ratio = self.devicePixelRatioF()
        fitted = self._pixmap.scaled(
            self.size() * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        fitted.setDevicePixelRatio(ratio)
        self.setPixmap(fitted)


class KernelPlot(QWidget):
    """3x3 kernels (3, B, 3, 3) as tables of numbers, a row per output; blue below zero, orange above."""

    def __init__(self, kernels: npt.NDArray[np.float32], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kernels = kernels[:, :_MOST_BANDS]
        self._most = max(float(np.abs(self._kernels).max()), 1e-6)
        outputs, bands = self._kernels.shape[:2]
        # the outputs stand side by side: a dialog is wider than high
        self._columns = outputs * bands
        side = 3 * _CELL_PX
        self.setFixedSize(self._columns * side + (self._columns - 1) * _GAP_PX + 2, side + 20)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102  # Qt's name
        painter = QPainter(self)
        font = painter.font()
        font.setPointSizeF(max(6.0, font.pointSizeF() * 0.68))
        painter.setFont(font)
        bands = self._kernels.shape[1]
        for column in range(self._columns):
            output, band = divmod(column, bands)
            left = column * (3 * _CELL_PX + _GAP_PX)
            name = _CHANNELS[output] if bands == 1 else f"{band + 1} → {_CHANNELS[output]}"
            painter.setPen(QColor(current_theme().dim))
            painter.drawText(QRectF(left, 0, 3 * _CELL_PX, 16), Qt.AlignmentFlag.AlignLeft, name)
            self._paint_kernel(painter, left, self._kernels[output, band])

    def _paint_kernel(self, painter: QPainter, left: float, kernel: npt.NDArray[np.float32]) -> None:
        theme = current_theme()
        for row in range(3):
            for col in range(3):
                value = float(kernel[row, col])
                cell = QRectF(left + col * _CELL_PX, 18 + row * _CELL_PX, _CELL_PX - 1, _CELL_PX - 1)
                colour = QColor(230, 126, 34) if value > 0 else QColor(52, 120, 200)
                colour.setAlphaF(0.08 + 0.72 * abs(value) / self._most)
                painter.fillRect(cell, colour)
                painter.setPen(QColor(theme.text))
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{value:.2f}".replace("0.", "."))


def _spread(view: NetworkView) -> float:
    """How far the three bands lie apart on average, in shares of the value range."""
    spans = np.array([high - low for low, high in view.seen_range])
    lows = np.array([low for low, _ in view.seen_range])
    values = view.seen / 255 * spans + lows
    return float((values.max(axis=2) - values.min(axis=2)).mean())


def _number(value: float) -> str:
    return QLocale().toString(float(value), "f", 3)
