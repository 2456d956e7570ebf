"""The status bar: where the pointer is and what lies there | the running job | memory."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStatusBar,
    QWidget,
)

from segstudio.raster.crs import parse_crs
from segstudio.raster.georeference import to_lonlat, to_map
from segstudio.raster.raster import RasterInfo
from segstudio.ui.background import Background
from segstudio.ui.desk import JobState
from segstudio.ui.machine import read_memory
from segstudio.ui.pixel_probe import PixelProbe, PixelValues
from segstudio.ui.session import Session
from segstudio.ui.words import clock, grouped, translate

_MEMORY_MS = 2000
# The values are read when the pointer rests, not on every step of its way.
_PROBE_MS = 40
_MOST_VALUES = 6


class StatusBar(QStatusBar):
    """Cells of fixed width, so that nothing jumps while the pointer moves."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._probe = PixelProbe()
        self._background = Background(self)
        self.place, self.map, self.lonlat = (
            _cell("x 00000  y 00000"),
            _cell("000000.00  0000000.00"),
            _cell("00.00000° N  000.00000° E"),
        )
        self.values, self.class_name, self.memory = _cell("000 000 000"), _cell("vegetation xx"), QLabel()
        self.facts = _cell("")
        self.job = JobCell(session)
        self._lay_out()
        self._timers()
        session.cursor_moved.connect(self._move)
        session.document_changed.connect(lambda _: self._move(None))
        session.mask_changed.connect(lambda _: self._show_class())

    def stop(self) -> None:
        """End the workers: the window closes."""
        self._background.stop()
        self._probe.close()

    def _lay_out(self) -> None:
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        for cell in (self.facts, self.place, self.map, self.lonlat, self.values, self.class_name):
            self.addWidget(cell)
        self.addPermanentWidget(self.job)
        self.addPermanentWidget(self.memory)
        self.memory.setProperty("dim", True)
        self.memory.setContentsMargins(8, 0, 4, 0)

    def _timers(self) -> None:
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_PROBE_MS)
        self._rest.timeout.connect(self._ask_values)
        self._watch = QTimer(self)
        self._watch.timeout.connect(lambda: self._background.ask("memory", read_memory, self._show_memory))
        self._watch.start(_MEMORY_MS)

    def _move(self, spot: tuple[float, float] | None) -> None:
        document, extent = self._session.document, self._session.extent
        if (
            document is None
            or extent is None
            or spot is None
            or not extent.contains_pixel(int(spot[0]), int(spot[1]))
        ):
            self._show_facts()
            return
        for cell in (self.place, self.values, self.class_name):
            cell.show()
        self.facts.hide()
        col, row = spot
        self.place.setText(f"x {int(col)}  y {int(row)}")
        self.map.setText(_map_words(document.info, col, row))
        self.lonlat.setText(_lonlat_words(document.info, col, row))
        self.map.setVisible(document.info.transform is not None)
        self.lonlat.setVisible(bool(self.lonlat.text()))
        self._show_class()
        if not self._rest.isActive():
            self._rest.start()

    def _show_facts(self) -> None:
        """The pointer is elsewhere: what is open."""
        for cell in (self.place, self.map, self.lonlat, self.values, self.class_name):
            cell.hide()
        document = self._session.document
        self.facts.setText(_facts(document.info) if document else "")
        self.facts.show()

    def _show_class(self) -> None:
        spot = self._session.cursor
        found = None if spot is None else self._session.class_at(*spot)
        if found is None or found not in self._session.classes.ids:
            self.class_name.setText("" if spot is None else self.tr("unlabelled"))
            return
        entry = self._session.classes.by_id(found)
        self.class_name.setText(f'<span style="color:{entry.colour}">■</span> {entry.name}')

    def _ask_values(self) -> None:
        document, spot = self._session.document, self._session.cursor
        if document is None or spot is None:
            return
        path, col, row = document.info.path, int(spot[0]), int(spot[1])
        self._background.ask("values", lambda: self._probe.read(path, col, row), self._show_values)

    def _show_values(self, found: PixelValues | None) -> None:
        if found is None or self._session.cursor is None:
            return
        if found.values is None:
            self.values.setText(self.tr("no data"))
            return
        shown = " ".join(_number(value) for value in found.values[:_MOST_VALUES])
        self.values.setText(shown + (" …" if len(found.values) > _MOST_VALUES else ""))

    def _show_memory(self, words: str | None) -> None:
        self.memory.setText(words or "")


class JobCell(QWidget):
    """Title, bar, percentage, time left and a button that cancels; hidden while nothing runs."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setProperty("small", True)
        self.cancel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.cancel.clicked.connect(session.cancel_job)
        self.figures = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 8, 1)
        row.setSpacing(8)
        for widget in (self.words, self.bar, self.figures, self.cancel):
            row.addWidget(widget)
        session.job_changed.connect(self.show_state)
        self.show_state(None)

    def show_state(self, state: JobState | None) -> None:
        """Follow the job."""
        self.setVisible(state is not None)
        if state is None:
            return
        share = state.fraction
        self.words.setText(self.tr("Cancelling…") if state.cancelling else state.title)
        self.bar.setRange(0, 0 if share is None else 1000)
        self.bar.setValue(round(1000 * (share or 0)))
        percentage = "" if share is None else f"{100 * share:.0f} %"
        left = (
            ""
            if state.seconds_left is None
            else self.tr("{time} left").format(time=clock(state.seconds_left))
        )
        self.figures.setText("  ".join(part for part in (percentage, left) if part))
        self.figures.setToolTip(translate("jobs", state.text))
        self.cancel.setEnabled(not state.cancelling)


def _cell(sample: str) -> QLabel:
    """A label as wide as a sample text at least."""
    cell = QLabel()
    cell.setFrameShape(QFrame.Shape.NoFrame)
    cell.setMinimumWidth(cell.fontMetrics().horizontalAdvance(sample) + 12)
    cell.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
    cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return cell


def _facts(info: RasterInfo) -> str:
    """`3,072 × 3,072 px   3 bands uint8   0.50 m   WGS 84 / UTM zone 52N`."""
    many = translate("StatusBar", "{count} bands {dtype}").format(count=info.band_count, dtype=info.dtype)
    bands = (
        many if info.band_count != 1 else translate("StatusBar", "1 band {dtype}").format(dtype=info.dtype)
    )
    size = f"{info.pixel_size_m:.2f} m" if info.pixel_size_m else ""
    crs = parse_crs(info.crs_wkt) if info.crs_wkt else None
    name = (crs.to_wkt().split('"')[1] if crs else "") or translate("StatusBar", "no georeference")
    return "   ".join(
        part for part in (f"{grouped(info.width)} × {grouped(info.height)} px", bands, size, name) if part
    )


def _map_words(info: RasterInfo, col: float, row: float) -> str:
    if info.transform is None:
        return ""
    x, y = to_map(info, col, row)
    digits = 6 if abs(x) <= 360 and abs(y) <= 90 else 2
    return f"{x:.{digits}f}  {y:.{digits}f}"


def _lonlat_words(info: RasterInfo, col: float, row: float) -> str:
    found = to_lonlat(info, col, row)
    if found is None:
        return ""
    longitude, latitude = found
    east, north = "E" if longitude >= 0 else "W", "N" if latitude >= 0 else "S"
    return f"{abs(latitude):.5f}° {north}  {abs(longitude):.5f}° {east}"


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.4g}"
