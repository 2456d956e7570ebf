"""Where the work on an image is kept: which folder is its project (no Qt widgets here)."""

import os
import zlib
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from segstudio import personal
from segstudio.errors import ProjectError

PROJECT_SUFFIX = ".segstudio"
PROJECT_FILE = "project.db"
IMAGE_SUFFIXES = frozenset(
    {
        ".tif",
        ".tiff",
        ".jpg",
        ".jpeg",
        ".png",
        ".jp2",
        ".vrt",
        ".img",
        ".bmp",
        ".webp",
        ".gif",
        ".hdr",
        ".ecw",
    }
)
_MAX_PHOTOS = 20_000


@dataclass(frozen=True, slots=True)
class Opening:
    """A project folder, the images it shall hold, and whether it has to be made."""

    folder: Path
    images: tuple[Path, ...]
    is_new: bool


def plan_opening(paths: list[Path]) -> Opening:
    """Decide what to open: a project folder, one image, several, or a folder of photos."""
    if not paths:
        raise ProjectError("nothing was chosen: open an image, a folder of photos or a project")
    first = paths[0]
    if len(paths) == 1 and is_project(first):
        return Opening(first if first.is_dir() else first.parent, (), is_new=False)
    if len(paths) == 1 and first.is_dir():
        return _plan(images_in(first), stem=first.name, home=first.parent)
    images = [path for path in paths if path.is_file()]
    if not images:
        raise ProjectError(f"'{first}' is not there: check the path, or open another image")
    return _plan(images, stem=images[0].stem, home=images[0].parent)


def is_project(path: Path) -> bool:
    """Whether a path is a project folder or the database inside."""
    return (path / PROJECT_FILE).is_file() or (path.name == PROJECT_FILE and path.is_file())


def images_in(folder: Path) -> list[Path]:
    """The images directly inside a folder, by name."""
    found = sorted(
        path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in IMAGE_SUFFIXES
    )
    if not found:
        raise ProjectError(f"'{folder.name}' holds neither a project nor images: choose another folder")
    return found[:_MAX_PHOTOS]


def _plan(images: list[Path], *, stem: str, home: Path) -> Opening:
    beside = home / f"{stem}{PROJECT_SUFFIX}"
    if is_project(beside):
        return Opening(beside, tuple(images), is_new=False)
    if os.access(home, os.W_OK):
        return Opening(_free(beside), tuple(images), is_new=True)
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    # two scenes of one name from two folders must not share a project
    folder = f"{stem} {zlib.crc32(os.fsencode(home.resolve())):08x}{PROJECT_SUFFIX}"
    kept = _free((Path(documents) if documents else personal.data_folder()) / "segstudio" / folder)
    return Opening(kept, tuple(images), is_new=not is_project(kept))


def _free(folder: Path) -> Path:
    """The folder itself if it is a project, empty or not there yet; else the next free name."""
    number = 2
    candidate = folder
    while candidate.exists() and not is_project(candidate) and any(candidate.iterdir()):
        candidate = folder.with_name(f"{folder.stem} {number}{PROJECT_SUFFIX}")
        number += 1
    return candidate
