"""Opens and closes projects and documents; one is open, beside one that a job may still write into."""

import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from segstudio.errors import AddressNotNamed, ConnectionLost, ProjectError, SegstudioError
from segstudio.mask.classes import ClassList, default_classes, load_classes
from segstudio.project.document import Document
from segstudio.project.images import ImageEntry, ImageFile, ImageMissing, OtherBytes
from segstudio.project.project import Project
from segstudio.raster import named
from segstudio.raster.address import Address, place
from segstudio.ui import settings
from segstudio.ui.address_control import AddressControl, Then
from segstudio.ui.desk import Desk
from segstudio.ui.opening import Opening, plan_address, plan_opening
from segstudio.ui.words import translate

CLASSES_FILE = "classes.json"
# Headers of a folder of photos are read a few at a time, so that the window goes on painting.
_IMAGES_PER_TURN = 4
# Two screens: what is not larger is fetched soon, also without overviews.
_SEEN_WHOLE_PX = 4096


class ProjectControl(QObject):
    """Keeps `desk.project` and `desk.document` together: a document always belongs to the open project."""

    def __init__(
        self,
        desk: Desk,
        addresses: AddressControl,
        *,
        opened: Callable[[], None],
        leaving: Callable[[], bool],
        in_use: Callable[[Document], bool],
        is_busy: Callable[[], bool],
        attempt: Callable[[Callable[[], object]], object],
    ) -> None:
        super().__init__(desk)
        self._desk = desk
        self._addresses = addresses
        self._attempt = attempt
        self._opened = opened
        self._leaving = leaving
        self._in_use = in_use
        self._is_busy = is_busy
        self._waiting: deque[Path | ImageFile] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._add_some)

    def open(self, what: list[Path] | ImageFile, *, read_only: bool = False) -> None:
        """Open what paths mean, or an image at an address; raises SegstudioError, all stays as it was."""
        if self._is_busy():
            raise SegstudioError(
                translate("ProjectControl", "A job is running: cancel it or wait, then open again.")
            )
        opening = plan_address(what) if isinstance(what, ImageFile) else plan_opening(what)
        if self._desk.project is not None and _is_of(self._desk.project, opening):
            self._show_more(self._desk.project, opening)
            return
        project, rest = _open_project(opening, read_only=read_only)
        self._leaving()
        self.close()
        self._desk.project = project
        settings.remember_project(project.folder)
        self._desk.project_changed.emit()
        self._desk.classes_changed.emit()
        self._desk.images_changed.emit()
        self._say_where(opening)
        self._show_first(opening)
        self._say_rescued(project)
        self.add_images(rest)

    def bring(self, addresses: list[Address], opens: Callable[[ImageFile], object] | None = None) -> None:
        """Add images at addresses the person has named, one after another; `opens` opens the first."""
        if not addresses:
            return
        named.name(addresses)
        first, rest = addresses[0], addresses[1:]

        def come(image: ImageFile) -> None:
            self._attempt(lambda: (opens or self._add)(image))
            if opens is None or self._holds(image):
                self.bring(rest)

        def missed(error: SegstudioError) -> None:
            self._desk.notice.emit("error", str(error))
            self.bring(rest, opens)

        if rest:
            self._addresses.bring(first, come, missed)
        else:
            self._bring(first, come)

    def add_images(self, images: Sequence[Path | ImageFile]) -> None:
        """Add images to the project, a few at a time."""
        self._waiting.extend(images)
        if self._waiting:
            self._timer.start()

    def show_image(self, image_id: int, *, seen: ImageFile | None = None) -> None:
        """Open the document of one image; raises SegstudioError and leaves the old one open.

        That of an image at an address opens when its host has answered (`seen` is the answer).
        """
        project = self._desk.project
        self._addresses.give_up()
        if project is None or (self._desk.document and self._desk.document.image_id == image_id):
            return
        at = next((entry.path for entry in project.images if entry.id == image_id), None)
        if isinstance(at, Address) and (seen is None or seen.path != at):
            self._bring(at, lambda image: self.show_image(image_id, seen=image), image_id)
            return
        document = self._opened_document(project, image_id, seen) if self._leaving() else None
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
        if isinstance(at, Address) and seen is not None:
            self._say_costly(seen)

    def locate(self, image_id: int, path: Path | ImageFile, *, confirmed: bool = False) -> None:
        """Take this as the place where an image lies now, and open it; raises SegstudioError."""
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
        self.show_image(image_id, seen=path if isinstance(path, ImageFile) else None)

    def close(self) -> None:
        """Close document and project; everything is on disk already."""
        self._addresses.give_up()
        self._timer.stop()
        self._waiting.clear()
        if self._desk.project is None:
            return
        self._let_go()
        self._desk.document_changed.emit(None)
        project, self._desk.project = self._desk.project, None
        project.close()

    def _add(self, image: ImageFile) -> None:
        self.add_images([image])

    def _holds(self, image: ImageFile) -> bool:
        project = self._desk.project
        return project is not None and _entry_of(project.images, image) is not None

    def _let_go(self) -> None:
        document, self._desk.document = self._desk.document, None
        if document is not None and not self._in_use(document):
            document.close()

    def _bring(self, address: Address, then: Then, image_id: int | None = None) -> None:
        """Look at an address and go on; what goes wrong is said with the way out."""

        def failed(error: SegstudioError) -> None:
            if isinstance(error, AddressNotNamed):
                fetch = translate("ProjectControl", "Fetch it")
                self._desk.offer.emit(str(error), fetch, agree)
            elif isinstance(error, ConnectionLost):
                again = translate("ProjectControl", "Try again")
                self._desk.offer.emit(str(error), again, lambda: self._bring(address, then, image_id))
            elif image_id is not None:
                find = translate("ProjectControl", "Locate it…")
                self._desk.offer.emit(str(error), find, lambda: self._desk.locate_requested.emit(image_id))
            else:
                self._desk.notice.emit("error", str(error))

        def agree() -> None:
            images = self._desk.project.images if self._desk.project else []
            others = [entry.path for entry in images if isinstance(entry.path, Address)]
            named.name([address, *(other for other in others if other.host == address.host)])
            self._bring(address, then, image_id)

        self._addresses.bring(address, lambda image: self._attempt(lambda: then(image)), failed)

    def _opened_document(self, project: Project, image_id: int, seen: ImageFile | None) -> Document | None:
        """The document; where its image is missing, a person is asked for it."""
        before = {entry.id: entry.path for entry in project.images}.get(image_id)
        try:
            document = project.open_document(image_id, seen=seen)
        except ImageMissing as error:
            if project.read_only:
                raise
            find = translate("ProjectControl", "Locate it…")
            self._desk.offer.emit(str(error), find, lambda: self._desk.locate_requested.emit(image_id))
            return None
        now = place(document.info.path)
        if before is not None and now != before:
            sentence = translate("ProjectControl", "The image was found again at {path}.")
            self._desk.notice.emit("info", sentence.format(path=now))
            self._desk.images_changed.emit()
        return document

    def _say_rescued(self, project: Project) -> None:
        if project.rescued is not None:
            show = translate("ProjectControl", "Show the backups")
            self._desk.offer.emit(project.rescued.sentence, show, self._desk.backups_requested.emit)

    def _say_costly(self, image: ImageFile) -> None:
        if image.info.overviews or max(image.info.width, image.info.height) <= _SEEN_WHOLE_PX:
            return
        sentence = translate(
            "ProjectControl",
            "{name} has no overviews: to show all of it, all of it is fetched ({size:.0f} MB). Zoom in, or "
            "ask for a cloud-optimised GeoTIFF.",
        )
        said = sentence.format(name=image.info.name, size=image.size / 1e6)
        self._desk.notice.emit("warning", said)

    def _show_first(self, opening: Opening) -> None:
        project = self._desk.project
        entries = project.images if project else []
        if project is None or not entries:
            return
        first = opening.images[0] if opening.images else None
        wanted = _entry_of(entries, first) if first else None
        last = project.setting("last_image", None)
        known = next((entry for entry in entries if entry.id == last), entries[0])
        self.show_image((wanted or known).id, seen=first if isinstance(first, ImageFile) else None)

    def _show_more(self, project: Project, opening: Opening) -> None:
        """Show images whose project is open already; those it does not have yet are added."""
        rest = [] if project.read_only else _with_the_first(project, opening)
        self._desk.images_changed.emit()
        if opening.images:
            self._show_first(opening)
        self.add_images(rest)

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

    def _add_one(self, image: Path | ImageFile) -> None:
        if self._desk.project is None:
            return
        try:
            self._desk.project.add_image(image)
        except SegstudioError as error:
            self._desk.notice.emit("warning", str(error))


