"""Changes to the list of classes, and the number keys."""

from dataclasses import replace

from segstudio.mask.classes import ClassList, SegmentationClass
from segstudio.ui.desk import Desk


class ClassControl:
    """Every change is kept by the project before `classes_changed` is said."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def classes(self) -> ClassList:
        """The classes of the open project; none without a project."""
        return self._desk.project.classes if self._desk.project else ClassList()

    def at_key(self, number: int) -> int | None:
        """The class id behind the number key 1..9."""
        ids = self.classes.ids
        return ids[number - 1] if 0 < number <= len(ids) else None

    def add(self, name: str) -> int:
        """Add a class with the next free id and colour; gives its id."""
        classes = self.classes
        project = self._desk.project
        free_id = project.free_class_id if project else classes.next_id
        made = SegmentationClass(free_id, self._free_name(name), classes.next_colour)
        self._keep(classes.with_class(made))
        return made.id

    def rename(self, class_id: int, name: str) -> None:
        """Give a class another name; an empty or equal name changes nothing."""
        name = name.strip()
        if name and name != self.classes.by_id(class_id).name:
            self._keep(self.classes.renamed(class_id, name))

    def recolour(self, class_id: int, colour: str) -> None:
        """Give a class another colour, `#RRGGBB`."""
        self._keep(self.classes.with_class(replace(self.classes.by_id(class_id), colour=colour)))

    def set_visible(self, class_id: int, visible: bool) -> None:
        """Show or hide the pixels of a class."""
        self._keep(self.classes.with_class(replace(self.classes.by_id(class_id), visible=visible)))

    def set_locked(self, class_id: int, locked: bool) -> None:
        """Keep the pixels of a class from being painted over, or let go of them."""
        self._keep(self.classes.with_class(replace(self.classes.by_id(class_id), locked=locked)))

    def _keep(self, classes: ClassList) -> None:
        if self._desk.project is None:
            return
        self._desk.project.set_classes(classes)
        self._desk.classes_changed.emit()

    def _free_name(self, name: str) -> str:
        taken = {known.casefold() for known in self.classes.names}
        number, wanted = 2, name
        while wanted.casefold() in taken:
            wanted, number = f"{name} {number}", number + 1
        return wanted
