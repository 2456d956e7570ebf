"""A project as a teacher sees it: its classes, and what people said, as values that open nothing."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from segstudio.errors import CannotTrain
from segstudio.mask.classes import ClassList
from segstudio.models.cards import ModelClass
from segstudio.project.project import Project
from segstudio.project.snapshots import AnnotationSnapshot, read_snapshots
from segstudio.training.sources import SampleSource

# EXIF 2.32: the sub-block of camera settings, and in it the moment the picture was taken.
_EXIF_IFD, _DATE_TIME_ORIGINAL = 0x8769, 0x9003


@dataclass(frozen=True, slots=True)
class Material:
    """What a fine-tune may learn from; output channel k of the net stands for class k of the list."""

    class_list: ClassList
    sources: tuple[SampleSource, ...]
    versions_folder: Path
    active_model: str | None

    @property
    def class_ids(self) -> tuple[int, ...]:
        """The project's class ids, channel by channel."""
        return self.class_list.ids

    @property
    def class_names(self) -> tuple[str, ...]:
        """The project's class names, channel by channel."""
        return self.class_list.names

    @property
    def classes(self) -> tuple[ModelClass, ...]:
        """The classes as a model's record keeps them."""
        return tuple(ModelClass(entry.name, entry.colour) for entry in self.class_list)


def read_material(folder: Path) -> Material:
    """Read a project through connections of our own, beside a window that has it open.

    Raises:
        ProjectError: it is no project, or an annotated image is gone or has changed.
        CannotTrain: nobody has said anything yet.
    """
    with closing(Project.open(folder, read_only=True)) as project:
        classes, active = project.classes, project.active_version_id
        versions = project.versions.folder
    sources = tuple(_source(each) for each in read_snapshots(folder) if each.annotation.written_chunks())
    if not sources:
        raise CannotTrain("no image of the project is annotated: correct or annotate some of it first")
    return Material(classes, sources, versions, active)


def use_version(folder: Path, version_id: str) -> None:
    """Make a version the one in use.

    Raises:
        ProjectError: the project is open elsewhere.
    """
    with closing(Project.open(folder)) as project:
        project.set_active_model(version_id)


def _source(snapshot: AnnotationSnapshot) -> SampleSource:
    return SampleSource(
        image_path=snapshot.image_path,
        info=snapshot.info,
        annotation=snapshot.annotation,
        depth_target=snapshot.depth_target,
        name=snapshot.name,
        taken_at=taken_at(Path(snapshot.image_path)) if snapshot.info.is_photo else None,
    )


def taken_at(photo: Path) -> float | None:
    """When a photo was taken, in seconds; None where it does not say."""
    try:
        with Image.open(photo) as image:
            text = image.getexif().get_ifd(_EXIF_IFD).get(_DATE_TIME_ORIGINAL)
        return datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S").timestamp()
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError):
        return None
