"""Whatever can be read of a damaged project.db, row by row, put into a fresh one."""

import json
import sqlite3
from collections.abc import Iterator

import numpy as np

from segstudio.mask.changes import ChunkChange, apply_change
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.mask import Mask
from segstudio.mask.packing import is_packed_uniform, pack, packed_shape, unpack
from segstudio.mask.plane import CHUNK_SIZE, ChunkKey
from segstudio.project.chunks import AnnotationChunks, are_places, small
from segstudio.project.content import drop_impossible
from segstudio.project.database import SQLITE_TROUBLE, DamagedDatabase, Database, Row
from segstudio.raster.window import Window

_TABLES = ("settings", "classes", "images", "journal", "journal_changes", "annotation_chunks", "depth_chunks")
_MORE_TABLES = ("tiles", "runs")
_NEEDED = ("classes", "images")
_WITHOUT_ROWID = ("settings", "tiles")
_MOST_PROBES = 20_000


class Salvage:
    """Copies what is readable from a damaged connection into a fresh database."""

    def __init__(self, damaged: sqlite3.Connection, fresh: Database) -> None:
        self._damaged = damaged
        self._fresh = fresh
        self._had_gap: set[str] = set()
        self._broke_off = False
        self._missing: dict[str, tuple[int, int]] = {}
        self._shortened: set[int] = set()

    def copy_tables(self) -> None:
        """Every readable row; DamagedDatabase if a table nothing works without has lost some."""
        for table in (*_TABLES, *_MORE_TABLES):
            for row in self._rows(table):
                marks = ", ".join("?" * len(row))
                self._fresh.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)
        self._had_gap |= drop_impossible(self._fresh)
        for table in self._had_gap.intersection(_NEEDED):
            raise DamagedDatabase(f"the table {table} is damaged")

    def forget_broken_steps(self) -> int:
        """Drop steps that lost a part, with those before them (or, if undone, after them); how many."""
        before = self._count_steps()
        nameless = self._drop_nameless_changes()
        for image_id, cursor in self._fresh.rows("SELECT id, cursor FROM images"):
            broken = [*self._broken_steps(image_id), *self._lost_steps(cursor), *nameless]
            done = [step for step in broken if step <= cursor]
            if done:
                self._shortened.add(image_id)
            undone = [step for step in broken if step > cursor]
            drop = "DELETE FROM journal WHERE image_id = ? AND id"
            self._fresh.execute(f"{drop} <= ?", (image_id, max(done, default=0)))
            if undone:
                self._fresh.execute(f"{drop} >= ?", (image_id, min(undone)))
        newest = "(SELECT max(cursor) FROM images)"
        self._fresh.execute(f"UPDATE sqlite_sequence SET seq = max(seq, {newest}) WHERE name = 'journal'")
        return before - self._count_steps() + len(nameless)

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
        """All readable rows: from the front to the damage, from the back to it, and what lies between."""
        if not self._is_ours(table):
            self._had_gap.add(table)
            return
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
        self._missing[table] = low + 1, high - 1
        yield from self._between(table, low + 1, high - 1)

    def _between(self, table: str, low: int, high: int) -> Iterator[Row]:
        """The readable rows of a gap: whole where it can be read, else what its halves have."""
        waiting = [(low, high)]
        for _ in range(_MOST_PROBES):
            if not waiting:
                return
            low, high = waiting.pop()
            seen: list[int] = []
            span = f"SELECT rowid, * FROM {table} WHERE rowid BETWEEN {low} AND {high} ORDER BY rowid"
            for row in self._until_damage(table, span, seen):
                yield row[1:]
            low = seen[-1] + 1 if seen else low
            if self._broke_off and low < high:
                middle = (low + high) // 2
                waiting += [(middle + 1, high), (low, middle)]

    def _until_damage(self, table: str, sql: str, rowids: list[int]) -> Iterator[Row]:
        self._broke_off = False
        try:
            for row in self._damaged.execute(sql):
                rowids.append(row[0])
                yield row
        except SQLITE_TROUBLE:
            self._broke_off = True
            self._had_gap.add(table)

    def _is_ours(self, table: str) -> bool:
        """Whether a table is as we make it: reading a view or a computed column may never end."""
        sql = "SELECT type, sql FROM sqlite_master WHERE name = ?"
        try:
            found: Row | None = self._damaged.execute(sql, (table,)).fetchone()
        except SQLITE_TROUBLE:
            return False
        return found == self._fresh.row(sql, (table,))

    def _largest_rowid(self, table: str) -> int:
        try:
            row = self._damaged.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        except SQLITE_TROUBLE:
            row = None
        return row[0] + 1 if row and type(row[0]) is int else 100_000

    def _drop_nameless_changes(self) -> list[int]:
        """Drop the records of steps that are lost themselves, of whichever image; the steps."""
        nameless = "FROM journal_changes WHERE edit_id NOT IN (SELECT id FROM journal)"
        found = self._fresh.rows(f"SELECT DISTINCT edit_id {nameless}")
        self._fresh.execute(f"DELETE {nameless}")
        return [edit_id for (edit_id,) in found]

    def _lost_steps(self, cursor: int) -> list[int]:
        """Of the steps that may be missing, the newest that was done and the oldest that was undone."""
        low, high = self._missing.get("journal", (1, 0))
        done, undone = min(high, cursor), max(low, cursor + 1)
        return [step for step in (done, undone) if low <= step <= high]

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
        return [(image_id, (row, col)) for image_id, row, col in rows if are_places(row, col)]

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
