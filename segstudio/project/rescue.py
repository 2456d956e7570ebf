"""What is whole of a damaged project.db becomes a new one; the damaged file is kept as it was.

Rows are read one by one around the damaged pages. A chunk that cannot be read is made again from the journal
where that goes back to the blank mask without a gap; otherwise it is left out, and said. A step of the
history that lost a part cannot be taken back: it and those before it are forgotten, and said.
"""

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segstudio.errors import ProjectError
from segstudio.mask.changes import ChunkChange, apply_change
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.mask import Mask
from segstudio.mask.packing import is_packed_uniform, pack, packed_shape, unpack
from segstudio.mask.plane import CHUNK_SIZE, ChunkKey
from segstudio.project.backups import exchange, set_aside, sync
from segstudio.project.chunks import AnnotationChunks, small
from segstudio.project.database import DamagedDatabase, Database, Row
from segstudio.project.schema import PROJECT_APPLICATION, PROJECT_MIGRATIONS, create_schema
from segstudio.raster.window import Window

_log = logging.getLogger(__name__)

_TEMPORARY = "project.db.new"
_TABLES = ("settings", "classes", "images", "journal", "journal_changes", "annotation_chunks", "depth_chunks")
_MORE_TABLES = ("tiles", "runs")
_NEEDED = ("classes", "images")
_WITHOUT_ROWID = ("settings", "tiles")
_MOST_PROBES = 2_000_000


@dataclass(frozen=True, slots=True)
class Rescue:
    """What became of a damaged project: chunks left out as (image name, row, column), steps forgotten."""

    aside: Path
    lost_chunks: tuple[tuple[str, int, int], ...]
    lost_steps: int
    rebuilt: int

    @property
    def sentence(self) -> str:
        """What a person has to know."""
        places = ", ".join(f"{name} row {row} column {col}" for name, row, col in self.lost_chunks[:5])
        more = f" and {len(self.lost_chunks) - 5} more" if len(self.lost_chunks) > 5 else ""
        lost = f"lost are the tiles {places}{more}" if places else "all masks are whole"
        steps = f"; {self.lost_steps} old steps can no longer be taken back" if self.lost_steps else ""
        return f"project.db was damaged: {lost}{steps}; the damaged file is kept as {self.aside.name}"


def rescue(folder: Path, database: Path) -> Rescue:
    """Put what can be read of a damaged database in its place; whoever calls holds the project's lock.

    Raises:
        DamagedDatabase: Not even the lists of images and classes can be read; nothing was changed.
    """
    fresh_path = folder / _TEMPORARY
    for leftover in folder.glob(f"{_TEMPORARY}*"):
        leftover.unlink()
    fresh = Database(fresh_path, durable=False, incremental_vacuum=True)
    try:
        with closing(_opened(database)) as damaged, fresh.transaction():
            create_schema(fresh, PROJECT_MIGRATIONS, PROJECT_APPLICATION)
            salvage = _Salvage(damaged, fresh)
            salvage.copy_tables()
            lost_steps = salvage.forget_broken_steps()
            rebuilt, lost = salvage.repair_chunks()
            salvage.count_pixels()
        fresh.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (ProjectError, sqlite3.DatabaseError) as error:
        fresh.close()
        fresh_path.unlink(missing_ok=True)
        raise DamagedDatabase(
            f"project.db in {folder} is damaged beyond repair: put a backup in its place with "
            "`segstudio project restore`"
        ) from error
    fresh.close()
    sync(fresh_path)
    aside = set_aside(database, "damaged")
    exchange(fresh_path, database)
    found = Rescue(aside, tuple(lost), lost_steps, rebuilt)
    _log.error("%s", found.sentence)
    return found


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    return connection


