"""How fast predictions were on this machine and what memory they took, kept for the person in one file."""

import logging
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from segstudio import personal
from segstudio.jobs.memory import rss_mb
from segstudio.jobs.steps import Progress
from segstudio.models.version_files import read_json, write_json

_log = logging.getLogger(__name__)

_ENOUGH_WINDOWS = 4
_NEW_SHARE = 0.5  # a machine is slower today than yesterday: the last run counts as much as all before


@dataclass(frozen=True, slots=True)
class PaceKey:
    """Which net runs where; `device` as asked for, which on one machine means one thing.

    A process `is_warm` that has the engine in memory: it starts sooner and takes less.
    """

    card: str
    in_bands: int
    patch: int
    engine: str
    device: str
    is_warm: bool = False

    @property
    def text(self) -> str:
        """One line that names it, the machine included: a home folder may be shared by several."""
        state = "warm" if self.is_warm else "cold"
        return f"{self.place}{self.card} {self.in_bands} {self.patch} {state}"

    @property
    def place(self) -> str:
        """The beginning of the lines of all nets that run there."""
        return f"{platform.node()} {self.engine} {self.device} "


@dataclass(frozen=True, slots=True)
class MeasuredPace:
    """What a run took: seconds per window, seconds before the first one, and memory besides the band.

    `multiply_adds_g` are those of one window, in 1e9; 0 where nobody counted them.
    """

    window_s: float
    start_s: float
    memory_mb: float
    multiply_adds_g: float = 0.0


class PaceFile:
    """The figures in a person's file; one that is damaged or cannot be written costs figures, never work."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or personal.data_folder() / "paces.json"

    def find(self, key: PaceKey) -> MeasuredPace | None:
        """What runs of this net took here; None before the first."""
        return _pace(self._read().get(key.text))

    def speed_of(self, key: PaceKey, pipeline_s: float) -> float | None:
        """Multiply-adds (1e9) per second of other nets that ran in the same place, their median."""
        found = [_pace(value) for name, value in self._read().items() if name.startswith(key.place)]
        speeds = [
            each.multiply_adds_g / max(each.window_s - pipeline_s, 0.2 * each.window_s)
            for each in found
            if each and each.multiply_adds_g > 0
        ]
        return median(speeds) if speeds else None

    def add(self, key: PaceKey, pace: MeasuredPace) -> None:
        """Keep what a run took, beside what runs before it took."""
        figures = self._read()
        before = _pace(figures.get(key.text))
        figures[key.text] = asdict(pace if before is None else _together(before, pace))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_json(self._path, figures)
        except OSError as error:
            _log.warning("what the prediction took is not kept: %s", error)

    def _read(self) -> dict[str, Any]:
        try:
            values = read_json(self._path)
        except (OSError, ValueError):
            return {}
        return values if isinstance(values, dict) else {}


class PaceMeasure:
    """Watches one run from its beginning; `keep` files what it took, if it went on for long enough."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = clock()
        self._was_warm = is_warm()
        self._rss_before_mb = rss_mb()
        self._rss_mb = self._rss_before_mb
        self._first: tuple[int, float] | None = None
        self._last: tuple[int, float] | None = None

    def note(self, progress: Progress) -> None:
        """A batch is done."""
        if progress.done <= 0:
            return
        self._last = (progress.done, self._clock())
        self._first = self._first or self._last
        self._rss_mb = max(self._rss_mb, rss_mb())

    def keep(self, key: PaceKey, *, band_mb: float, multiply_adds_g: float, file: PaceFile) -> None:
        """File the figures; `band_mb` is what the region's width alone takes."""
        if self._first is None or self._last is None:
            return
        windows = self._last[0] - self._first[0]
        if windows < _ENOUGH_WINDOWS:
            return
        window_s = (self._last[1] - self._first[1]) / windows
        memory_mb = max(0.0, self._rss_mb - self._rss_before_mb - band_mb)
        key = replace(key, is_warm=self._was_warm)
        file.add(key, MeasuredPace(window_s, self._first[1] - self._begun, memory_mb, multiply_adds_g))


def is_warm() -> bool:
    """Whether an engine is in memory already."""
    return "torch" in sys.modules or "openvino" in sys.modules


def _together(before: MeasuredPace, now: MeasuredPace) -> MeasuredPace:
    """Times drift towards the new ones; memory is what was ever needed (a warm process takes no more)."""
    return MeasuredPace(
        _NEW_SHARE * now.window_s + (1 - _NEW_SHARE) * before.window_s,
        _NEW_SHARE * now.start_s + (1 - _NEW_SHARE) * before.start_s,
        max(before.memory_mb, now.memory_mb),
        now.multiply_adds_g,
    )


def _pace(values: Any) -> MeasuredPace | None:
    try:
        found = MeasuredPace(**{name: float(value) for name, value in values.items()})
    except (TypeError, ValueError, AttributeError):
        return None
    return found if found.window_s > 0 and found.start_s >= 0 and found.memory_mb >= 0 else None
