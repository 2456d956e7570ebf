"""Looking back: every moment of an image's history, the mask as it was then, and when a model came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from segstudio.mask.changes import apply_to_chunk
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.mask import Mask
from segstudio.mask.plane import Array, ChunkKey, Plane
from segstudio.project.chunks import AnnotationChunks
from segstudio.project.class_edits import Annals
from segstudio.project.database import Database

MODEL_MARK = "model"
_LOADED_CHUNKS = 512


@dataclass(frozen=True, slots=True)
class Moment:
    """One place on the time line: an edit of the image, or a model that came into use (`is_mark`).

    `id` only grows; `at` is the clock's word for people and may go backwards.
    """

    id: int
    name: str
    at: str
    is_done: bool
    is_mark: bool
    version_id: str | None


def moments(database: Database, image_id: int) -> list[Moment]:
    """Every edit of an image and every change of the model in use, oldest first."""
    rows = database.rows(
        "SELECT id, name, at, id <= (SELECT cursor FROM images WHERE id = ?1), image_id IS NULL, version_id"
        " FROM journal WHERE image_id = ?1 OR (image_id IS NULL AND tool = ?2) ORDER BY id",
        (image_id, MODEL_MARK),
    )
    return [
        Moment(id_, name, at, bool(done), bool(mark), version) for id_, name, at, done, mark, version in rows
    ]


def mark_model(database: Database, model: str) -> None:
    """Note in the journal that another model is used from now on."""
    database.execute(
        "INSERT INTO journal (image_id, tool, name, col_off, row_off, width, height, counts, version_id, at)"
        " VALUES (NULL, ?, ?, 0, 0, 0, 0, '{}', ?, ?)",
        (MODEL_MARK, MODEL_MARK, model, datetime.now(UTC).isoformat(timespec="milliseconds")),
    )


def before_model(database: Database, image_id: int, model: str) -> int | None:
    """The newest edit of an image made before a model last came into use, or before its first acceptance.

    Returns:
        Its id; 0 if there is none, None if the model was never used here.
    """
    used = database.row(
        "SELECT coalesce("
        " (SELECT max(id) FROM journal WHERE image_id IS NULL AND tool = ?1 AND version_id = ?2),"
        " (SELECT min(id) FROM journal WHERE image_id = ?3 AND tool = 'accept'"
        "   AND instr(',' || version_id || ',', ',' || ?2 || ',')))",
        (MODEL_MARK, model, image_id),
    )
    if used is None or used[0] is None:
        return None
    found = database.row("SELECT max(id) FROM journal WHERE image_id = ? AND id < ?", (image_id, used[0]))
    return int((found or (0,))[0] or 0)


def past_mask(database: Database, annals: Annals, image_id: int, edit_id: int) -> Mask:
    """The mask as it was when an edit was the newest one done; the prediction is today's.

    It is to be looked at, until the next edit: chunks are made when they are touched.
    """
    now = annals.mask
    source = PastChunks(database, annals, image_id, edit_id)
    extent = now.extent
    return Mask(
        extent.width,
        extent.height,
        annotation=Plane(
            extent.width, extent.height, fill=UNLABELLED, source=source, max_loaded=_LOADED_CHUNKS
        ),
        origin=now.origin,
        prediction=now.prediction,
        doubt=now.doubt,
        depth=now.depth,
        depth_target=now.depth_target,
    )


class PastChunks:
    """Chunks of the annotation at another moment: today's, with the changes since then taken back."""

    def __init__(self, database: Database, annals: Annals, image_id: int, edit_id: int) -> None:
        self._annals = annals
        self._stored = AnnotationChunks(database, image_id).annotation
        edits, self._forward = annals.journal.between(edit_id)
        self._changed = dict(annals.journal.places_of(edits))

    def keys(self) -> list[ChunkKey]:
        """The chunks that hold something now or did then."""
        return sorted({*self._annals.mask.annotation.written_chunks(), *self._changed})

    def load(self, row: int, col: int) -> Array | None:
        """One chunk as it was then."""
        plane = self._annals.mask.annotation
        chunk = np.array(plane.shared_chunk(row, col))
        for edit_id in self._changed.get((row, col), ()):
            change = self._annals.journal.change(edit_id, (row, col))
            apply_to_chunk(chunk, plane.chunk_window(row, col), change, forward=self._forward)
        return chunk

    def overviews(self) -> Mapping[ChunkKey, Array]:
        """Every eighth pixel of the chunks that did not change since."""
        return {key: small for key, small in self._stored.overviews().items() if key not in self._changed}
