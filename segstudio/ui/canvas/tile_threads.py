"""The threads that read tiles of one image."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QImage

from segstudio.errors import ConnectionLost, SegstudioError
from segstudio.raster.geotiff import GeotiffRaster
from segstudio.raster.links import links
from segstudio.raster.open import open_raster
from segstudio.raster.overviews import Pyramid
from segstudio.raster.raster import Raster, RasterInfo
from segstudio.raster.stop import Stop
from segstudio.raster.tiles import TileGrid, TileKey
from segstudio.ui.canvas.tile_queue import PreviewWanted, TileBatch, TileQueue
from segstudio.ui.canvas.tile_reading import block_shape, in_batches, is_heavy, read_preview, read_tiles

READERS = 2


@dataclass(frozen=True, slots=True)
class TileDone:
    """A picture of a tile; `key` is None for the preview of the whole image."""

    key: TileKey | None
    image: QImage
    number: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something could not be read, and the tiles that need not be asked for again."""

    sentence: str
    keys: tuple[TileKey, ...] = ()


Answer = TileDone | Trouble


class TileThreads:
    """The threads of one image; each opens its own Raster. Closing does not wait for a read under way."""

    def __init__(
        self, info: RasterInfo, grid: TileGrid, tell: Callable[[], None], pyramid: Pyramid | None = None
    ) -> None:
        self.info, self.grid, self.pyramid, self.queue = info, grid, pyramid, TileQueue()
        self.answers: deque[Answer] = deque()
        self._on_answer = tell
        self._stop = Stop()
        # a photo is decoded as a whole by everyone who opens it
        count = 1 if info.is_photo else READERS
        self._threads = [
            threading.Thread(target=self._run, name=f"tile reader {number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Let the threads stop after the piece they are reading; a wait for the network ends now."""
        self.queue.close()
        self._stop.ask()

    def join(self, seconds: float) -> None:
        """Wait for the threads, so many seconds each at most."""
        for thread in self._threads:
            thread.join(seconds)

    def is_heavy(self, level: int) -> bool:
        """Whether tiles of a level are made from many more pixels than they show."""
        is_built = self.pyramid is not None and self.pyramid.is_complete
        return not is_built and is_heavy(self.info, level)

    def batches(self, now: Sequence[TileKey], later: Sequence[TileKey]) -> list[tuple[TileKey, ...]]:
        """Tiles of one level gathered into what is read at once.

        While overviews are built, heavy tiles come from these alone: reading them would do all twice. Those
        not finished are left out, and the others go one by one, since between two may lie what is missing.
        """
        pyramid = self.pyramid
        if pyramid is None or not pyramid.is_growing or not any(self.is_heavy(key.level) for key in now):
            return in_batches(now, later, block_shape(self.info, self.grid.tile_size))
        return [(key,) for key in (*now, *later) if pyramid.covers(self.grid.window(key))]

    @property
    def is_alive(self) -> bool:
        """Whether a thread is still at work."""
        return any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        with self._stop.adopted():
            while self._attend():
                pass

    def _attend(self) -> bool:
        """Serve until it is time to stop; True where the host was lost before the image was open."""
        try:
            with open_raster(self.info.path) as raster:
                if self.pyramid is not None and isinstance(raster, GeotiffRaster):
                    raster.attach(self.pyramid)
                self._serve(raster)
        except ConnectionLost as error:
            self._rest(error)
            return not self.queue.is_closed
        except SegstudioError as error:
            self._answer(Trouble(str(error)))
        return False

    def _rest(self, error: ConnectionLost) -> None:
        """Wait before the host is asked again; what is in memory stays on screen."""
        if not self.queue.is_closed:
            links.lost(error.host, error.reason, error.wait_s)
            self._stop.wait(error.wait_s)

    def _serve(self, raster: Raster) -> None:
        while (order := self.queue.take()) is not None:
            if isinstance(order, TileBatch):
                self._read_batch(raster, order)
            else:
                self._read_preview(raster, order)

    def _read_batch(self, raster: Raster, batch: TileBatch) -> None:
        unread = dict.fromkeys(batch.keys)
        try:
            is_wanted = partial(self.queue.is_wanted, batch)
            for key, image in read_tiles(raster, self.grid, batch.keys, batch.stretch, is_wanted):
                self.answers.append(TileDone(key, image, batch.number))
                unread.pop(key)
        except ConnectionLost as error:
            self._rest(error)
        except SegstudioError as error:
            self.answers.append(Trouble(str(error), tuple(unread)))
            unread.clear()
        finally:
            self.queue.done(batch, tuple(unread))
            self._tell()

    def _read_preview(self, raster: Raster, order: PreviewWanted) -> None:
        unread: PreviewWanted | None = None
        try:
            self.answers.append(TileDone(None, read_preview(raster, order.stretch), order.number))
        except ConnectionLost as error:
            self._rest(error)
            unread = order
        except SegstudioError as error:
            self.answers.append(Trouble(str(error)))
        finally:
            self.queue.preview_done(unread)
            self._tell()

    def _answer(self, answer: Answer) -> None:
        self.answers.append(answer)
        self._tell()

    def _tell(self) -> None:
        if not self.queue.is_closed:
            self._on_answer()
