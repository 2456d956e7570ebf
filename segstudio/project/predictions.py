"""predictions.db: what models said, chunk by chunk. It may be thrown away and made again."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from segstudio.errors import ProjectError
from segstudio.mask.plane import Array, ChunkKey
from segstudio.project.chunks import StoredPlane, are_places, small
from segstudio.project.content import PREDICTION_RULES, check_content
from segstudio.project.database import DamagedDatabase, Database
from segstudio.project.prediction_entries import (
    ImageCleared,
    PredictionChunk,
    StripFinished,
    StripsOverwritten,
)
from segstudio.project.prediction_writer import PredictionWriter
from segstudio.project.schema import (
    PREDICTIONS_APPLICATION,
    PREDICTIONS_MIGRATIONS,
    ForeignDatabase,
    check_schema,
    create_schema,
)
from segstudio.raster.window import Window

_log = logging.getLogger(__name__)

PREDICTIONS_FILE = "predictions.db"

Layer = Literal["prediction", "doubt", "depth"]


class PredictionStore:
    """Predictions of all images; belongs to one thread, which finds at once what it has put.

    A damaged file is set aside under another name, and an empty one takes its place.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._reader = _open(path, read_only=read_only)
        self._writer: PredictionWriter | None = None

    @property
    def backlog(self) -> int:
        """Chunks put but not yet on disk."""
        return self._writer.backlog if self._writer else 0

    def put(self, image_id: int, key: ChunkKey, chunk: PredictionChunk) -> None:
        """Keep one chunk: readable now, on disk soon. ProjectError says what failed since the last call."""
        self._started_writer().put((image_id, *key), chunk)

    def clear(self, image_id: int) -> None:
        """Forget what models said about an image."""
        self._started_writer().clear(image_id)

    def finish_strip(self, image_id: int, plan: str, strip: Window) -> None:
        """Note that all chunks of a strip were put: a later prediction by the same plan may leave it out."""
        self._started_writer().finish_strip(image_id, plan, strip)

    def overwrite_strips(self, image_id: int, window: Window, *, but: str | None) -> None:
        """Say, before it happens, that a window gets other answers than those of any plan `but` one."""
        self._started_writer().overwrite_strips(image_id, window, but)

    def finished_strips(self, image_id: int, plan: str) -> set[Window]:
        """The strips of a plan whose answers are there, as its last prediction has left them."""
        notes = self._writer.notes(image_id) if self._writer else []
        found = self._stored_strips(image_id, plan)
        for note in notes:
            match note:
                case ImageCleared():
                    found = set()
                case StripFinished(plan=owner, strip=strip) if owner == plan:
                    found.add(strip)
                case StripsOverwritten():
                    lines = (StripFinished(image_id, plan, strip) for strip in found)
                    found = {line.strip for line in lines if not note.concerns(line)}
        return found

    def source(self, image_id: int, layer: Layer) -> "PredictedPlane":
        """One plane of one image, for its `Plane` to load from."""
        return PredictedPlane(self, image_id, layer)

    def stored(self, image_id: int, layer: Layer) -> StoredPlane | None:
        """One plane as it is on disk; None where there is no file."""
        if self._reader is None:
            return None
        return stored_prediction(self._reader, image_id, layer)

    def versions(self, image_id: int) -> dict[ChunkKey, str]:
        """Which model version spoke last, by chunk."""
        removed, queued = self.queued(image_id)
        found: dict[ChunkKey, str] = {}
        if self._reader is not None and not removed:
            sql = "SELECT row, col, version_id FROM prediction_chunks WHERE image_id = ?"
            rows = self._reader.rows(sql, (image_id,))
            found = {(row, col): str(version) for row, col, version in rows if are_places(row, col)}
        return found | {key: chunk.version_id for key, chunk in queued.items()}

    def queued(self, image_id: int) -> tuple[bool, dict[ChunkKey, PredictionChunk]]:
        """What is not on disk yet: whether all is to be removed, and what comes in its place."""
        return self._writer.chunks(image_id) if self._writer else (False, {})

    def find_queued(self, image_id: int, key: ChunkKey) -> tuple[bool, PredictionChunk | None]:
        """Whether the queue knows about a chunk, and what it says."""
        return self._writer.find((image_id, *key)) if self._writer else (False, None)

    def flush(self) -> None:
        """Wait until everything is on disk; ProjectError if it cannot be."""
        if self._writer:
            self._writer.flush()

    def close(self) -> None:
        """Write the rest and let go of the file; one that turned out to be damaged is set aside."""
        try:
            if self._writer:
                self._writer.close()
        finally:
            is_damaged = self._writer is not None and self._writer.has_met_damage
            self._writer = None
            if self._reader is not None:
                self._reader.close()
                is_damaged |= self._reader.is_damaged
            if is_damaged and not self._read_only:
                _set_aside(self._path)

    def _stored_strips(self, image_id: int, plan: str) -> set[Window]:
        if self._reader is None or self._read_only:  # what cannot be gone on with is not asked for
            return set()
        sql = "SELECT col_off, row_off, width, height FROM finished_strips WHERE image_id = ? AND plan = ?"
        rows = self._reader.rows(sql, (image_id, plan))
        return {Window(*row) for row in rows if all(isinstance(each, int) and each >= 0 for each in row)}

    def _started_writer(self) -> PredictionWriter:
        if self._read_only:
            raise ProjectError(
                "the project is open read-only: close it where it is in use, then open it again"
            )
        if self._writer is None:
            self._writer = PredictionWriter(self._path)
        return self._writer


