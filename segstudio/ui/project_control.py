"""Opens and closes projects and documents; one is open, beside one that a job may still write into."""

import contextlib
from collections import deque
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from segstudio.errors import ProjectError, SegstudioError
from segstudio.mask.classes import ClassList, default_classes, load_classes
from segstudio.project.document import Document
from segstudio.project.images import ImageEntry, ImageMissing, OtherBytes
from segstudio.project.project import Project
from segstudio.ui import settings
from segstudio.ui.desk import Desk
from segstudio.ui.opening import Opening, plan_opening
from segstudio.ui.words import translate

CLASSES_FILE = "classes.json"
# Headers of a folder of photos are read a few at a time, so that the window goes on painting.
_IMAGES_PER_TURN = 4


class ProjectControl(QObject):
    """Keeps `desk.project` and `desk.document` together: a document always belongs to the open project."""

    def __init__(
        self,
        desk: Desk,
        *,
        opened: Callable[[], None],
        in_use: Callable[[Document], bool],
        is_busy: Callable[[], bool],
    ) -> None:
        super().__init__(desk)
        self._desk = desk
        self._opened = opened
        self._in_use = in_use
        self._is_busy = is_busy
        self._waiting: deque[Path] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._add_some)

    def open(self, paths: list[Path], *, read_only: bool = False) -> None:
        """Open what the paths mean; raises SegstudioError and leaves everything as it was."""
        if self._is_busy():
            raise SegstudioError(
                translate("ProjectControl", "A job is running: cancel it or wait, then open again.")
            )
        opening = plan_opening(paths)
        project, rest = _open_project(opening, read_only=read_only)
        self.close()
        self._desk.project = project
        settings.remember_project(project.folder)
        self._desk.project_changed.emit()
        self._desk.classes_changed.emit()
        self._desk.images_changed.emit()
        self._show_first(opening)
        self._say_where(opening)
        self._say_rescued(project)
        self.add_images(rest)

    def add_images(self, paths: list[Path]) -> None:
        """Add images to the project, a few at a time."""
        self._waiting.extend(paths)
        if self._waiting:
            self._timer.start()

    def show_image(self, image_id: int) -> None:
        """Open the document of one image; raises SegstudioError and leaves the old one open."""
        project = self._desk.project
        if project is None or (self._desk.document and self._desk.document.image_id == image_id):
            return
        document = self._opened_document(project, image_id)
        if document is None:
            return
        self._let_go()
        self._desk.document = document
        self._desk.area = None
        if not project.read_only:
            project.set_setting("last_image", image_id)
        self._desk.document_changed.emit(document)
        self._desk.area_changed.emit(None)
        self._desk.history_changed.emit()
        self._opened()

    def locate(self, image_id: int, path: Path, *, confirmed: bool = False) -> None:
        """Take a file as the place where an image lies now, and open it; raises SegstudioError."""
        project = self._desk.project
        if project is None:
            return
        try:
            project.relocate_image(image_id, path, confirmed=confirmed)
        except OtherBytes as error:
            shows = translate("ProjectControl", "It shows the same: use it")
            self._desk.offer.emit(str(error), shows, lambda: self.locate(image_id, path, confirmed=True))
            return
        self._desk.images_changed.emit()
        self.show_image(image_id)

    def close(self) -> None:
        """Close document and project; everything is on disk already."""
        self._timer.stop()
        self._waiting.clear()
        if self._desk.project is None:
            return
        self._let_go()
        self._desk.document_changed.emit(None)
        project, self._desk.project = self._desk.project, None
        project.close()

    def _let_go(self) -> None:
        document, self._desk.document = self._desk.document, None
        if document is not None and not self._in_use(document):
            document.close()

    def _opened_document(self, project: Project, image_id: int) -> Document | None:
        """The document; where its image is missing, a person is asked for it."""
        before = {entry.id: entry.path for entry in project.images}.get(image_id)
        try:
            document = project.open_document(image_id)
        except ImageMissing as error:
            if project.read_only:
                raise
            find = translate("ProjectControl", "Locate it…")
            self._desk.offer.emit(str(error), find, lambda: self._desk.locate_requested.emit(image_id))
            return None
        now = Path(document.info.path)
        if before is not None and now != before:
            sentence = translate("ProjectControl", "The image was found again at {path}.")
            self._desk.notice.emit("info", sentence.format(path=now))
            self._desk.images_changed.emit()
        return document

    def _say_rescued(self, project: Project) -> None:
        if project.rescued is not None:
            show = translate("ProjectControl", "Show the backups")
            self._desk.offer.emit(project.rescued.sentence, show, self._desk.backups_requested.emit)

    def _show_first(self, opening: Opening) -> None:
        project = self._desk.project
        entries = project.images if project else []
        if project is None or not entries:
            return
        wanted = _entry_of(entries, opening.images[0]) if opening.images else None
        last = project.setting("last_image", None)
        known = next((entry for entry in entries if entry.id == last), entries[0])
        self.show_image((wanted or known).id)

    def _say_where(self, opening: Opening) -> None:
        if opening.is_new:
            sentence = translate("ProjectControl", "Your work is kept in {folder}.")
            self._desk.notice.emit("info", sentence.format(folder=opening.folder))

    def _add_some(self) -> None:
        for _ in range(min(_IMAGES_PER_TURN, len(self._waiting))):
            self._add_one(self._waiting.popleft())
        if not self._waiting:
            self._timer.stop()
        self._desk.images_changed.emit()

    def _add_one(self, path: Path) -> None:
        if self._desk.project is None:
            return
        try:
            self._desk.project.add_image(path)
        except SegstudioError as error:
            self._desk.notice.emit("warning", str(error))


def _open_project(opening: Opening, *, read_only: bool = False) -> tuple[Project, list[Path]]:
    """The project and the images still to be added to it."""
    if opening.is_new:
        classes = _classes_beside(opening.images[0])
        project = Project.create(opening.folder, classes=classes, images=opening.images[:1])
        return project, list(opening.images[1:])
    project = Project.open(opening.folder, read_only=read_only)
    if read_only:
        return project, []
    missing = [path for path in opening.images if _entry_of(project.images, path) is None]
    if missing and len(missing) == len(opening.images):
        project.add_image(missing[0])
        missing = missing[1:]
    return project, missing


def _classes_beside(image: Path) -> ClassList:
    """The classes of a `classes.json` beside the image or one folder above, else the default ones."""
    for folder in (image.parent, image.parent.parent):
        with contextlib.suppress(ProjectError):
            if (folder / CLASSES_FILE).is_file():
                return load_classes(folder / CLASSES_FILE)
    return default_classes()


def _entry_of(entries: list[ImageEntry], path: Path) -> ImageEntry | None:
    resolved = path.resolve()
    return next((entry for entry in entries if Path(entry.path).resolve() == resolved), None)
