"""Undo and redo without a limit, over a journal that may lie on disk."""

from collections.abc import Generator, Iterable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from segstudio.mask.changes import apply_change
from segstudio.mask.edits import EditBuilder, MaskEdit
from segstudio.mask.journal import Journal
from segstudio.mask.mask import Mask
from segstudio.mask.origin import Origin
from segstudio.mask.plane import Array
from segstudio.raster.window import Window

Block = tuple[Window, Array | int, Array | None]
"""A window, its class ids (height, width) or one class id, and where (bool, None for all)."""

Result = TypeVar("Result")
Steps = Generator[Window, None, Result]
"""A change made a chunk at a time: yields what was just changed; closed half-way, it leaves no trace."""


class History:
    """The door to a mask's annotation: every change is an entry that can be undone and redone."""

    def __init__(self, mask: Mask, journal: Journal) -> None:
        self._mask = mask
        self._journal = journal

    @property
    def undo_edit(self) -> MaskEdit | None:
        """What undo would take back."""
        return self._journal.newest_done()

    @property
    def redo_edit(self) -> MaskEdit | None:
        """What redo would bring back."""
        return self._journal.oldest_undone()

    def record(
        self,
        draft: MaskEdit,
        builder: EditBuilder,
        *,
        blocks: Iterable[Block] = (),
        origin: Origin | None = Origin.TOOL,
    ) -> MaskEdit | None:
        """`record_steps` in one go."""
        return all_at_once(self.record_steps(draft, builder, blocks=blocks, origin=origin))

    def record_steps(
        self,
        draft: MaskEdit,
        builder: EditBuilder,
        *,
        blocks: Iterable[Block] = (),
        origin: Origin | None = Origin.TOOL,
        keep_empty: bool = False,
    ) -> Steps[MaskEdit | None]:
        """Make an entry of what the builder has written, after writing the blocks into it.

        Args:
            draft: Name, tool and class of the entry; id, window and counts are filled in here.
            builder: What has been written so far.
            blocks: More to write, one after the other, so that they never are in memory together.
            origin: Who says what is in the blocks; None leaves the authors as they are.
            keep_empty: Make the entry even if no pixel changed.

        Returns:
            The entry as kept, or None where no pixel changed.
        """
        with self._journal.transaction():
            edit_id = self._journal.start(draft)
            builder.stream_to(partial(self._journal.add, edit_id), partial(self._journal.change, edit_id))
            for window, values, where in blocks:
                changed = builder.write(window, values, where, origin)
                with self._journal.paused():
                    yield changed
            while builder.seal_next():
                with self._journal.paused():
                    yield Window(0, 0, 0, 0)
            if builder.window.is_empty and not keep_empty:
                self._journal.drop(edit_id)
                return None
            edit = replace(draft, id=edit_id, window=builder.window, counts=builder.counts())
            self._journal.finish(edit)
            return edit

    def undo(self) -> MaskEdit | None:
        """Take back the newest entry that is done; None where there is none."""
        return all_at_once(self.undo_steps())

    def redo(self) -> MaskEdit | None:
        """Bring back the oldest entry that is undone; None where there is none."""
        return all_at_once(self.redo_steps())

    def undo_steps(self) -> Steps[MaskEdit | None]:
        """`undo`, chunk by chunk."""
        return self._replay(self._journal.newest_done(), forward=False)

    def redo_steps(self) -> Steps[MaskEdit | None]:
        """`redo`, chunk by chunk."""
        return self._replay(self._journal.oldest_undone(), forward=True)

    def go_to_steps(self, edit_id: int) -> Steps[int]:
        """Undo or redo until an entry is the newest one that is done (0 = none), in one transaction.

        Every chunk is written once, however many entries lie between; gives how many there were.
        """
        with self._journal.transaction():
            edits, forward = self._journal.between(edit_id)
            for key, changes in self._journal.changes_of(edits):
                for change in changes:
                    apply_change(self._mask, change, forward=forward)
                self._journal.keep(key)
                with self._journal.paused():
                    yield self._mask.annotation.chunk_window(*key)
            for edit in edits:
                self._journal.mark(edit, done=forward)
        return len(edits)

    def _replay(self, edit: MaskEdit | None, *, forward: bool) -> Steps[MaskEdit | None]:
        if edit is None:
            return None
        with self._journal.transaction():
            for change in self._journal.changes(edit.id):
                apply_change(self._mask, change, forward=forward)
                self._journal.keep(change.key)
                with self._journal.paused():
                    yield change.window
            self._journal.mark(edit, done=forward)
        return edit


def all_at_once(steps: Steps[Result]) -> Result:
    """Walk steps to their end and give what they return."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