class PredictedPlane:
    """One plane of one image: what is on disk, with what is still on its way there laid over it."""

    def __init__(self, store: PredictionStore, image_id: int, layer: Layer) -> None:
        self._store = store
        self._image_id = image_id
        self._layer = layer

    def keys(self) -> list[ChunkKey]:
        """The chunks there are."""
        removed, queued = self._store.queued(self._image_id)
        stored = self._store.stored(self._image_id, self._layer)
        found = set() if removed or stored is None else set(stored.keys())
        for key, chunk in queued.items():
            (found.discard if self._of(chunk) is None else found.add)(key)
        return sorted(found)

    def load(self, row: int, col: int) -> Array | None:
        """One chunk, the caller's own."""
        known, chunk = self._store.find_queued(self._image_id, (row, col))
        if known:
            values = None if chunk is None else self._of(chunk)
            return None if values is None else values.copy()
        stored = self._store.stored(self._image_id, self._layer)
        return None if stored is None else stored.load(row, col)

    def overviews(self) -> Mapping[ChunkKey, Array]:
        """Every eighth pixel of all chunks."""
        removed, queued = self._store.queued(self._image_id)
        stored = self._store.stored(self._image_id, self._layer)
        found = {} if removed or stored is None else dict(stored.overviews())
        for key, chunk in queued.items():
            values = self._of(chunk)
            if values is not None:
                found[key] = small(values)
        return found

    def _of(self, chunk: PredictionChunk) -> Array | None:
        values: Array | None = getattr(chunk, self._layer)
        return values


def stored_prediction(database: Database, image_id: int, layer: Layer) -> StoredPlane:
    """One plane of one image as it is on disk."""
    return StoredPlane(
        database, table="prediction_chunks", column=layer, image_id=image_id, overview=f"{layer}_overview"
    )


def _open(path: Path, *, read_only: bool) -> Database | None:
    if read_only and not path.exists():
        return None
    try:
        return _opened(path, read_only=read_only)
    except (DamagedDatabase, ForeignDatabase):
        if read_only:
            return None
        _set_aside(path)
        return _opened(path, read_only=False)


def _opened(path: Path, *, read_only: bool) -> Database:
    database = Database(path, read_only=read_only, durable=False)
    try:
        if database.row("SELECT count(*) FROM sqlite_master") == (0,) and not read_only:
            with database.transaction():
                create_schema(database, PREDICTIONS_MIGRATIONS, PREDICTIONS_APPLICATION)
        check_schema(database, PREDICTIONS_MIGRATIONS, PREDICTIONS_APPLICATION)
        check_content(database, PREDICTION_RULES)
    except ProjectError:
        database.close()
        raise
    return database


def _set_aside(path: Path) -> None:
    taken = (path.with_name(f"predictions-damaged-{number}.db") for number in range(1, 1000))
    aside = next(name for name in taken if not name.exists())
    _log.error("%s is damaged: it is kept as %s, and predictions start anew", path, aside.name)
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
