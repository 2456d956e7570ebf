"""What waits to be written into predictions.db, in an order that lets the ledger tell the truth."""

from segstudio.mask.plane import ChunkKey
from segstudio.project.prediction_entries import (
    ImageCleared,
    Note,
    Place,
    PredictionChunk,
    StripFinished,
    StripsOverwritten,
)
from segstudio.raster.window import Window

Entries = dict[Place | Note, PredictionChunk | None]
"""Chunks by their place, and notes, in the order in which they are written."""


class PredictionQueue:
    """Holds at most one entry per chunk, the newest; what is taken is written in one transaction.

    However it is cut into transactions, and whichever of them fails, the file never claims what it does not
    hold: the line of a strip stands behind all its chunks, since a chunk that is put again keeps its place,
    and what takes lines back stands before everything else.
    """

    def __init__(self) -> None:
        self._waiting: Entries = {}
        self._taken: Entries = {}

    @property
    def waiting(self) -> int:
        """Entries that nobody has taken yet."""
        return len(self._waiting)

    def __len__(self) -> int:
        return len(self._waiting) + len(self._taken)

    def put(self, place: Place, chunk: PredictionChunk) -> None:
        """Add a chunk, or give the one that waits at its place another content."""
        self._waiting[place] = chunk

    def clear(self, image_id: int) -> None:
        """Add the removal of all that is said about an image; what waited for it is left out."""
        self._waiting = {key: chunk for key, chunk in self._waiting.items() if _image_of(key) != image_id}
        self._waiting[ImageCleared(image_id)] = None

    def finish_strip(self, image_id: int, plan: str, strip: Window) -> None:
        """Add the ledger's line for a strip whose chunks were all put."""
        self._waiting[StripFinished(image_id, plan, strip)] = None

    def overwrite_strips(self, image_id: int, window: Window, but: str | None) -> None:
        """Take back the lines of strips that meet a window, but for one plan's; then put other chunks."""
        note = StripsOverwritten(image_id, window, but)
        self._waiting = {note: None, **_still_true(self._waiting, note)}

    def take(self, count: int) -> Entries:
        """The next entries; they are the queue's until `done` or `give_back`."""
        keys = list(self._waiting)[:count]
        self._taken = {key: self._waiting.pop(key) for key in keys}
        return self._taken

    def done(self) -> None:
        """What was taken is on disk."""
        self._taken = {}

    def give_back(self) -> None:
        """What was taken is not on disk: it is taken again, as far as it still holds."""
        cleared = {key.image_id for key in self._waiting if isinstance(key, ImageCleared)}
        kept = {key: chunk for key, chunk in self._taken.items() if _image_of(key) not in cleared}
        notes = [key for key in self._waiting if isinstance(key, StripsOverwritten)]
        for note in notes:
            kept = _still_true(kept, note)
        self._waiting = {**dict.fromkeys(notes), **kept, **self._waiting}
        self._taken = {}

    def find(self, place: Place) -> tuple[bool, PredictionChunk | None]:
        """Whether the queue knows about a chunk, and what it says; None = it is to be removed."""
        for entries in (self._waiting, self._taken):
            if place in entries:
                return True, entries[place]
            if any(isinstance(key, ImageCleared) and key.image_id == place[0] for key in entries):
                return True, None
        return False, None

    def chunks(self, image_id: int) -> tuple[bool, dict[ChunkKey, PredictionChunk]]:
        """Whether all stored chunks of an image are to be removed, and what is put in their place."""
        removed = False
        found: dict[ChunkKey, PredictionChunk] = {}
        for key, chunk in (*self._taken.items(), *self._waiting.items()):
            if isinstance(key, ImageCleared) and key.image_id == image_id:
                removed, found = True, {}
            elif isinstance(key, tuple) and key[0] == image_id and chunk is not None:
                found[key[1:]] = chunk
        return removed, found

    def notes(self, image_id: int) -> list[Note]:
        """What is to be written about an image besides its chunks, in order."""
        keys = (*self._taken, *self._waiting)
        return [key for key in keys if not isinstance(key, tuple) and key.image_id == image_id]


def _image_of(key: Place | Note) -> int:
    return key[0] if isinstance(key, tuple) else key.image_id


def _still_true(entries: Entries, note: StripsOverwritten) -> Entries:
    """The entries without lines of the ledger that a note takes back."""
    return {
        key: chunk
        for key, chunk in entries.items()
        if not (isinstance(key, StripFinished) and note.concerns(key))
    }