class _Salvage:
    """Copies what is readable from a damaged connection into a fresh database."""

    def __init__(self, damaged: sqlite3.Connection, fresh: Database) -> None:
        self._damaged = damaged
        self._fresh = fresh
        self._had_gap: set[str] = set()
        self._shortened: set[int] = set()

    def copy_tables(self) -> None:
        """Every readable row; DamagedDatabase if a table nothing works without has lost some."""
        for table in (*_TABLES, *_MORE_TABLES):
            for row in self._rows(table):
                marks = ", ".join("?" * len(row))
                self._fresh.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)
            if table in _NEEDED and table in self._had_gap:
                raise DamagedDatabase(f"the table {table} is damaged")

    def forget_broken_steps(self) -> int:
        """Drop steps that lost a part, with those before them (or, if undone, after them); how many."""
        before = self._count_steps()
        for image_id, cursor in self._fresh.rows("SELECT id, cursor FROM images"):
            broken = self._broken_steps(image_id)
            done = [step for step in broken if step <= cursor]
            if done:
                self._shortened.add(image_id)
            undone = [step for step in broken if step > cursor]
            drop = "DELETE FROM journal WHERE image_id = ? AND id"
            self._fresh.execute(f"{drop} <= ?", (image_id, max(done, default=0)))
            if undone:
                self._fresh.execute(f"{drop} >= ?", (image_id, min(undone)))
        return before - self._count_steps()

    def repair_chunks(self) -> tuple[int, list[tuple[str, int, int]]]:
        """Make damaged chunks again from the journal where it is whole; how many, and those that are lost."""
        rebuilt, lost = 0, []
        for image_id, name, width, height in self._fresh.rows("SELECT id, name, width, height FROM images"):
            for key in self._bad_chunks(image_id, width, height):
                mask = self._replayed(image_id, key, width, height)
                self._fresh.execute(
                    "DELETE FROM annotation_chunks WHERE image_id = ? AND row = ? AND col = ?",
                    (image_id, *key),
                )
                if mask is None:
                    lost.append((name, *key))
                else:
                    rebuilt += 1
                    self._put(image_id, key, mask)
        return rebuilt, lost

    def count_pixels(self) -> None:
        """Counts by class are made anew from the chunks."""
        add = (
            "INSERT INTO class_counts VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET pixels = pixels + excluded.pixels"
        )
        for image_id, row, col in self._fresh.rows("SELECT image_id, row, col FROM annotation_chunks"):
            chunk = AnnotationChunks(self._fresh, image_id).annotation.load(row, col)
            counts = np.bincount(chunk.ravel(), minlength=256) if chunk is not None else np.zeros(256, int)
            for class_id in np.flatnonzero(counts[:UNLABELLED]):
                self._fresh.execute(add, (image_id, int(class_id), int(counts[class_id])))

    def _rows(self, table: str) -> Iterator[Row]:
        """All readable rows: from the front to the damage, from the back to it, and one by one between."""
        if table in _WITHOUT_ROWID:
            yield from self._until_damage(table, f"SELECT * FROM {table}", [])
            return
        front: list[int] = []
        columns = f"SELECT rowid, * FROM {table} ORDER BY rowid"
        for row in self._until_damage(table, columns, front):
            yield row[1:]
        if table not in self._had_gap:
            return
        back: list[int] = []
        for row in self._until_damage(table, f"{columns} DESC", back):
            yield row[1:]
        low, high = front[-1] if front else 0, back[-1] if back else self._largest_rowid(table)
        for rowid in range(low + 1, min(high, low + _MOST_PROBES)):
            yield from self._until_damage(table, f"SELECT * FROM {table} WHERE rowid = {rowid}", [])

    def _until_damage(self, table: str, sql: str, rowids: list[int]) -> Iterator[Row]:
        try:
            for row in self._damaged.execute(sql):
                rowids.append(row[0])
                yield row
        except sqlite3.DatabaseError:
            self._had_gap.add(table)

    def _largest_rowid(self, table: str) -> int:
        try:
            row = self._damaged.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        except sqlite3.DatabaseError:
            row = None
        return int(row[0]) + 1 if row else 100_000

    def _count_steps(self) -> int:
        row = self._fresh.row("SELECT count(*) FROM journal WHERE image_id IS NOT NULL")
        return int((row or (0,))[0])

    def _broken_steps(self, image_id: int) -> list[int]:
        """Steps with a record that is damaged or, where some are missing, without their whole count."""
        sql = "SELECT edit_id, row, col, change FROM journal JOIN journal_changes ON edit_id = journal.id"
        broken: set[int] = set()
        gained: dict[int, dict[int, int]] = {}
        for edit_id, row, col, record in self._fresh.rows(f"{sql} WHERE image_id = ?", (image_id,)):
            change = _readable_change(row, col, record)
            if change is None:
                broken.add(edit_id)
                continue
            totals = gained.setdefault(edit_id, {})
            for class_id, pixels in change.counts().items():
                totals[class_id] = totals.get(class_id, 0) + pixels
        if {"journal", "journal_changes"} & self._had_gap:
            broken |= self._without_whole_count(image_id, gained)
        return sorted(broken)

    def _without_whole_count(self, image_id: int, gained: dict[int, dict[int, int]]) -> set[int]:
        found = set()
        for edit_id, counts in self._fresh.rows(
            "SELECT id, counts FROM journal WHERE image_id = ?", (image_id,)
        ):
            known = {int(key): value for key, value in json.loads(counts).items()}
            if known != {key: value for key, value in gained.get(edit_id, {}).items() if value}:
                found.add(edit_id)
        return found

    def _bad_chunks(self, image_id: int, width: int, height: int) -> list[ChunkKey]:
        """Chunks that are there and unreadable, and those the journal knows that are not there at all."""
        sql = "SELECT row, col, annotation, origin FROM annotation_chunks WHERE image_id = ?"
        good: set[ChunkKey] = set()
        bad: set[ChunkKey] = set()
        mask = Mask(width, height)
        for row, col, *packed in self._fresh.rows(sql, (image_id,)):
            shape = mask.annotation.chunk_window(row, col).shape
            (good if all(_is_whole(data, shape) for data in packed) else bad).add((row, col))
        if "annotation_chunks" in self._had_gap:
            known = "SELECT DISTINCT row, col FROM journal JOIN journal_changes ON edit_id = journal.id"
            bad |= set(self._fresh.rows(f"{known} WHERE image_id = ?", (image_id,))) - good
            bad |= {key for owner, key in self._indexed_chunks() if owner == image_id} - good
        return sorted(bad)

    def _indexed_chunks(self) -> list[tuple[int, ChunkKey]]:
        """Image and place of the chunks, as far as their index (on pages of its own) is readable."""
        sql = (
            "SELECT image_id, row, col FROM annotation_chunks INDEXED BY sqlite_autoindex_annotation_chunks_1"
        )
        rows = self._until_damage("annotation_chunks", sql, [])
        return [(image_id, (row, col)) for image_id, row, col in rows]

    def _replayed(self, image_id: int, key: ChunkKey, width: int, height: int) -> Mask | None:
        """The chunk as the journal says, in a mask that holds no other; None where the journal has gaps."""
        mask = Mask(width, height)
        if self._has_forgotten(image_id):
            return None
        sql = (
            "SELECT change FROM journal JOIN journal_changes ON edit_id = journal.id WHERE image_id = ?"
            " AND row = ? AND col = ? AND edit_id <= (SELECT cursor FROM images WHERE images.id = image_id)"
            " ORDER BY edit_id"
        )
        for (record,) in self._fresh.rows(sql, (image_id, *key)):
            change = _readable_change(*key, record)
            if change is None or not _follows(mask, change):
                return None
            apply_change(mask, change, forward=True)
        return mask

    def _has_forgotten(self, image_id: int) -> bool:
        """Whether the history does not go back to the blank mask."""
        lost = bool({"journal", "journal_changes"} & self._had_gap) or image_id in self._shortened
        sql = "SELECT count(*) FROM journal WHERE image_id IS NULL AND tool = 'compact'"
        return lost or self._fresh.row(sql) != (0,)

    def _put(self, image_id: int, key: ChunkKey, mask: Mask) -> None:
        annotation, origin = mask.annotation.shared_chunk(*key), mask.origin.shared_chunk(*key)
        packed = pack(annotation)
        if not is_packed_uniform(packed, UNLABELLED):
            values = image_id, *key, pack(small(annotation)), packed, pack(origin)
            self._fresh.execute("INSERT INTO annotation_chunks VALUES (?, ?, ?, ?, ?, ?)", values)


def _readable_change(row: int, col: int, record: bytes) -> ChunkChange | None:
    try:
        change = ChunkChange.from_bytes(row, col, record)
        size = CHUNK_SIZE
        change.verify(Window(col * size, row * size, size, size))
        for packed in (*change.before, *change.after):
            unpack(packed)
    except ValueError:
        return None
    return change


def _is_whole(data: bytes, shape: tuple[int, ...]) -> bool:
    try:
        return packed_shape(data) == shape and unpack(data).shape == shape
    except ValueError:
        return False


def _follows(mask: Mask, change: ChunkChange) -> bool:
    """Whether the pixels are what the change says they were before it."""
    where = unpack(change.where)
    said = mask.annotation.read(change.window)[where]
    return bool(np.array_equal(said, unpack(change.before[0])))
