"""What a prediction comes to before it begins: its windows and strips, and what its answers depend on."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from segstudio.errors import Cancelled
from segstudio.inference.strips import Panel, panels_of
from segstudio.models.versions import ModelRef
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window

_FORMAT = 1  # counted up when the same facts give other answers than before
_LIBRARIES = ("segstudio", "torch", "openvino")


@dataclass(frozen=True, slots=True)
class PredictionPlan:
    """A region of an image and a model, ready to be counted.

    Two predictions with the same `key` give the same answers, strip by strip and bit by bit, on the same
    machine. It is empty where no two do: a card without weights draws others every time.
    """

    key: str
    region: Window
    panels: tuple[Panel, ...]

    @property
    def window_count(self) -> int:
        """Windows to see all of it."""
        return sum(panel.window_count for panel in self.panels)

    @property
    def strip_count(self) -> int:
        """Strips that become final one after the other."""
        return sum(len(panel.strips) for panel in self.panels)

    def windows_left(self, finished: Collection[Window]) -> int:
        """Windows to see where some strips are finished; those that reach into both sides are seen again."""
        if not finished:
            return self.window_count
        parts = (part for panel in self.panels for part in panel.missing(finished))
        return min(self.window_count, sum(part.window_count for part in parts))

    def share_done(self, finished: Collection[Window]) -> float:
        """How much of the work is done, 0..1."""
        return 1 - self.windows_left(finished) / max(1, self.window_count)


@contextmanager
def said_on_cancel(plan: PredictionPlan, finished: Callable[[], Collection[Window]]) -> Iterator[None]:
    """Say with a cancel how much is kept."""
    try:
        yield
    except Cancelled as stop:
        share = plan.share_done(finished())
        if share <= 0:
            raise
        raise Cancelled(f"cancelled: {share:.0%} is kept, and the same command goes on from there") from stop


@dataclass(frozen=True, slots=True)
class Facts:
    """What answers depend on besides the image's content and the model's files."""

    in_bands: int
    input: dict[str, Any]
    class_ids: tuple[int, ...]
    patch: int
    overlap: float
    device: str
    engine: str


def plan_of(ref: ModelRef, info: RasterInfo, region: Window, facts: Facts, content: str) -> PredictionPlan:
    """The plan of a model over a region of an image whose bytes have the digest `content`."""
    panels = panels_of(region, info.extent, facts.patch, facts.overlap)
    values = {
        "format": _FORMAT,
        "libraries": _versions(),
        "image": content,
        "region": [region.col_off, region.row_off, region.width, region.height],
        "model": [ref.id, ref.card.id, ref.card.has_adapter, _files_of(ref)],
        **{name: getattr(facts, name) for name in Facts.__slots__},
    }
    text = json.dumps(values, sort_keys=True)
    is_known = ref.is_trained and bool(content)
    key = hashlib.blake2b(text.encode(), digest_size=16).hexdigest() if is_known else ""
    return PredictionPlan(key, region, tuple(panels))


def _files_of(ref: ModelRef) -> list[tuple[str, int, int]]:
    """Name, size and time of the weights and of a plugin's files: whatever changes the net changes one."""
    weights = [ref.weights_file] if ref.weights_file else []
    plugin = sorted(ref.card.folder.rglob("*")) if ref.card.folder else []
    return [
        _stamp(path) for path in (*weights, *plugin) if path.is_file() and "__pycache__" not in path.parts
    ]


def _stamp(path: Path) -> tuple[str, int, int]:
    status = path.stat()
    return path.name, status.st_size, status.st_mtime_ns


@cache
def _versions() -> dict[str, str]:
    """The code that computes: another version may round in another way."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    return found
