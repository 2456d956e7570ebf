"""Where the work on an image is kept: which folder is its project (no Qt widgets here)."""

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from segstudio import personal
from segstudio.errors import ProjectError
from segstudio.project.images import ImageFile
from segstudio.raster.address import Address, is_address, parse_address

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
_MOST_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Opening:
    """A project folder, the images it shall hold, and whether it has to be made."""

    folder: Path
    images: tuple[Path | ImageFile, ...]
    is_new: bool


def parted(paths: Sequence[str | Path]) -> tuple[list[Path], list[Address]]:
    """Files and addresses among what a person names; RasterError says what is wrong with an address."""
    texts = [(path, is_address(path) and isinstance(path, str)) for path in paths]
    files = [Path(path) for path, is_far in texts if not is_far]
    return files, [parse_address(str(path)) for path, is_far in texts if is_far]


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


def plan_address(image: ImageFile) -> Opening:
    """Decide where the work on an image at an address is kept: among the person's documents."""
    folder = _kept_apart(Path(image.path.name).stem, str(image.path).encode())
    return Opening(folder, (image,), is_new=not is_project(folder))


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
    kept = _kept_apart(stem, os.fsencode(home.resolve()))
    return Opening(kept, tuple(images), is_new=not is_project(kept))


def _kept_apart(stem: str, origin: bytes) -> Path:
    """A folder among the person's documents: two scenes of one name and two origins share no project."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    folder = f"{_file_name(stem)} {zlib.crc32(origin):08x}{PROJECT_SUFFIX}"
    return _free((Path(documents) if documents else personal.data_folder()) / "segstudio" / folder)


def _file_name(stem: str) -> str:
    """What every file system takes, of a name that may come from another machine."""
    kept = "".join(letter if letter.isprintable() and letter not in '<>:"/\\|?*' else "_" for letter in stem)
    return kept.strip(". ")[:_MOST_LETTERS] or "image"


def _free(folder: Path) -> Path:
    """The folder itself if it is a project, empty or not there yet; else the next free name."""
    number = 2
    candidate = folder
    while candidate.exists() and not is_project(candidate) and any(candidate.iterdir()):
        candidate = folder.with_name(f"{folder.stem} {number}{PROJECT_SUFFIX}")
        number += 1
    return candidate
