"""Where a history keeps its entries."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from segstudio.mask.changes import ChunkChange
from segstudio.mask.edits import MaskEdit
from segstudio.mask.plane import ChunkKey


class Journal(Protocol):
    """All edits of one image in the order made; a cursor parts those done from those undone."""

    def transaction(self) -> AbstractContextManager[object]:
        """All that happens inside is kept, or none of it; on failure the mask too is as before."""
        ...

    def paused(self) -> AbstractContextManager[object]:
        """Between two steps of a long transaction: nobody else may change anything meanwhile."""
        ...

    def start(self, edit: MaskEdit) -> int:
        """Begin a new entry and return its id, larger than any before."""
        ...

    def add(self, edit_id: int, change: ChunkChange) -> None:
        """Record (or replace) what the entry changed in one chunk, and keep the chunk as it is now."""
        ...

    def finish(self, edit: MaskEdit) -> None:
        """Complete the entry; what had been undone is forgotten."""
        ...

    def drop(self, edit_id: int) -> None:
        """Take back an entry that changed nothing."""
        ...

    def newest_done(self) -> MaskEdit | None:
        """What undo would take back."""
        ...

    def oldest_undone(self) -> MaskEdit | None:
        """What redo would bring back."""
        ...

    def changes(self, edit_id: int) -> Iterator[ChunkChange]:
        """What an entry changed, one change per chunk."""
        ...

    def change(self, edit_id: int, key: ChunkKey) -> ChunkChange:
        """What an entry changed in one chunk that it changed."""
        ...

    def between(self, target_id: int) -> tuple[list[MaskEdit], bool]:
        """The entries from the cursor to a target in the order they are walked, and whether forward.

        The target is the newest entry that shall be done; 0 = none of them.
        """
        ...

    def changes_of(self, edits: list[MaskEdit]) -> Iterator[tuple[ChunkKey, list[ChunkChange]]]:
        """Chunk by chunk, what some entries changed in it, in their order."""
        ...

    def keep(self, key: ChunkKey) -> None:
        """Keep a chunk as it is now in the mask."""
        ...

    def mark(self, edit: MaskEdit, *, done: bool) -> None:
        """Move the cursor over one entry."""
        ...


class MemoryJournal:
    """A journal for a mask that is not kept on disk."""

    def __init__(self) -> None:
        self._changes: dict[int, dict[tuple[int, int], ChunkChange]] = {}
        self._done: list[MaskEdit] = []
        self._undone: list[MaskEdit] = []
        self._last_id = 0

    def transaction(self) -> AbstractContextManager[object]:
        """Nothing can fail between memory and memory."""
        return nullcontext()

    def paused(self) -> AbstractContextManager[object]:
        """Nobody else knows this mask."""
        return nullcontext()

    def start(self, edit: MaskEdit) -> int:
        """Begin a new entry and return its id, larger than any before."""
        self._last_id += 1
        self._changes[self._last_id] = {}
        return self._last_id

    def add(self, edit_id: int, change: ChunkChange) -> None:
        """Record (or replace) what the entry changed in one chunk."""
        self._changes[edit_id][change.key] = change

    def finish(self, edit: MaskEdit) -> None:
        """Complete the entry; what had been undone is forgotten."""
        for gone in self._undone:
            self.drop(gone.id)
        self._undone.clear()
        self._done.append(edit)

    def drop(self, edit_id: int) -> None:
        """Take back an entry that changed nothing."""
        del self._changes[edit_id]

    def newest_done(self) -> MaskEdit | None:
        """What undo would take back."""
        return self._done[-1] if self._done else None

    def oldest_undone(self) -> MaskEdit | None:
        """What redo would bring back."""
        return self._undone[-1] if self._undone else None

    def changes(self, edit_id: int) -> Iterator[ChunkChange]:
        """What an entry changed, one change per chunk."""
        return iter(self._changes[edit_id].values())

    def change(self, edit_id: int, key: ChunkKey) -> ChunkChange:
        """What an entry changed in one chunk that it changed."""
        return self._changes[edit_id][key]

    def keep(self, key: ChunkKey) -> None:
        """The mask itself is what is kept."""

    def between(self, target_id: int) -> tuple[list[MaskEdit], bool]:
        """The entries from the cursor to a target in the order they are walked, and whether forward."""
        ahead = [edit for edit in reversed(self._undone) if edit.id <= target_id]
        return ahead or [edit for edit in reversed(self._done) if edit.id > target_id], bool(ahead)

    def changes_of(self, edits: list[MaskEdit]) -> Iterator[tuple[ChunkKey, list[ChunkChange]]]:
        """Chunk by chunk, what some entries changed in it, in their order."""
        for key in sorted({key for edit in edits for key in self._changes[edit.id]}):
            yield key, [found for edit in edits if (found := self._changes[edit.id].get(key))]

    def mark(self, edit: MaskEdit, *, done: bool) -> None:
        """Move the cursor over one entry."""
        source, target = (self._undone, self._done) if done else (self._done, self._undone)
        target.append(source.pop())
