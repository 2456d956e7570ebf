"""Chunks of annotation, origin and depth targets in project.db."""

import logging
from collections.abc import Mapping

import numpy as np

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.origin import Origin
from segstudio.mask.packing import is_packed_uniform, pack, packed_shape, unpack
from segstudio.mask.plane import CHUNK_SIZE, OVERVIEW_STEP, Array, ChunkKey
from segstudio.project.database import DamagedDatabase, Database
from segstudio.raster.limits import MAX_SIDE_PX

_LAST_CHUNK = MAX_SIDE_PX // CHUNK_SIZE

_log = logging.getLogger(__name__)


class StoredPlane:
    """One plane of one image as its `Plane` asks for it: keys, single chunks, overviews."""

    def __init__(
        self, database: Database, *, table: str, column: str, image_id: int, overview: str | None
    ) -> None:
        self._database = database
        self._table = table
        self._column = column
        self._image_id = image_id
        self._overview = overview

    def keys(self) -> list[ChunkKey]:
        """The chunks that are stored."""
        sql = f"SELECT row, col FROM {self._table} WHERE image_id = ? AND {self._column} IS NOT NULL"
        rows = self._database.rows(sql, (self._image_id,))
        return [(row, col) for row, col in rows if are_places(row, col)]

    def load(self, row: int, col: int) -> Array | None:
        """One chunk, or None where nothing (readable) is stored."""
        try:
            found = self.packed(row, col)
        except DamagedDatabase as error:
            self._note_damage(error)
            return None
        return None if found is None else readable(found, what=f"{self._column} chunk ({row}, {col})")

    def packed(self, row: int, col: int) -> bytes | None:
        """One chunk as it is stored."""
        sql = f"SELECT {self._column} FROM {self._table} WHERE image_id = ? AND row = ? AND col = ?"
        found = self._database.row(sql, (self._image_id, row, col))
        return None if found is None else found[0]

    def all_packed(self) -> dict[ChunkKey, bytes]:
        """All chunks as they are stored."""
        sql = f"SELECT row, col, {self._column} FROM {self._table} WHERE image_id = ?"
        rows = self._database.rows(sql, (self._image_id,))
        return {(row, col): data for row, col, data in rows if are_places(row, col)}

    def overviews(self) -> Mapping[ChunkKey, Array]:
        """Every eighth pixel of all stored chunks."""
        if self._overview is None:
            return {}
        sql = f"SELECT row, col, {self._overview} FROM {self._table} WHERE image_id = ?"
        found: dict[ChunkKey, Array] = {}
        try:
            rows = self._database.rows(sql, (self._image_id,))
        except DamagedDatabase as error:
            self._note_damage(error)
            return found
        for row, col, data in rows:
            what = f"{self._overview} of chunk ({row}, {col})"
            overview = None if data is None else readable(data, what=what, side=CHUNK_SIZE // OVERVIEW_STEP)
            if overview is not None:
                found[row, col] = overview
        return found

    def _note_damage(self, error: DamagedDatabase) -> None:
        """What cannot be read is left out; opening the project again repairs what can be repaired."""
        _log.error("%s of image %d: %s", self._column, self._image_id, error)


class AnnotationChunks:
    """Annotation and origin of one image, both in one row per chunk."""

    def __init__(self, database: Database, image_id: int) -> None:
        self._database = database
        self._image_id = image_id
        table = "annotation_chunks"
        self.annotation = StoredPlane(
            database, table=table, column="annotation", image_id=image_id, overview="overview"
        )
        self.origin = StoredPlane(database, table=table, column="origin", image_id=image_id, overview=None)

    def put(self, key: ChunkKey, annotation: Array, origin: Array) -> bool:
        """Store one chunk; one in which nobody has spoken takes no room.

        Returns:
            Whether there is anything to store.
        """
        packed, authors = pack(annotation), pack(origin)
        if is_packed_uniform(packed, UNLABELLED) and is_packed_uniform(authors, Origin.NOBODY):
            self._delete(key)
            return False
        values = self._image_id, *key, pack(small(annotation)), packed, authors
        self._database.execute("INSERT OR REPLACE INTO annotation_chunks VALUES (?, ?, ?, ?, ?, ?)", values)
        self._database.note_written(len(packed) + len(authors))
        return True

    def _delete(self, key: ChunkKey) -> None:
        sql = "DELETE FROM annotation_chunks WHERE image_id = ? AND row = ? AND col = ?"
        self._database.execute(sql, (self._image_id, *key))


class DepthChunks:
    """Depth targets of one image."""

    def __init__(self, database: Database, image_id: int) -> None:
        self._database = database
        self._image_id = image_id
        self.depth = StoredPlane(
            database, table="depth_chunks", column="depth", image_id=image_id, overview="overview"
        )

    def put(self, key: ChunkKey, depth: Array) -> None:
        """Store one chunk."""
        packed = pack(depth)
        values = self._image_id, *key, pack(small(depth)), packed
        self._database.execute("INSERT OR REPLACE INTO depth_chunks VALUES (?, ?, ?, ?, ?)", values)
        self._database.note_written(len(packed))


def are_places(*numbers: object) -> bool:
    """Whether these are whole numbers that may say where a chunk lies: a file from anybody says anything."""
    return all(type(number) is int and 0 <= number <= _LAST_CHUNK for number in numbers)


def small(chunk: Array) -> Array:
    """A chunk's overview: every eighth pixel."""
    return np.ascontiguousarray(chunk[::OVERVIEW_STEP, ::OVERVIEW_STEP])


def readable(data: object, *, what: str, side: int = CHUNK_SIZE) -> Array | None:
    """Unpack; what is damaged, or larger than a chunk, reads as never written, and the log says so."""
    try:
        if not isinstance(data, bytes) or max(packed_shape(data)) > side:
            raise ValueError("it is no packed chunk")
        return unpack(data)
    except ValueError as error:
        _log.error("%s is damaged and left out: %s", what, error)
        return None
