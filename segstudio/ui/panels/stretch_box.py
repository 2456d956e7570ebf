"""Bands, histogram, low, high and gamma of the shown image."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from segstudio.raster.raster import RasterInfo
from segstudio.raster.stretch import Stretch
from segstudio.ui.panels.histogram import HistogramView
from segstudio.ui.panels.parts import GAP_PX, ValueSlider
from segstudio.ui.session import Session
from segstudio.ui.stretch_control import MAX_GAMMA, MIN_GAMMA

_GAMMA_STEP = 20  # slider steps per 1.0
_GRAY = 1
# As wide as the dock gives, never wider: the words in a band box may be cut, the box may not.
_SHRINKS = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


class StretchBox(QWidget):
    """Every change goes to the session at once; the histogram's lines belong to the chosen band."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.bands = [QComboBox() for _ in range(3)]
        self.histogram = HistogramView()
        self.channel = QComboBox()
        self.low, self.high = _spin(), _spin()
        self.gamma = ValueSlider(
            self.tr("Gamma"),
            round(MIN_GAMMA * _GAMMA_STEP),
            round(MAX_GAMMA * _GAMMA_STEP),
            lambda v: f"{v / _GAMMA_STEP:.2f}",
        )
        self.auto = QPushButton(self.tr("Auto"))
        self.auto.setToolTip(self.tr("Bands and values that suit the image: the 2nd to the 98th percentile"))
        self._lay_out()
        self._connect()
        self._fill(None)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        bands = QHBoxLayout()
        bands.setSpacing(4)
        for box in self.bands:
            box.setSizePolicy(_SHRINKS)
            box.setProperty("tight", True)
            bands.addWidget(box, 1)
        column.addLayout(bands)
        column.addWidget(self.histogram)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        for place, (name, spin) in enumerate(((self.tr("Low"), self.low), (self.tr("High"), self.high))):
            label = QLabel(name)
            label.setBuddy(spin)
            grid.addWidget(label, 0, 2 * place)
            grid.addWidget(spin, 0, 2 * place + 1)
            grid.setColumnStretch(2 * place + 1, 1)
        column.addLayout(grid)
        column.addWidget(self.gamma)
        below = QHBoxLayout()
        below.addWidget(self.channel, 1)
        below.addWidget(self.auto, 1)
        column.addLayout(below)

    def _connect(self) -> None:
        session = self._session
        session.document_changed.connect(self._fill)
        session.stretch_changed.connect(self._show)
        for box in self.bands:
            box.activated.connect(self._choose_bands)
        self.channel.activated.connect(lambda _: self._show(session.stretch))
        self.histogram.range_dragged.connect(self._set_range)
        for spin in (self.low, self.high):
            spin.editingFinished.connect(lambda: self._set_range(self.low.value(), self.high.value()))
        self.gamma.value_changed.connect(lambda value: session.stretching.set_gamma(value / _GAMMA_STEP))
        self.auto.clicked.connect(session.stretching.reset)

    def _fill(self, document: object) -> None:
        """Offer the bands of another image."""
        info: RasterInfo | None = document.info if document is not None else None  # type: ignore[attr-defined]
        self.setEnabled(info is not None)
        names = [_band_name(info, band) for band in range(info.band_count)] if info else []
        for place, box in enumerate(self.bands):
            box.clear()
            if place == 0 and len(names) > 1:
                box.addItems([*names, *(self.tr("{band} as gray").format(band=name) for name in names)])
            else:
                box.addItems(names)
            box.setVisible(place == 0 or len(names) > 1)
        self._show(self._session.stretch)

    def _show(self, stretch: Stretch | None) -> None:
        if stretch is None or self.bands[0].count() == 0:
            return
        self._show_bands(stretch)
        self.histogram.show_histograms(self._session.stretching.histograms)
        low, high = self._range_of(stretch)
        for spin, value in ((self.low, low), (self.high, high)):
            with QSignalBlocker(spin):
                spin.setDecimals(_decimals(high - low))
                spin.setSingleStep((high - low) / 50)
                spin.setValue(value)
        self.histogram.show_range(low, high, self._position() if len(stretch.bands) > 1 else None)
        self.gamma.set_value(round(stretch.gamma * _GAMMA_STEP))

    def _show_bands(self, stretch: Stretch) -> None:
        single = len(stretch.bands) == _GRAY
        count = self.bands[1].count() or 1
        for place, box in enumerate(self.bands):
            offset = count if single and count > 1 and place == 0 else 0
            if not single or place == 0:
                box.setCurrentIndex(stretch.bands[place] + offset)
            box.setEnabled(not single or place == 0)
        words = [self.tr("All bands"), self.tr("Red"), self.tr("Green"), self.tr("Blue")]
        chosen = max(0, self.channel.currentIndex())
        self.channel.setVisible(not single)
        if self.channel.count() != len(words):
            self.channel.addItems(words)
        self.channel.setCurrentIndex(chosen)

    def _choose_bands(self, _: int = 0) -> None:
        count = self.bands[1].count() or 1
        first = self.bands[0].currentIndex()
        if first >= count:
            self._session.stretching.set_bands((first - count,))
        else:
            others = [max(0, box.currentIndex()) for box in self.bands[1:]]
            self._session.stretching.set_bands((first, *others) if count > 1 else (first,))

    def _position(self) -> int | None:
        """The chosen band's place in the stretch; None = all of them."""
        return self.channel.currentIndex() - 1 if self.channel.currentIndex() > 0 else None

    def _range_of(self, stretch: Stretch) -> tuple[float, float]:
        position = self._position() if len(stretch.bands) > 1 else 0
        if position is not None:
            return stretch.low[position], stretch.high[position]
        count = len(stretch.bands)
        return sum(stretch.low) / count, sum(stretch.high) / count

    def _set_range(self, low: float, high: float) -> None:
        stretch = self._session.stretch
        if stretch is None:
            return
        position = self._position() if len(stretch.bands) > 1 else 0
        if position is not None:
            self._session.stretching.set_range(position, low, high)
            return
        before = self._range_of(stretch)
        self._session.stretching.shift_ranges(low - before[0], high - before[1])


def _spin() -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setRange(-1e12, 1e12)
    spin.setKeyboardTracking(False)
    spin.setSizePolicy(_SHRINKS)
    spin.setMinimumWidth(48)
    return spin


def _decimals(span: float) -> int:
    if span >= 50:
        return 0
    return 2 if span >= 1 else 4


def _band_name(info: RasterInfo, band: int) -> str:
    name = info.band_names[band] if band < len(info.band_names) else ""
    return f"{band + 1} {name}".strip()
