"""Which bands are shown and how: worked out beside the window's thread, kept per image."""

from dataclasses import dataclass, replace
from typing import Any

import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer

from segstudio.raster.open import open_raster
from segstudio.raster.stretch import Stretch, band_histograms, band_ranges, default_stretch
from segstudio.ui.background import Background
from segstudio.ui.desk import Desk
from segstudio.ui.words import translate

MIN_GAMMA, MAX_GAMMA = 0.2, 4.0
# A drag is written once, when it rests.
_KEEP_MS = 400


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often the values of one band occur: `counts` (n,), `edges` (n + 1,)."""

    counts: npt.NDArray[Any]
    edges: npt.NDArray[Any]


class StretchControl(QObject):
    """Answers reach the desk as `stretch_changed`; a stretch someone set by hand is found again next time."""

    def __init__(self, desk: Desk, background: Background) -> None:
        super().__init__(desk)
        self._desk = desk
        self._background = background
        self._to_keep: tuple[str, dict[str, Any]] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_KEEP_MS)
        self._timer.timeout.connect(self.keep)
        # said while the project of the old image is still open: in another one its number is another image's
        desk.document_changed.connect(self._leave)
        self.histograms: tuple[Histogram, ...] = ()

    def begin(self) -> None:
        """A document was opened: find its stretch."""
        self.histograms = ()
        kept = self._kept()
        self._desk.stretch = kept
        self._desk.stretch_changed.emit(kept)
        self._ask(kept, None if kept is None else kept.bands)

    def set_bands(self, bands: tuple[int, ...]) -> None:
        """Show other bands (0-based, one or three), stretched by their own values."""
        self._ask(None, bands)

    def reset(self) -> None:
        """Back to the bands and values that suit the image."""
        self._ask(None, None)

    def set_range(self, position: int, low: float, high: float) -> None:
        """Set the values that become black and full colour, for one of the shown bands."""
        stretch = self._desk.stretch
        if stretch is None or not low < high:
            return
        lows, highs = list(stretch.low), list(stretch.high)
        lows[position], highs[position] = low, high
        self._use(replace(stretch, low=tuple(lows), high=tuple(highs)))

    def shift_ranges(self, by_low: float, by_high: float) -> None:
        """Move the black and the full value of all shown bands alike."""
        stretch = self._desk.stretch
        if stretch is None:
            return
        lows = tuple(value + by_low for value in stretch.low)
        highs = tuple(value + by_high for value in stretch.high)
        if all(low < high for low, high in zip(lows, highs, strict=True)):
            self._use(replace(stretch, low=lows, high=highs))

    def set_gamma(self, gamma: float) -> None:
        """Brighten (above 1) or darken (below 1) what lies between."""
        if self._desk.stretch is not None:
            self._use(replace(self._desk.stretch, gamma=max(MIN_GAMMA, min(MAX_GAMMA, gamma))))

    def _leave(self) -> None:
        """Another image is open, or none: nobody waits for answers about the old one."""
        self.keep()
        for question in ("stretch", "histograms"):
            self._background.drop(question)

    def _ask(self, kept: Stretch | None, bands: tuple[int, ...] | None) -> None:
        document = self._desk.document
        if document is None:
            return
        path = document.info.path
        gamma = self._desk.stretch.gamma if self._desk.stretch and bands is not None else 1.0
        if kept is None:
            self._background.ask(
                "stretch", lambda: _find_stretch(path, bands, gamma), lambda found: self._found(path, found)
            )
        else:
            self._count(kept.bands)

    def _found(self, path: str, stretch: Stretch | None) -> None:
        if self._is_gone(path):
            return
        if stretch is None:
            self._say_trouble()
            return
        self.histograms = ()
        self._use(stretch)
        self._count(stretch.bands)

    def _count(self, bands: tuple[int, ...]) -> None:
        """Count the values for the histograms: the image need not wait for these."""
        document = self._desk.document
        if document is not None:
            path = document.info.path
            self._background.ask(
                "histograms", lambda: _histograms(path, bands), lambda found: self._counted(path, found)
            )

    def _counted(self, path: str, histograms: tuple[Histogram, ...] | None) -> None:
        if self._is_gone(path):
            return
        if histograms is None:
            self._say_trouble()
            return
        self.histograms = histograms
        self._desk.stretch_changed.emit(self._desk.stretch)

    def _is_gone(self, path: str) -> bool:
        """Whether another image is open by now: an answer about this one comes too late."""
        return self._desk.document is None or self._desk.document.info.path != path

    def _say_trouble(self) -> None:
        sentence = translate("StretchControl", "The values of this image cannot be read: check the file.")
        self._desk.notice.emit("warning", sentence)

    def _use(self, stretch: Stretch) -> None:
        self._desk.stretch = stretch
        values = {"bands": list(stretch.bands), "low": list(stretch.low), "high": list(stretch.high)}
        self._to_keep = self._key(), values | {"gamma": stretch.gamma}
        self._timer.start()
        self._desk.stretch_changed.emit(stretch)

    def _kept(self) -> Stretch | None:
        found: Any = self._desk.project.setting(self._key(), {}) if self._desk.project else {}
        try:
            stretch = Stretch(
                bands=tuple(int(band) for band in found["bands"]),
                low=tuple(float(value) for value in found["low"]),
                high=tuple(float(value) for value in found["high"]),
                gamma=float(found["gamma"]),
            )
        except (TypeError, KeyError, ValueError, OverflowError):
            return None
        count = self._desk.document.info.band_count if self._desk.document else 0
        return stretch if all(0 <= band < count for band in stretch.bands) else None

    def keep(self) -> None:
        """Write what was changed last into the project."""
        waiting, self._to_keep = self._to_keep, None
        if waiting is not None and self._desk.project is not None and not self._desk.project.read_only:
            self._desk.project.set_setting(*waiting)

    def _key(self) -> str:
        return f"stretch:{self._desk.document.image_id if self._desk.document else 0}"


def _find_stretch(path: str, bands: tuple[int, ...] | None, gamma: float) -> Stretch:
    with open_raster(path) as raster:
        if bands is None:
            return default_stretch(raster)
        return Stretch(bands, *band_ranges(raster, bands), gamma)


def _histograms(path: str, bands: tuple[int, ...]) -> tuple[Histogram, ...]:
    with open_raster(path) as raster:
        return tuple(Histogram(counts, edges) for counts, edges in band_histograms(raster, bands))
