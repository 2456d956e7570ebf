"""A project: the folder that keeps images, classes, masks and model versions together."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from segstudio.errors import ProjectError
from segstudio.mask.classes import ClassList
from segstudio.models.versions import VersionStore
from segstudio.project.backups import DEFAULT_KEPT, BackupKeeper
from segstudio.project.class_edits import Annals, ClassEdits
from segstudio.project.compaction import Forgetting, Room, compact_steps, plan_compaction, room_of, shrink
from segstudio.project.database import DamagedDatabase
from segstudio.project.document import Document
from segstudio.project.images import ImageEntry, ImageFile, ImageMissing, examine
from segstudio.project.lock import ProjectLock
from segstudio.project.open_mask import open_mask
from segstudio.project.past import mark_model
from segstudio.project.predictions import PREDICTIONS_FILE, PredictionStore
from segstudio.project.rescue import Rescue, rescue
from segstudio.project.snapshots import AnnotationSnapshot, read_snapshots
from segstudio.project.store import PROJECT_FILE, ProjectStore, Run
from segstudio.raster.address import Place
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo

VERSIONS_FOLDER = "versions"

_ACTIVE_MODEL = "active_model"
_BACKUPS_KEPT = "backups_kept"
_CHECKED_UP_TO = 256 << 20
"""A database up to this size is looked through on opening; a larger one when it is copied for a backup."""


class Project:
    """An open project; belongs to the thread that opened it.

    One program at a time may write into a project. Everything said is on disk when the call returns;
    predictions follow by and by, at the latest on `close`. `rescued` says what was lost where the database
    was damaged and had to be repaired on opening.
    """

    def __init__(
        self, folder: Path, store: ProjectStore, lock: ProjectLock | None, rescued: Rescue | None = None
    ) -> None:
        self.folder = folder
        self.rescued = rescued
        self.versions = VersionStore(folder / VERSIONS_FOLDER)
        self.read_only = lock is None
        self._store = store
        self._lock = lock
        self._predictions = PredictionStore(folder / PREDICTIONS_FILE, read_only=self.read_only)
        self._classes = store.classes.read()
        self._entries = {entry.id: entry for entry in store.images.entries()}
        self._documents: dict[int, Document] = {}
        self.backups = BackupKeeper(folder / PROJECT_FILE, kept=self.backups_kept)
        self._is_open = True

    @classmethod
    def create(cls, folder: Path, *, classes: ClassList, images: Sequence[Place | ImageFile] = ()) -> Self:
        """Make a project in a folder that holds none yet.

        Raises:
            RasterError: An image cannot be opened; nothing was made.
            ProjectError: The folder is a project already or cannot be written to.
        """
        folder = _folder_of(folder)
        if (folder / PROJECT_FILE).exists():
            raise ProjectError(f"{folder} is a project already: open it, or choose another folder")
        files = list({file.path: file for file in map(_examined, images)}.values())
        _make(folder)
        with ExitStack() as undo:
            lock = ProjectLock(folder)
            undo.callback(lock.release)
            store = ProjectStore.create(folder, classes, files)
            undo.callback(store.close)
            project = cls(folder, store, lock)
            undo.pop_all()
        return project

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Self:
        """Open a project by its folder (or its project.db).

        Raises:
            OnlyReadable: Another program has it open (`ProjectInUse`), or the folder cannot be written to;
                `read_only` opens it all the same.
            ProjectError: It is no project, is damaged beyond repair, or was made by a newer program.
        """
        folder = _folder_of(folder)
        if not (folder / PROJECT_FILE).is_file():
            raise ProjectError(
                f"{folder} is not a segstudio project: choose a folder that holds {PROJECT_FILE}"
            )
        with ExitStack() as undo:
            lock = None if read_only else ProjectLock(folder)
            if lock is not None:
                undo.callback(lock.release)
            store, rescued = _open_store(folder, read_only=read_only)
            undo.callback(store.close)
            project = cls(folder, store, lock, rescued)
            undo.pop_all()
        return project

    def close(self) -> None:
        """Close all documents, write what is on its way, let the next program in; twice does no harm.

        Raises:
            ProjectError: A prediction could not be written; everything is closed all the same.
        """
        if not self._is_open:
            return
        self._is_open = False
        with ExitStack() as closing:
            if self._lock is not None:
                closing.callback(self._lock.release)
            closing.callback(self._store.close)
            closing.callback(self.backups.wait)
            closing.callback(self._predictions.close)
            for document in list(self._documents.values()):
                closing.callback(document.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def classes(self) -> ClassList:
        """The classes a pixel can be given."""
        return self._classes

    def set_classes(self, classes: ClassList) -> None:
        """Replace the classes; ProjectError if one that is gone still has annotated pixels."""
        self._store.classes.replace(classes)
        self._classes = classes

    @property
    def free_class_id(self) -> int:
        """An id for a new class, if possible one that no class ever had: undo may bring those back."""
        return self._store.classes.free_id()

    @property
    def images(self) -> list[ImageEntry]:
        """All images in the order they were added; from memory."""
        return list(self._entries.values())

    def image(self, name: str) -> ImageEntry:
        """The image of this name, with or without its ending; ProjectError if there is none, or several."""
        entries = self.images
        found = [entry for entry in entries if entry.name == name]
        found = found or [entry for entry in entries if Path(entry.name).stem == Path(name).stem]
        if len(found) != 1:
            raise ProjectError(
                f"the project has {len(found) or 'no'} images called '{name}': choose one of "
                f"{', '.join(entry.name for entry in (found or entries)[:8])}"
            )
        return found[0]

    def add_image(self, path: Place | ImageFile) -> ImageEntry:
        """Take in one more image, examined already or not.

        Raises:
            RasterError: It cannot be opened.
            ProjectError: It is in the project already.
        """
        file = _examined(path)
        with self._store.database.transaction():
            image_id = self._store.images.add(file)
        return self._refreshed(image_id)

    def relocate_image(
        self, image_id: int, path: Place | ImageFile, *, confirmed: bool = False
    ) -> ImageEntry:
        """Say where an image lies now; its mask stays.

        Raises:
            ProjectError: The file is another image, or has other bytes and nobody `confirmed` it as the same.
        """
        file = _examined(path)
        with self._store.database.transaction():
            self._store.images.relocate(image_id, file, confirmed=confirmed)
        return self._refreshed(image_id)

    def find_image_again(self, image_id: int) -> ImageEntry | None:
        """Look for a moved image by its bytes, near the project and its other images; None without luck."""
        found = self._store.images.search(image_id)
        if found is None or self.read_only:
            return None
        return self.relocate_image(image_id, found)

    def set_image_state(self, image_id: int, state: str) -> None:
        """Say how far the work on an image is: "new", "started" or "done"."""
        with self._store.database.transaction():
            self._store.images.set_state(image_id, state)
        self._refreshed(image_id)

    def open_document(self, image_id: int, *, seen: ImageFile | None = None) -> Document:
        """The document of one image; the same one as long as it is open.

        `seen` is what lies at an image's address, examined before: then nothing here waits for the network.

        Raises:
            ImageMissing: The image is gone and was not found again by its bytes, or it has changed.
            RasterError: It cannot be opened.
        """
        if image_id in self._documents:
            return self._documents[image_id]
        path = self._place_of(image_id, seen)
        document = Document(
            store=self._store,
            predictions=self._predictions,
            entry=self._entries[image_id],
            info=seen.info if seen is not None and seen.path == path else _info_of(path),
            classes=lambda: self._classes,
            class_edits=ClassEdits(self._store, self._annals),
            changed=self._edited,
            closed=self._document_closed,
        )
        self._documents[image_id] = document
        return document

    def annotation_snapshots(self) -> list[AnnotationSnapshot]:
        """What people said about all images, as values; from any thread."""
        return read_snapshots(self.folder)

    @property
    def active_version_id(self) -> str | None:
        """The model version or card in use; None if none was chosen."""
        found: str | None = self._store.setting(_ACTIVE_MODEL)
        # a project from elsewhere names no folder of this machine or its network
        return found if found and not {"/", "\\"} & set(found) else None

    def set_active_model(self, model: str) -> None:
        """Choose the model version or card to predict with; the journal marks when that was."""
        with self._store.database.transaction():
            if model != self.active_version_id:
                mark_model(self._store.database, model)
            self._store.set_setting(_ACTIVE_MODEL, model)

    def setting(self, name: str, default: Any = None) -> Any:
        """A JSON value kept under a name, or the default."""
        return self._store.setting(f"user:{name}", default)

    def set_setting(self, name: str, value: Any) -> None:
        """Keep a JSON value under a name; None forgets it."""
        self._store.set_setting(f"user:{name}", value)

    @property
    def backups_kept(self) -> int:
        """So many of the last good copies of project.db are kept."""
        return int(self.setting(_BACKUPS_KEPT, DEFAULT_KEPT))

    def set_backups_kept(self, count: int) -> None:
        """Keep another number of copies from now on, at least one."""
        self.set_setting(_BACKUPS_KEPT, max(1, count))
        self.backups.kept = max(1, count)

    def history_room(self) -> Room:
        """How much room the history of all images takes."""
        return room_of(self._store.database)

    def plan_compaction(self, keep_bytes: int) -> Forgetting:
        """Which of the oldest steps would have to go so that the history takes no more than so many bytes."""
        return plan_compaction(self._store.database, keep_bytes)

    def compact_steps(self, plan: Forgetting) -> Generator[int, None, Forgetting]:
        """Forget the planned steps for ever, some at a time; the masks stay as they are."""
        return compact_steps(self._store.database, plan)

    def shrink(self) -> None:
        """Give the room of what was forgotten back to the disk; may take a while."""
        shrink(self._store.database)

    @property
    def is_damaged(self) -> bool:
        """Whether a part of the database could not be read since it was opened."""
        return self._store.database.is_damaged

    @property
    def runs(self) -> list[Run]:
        """Long jobs done on this project, oldest first."""
        return self._store.runs()

    def start_run(
        self, kind: str, *, image_id: int | None = None, version_id: str | None = None, **details: Any
    ) -> int:
        """Note that a long job begins; its id."""
        return self._store.start_run(kind, image_id=image_id, version_id=version_id, details=details)

    def finish_run(self, run_id: int, state: str, **details: Any) -> None:
        """Note how a long job ended: "done", "cancelled" or "failed"."""
        self._store.finish_run(run_id, state, details)

    def flush(self) -> None:
        """Wait until predictions are on disk; everything else is already."""
        self._predictions.flush()

    def _place_of(self, image_id: int, seen: ImageFile | None) -> Place:
        try:
            return self._store.images.find(image_id, seen=seen)
        except ImageMissing:
            found = self.find_image_again(image_id)
            if found is None:
                raise
            return found.path

    def _annals(self, image_id: int) -> Annals:
        """History and mask of any image, through its document where it is open."""
        if image_id in self._documents:
            return self._documents[image_id].annals
        entry = self._entries[image_id]
        return Annals.over(self._store, image_id, open_mask(self._store.database, self._predictions, entry))

    def _edited(self, image_id: int) -> None:
        self._classes = self._store.classes.read()
        self._refreshed(image_id)
        self.backups.note_edit()

    def _refreshed(self, image_id: int) -> ImageEntry:
        entry = self._store.images.entry(image_id)
        self._entries[image_id] = entry
        return entry

    def _document_closed(self, image_id: int) -> None:
        self._documents.pop(image_id, None)


def _examined(image: Place | ImageFile) -> ImageFile:
    return image if isinstance(image, ImageFile) else examine(image)


def _info_of(path: Place) -> RasterInfo:
    with open_raster(path) as raster:
        return raster.info


def _folder_of(path: Path) -> Path:
    absolute = Path(path).absolute()
    return absolute.parent if absolute.name == PROJECT_FILE else absolute


def _open_store(folder: Path, *, read_only: bool) -> tuple[ProjectStore, Rescue | None]:
    """The store; where its database is damaged and may be written to, what is whole of it."""
    path = folder / PROJECT_FILE
    try:
        store = ProjectStore(folder, read_only=read_only)
        if read_only or path.stat().st_size > _CHECKED_UP_TO:
            return store, None
        try:
            store.database.check()
        except DamagedDatabase:
            store.close()
            raise
        return store, None
    except DamagedDatabase:
        if read_only:
            raise
        rescued = rescue(folder, path)
    return ProjectStore(folder), rescued


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(
            f"the folder {folder} cannot be made ({error.strerror}): choose another"
        ) from error
