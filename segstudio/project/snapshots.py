"""Annotation as values that another thread or process may take away."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segstudio.errors import ProjectError
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.origin import Origin
from segstudio.mask.plane import Array, ChunkKey, Plane
from segstudio.project.chunks import AnnotationChunks, DepthChunks, StoredPlane, readable
from segstudio.project.database import Database
from segstudio.project.images import ImageEntry
from segstudio.project.store import PROJECT_FILE, ProjectStore
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo

_LOADED_CHUNKS = 256


@dataclass(frozen=True, slots=True)
class AnnotationSnapshot:
    """What people had said about one image at one moment.

    Annotation and origin never change any more and open nothing; depth targets, far larger, are read from the
    project's file chunk by chunk.
    """

    image_id: int
    name: str
    image_path: str
    info: RasterInfo
    annotation: Plane
    origin: Plane
    depth_target: Plane | None


class PackedChunks:
    """Chunks as packed bytes in memory."""

    def __init__(self, chunks: Mapping[ChunkKey, bytes]) -> None:
        self._chunks = dict(chunks)

    def keys(self) -> list[ChunkKey]:
        """The chunks there are."""
        return list(self._chunks)

    def load(self, row: int, col: int) -> Array | None:
        """One chunk, unpacked."""
        data = self._chunks.get((row, col))
        return None if data is None else readable(data, what=f"chunk ({row}, {col})")

    def overviews(self) -> Mapping[ChunkKey, Array]:
        """None: whoever samples an annotation wants it in full."""
        return {}


class DepthOnDisk:
    """Depth targets of one image; every chunk is read through a connection of its own, so any thread may."""

    def __init__(self, path: Path, image_id: int, keys: list[ChunkKey]) -> None:
        self._path = path
        self._image_id = image_id
        self._keys = keys

    def keys(self) -> list[ChunkKey]:
        """The chunks there were when the snapshot was taken."""
        return self._keys

    def load(self, row: int, col: int) -> Array | None:
        """One chunk as it is now."""
        with closing(Database(self._path, read_only=True)) as database:
            return DepthChunks(database, self._image_id).depth.load(row, col)

    def overviews(self) -> Mapping[ChunkKey, Array]:
        """Every eighth pixel of all chunks, as they are now."""
        with closing(Database(self._path, read_only=True)) as database:
            return DepthChunks(database, self._image_id).depth.overviews()


def read_snapshots(folder: Path) -> list[AnnotationSnapshot]:
    """Snapshots of all images of a project, as committed; from any thread or process.

    Raises:
        ProjectError: An annotated image is missing or has changed. One that nobody spoke about is left out.
    """
    with closing(ProjectStore(folder, read_only=True)) as store:
        store.database.execute("BEGIN")  # one moment for all images
        taken = (_taken_or_nothing(store, entry) for entry in store.images.entries())
        return [snapshot for snapshot in taken if snapshot is not None]


def take_snapshot(store: ProjectStore, entry: ImageEntry) -> AnnotationSnapshot:
    """A snapshot of one image, as committed; ProjectError if the image is missing or has changed."""
    path = store.images.find(entry.id)
    with open_raster(path) as raster:
        info = raster.info
    chunks = AnnotationChunks(store.database, entry.id)
    return AnnotationSnapshot(
        image_id=entry.id,
        name=entry.name,
        image_path=str(path),
        info=info,
        annotation=_frozen(chunks.annotation, entry, fill=UNLABELLED),
        origin=_frozen(chunks.origin, entry, fill=Origin.NOBODY),
        depth_target=_depth(store.database, entry),
    )


def _taken_or_nothing(store: ProjectStore, entry: ImageEntry) -> AnnotationSnapshot | None:
    try:
        return take_snapshot(store, entry)
    except ProjectError:
        if entry.annotated_px:
            raise
        return None


def _frozen(stored: StoredPlane, entry: ImageEntry, *, fill: int) -> Plane:
    source = PackedChunks(stored.all_packed())
    return Plane(entry.width, entry.height, fill=fill, source=source, max_loaded=_LOADED_CHUNKS)


def _depth(database: Database, entry: ImageEntry) -> Plane | None:
    keys = DepthChunks(database, entry.id).depth.keys()
    if not keys:
        return None
    return Plane(
        entry.width,
        entry.height,
        dtype=np.float32,
        fill=float("nan"),
        source=DepthOnDisk(database.path.parent / PROJECT_FILE, entry.id, keys),
        max_loaded=_LOADED_CHUNKS,
    )
