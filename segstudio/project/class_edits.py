"""Classes merged or deleted: one edit over all images that have pixels of the class, and one undo for it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from segstudio.errors import ProjectError
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.edits import EditBuilder, MaskEdit
from segstudio.mask.history import Block, History, Result, Steps
from segstudio.mask.mask import Mask
from segstudio.mask.origin import Origin
from segstudio.project.disk_journal import DiskJournal
from segstudio.project.store import ProjectStore
from segstudio.raster.window import Window

_NOWHERE = Window(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Annals:
    """Mask, journal and history of one image, for edits over several images."""

    mask: Mask
    journal: DiskJournal
    history: History

    @classmethod
    def over(cls, store: ProjectStore, image_id: int, mask: Mask) -> "Annals":
        """The annals of an image whose mask is at hand."""
        journal = DiskJournal(store.database, image_id, mask)
        return cls(mask, journal, History(mask, journal))


class ClassEdits:
    """Edits that change a class everywhere; each image has its part of them in its own journal.

    Undo takes back all parts that are the newest edit of their image; a part with newer edits above it waits
    until these are taken back.
    """

    def __init__(self, store: ProjectStore, annals: Callable[[int], Annals]) -> None:
        self._store = store
        self._annals = annals

    def remove_steps(self, class_id: int, into: int | None, home_id: int) -> Steps[MaskEdit | None]:
        """Give all pixels of a class to another (`into`) or to nobody (None), and take it out of the list.

        Yields windows of the image `home_id`, empty ones while other images are changed; gives the part of
        that image, which has one even if no pixel of it changes.
        """
        self._refuse(class_id, into)
        images = list(dict.fromkeys([*self._images_with(class_id), home_id]))
        annals = {image_id: self._annals(image_id) for image_id in images}
        with self._together(list(annals.values())):
            group = self._start_group(class_id, into)
            parts: dict[int, MaskEdit | None] = {}
            for image_id, each in annals.items():
                steps = _remove_from(each, class_id, into, group, keep_empty=image_id == home_id)
                parts[image_id] = yield from _shown(steps, shown=image_id == home_id)
            self._store.classes.remove_unused(class_id)
        return parts[home_id]

    def walk_steps(self, home_id: int, edit: MaskEdit, *, forward: bool) -> Steps[MaskEdit | None]:
        """Undo or redo an edit of one image together with its parts in other images."""
        images = [home_id, *(image_id for image_id in self._parts(edit) if image_id != home_id)]
        annals = {image_id: self._annals(image_id) for image_id in images}
        with self._together(list(annals.values())):
            for image_id, each in annals.items():
                found = each.history.redo_edit if forward else each.history.undo_edit
                if found is not None and found.group == edit.group:
                    steps = each.history.redo_steps() if forward else each.history.undo_steps()
                    yield from _shown(steps, shown=image_id == home_id)
        return edit

    def _together(self, annals: list[Annals]) -> ExitStack:
        """One transaction; should it fail, it ends before the masks look at what is on disk."""
        with ExitStack() as stack:
            for each in annals:
                stack.enter_context(each.journal.guarded())
            stack.enter_context(self._store.database.transaction())
            return stack.pop_all()

    def _refuse(self, class_id: int, into: int | None) -> None:
        classes = self._store.classes.read()
        gone = classes.by_id(class_id)
        if gone.locked:
            raise ProjectError(f"class '{gone.name}' is locked: unlock it before it is merged or deleted")
        if into is not None:
            classes.by_id(into)
        if into == class_id:
            raise ProjectError(f"class '{gone.name}' cannot be merged into itself: choose another")

    def _images_with(self, class_id: int) -> list[int]:
        sql = "SELECT image_id FROM class_counts WHERE class_id = ? AND pixels > 0 ORDER BY image_id"
        return [image_id for (image_id,) in self._store.database.rows(sql, (class_id,))]

    def _parts(self, edit: MaskEdit) -> list[int]:
        sql = (
            "SELECT image_id FROM journal WHERE image_id IS NOT NULL AND id > ?"
            " AND details IS NOT NULL AND json_extract(details, '$.group') = ? ORDER BY id"
        )
        return [image_id for (image_id,) in self._store.database.rows(sql, (edit.group, edit.group))]

    def _start_group(self, class_id: int, into: int | None) -> int:
        cursor = self._store.database.execute(
            "INSERT INTO journal (image_id, tool, name, class_id, col_off, row_off, width, height, counts,"
            " at, details) VALUES (NULL, ?, ?, ?, 0, 0, 0, 0, '{}', ?, json_object('into', ?))",
            (*_names(into), class_id, datetime.now(UTC).isoformat(timespec="milliseconds"), into),
        )
        return int(cursor.lastrowid or 0)


def _names(into: int | None) -> tuple[str, str]:
    return ("merge", "merge classes") if into is not None else ("delete", "delete class")


def _remove_from(
    annals: Annals, class_id: int, into: int | None, group: int, *, keep_empty: bool
) -> Steps[MaskEdit | None]:
    tool, name = _names(into)
    value = UNLABELLED if into is None else into
    draft = MaskEdit(0, name, tool, value, _NOWHERE, group=group)
    return annals.history.record_steps(
        draft,
        EditBuilder(annals.mask),
        blocks=_pixels_of(annals.mask, class_id, value),
        # who set a pixel stays; a pixel nobody speaks about has no author
        origin=None if into is not None else Origin.NOBODY,
        keep_empty=keep_empty,
    )


def _pixels_of(mask: Mask, class_id: int, value: int) -> Iterator[Block]:
    for row, col in mask.annotation.written_chunks():
        chunk = mask.annotation.chunk(row, col)
        if chunk is not None:
            yield mask.annotation.chunk_window(row, col), value, chunk == class_id


def _shown(steps: Steps[Result], *, shown: bool) -> Steps[Result]:
    """The same steps; windows of an image that is not shown are empty."""
    while True:
        try:
            window = next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
        try:
            yield window if shown else _NOWHERE
        except GeneratorExit:
            steps.close()
            raise
