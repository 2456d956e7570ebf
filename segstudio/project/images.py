"""The images of a project: where they lie, and whether they are still the same."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from segstudio.errors import AddressNotNamed, ConnectionLost, ProjectError, RasterError
from segstudio.project.database import Database, Row
from segstudio.raster.address import Address, Place, place
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo

_WHOLE_UP_TO = 32 << 20
"""Files up to this size are known by all of their bytes, larger ones by samples."""

_SAMPLE_BYTES = 1 << 16
_SAMPLES = 16
_MOST_LOOKED_AT = 5000

IMAGE_STATES = ("new", "started", "done")


class ImageMissing(ProjectError):
    """An image is gone or has other bytes than its mask was made for; the person may say where it is."""

    def __init__(self, sentence: str, image_id: int, *, has_changed: bool) -> None:
        super().__init__(sentence)
        self.image_id = image_id
        self.has_changed = has_changed


class OtherBytes(ProjectError):
    """A file of the right size with other bytes: a person may confirm that it shows the same."""


@dataclass(frozen=True, slots=True)
class ImageEntry:
    """One image of a project, as lists show it; `state` is "new", "started" or "done"."""

    id: int
    name: str
    path: Place
    width: int
    height: int
    state: str
    has_georeference: bool
    annotated_px: int


@dataclass(frozen=True, slots=True)
class ImageFile:
    """What a file is, here or at an address, at the moment it is looked at."""

    path: Place
    info: RasterInfo
    size: int
    modified_ns: int
    fingerprint: str


def examine(path: str | Place) -> ImageFile:
    """Read an image's header and fingerprint; RasterError if it cannot be opened.

    That of an address asks its host, and may take as long as the network does.
    """
    where = place(path)
    if isinstance(where, Address):
        return _examine_address(where)
    absolute = Path(os.path.abspath(where))
    with open_raster(absolute) as raster:
        info = raster.info
    status = absolute.stat()
    return ImageFile(absolute, info, status.st_size, status.st_mtime_ns, fingerprint(absolute))


def _examine_address(address: Address) -> ImageFile:
    from segstudio.raster.remote import ask_for  # with it come TLS and HTTP: only for those who use them

    file = ask_for(address)
    with open_raster(address) as raster:
        info = raster.info
    try:
        modified_ns = int(parsedate_to_datetime(file.modified).timestamp()) * 10**9
    except (ValueError, TypeError, OverflowError):
        modified_ns = 0
    return ImageFile(address, info, file.size, modified_ns, file.fingerprint)


def fingerprint(path: Path) -> str:
    """A digest of a file's size and bytes (samples of them where it is large): known again after a move."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        digest.update(size.to_bytes(8, "little"))
        for position, length in _pieces(size):
            file.seek(position)
            digest.update(file.read(length))
    return digest.hexdigest()


