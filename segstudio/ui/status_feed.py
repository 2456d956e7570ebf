"""Says in the status bar what lies under the pointer, what runs and how much memory is held."""

from html import escape

from PySide6.QtCore import QObject, QTimer

from segstudio.raster.crs import parse_crs
from segstudio.raster.georeference import to_lonlat, to_map
from segstudio.raster.raster import RasterInfo
from segstudio.ui.background import Background
from segstudio.ui.machine import read_memory
from segstudio.ui.pixel_probe import PixelProbe, PixelValues
from segstudio.ui.session import Session
from segstudio.ui.status import StatusBar
from segstudio.ui.words import grouped, translate

_MEMORY_MS = 2000
# The values are read when the pointer rests, not on every step of its way.
_PROBE_MS = 40
_MOST_VALUES = 6


class StatusFeed(QObject):
    """Hears the session; pixel values and memory are read in a worker."""

    def __init__(self, session: Session, bar: StatusBar) -> None:
        super().__init__(bar)
        self._session = session
        self._bar = bar
        self._probe = PixelProbe()
        self._background = Background(self)
        self._rest = QTimer(self, singleShot=True, interval=_PROBE_MS)
        self._rest.timeout.connect(self._ask_values)
        self._watch = QTimer(self, interval=_MEMORY_MS)
        self._watch.timeout.connect(self._ask_memory)
        self._watch.start()
        session.cursor_moved.connect(self._move)
        session.document_changed.connect(lambda _: self._move(None))
        session.mask_changed.connect(lambda _: self._show_class())
        session.job_changed.connect(bar.job.show_state)
        bar.job.cancel.clicked.connect(session.cancel_job)

    def stop(self) -> None:
        """End the worker: the window closes."""
        self._watch.stop()
        self._background.stop()
        self._probe.close()

    def _move(self, spot: tuple[float, float] | None) -> None:
        document, extent = self._session.document, self._session.extent
        if (
            document is None
            or extent is None
            or spot is None
            or not extent.contains_pixel(int(spot[0]), int(spot[1]))
        ):
            self._bar.show_facts(_facts(document.info) if document else "")
            return
        col, row = spot
        place = f"x {int(col)}  y {int(row)}"
        self._bar.show_spot(
            place, _map_words(document.info, col, row), _lonlat_words(document.info, col, row)
        )
        self._show_class()
        if not self._rest.isActive():
            self._rest.start()

    def _show_class(self) -> None:
        spot, cell = self._session.cursor, self._bar.class_name
        found = None if spot is None else self._session.class_at(*spot)
        if found is None or found not in self._session.classes.ids:
            cell.say("" if spot is None else translate("StatusBar", "unlabelled"))
            return
        entry = self._session.classes.by_id(found)
        cell.say(f'<span style="color:{entry.colour}">■</span> {escape(entry.name)}')

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
            self._bar.values.say(translate("StatusBar", "no data"))
            return
        shown = " ".join(_number(value) for value in found.values[:_MOST_VALUES])
        self._bar.values.say(shown + (" …" if len(found.values) > _MOST_VALUES else ""))

    def _ask_memory(self) -> None:
        self._background.ask("memory", read_memory, self._show_memory)

    def _show_memory(self, words: str | None) -> None:
        self._bar.memory.setText(words or "")


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
