"""The one thread that writes predictions.db, so that neither a stroke nor the window waits for it."""

import threading
from pathlib import Path

from segstudio.errors import ProjectError
from segstudio.mask.plane import ChunkKey
from segstudio.project.database import DamagedDatabase, Database
from segstudio.project.prediction_entries import Note, Place, PredictionChunk
from segstudio.project.prediction_queue import Entries, PredictionQueue
from segstudio.raster.window import Window

_BATCH = 16
_QUICK_FROM = 128
"""With so many chunks waiting (128 MB), noisy planes are stored unpacked: more room, a fifth of the time."""

_AT_MOST = 1024
"""With so many waiting (1 GB), whoever puts waits too."""

_ENDED = "predictions are no longer written to the disk: close the project and open it again"


class PredictionWriter:
    """A queue that any thread may put into, and a thread that empties it.

    An error stays until the next call, which raises it; what could not be written stays in the queue and is
    tried again then.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = threading.Condition()
        self._queue = PredictionQueue()
        self._error: ProjectError | None = None
        self.has_met_damage = False
        self._paused = False
        self._closing = False
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="predictions", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """Entries not yet written."""
        with self._changed:
            return len(self._queue)

    def put(self, place: Place, chunk: PredictionChunk) -> None:
        """Queue one chunk; ProjectError says what went wrong since the last call."""
        with self._changed:
            self._queue.put(place, chunk)
            self._resume()
            self._changed.wait_for(lambda: self._queue.waiting <= _AT_MOST or self._error is not None)
            self._raise_error()

    def clear(self, image_id: int) -> None:
        """Queue the removal of all that is said about an image."""
        with self._changed:
            self._queue.clear(image_id)
            self._resume()
            self._raise_error()

    def finish_strip(self, image_id: int, plan: str, strip: Window) -> None:
        """Queue the ledger's line for a strip whose chunks were all put."""
        with self._changed:
            self._queue.finish_strip(image_id, plan, strip)
            self._resume()
            self._raise_error()

    def overwrite_strips(self, image_id: int, window: Window, but: str | None) -> None:
        """Take back the lines of strips that meet a window, but for one plan's; then put other chunks."""
        with self._changed:
            self._queue.overwrite_strips(image_id, window, but)
            self._resume()
            self._raise_error()

    def flush(self) -> None:
        """Wait until everything is written; ProjectError if it cannot be."""
        with self._changed:
            self._resume()
            self._changed.wait_for(lambda: self._error is not None or not len(self._queue))
            self._raise_error()

    def close(self) -> None:
        """Write the rest and end the thread; ProjectError if something could not be written."""
        with self._changed:
            self._closing = True
            self._resume()
        self._thread.join()
        with self._changed:
            self._raise_error()

    def find(self, place: Place) -> tuple[bool, PredictionChunk | None]:
        """See `PredictionQueue.find`."""
        with self._changed:
            return self._queue.find(place)

    def chunks(self, image_id: int) -> tuple[bool, dict[ChunkKey, PredictionChunk]]:
        """See `PredictionQueue.chunks`."""
        with self._changed:
            return self._queue.chunks(image_id)

    def notes(self, image_id: int) -> list[Note]:
        """See `PredictionQueue.notes`."""
        with self._changed:
            return self._queue.notes(image_id)

    def _resume(self) -> None:
        self._paused = False
        self._changed.notify_all()

    def _raise_error(self) -> None:
        error, self._error = self._error, ProjectError(_ENDED) if self._ended else None
        if error is not None:
            raise error

    def _run(self) -> None:
        try:
            self._work()
        finally:
            # even a bug in here must not leave anybody waiting for ever
            with self._changed:
                if len(self._queue):
                    self._ended = True
                    self._error = self._error or ProjectError(_ENDED)
                self._changed.notify_all()

    def _work(self) -> None:
        database: Database | None = None
        try:
            while entries := self._take():
                try:
                    database = database or Database(self._path, durable=False)
                    write_entries(database, entries, quick=self.backlog > _QUICK_FROM)
                except ProjectError as error:
                    self._give_back(error)
                else:
                    self._finish()
        finally:
            if database is not None:
                database.close()

    def _take(self) -> Entries:
        """Wait for work; nothing when there is none left to wait for."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or (self._queue.waiting and not self._paused))
            return {} if self._paused else self._queue.take(_BATCH)

    def _finish(self) -> None:
        with self._changed:
            self._queue.done()
            self._changed.notify_all()

    def _give_back(self, error: ProjectError) -> None:
        with self._changed:
            self._queue.give_back()
            self._error = error
            self.has_met_damage |= isinstance(error, DamagedDatabase)
            self._paused = True
            self._changed.notify_all()


def write_entries(database: Database, entries: Entries, *, quick: bool = False) -> None:
    """Write what was taken from the queue, all of it or nothing."""
    with database.transaction():
        for key, chunk in entries.items():
            if not isinstance(key, tuple):
                key.write(database)
            elif chunk is not None:
                chunk.write(database, key, quick=quick)