def _pieces(size: int) -> list[tuple[int, int]]:
    if size <= _WHOLE_UP_TO:
        return [(position, 1 << 20) for position in range(0, size, 1 << 20)]
    last = size - _SAMPLE_BYTES
    return [(last * number // (_SAMPLES - 1), _SAMPLE_BYTES) for number in range(_SAMPLES)]


class ImageTable:
    """The images in project.db."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def entries(self) -> list[ImageEntry]:
        """All images, in the order they were added."""
        return [self._entry(row) for row in self._database.rows(f"{_SELECT} ORDER BY images.id")]

    def entry(self, image_id: int) -> ImageEntry:
        """One image; ProjectError if there is none with this id."""
        row = self._database.row(f"{_SELECT} WHERE images.id = ?", (image_id,))
        if row is None:
            raise ProjectError(f"the project has no image number {image_id}: choose one from its list")
        return self._entry(row)

    def add(self, image: ImageFile) -> int:
        """Take in an image and return its id; ProjectError if it is there already."""
        known = self._database.row("SELECT name FROM images WHERE absolute_path = ?", (str(image.path),))
        if known:
            raise ProjectError(f"the image {known[0]} is in the project already: choose it from the list")
        cursor = self._database.execute(
            "INSERT INTO images (name, relative_path, absolute_path, width, height, has_georeference,"
            " file_size, modified_ns, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self._free_name(image.path), *self._places(image.path), *_facts(image)),
        )
        return int(cursor.lastrowid or 0)

    def relocate(self, image_id: int, image: ImageFile, *, confirmed: bool) -> None:
        """Point an image to another file.

        Args:
            image_id: The image whose mask is to be kept.
            image: Where it is now.
            confirmed: A person says that the file shows the same although its bytes differ (overviews added).

        Raises:
            ProjectError: Another image lies there: other bytes and not confirmed, or another size.
        """
        row = self._database.row(
            "SELECT name, width, height, fingerprint FROM images WHERE id = ?", (image_id,)
        )
        name, width, height, known = row or ("", 0, 0, "")
        same_size = (image.info.width, image.info.height) == (width, height)
        if not same_size or (image.fingerprint != known and not confirmed):
            kind = OtherBytes if same_size else ProjectError
            raise kind(
                f"{image.path} is not the image '{name}' ({width} x {height} pixels) the mask was made for: "
                "choose the same file, or add this one as a new image"
            )
        self._database.execute(
            "UPDATE images SET relative_path = ?, absolute_path = ?, file_size = ?, modified_ns = ?,"
            " fingerprint = ? WHERE id = ?",
            (*self._places(image.path), image.size, image.modified_ns, image.fingerprint, image_id),
        )

    def find(self, image_id: int, *, seen: ImageFile | None = None) -> Place:
        """Where the image lies now.

        Args:
            image_id: Which one.
            seen: What lies at its address, if that was examined already: then nobody is asked again.

        Raises:
            ImageMissing: It is gone or no longer the same.
            ConnectionLost: The host of its address does not answer.
        """
        row = self._database.row(
            "SELECT name, relative_path, absolute_path, file_size, fingerprint FROM images WHERE id = ?",
            (image_id,),
        )
        if row is None:
            raise ProjectError(f"the project has no image number {image_id}: choose one from its list")
        name, relative, absolute, *known = row
        if isinstance(address := _place(absolute), Address):
            self._judge_address(image_id, name, known[1], seen or self._asked(image_id, name, address))
            return address
        there = [path for path in self._candidates(relative, absolute) if path.is_file()]
        if not there:
            sentence = (
                f"the image '{name}' is no longer at {absolute}: put it back, or locate it where it is now"
            )
            raise ImageMissing(sentence, image_id, has_changed=False)
        for path in there:
            if _is_same(path, *known):
                return path
        sentence = (
            f"the image '{name}' at {there[0]} has changed since its mask was made: put the old file back, "
            "locate it again and confirm that it shows the same, or add it as another image"
        )
        raise ImageMissing(sentence, image_id, has_changed=True)

    def fingerprint_of(self, image_id: int) -> str:
        """The digest of an image's bytes, as it was when it came in or was located."""
        row = self._database.row("SELECT fingerprint FROM images WHERE id = ?", (image_id,))
        return str(row[0]) if row else ""

    def _asked(self, image_id: int, name: str, address: Address) -> ImageFile:
        try:
            return examine(address)
        except (AddressNotNamed, ConnectionLost):
            raise
        except RasterError as error:
            sentence = f"the image '{name}' did not come from its address: {error}; or locate it elsewhere"
            raise ImageMissing(sentence, image_id, has_changed=False) from error

    def _judge_address(self, image_id: int, name: str, known: str, seen: ImageFile) -> None:
        if seen.fingerprint != known:
            sentence = (
                f"the image '{name}' at {seen.path} has changed since its mask was made: locate it again and "
                "confirm that it shows the same, or add it as another image"
            )
            raise ImageMissing(sentence, image_id, has_changed=True)

    def search(self, image_id: int) -> Path | None:
        """A file with the bytes of an image near the project or beside its other images; None without one."""
        row = self._database.row("SELECT file_size, fingerprint FROM images WHERE id = ?", (image_id,))
        if row is None:
            return None
        paths = [entry.path for entry in self.entries()]
        homes = [self._folder.parent, *(path.parent for path in paths if isinstance(path, Path))]
        for path in islice(_files_near(dict.fromkeys(homes)), _MOST_LOOKED_AT):
            with suppress(OSError):
                if _is_same(path, *row):
                    return path
        return None

    def set_state(self, image_id: int, state: str) -> None:
        """Say how far the work on an image is: one of `IMAGE_STATES`."""
        if state not in IMAGE_STATES:
            raise ValueError(f"an image is {IMAGE_STATES}, not {state!r}")
        self._database.execute("UPDATE images SET state = ? WHERE id = ?", (state, image_id))

    def _entry(self, row: Row) -> ImageEntry:
        image_id, name, relative, absolute, width, height, state, georeferenced, annotated = row
        path = _place(absolute)
        if isinstance(path, Path):
            path = next((each for each in self._candidates(relative, absolute) if each.is_file()), path)
        return ImageEntry(image_id, name, path, width, height, state, bool(georeferenced), annotated)

    def _candidates(self, relative: str | None, absolute: str) -> list[Path]:
        beside = [Path(os.path.normpath(self._folder / relative))] if relative else []
        return list(dict.fromkeys([*beside, Path(absolute)]))

    def _places(self, path: Place) -> tuple[str | None, str]:
        if isinstance(path, Address):
            return None, str(path)
        try:
            relative = Path(os.path.relpath(path, self._folder)).as_posix()
        except ValueError:  # another drive
            relative = None
        return relative, str(path)

    def _free_name(self, path: Place) -> str:
        taken = {row[0] for row in self._database.rows("SELECT name FROM images")}
        candidates = [path.name, f"{path.parent.name}/{path.name}"]
        candidates += [f"{path.name} ({number})" for number in range(2, len(taken) + 3)]
        return next(name for name in candidates if name not in taken)


_SELECT = """
    SELECT images.id, name, relative_path, absolute_path, width, height, state, has_georeference,
        coalesce((SELECT sum(pixels) FROM class_counts WHERE image_id = images.id), 0)
    FROM images"""


def _place(text: str) -> Place:
    """What a project says where an image lies; an address that is none is a file that is not there."""
    try:
        return place(text)
    except RasterError:
        return Path(text)


def _facts(image: ImageFile) -> tuple[int, int, bool, int, int, str]:
    info = image.info
    return info.width, info.height, info.is_georeferenced, image.size, image.modified_ns, image.fingerprint


def _is_same(path: Path, size: int, known: str) -> bool:
    """The bytes decide: times are kept by copies and set by archives."""
    return path.stat().st_size == size and fingerprint(path) == known


def _files_near(folders: Iterable[Path]) -> Iterator[Path]:
    """The files in some folders, then those one folder deeper."""
    deeper: list[Path] = []
    for folder in folders:
        yield from _files_in(folder, deeper)
    for folder in deeper:
        yield from _files_in(folder, [])


def _files_in(folder: Path, deeper: list[Path]) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    deeper.extend(entry for entry in entries if entry.is_dir() and not entry.is_symlink())
    yield from (entry for entry in entries if entry.is_file())
