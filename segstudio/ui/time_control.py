"""Looking back along the history, and going there; nothing changes until a person goes."""

from PySide6.QtCore import QObject

from segstudio.mask.mask import Mask
from segstudio.project.past import Moment
from segstudio.ui.desk import Desk
from segstudio.ui.edit_control import EditControl
from segstudio.ui.words import translate


class TimeControl(QObject):
    """`at` is the edit looked at (0 = before the first), None while the present is shown."""

    def __init__(self, desk: Desk, edits: EditControl) -> None:
        super().__init__(desk)
        self._desk = desk
        self._edits = edits
        self.at: int | None = None
        desk.document_changed.connect(lambda _: self._forget())
        # after an edit the past may be another one
        desk.history_changed.connect(self.return_to_now)

    def moments(self) -> list[Moment]:
        """Every edit of the open image and every change of the model, oldest first."""
        return self._desk.document.moments() if self._desk.document else []

    def look_at(self, edit_id: int) -> None:
        """Show the mask as it was when an edit was the newest one."""
        document = self._desk.document
        if document is None:
            return
        if edit_id == document.cursor:
            self.return_to_now()
            return
        self.at = edit_id
        self._show(document.mask_at(edit_id))

    def return_to_now(self) -> None:
        """Show the present again."""
        if self.at is not None:
            self._forget()
            self._show(self._desk.document.mask if self._desk.document else None)

    def go_there(self) -> None:
        """Undo or redo up to the edit looked at; what lies behind can be redone until the next edit."""
        document, at = self._desk.document, self.at
        if document is not None and at is not None:
            self.return_to_now()
            self._edits.run(translate("TimeControl", "Going back in time"), document.go_to_steps(at))

    def look_before_model(self, model: str) -> bool:
        """Show the mask as it was before a model came into use; False if it never was."""
        found = self._desk.document.before_model(model) if self._desk.document else None
        if found is None:
            return False
        self.look_at(found)
        return True

    def _forget(self) -> None:
        self.at = None

    def _show(self, mask: Mask | None) -> None:
        self._desk.time_changed.emit(mask)
