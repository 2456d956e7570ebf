"""Undo and redo without a limit, over a journal that may lie on disk."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from segstudio.mask.changes import apply_change
from segstudio.mask.edits import EditBuilder, MaskEdit
from segstudio.mask.journal import Journal
from segstudio.mask.mask import Mask
from segstudio.mask.origin import Origin
from segstudio.mask.plane import Array
from segstudio.raster.window import Window

Block = tuple[Window, Array | int, Array | None]
"""A window, its class ids (height, width) or one class id, and where (bool, None for all)."""


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
        origin: Origin = Origin.TOOL,
    ) -> MaskEdit | None:
        """Make an entry of what the builder has written, after writing the blocks into it.

        Args:
            draft: Name, tool and class of the entry; id, window and counts are filled in here.
            builder: What has been written so far.
            blocks: More to write, one after the other, so that they never are in memory together.
            origin: Who says what is in the blocks.

        Returns:
            The entry as kept, or None where no pixel changed.
        """
        with self._journal.transaction():
            edit_id = self._journal.start(draft)
            builder.stream_to(partial(self._journal.add, edit_id))
            for window, values, where in blocks:
                builder.write(window, values, where, origin)
            builder.seal_all()
            if builder.window.is_empty:
                self._journal.drop(edit_id)
                return None
            edit = replace(draft, id=edit_id, window=builder.window, counts=builder.counts())
            self._journal.finish(edit)
            return edit

    def undo(self) -> MaskEdit | None:
        """Take back the newest entry that is done; None where there is none."""
        return self._replay(self._journal.newest_done(), forward=False)

    def redo(self) -> MaskEdit | None:
        """Bring back the oldest entry that is undone; None where there is none."""
        return self._replay(self._journal.oldest_undone(), forward=True)

    def _replay(self, edit: MaskEdit | None, *, forward: bool) -> MaskEdit | None:
        if edit is None:
            return None
        with self._journal.transaction():
            for change in self._journal.changes(edit.id):
                apply_change(self._mask, change, forward=forward)
                self._journal.keep(change)
            self._journal.mark(edit, done=forward)
        return edit
