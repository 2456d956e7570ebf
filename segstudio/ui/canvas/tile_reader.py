"""Image tiles for the canvas, read by threads of their own."""

import logging
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from segstudio.raster.overviews import Pyramid
from segstudio.raster.raster import RasterInfo
from segstudio.raster.stretch import Stretch
from segstudio.raster.tiles import TileGrid, TileKey
from segstudio.ui.canvas.tile_cache import TileCache
from segstudio.ui.canvas.tile_queue import PreviewWanted, TileBatch
from segstudio.ui.canvas.tile_threads import TileDone, TileThreads, Trouble

TILE_BUDGET_BYTES = 256 * 1024 * 1024
JOIN_SECONDS = 3.0

_log = logging.getLogger(__name__)


class TileReader(QObject):
    """Keeps display-ready tiles of one image and brings missing ones; nothing is read in the GUI thread.

    Tiles of an old stretch stay until the new ones are there, so that moving a slider never shows a hole.
    Answers for another image, or with an old request number, are dropped.
    """

    arrived = Signal(object)  # list[TileKey]: tiles that can now be drawn
    preview_arrived = Signal()
    failed = Signal(str)
    _told = Signal()

    def __init__(self, parent: QObject | None = None, *, budget_bytes: int = TILE_BUDGET_BYTES) -> None:
        super().__init__(parent)
        self.preview: QImage | None = None
        self._cache: TileCache[TileKey] = TileCache(budget_bytes)
        self._readers: TileThreads | None = None
        self._retired: list[TileThreads] = []
        self._stretch: Stretch | None = None
        self._broken: set[TileKey] = set()
        self._said: set[str] = set()
        self._number = 0
        self._wish: tuple[Sequence[TileKey], Sequence[TileKey]] = (), ()
        self._told.connect(self._collect, Qt.ConnectionType.QueuedConnection)

    # ---- what is shown -------------------------------------------------------------------------------------

    def show(self, info: RasterInfo | None, grid: TileGrid | None, pyramid: Pyramid | None = None) -> None:
        """Read another image from now on, or none; what is being read of the old one is abandoned."""
        self._retire()
        self._cache.clear()
        self._broken.clear()
        self._said.clear()
        self.preview, self._stretch = None, None
        self._wish = (), ()
        self._number += 1
        if info is not None and grid is not None:
            self._readers = TileThreads(info, grid, self.tell, pyramid)

    def set_stretch(self, stretch: Stretch | None) -> None:
        """Make tiles with another stretch from now on."""
        if stretch == self._stretch:
            return
        self._stretch = stretch
        self._number += 1
        if stretch is not None and self._readers is not None:
            self._readers.queue.replace((), self._number)
            self._readers.queue.ask_preview(PreviewWanted(stretch, self._number))

    def limit(self, budget_bytes: int) -> None:
        """Keep tiles of at most so many bytes."""
        self._cache.limit(budget_bytes)

    @property
    def size_bytes(self) -> int:
        """What the tiles in memory take."""
        return self._cache.size_bytes

    @property
    def is_idle(self) -> bool:
        """Whether everything wanted has been read and collected."""
        readers = self._readers
        return readers is None or (readers.queue.is_idle and not readers.answers)

    def image(self, key: TileKey) -> QImage | None:
        """A tile ready to draw (perhaps still in the old stretch), or None."""
        found = self._cache.get(key)
        return found.image if found else None

    def missing(self, keys: Iterable[TileKey]) -> list[TileKey]:
        """Those of the tiles that are still to come."""
        return [key for key in keys if key not in self._broken and not self._is_fresh(key)]

    def want(self, now: Sequence[TileKey], later: Sequence[TileKey] = ()) -> None:
        """Bring those of the tiles that are missing, `now` first, and drop older wishes."""
        self._wish = now, later
        readers, stretch = self._readers, self._stretch
        if readers is None or stretch is None:
            return
        batches = readers.batches(self.missing(now), self.missing(later))
        readers.queue.replace((TileBatch(batch, stretch, self._number) for batch in batches), self._number)

    def overviews_grew(self) -> None:
        """Bring the tiles that waited for overviews being built; when those are complete, a sharp preview."""
        self.want(*self._wish)
        readers, stretch = self._readers, self._stretch
        if readers and stretch and readers.pyramid and readers.pyramid.is_complete:
            readers.queue.ask_preview(PreviewWanted(stretch, self._number))

    def is_heavy(self, level: int) -> bool:
        """Whether tiles of a level are made from many more pixels than they show."""
        return self._readers is not None and self._readers.is_heavy(level)

    def close(self) -> None:
        """Stop all threads; waits a moment for reads under way."""
        self._retire()
        self._cache.clear()
        for readers in self._retired:
            readers.join(JOIN_SECONDS)
        self._retired.clear()

    def tell(self) -> None:
        """Called by a reader thread: answers lie ready."""
        try:
            self._told.emit()
        except RuntimeError:  # the window closed while this tile was being read
            _log.debug("a tile came after the window had closed")

    # ---- inside --------------------------------------------------------------------------------------------

    def _is_fresh(self, key: TileKey) -> bool:
        found = self._cache.get(key)
        return found is not None and found.number == self._number

    def _retire(self) -> None:
        if self._readers is not None:
            self._readers.close()
            self._retired = [old for old in self._retired if old.is_alive] + [self._readers]
            self._readers = None

    def _collect(self) -> None:
        """Take what the readers of the present image have brought; old numbers are dropped."""
        keys: list[TileKey] = []
        while self._readers is not None and self._readers.answers:
            answer = self._readers.answers.popleft()
            if isinstance(answer, Trouble):
                self._say(answer)
            elif answer.number == self._number:
                self._keep(answer, keys)
        if keys:
            self.arrived.emit(keys)

    def _say(self, trouble: Trouble) -> None:
        """Say what is wrong once, not for every tile of a damaged file."""
        self._broken.update(trouble.keys)
        if trouble.sentence not in self._said:
            self._said.add(trouble.sentence)
            self.failed.emit(trouble.sentence)

    def _keep(self, tile: TileDone, keys: list[TileKey]) -> None:
        if tile.key is None:
            self.preview = tile.image
            self.preview_arrived.emit()
        else:
            self._cache.put(tile.key, tile.image, tile.number)
            keys.append(tile.key)
