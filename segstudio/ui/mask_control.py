"""Takes masks made elsewhere into the open image, one undoable edit each, between two paints."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.jobs.mask_import import Likeness, MaskImport, likeness_to_mask
from segstudio.mask.edits import MaskEdit
from segstudio.ui.desk import Desk
from segstudio.ui.edit_control import EditControl
from segstudio.ui.words import grouped, translate


class MaskControl(QObject):
    """What is dropped on an image is asked about only where its header does not tell."""

    unclear = Signal(object)  # Path: a mask of the open image, or another image?

    def __init__(self, desk: Desk, edits: EditControl) -> None:
        super().__init__(desk)
        self._desk = desk
        self._edits = edits

    def start(self, path: Path) -> None:
        """Import a mask; raises SegstudioError at once where it does not fit, or says so when it is found."""
        project, document = self._desk.project, self._desk.document
        if project is None or document is None:
            return
        said = MaskImport(path, project.classes)
        height = document.info.height
        self._edits.run(
            translate("MaskControl", "Importing {name}").format(name=path.name),
            said.steps(document),
            lambda edit: self._tell(said, edit),
            progress=lambda: (said.rows_done, height),
        )

    def likeness(self, paths: Sequence[str | Path]) -> Likeness:
        """Whether what was dropped is a mask of the open image."""
        project, document = self._desk.project, self._desk.document
        if project is None or document is None or len(paths) != 1 or not Path(paths[0]).is_file():
            return "no"
        known = {entry.path for entry in project.images}
        path = Path(paths[0])
        return "no" if path in known or path.resolve() in known else likeness_to_mask(path, document.info)

    def _tell(self, said: MaskImport, edit: MaskEdit | None) -> None:
        name = said.path.name
        if edit is not None:
            changed = translate("MaskControl", "{name} is imported: {pixels} pixels. Undo takes it back.")
            self._desk.notice.emit("info", changed.format(name=name, pixels=grouped(said.pixels)))
        elif said.pixels:
            same = translate("MaskControl", "{name} says what the mask says already: nothing changed.")
            self._desk.notice.emit("info", same.format(name=name))
        else:
            silent = translate(
                "MaskControl",
                "{name} names none of the project's classes: give them the ids or colours of the mask.",
            )
            self._desk.notice.emit("warning", silent.format(name=name))
