"""The one thread that writes predictions.db, so that neither a stroke nor the window waits for it."""

import threading
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import ProjectError
from segstudio.mask.packing import pack
from segstudio.mask.plane import Array, ChunkKey
from segstudio.project.chunks import small
from segstudio.project.database import Database

_BATCH = 16
_QUICK_FROM = 128
"""With so many chunks waiting (128 MB), noisy planes are stored unpacked: more room, a fifth of the time."""

_AT_MOST = 1024
"""With so many waiting (1 GB), whoever puts waits too."""

_ENDED = "predictions are no longer written to the disk: close the project and open it again"

Key = tuple[int, int, int]
"""Image id, row and column of the chunk; (image id, -1, -1) = all chunks of the image."""


@dataclass(frozen=True, slots=True)
class PredictionChunk:
    """What a model says about one chunk; nobody writes into these arrays any more."""

    prediction: Array
    doubt: Array
    depth: Array | None
    version_id: str


class PredictionWriter:
    """A queue that holds at most one entry per chunk, the newest, and a thread that empties it.

    An error stays until the next call, which raises it; what could not be written stays in the queue and is
    tried again then.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = threading.Condition()
        self._waiting: dict[Key, PredictionChunk | None] = {}
        self._writing: dict[Key, PredictionChunk | None] = {}
        self._error: ProjectError | None = None
        self._paused = False
        self._closing = False
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="predictions", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """Chunks not yet written."""
        with self._changed:
            return len(self._waiting) + len(self._writing)

    def put(self, key: Key, chunk: PredictionChunk) -> None:
        """Queue one chunk; ProjectError says what went wrong since the last call."""
        with self._changed:
            self._waiting.pop(key, None)
            self._waiting[key] = chunk
            self._resume()
            self._changed.wait_for(lambda: len(self._waiting) <= _AT_MOST or self._error is not None)
            self._raise_error()

    def clear(self, image_id: int) -> None:
        """Queue the removal of all chunks of an image."""
        with self._changed:
            self._waiting = {key: chunk for key, chunk in self._waiting.items() if key[0] != image_id}
            self._waiting[image_id, -1, -1] = None
            self._resume()
            self._raise_error()

    def flush(self) -> None:
        """Wait until everything is written; ProjectError if it cannot be."""
        with self._changed:
            self._resume()
            self._changed.wait_for(lambda: self._error is not None or not (self._waiting or self._writing))
            self._raise_error()

    def close(self) -> None:
        """Write the rest and end the thread; ProjectError if something could not be written."""
        with self._changed:
            self._closing = True
            self._resume()
        self._thread.join()
        with self._changed:
            self._raise_error()

    def find(self, image_id: int, row: int, col: int) -> tuple[bool, PredictionChunk | None]:
        """Whether the queue knows about a chunk, and what it says; None = it is to be removed."""
        with self._changed:
            for queue in (self._waiting, self._writing):
                if (image_id, row, col) in queue:
                    return True, queue[image_id, row, col]
                if (image_id, -1, -1) in queue:
                    return True, None
        return False, None

    def queued(self, image_id: int) -> tuple[bool, dict[ChunkKey, PredictionChunk]]:
        """Whether all stored chunks of an image are to be removed, and what the queue puts in their place."""
        removed = False
        chunks: dict[ChunkKey, PredictionChunk] = {}
        with self._changed:
            for (owner, row, col), chunk in (*self._writing.items(), *self._waiting.items()):
                if owner == image_id and chunk is None:
                    removed, chunks = True, {}
                elif owner == image_id and chunk is not None:
                    chunks[row, col] = chunk
        return removed, chunks

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
                if self._waiting or self._writing:
                    self._ended = True
                    self._error = self._error or ProjectError(_ENDED)
                self._changed.notify_all()

    def _work(self) -> None:
        database: Database | None = None
        try:
            while self._take_batch():
                try:
                    database = database or Database(self._path, durable=False)
                    self._write(database)
                except ProjectError as error:
                    self._give_back(error)
                else:
                    self._finish_batch()
        finally:
            if database is not None:
                database.close()

    def _take_batch(self) -> bool:
        """Wait for work; False when there is none left to wait for."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or (self._waiting and not self._paused))
            if not self._waiting or self._paused:
                return False
            keys = list(self._waiting)[:_BATCH]
            self._writing = {key: self._waiting.pop(key) for key in keys}
            return True

    def _finish_batch(self) -> None:
        with self._changed:
            self._writing = {}
            self._changed.notify_all()

    def _give_back(self, error: ProjectError) -> None:
        with self._changed:
            kept = {key: chunk for key, chunk in self._writing.items() if key not in self._waiting}
            self._waiting = {**kept, **self._waiting}
            self._writing = {}
            self._error = error
            self._paused = True
            self._changed.notify_all()

    def _write(self, database: Database) -> None:
        quick = self.backlog > _QUICK_FROM
        with database.transaction():
            for key, chunk in self._writing.items():
                if chunk is None:
                    database.execute("DELETE FROM prediction_chunks WHERE image_id = ?", key[:1])
                else:
                    _insert(database, key, chunk, quick=quick)


def _insert(database: Database, key: Key, chunk: PredictionChunk, *, quick: bool) -> None:
    depth = chunk.depth
    small_depth = None if depth is None else pack(small(depth))
    packed_depth = None if depth is None else pack(depth, quick=quick)
    overviews = pack(small(chunk.prediction)), pack(small(chunk.doubt)), small_depth
    planes = pack(chunk.prediction), pack(chunk.doubt, quick=quick), packed_depth
    database.execute(
        "INSERT OR REPLACE INTO prediction_chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*key, chunk.version_id, *overviews, *planes),
    )