def _open_project(opening: Opening, *, read_only: bool = False) -> tuple[Project, list[Path | ImageFile]]:
    """The project and the images still to be added to it."""
    if opening.is_new:
        classes = _classes_beside(opening.images[0])
        project = Project.create(opening.folder, classes=classes, images=opening.images[:1])
        return project, list(opening.images[1:])
    project = Project.open(opening.folder, read_only=read_only)
    return project, [] if read_only else _with_the_first(project, opening)


def _with_the_first(project: Project, opening: Opening) -> list[Path | ImageFile]:
    """The images still to be added; where the project has none of them, it gets the first at once."""
    missing = [image for image in opening.images if _entry_of(project.images, image) is None]
    if missing and len(missing) == len(opening.images):
        project.add_image(missing[0])
        missing = missing[1:]
    return missing


def _is_of(project: Project, opening: Opening) -> bool:
    return not opening.is_new and project.folder.resolve() == opening.folder.resolve()


def _classes_beside(image: Path | ImageFile) -> ClassList:
    """The classes of a `classes.json` beside the image or one folder above, else the default ones."""
    if isinstance(image, ImageFile):
        return default_classes()
    for folder in (image.parent, image.parent.parent):
        with contextlib.suppress(ProjectError):
            if (folder / CLASSES_FILE).is_file():
                return load_classes(folder / CLASSES_FILE)
    return default_classes()


def _entry_of(entries: list[ImageEntry], image: Path | ImageFile) -> ImageEntry | None:
    resolved = (image.path if isinstance(image, ImageFile) else image).resolve()
    return next((entry for entry in entries if entry.path.resolve() == resolved), None)
