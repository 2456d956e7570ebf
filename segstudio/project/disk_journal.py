"""The history of one image as rows of project.db: what undo and redo walk along, across restarts."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from itertools import groupby

from segstudio.errors import ProjectError
from segstudio.mask.changes import ChunkChange
from segstudio.mask.edits import MaskEdit
from segstudio.mask.mask import Mask
from segstudio.mask.plane import ChunkKey
from segstudio.project.chunks import AnnotationChunks, are_places
from segstudio.project.class_table import ClassTable
from segstudio.project.database import Database, Row
from segstudio.raster.window import Window

_COLUMNS = "id, name, tool, class_id, col_off, row_off, width, height, counts, at, version_id, details"


class DiskJournal:
    """Keeps an entry, the chunks it changed and the counts of its classes in one transaction.

    The cursor is the id of the newest entry that is done; entries behind it are undone. Ids only ever grow
    (AUTOINCREMENT), so the order of entries never depends on a clock.
    """

    def __init__(self, database: Database, image_id: int, mask: Mask) -> None:
        self._database = database
        self._image_id = image_id
        self._mask = mask
        self._chunks = AnnotationChunks(database, image_id)
        self._classes = ClassTable(database)
        self._kept: set[ChunkKey] = set()
        self._is_guarded = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that happens inside is on disk when it ends, or none of it; then the mask too is as on disk."""
        with self.guarded(), self._database.transaction():
            yield

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """If what happens inside fails, the mask is afterwards as on disk.

        For several journals in one transaction, which has to end before this does.
        """
        if self._is_guarded:
            yield
            return
        self._is_guarded = True
        self._kept.clear()
        try:
            yield
        except BaseException:
            self._forget()
            raise
        finally:
            self._is_guarded = False

    def paused(self) -> AbstractContextManager[None]:
        """Between two steps of a long transaction: nobody else may change the project meanwhile."""
        return self._database.paused()

    def start(self, edit: MaskEdit) -> int:
        """Begin a new entry and return its id, larger than any before."""
        window = edit.window
        cursor = self._database.execute(
            "INSERT INTO journal (image_id, tool, name, class_id, col_off, row_off, width, height, counts,"
            " version_id, at, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '{}', ?, ?, ?)",
            (
                *(self._image_id, edit.tool, edit.name, edit.class_id, *_corner(window)),
                *(edit.version_id, _now(), None if edit.group is None else json.dumps({"group": edit.group})),
            ),
        )
        return int(cursor.lastrowid or 0)

    def add(self, edit_id: int, change: ChunkChange) -> None:
        """Record (or replace) what the entry changed in one chunk, and keep the chunk as it is now."""
        record = change.to_bytes()
        self._database.execute(
            "INSERT OR REPLACE INTO journal_changes VALUES (?, ?, ?, ?)", (edit_id, *change.key, record)
        )
        self._database.note_written(len(record))
        self.keep(change.key)

    def keep(self, key: ChunkKey) -> None:
        """Keep a chunk as it is now in the mask."""
        row, col = key
        self._kept.add(key)
        annotation = self._mask.annotation.shared_chunk(row, col)
        origin = self._mask.origin.shared_chunk(row, col)
        said = self._chunks.put(key, annotation, origin)
        for plane in (self._mask.annotation, self._mask.origin):
            if said:
                plane.mark_stored(row, col)
            else:
                plane.set_chunk(row, col, None)

    def finish(self, edit: MaskEdit) -> None:
        """Complete the entry; what had been undone is forgotten."""
        self._database.execute(
            "DELETE FROM journal WHERE image_id = ? AND id < ? AND id >"
            " (SELECT cursor FROM images WHERE images.id = journal.image_id)",
            (self._image_id, edit.id),
        )
        self._database.execute(
            "UPDATE journal SET col_off = ?, row_off = ?, width = ?, height = ?, counts = ? WHERE id = ?",
            (*_corner(edit.window), json.dumps(edit.counts), edit.id),
        )
        self._move_cursor(edit.id)
        self._count(edit, sign=1)

    def drop(self, edit_id: int) -> None:
        """Take back an entry that changed nothing."""
        self._database.execute("DELETE FROM journal WHERE id = ?", (edit_id,))

    def newest_done(self) -> MaskEdit | None:
        """What undo would take back."""
        return self._entry("id <= (SELECT cursor FROM images WHERE id = ?) ORDER BY id DESC")

    def oldest_undone(self) -> MaskEdit | None:
        """What redo would bring back."""
        return self._entry("id > (SELECT cursor FROM images WHERE id = ?) ORDER BY id")

    def entries(self) -> list[MaskEdit]:
        """All entries, oldest first, undone ones at the end."""
        sql = f"SELECT {_COLUMNS} FROM journal WHERE image_id = ? ORDER BY id"
        return [_edit(row) for row in self._database.rows(sql, (self._image_id,))]

    def changes(self, edit_id: int) -> Iterator[ChunkChange]:
        """What an entry changed, one change per chunk; ProjectError if a record is damaged."""
        sql = "SELECT row, col, change FROM journal_changes WHERE edit_id = ? ORDER BY row, col"
        for row, col, record in self._database.execute(sql, (edit_id,)):
            yield self._change(edit_id, row, col, record)

    def between(self, target_id: int) -> tuple[list[MaskEdit], bool]:
        """The entries from the cursor to a target in the order they are walked, and whether forward."""
        cursor = self.cursor()
        forward = target_id > cursor
        sql = f"SELECT {_COLUMNS} FROM journal WHERE image_id = ? AND id > ? AND id <= ? ORDER BY id"
        low, high = (cursor, target_id) if forward else (target_id, cursor)
        edits = [_edit(row) for row in self._database.rows(sql, (self._image_id, low, high))]
        return (edits if forward else edits[::-1]), forward

    def changes_of(self, edits: list[MaskEdit]) -> Iterator[tuple[ChunkKey, list[ChunkChange]]]:
        """Chunk by chunk, what some entries changed in it, in their order; ProjectError if one is damaged."""
        for key, edit_ids in self.places_of(edits):
            yield key, [self.change(edit_id, key) for edit_id in edit_ids]

    def places_of(self, edits: list[MaskEdit]) -> Iterator[tuple[ChunkKey, list[int]]]:
        """The chunks that some consecutive entries changed, and which of them did, in their order."""
        order = {edit.id: place for place, edit in enumerate(edits)}
        sql = (
            "SELECT row, col, edit_id FROM journal JOIN journal_changes ON edit_id = journal.id"
            " WHERE image_id = ? AND edit_id BETWEEN ? AND ?"
        )
        ends = (min(order), max(order)) if order else (0, -1)
        places = self._database.rows(sql, (self._image_id, *ends))
        for row, col, edit_id in places:
            if not are_places(row, col):
                raise _damaged(edit_id)
        places.sort(key=lambda place: (place[0], place[1], order[place[2]]))
        for key, of_chunk in groupby(places, key=lambda place: (place[0], place[1])):
            yield key, [edit_id for _, _, edit_id in of_chunk]

    def change(self, edit_id: int, key: ChunkKey) -> ChunkChange:
        """What an entry changed in one chunk; ProjectError if the record is damaged."""
        sql = "SELECT change FROM journal_changes WHERE edit_id = ? AND row = ? AND col = ?"
        found = self._database.row(sql, (edit_id, *key)) or (b"",)
        return self._change(edit_id, *key, found[0])

    def cursor(self) -> int:
        """Id of the newest entry that is done; 0 if none is."""
        row = self._database.row("SELECT cursor FROM images WHERE id = ?", (self._image_id,))
        return int((row or (0,))[0])

    def _change(self, edit_id: int, row: int, col: int, record: bytes) -> ChunkChange:
        if not are_places(row, col):
            raise _damaged(edit_id)
        try:
            change = ChunkChange.from_bytes(row, col, record)
            change.verify(self._mask.annotation.chunk_window(row, col))
        except ValueError as error:
            raise _damaged(edit_id) from error
        return change

    def mark(self, edit: MaskEdit, *, done: bool) -> None:
        """Move the cursor over one entry; a class whose pixels come back is in the list again."""
        before = self._database.row(
            "SELECT coalesce(max(id), 0) FROM journal WHERE image_id = ? AND id < ?",
            (self._image_id, edit.id),
        )
        self._move_cursor(edit.id if done else int((before or (0,))[0]))
        self._count(edit, sign=1 if done else -1)
        self._settle_classes(edit, done=done)

    def _settle_classes(self, edit: MaskEdit, *, done: bool) -> None:
        gained = [class_id for class_id, pixels in edit.counts.items() if (pixels > 0) == done]
        removed = None if edit.group is None else self._removed_by(edit.group)
        if removed is not None and done:
            self._classes.remove_unused(removed)
        self._classes.bring_back(gained if removed is None or done else {*gained, removed})

    def _removed_by(self, group: int) -> int | None:
        row = self._database.row("SELECT class_id FROM journal WHERE id = ? AND image_id IS NULL", (group,))
        return None if row is None else row[0]

    def _entry(self, condition: str) -> MaskEdit | None:
        sql = f"SELECT {_COLUMNS} FROM journal WHERE image_id = ? AND {condition} LIMIT 1"
        row = self._database.row(sql, (self._image_id, self._image_id))
        return None if row is None else _edit(row)

    def _move_cursor(self, edit_id: int) -> None:
        self._database.execute(
            "UPDATE images SET cursor = ?, state = CASE state WHEN 'new' THEN 'started' ELSE state END"
            " WHERE id = ?",
            (edit_id, self._image_id),
        )

    def _count(self, edit: MaskEdit, *, sign: int) -> None:
        for class_id, gained in edit.counts.items():
            self._database.execute(
                "INSERT INTO class_counts VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET pixels = pixels + excluded.pixels",
                (self._image_id, class_id, sign * gained),
            )

    def _forget(self) -> None:
        """After a failed transaction the disk is right: what memory holds beyond it is dropped."""
        for plane, stored in (
            (self._mask.annotation, self._chunks.annotation),
            (self._mask.origin, self._chunks.origin),
        ):
            for row, col in self._kept | plane.unsaved_chunks():
                plane.forget(row, col, stored=stored.packed(row, col) is not None)
        self._kept.clear()


def _damaged(edit_id: int) -> ProjectError:
    return ProjectError(
        f"step {edit_id} of the history is damaged and cannot be taken back: go on from here, "
        "or put project.db back from a backup with `segstudio project restore`"
    )


def _edit(row: Row) -> MaskEdit:
    edit_id, name, tool, class_id, col, line, width, height, counts, at, version_id, details = row
    by_class = {int(key): int(value) for key, value in json.loads(counts).items()}
    window = Window(col, line, width, height)
    group = json.loads(details).get("group") if details else None
    return MaskEdit(edit_id, name, tool, class_id, window, by_class, at, version_id, group)


def _corner(window: Window) -> tuple[int, int, int, int]:
    return window.col_off, window.row_off, window.width, window.height


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
