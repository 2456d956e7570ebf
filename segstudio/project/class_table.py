"""The classes in project.db: those in use, and those removed that an undo may bring back."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from segstudio.errors import ProjectError
from segstudio.mask.classes import MAX_CLASSES, ClassList, SegmentationClass
from segstudio.project.database import Database

_REMOVED = "removed_classes"


class ClassTable:
    """Every class id that has pixels is in the list, also after an undo.

    The id of a removed class is not given to another as long as there are others left.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> ClassList:
        """The classes, in the order shown."""
        rows = self._database.rows("SELECT id, name, colour, visible, locked FROM classes ORDER BY position")
        return ClassList(
            tuple(
                SegmentationClass(class_id, name, colour, bool(visible), bool(locked))
                for class_id, name, colour, visible, locked in rows
            )
        )

    def replace(self, classes: ClassList) -> None:
        """Take another list; ProjectError if a class that is gone still has pixels."""
        with self._database.transaction():
            before = self.read()
            self._refuse_orphans(before, classes)
            self._remember_removed(entry for entry in before if entry.id not in classes.ids)
            self._write(classes)

    def bring_back(self, class_ids: Iterable[int]) -> None:
        """Put those classes back into the list that are not in it: pixels of theirs have come back."""
        classes = self.read()
        missing = [class_id for class_id in class_ids if class_id not in classes.ids]
        removed = self._removed() if missing else {}
        for class_id in missing:
            known = removed.get(class_id) or SegmentationClass(
                class_id, f"class {class_id}", classes.next_colour
            )
            classes = classes.with_class(replace(known, name=_free_name(known.name, classes)))
        if missing:
            self._write(classes)

    def remove_unused(self, class_id: int) -> None:
        """Take a class out of the list unless it has pixels in some image."""
        classes = self.read()
        if class_id in classes.ids and not self.pixels(class_id):
            self._remember_removed([classes.by_id(class_id)])
            self._write(classes.without(class_id))

    def pixels(self, class_id: int) -> int:
        """Annotated pixels of a class over all images."""
        sql = "SELECT coalesce(sum(pixels), 0) FROM class_counts WHERE class_id = ?"
        return int((self._database.row(sql, (class_id,)) or (0,))[0])

    def free_id(self) -> int:
        """An id for a new class: one that no class ever had, else one that none has now."""
        classes = self.read()
        taken = {*classes.ids, *self._removed()}
        fresh = [class_id for class_id in range(MAX_CLASSES) if class_id not in taken]
        return fresh[0] if fresh else classes.next_id

    def _write(self, classes: ClassList) -> None:
        self._database.execute("DELETE FROM classes")
        for position, entry in enumerate(classes):
            values = entry.id, position, entry.name, entry.colour, entry.visible, entry.locked
            self._database.execute("INSERT INTO classes VALUES (?, ?, ?, ?, ?, ?)", values)

    def _removed(self) -> dict[int, SegmentationClass]:
        row = self._database.row("SELECT value FROM settings WHERE name = ?", (_REMOVED,))
        records = json.loads(row[0]) if row else []
        entries = [_class_of(record) for record in records] if isinstance(records, list) else []
        return {entry.id: entry for entry in entries if entry is not None}

    def _remember_removed(self, classes: Iterable[SegmentationClass]) -> None:
        fresh = {entry.id: entry for entry in classes}
        if not fresh:
            return
        entries = [asdict(entry) for entry in (self._removed() | fresh).values()]
        text = json.dumps(entries, ensure_ascii=False)
        self._database.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (_REMOVED, text))

    def _refuse_orphans(self, before: ClassList, classes: ClassList) -> None:
        for entry in before:
            pixels = 0 if entry.id in classes.ids else self.pixels(entry.id)
            if pixels:
                raise ProjectError(
                    f"class '{entry.name}' still has {pixels:,} annotated pixels: merge it into another "
                    "class, or delete it together with them"
                )


def _class_of(record: Any) -> SegmentationClass | None:
    """A class as it was kept; None where it was not this program that kept it."""
    try:
        return ClassList.from_json([record]).classes[0]
    except ProjectError:
        return None


def _free_name(name: str, classes: ClassList) -> str:
    taken = {known.casefold() for known in classes.names}
    names = (name, *(f"{name} {number}" for number in range(2, len(classes) + 3)))
    return next(each for each in names if each.casefold() not in taken)
