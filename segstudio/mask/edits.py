"""One undoable change of the annotation, collected chunk by chunk while a tool writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from segstudio.mask.changes import ChunkChange, apply_change, chunk_change, no_change, spoken_planes
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.mask import Mask
from segstudio.mask.origin import Origin
from segstudio.mask.plane import Array, ChunkKey, Plane
from segstudio.raster.window import Window

OPEN_CHUNKS = 64
"""So many chunks of an edit keep their old pixels unpacked (32 MB); older ones are sealed on the way."""

LEFT_BEHIND = 16
"""A chunk that so many writes have not touched may be sealed in a quiet moment, so that the end of a long
stroke has little left to do."""


@dataclass(frozen=True, slots=True)
class MaskEdit:
    """One entry of the history: everything but the pixels, which the journal keeps.

    Attributes:
        id: Number in the journal; always grows, never says anything about time.
        name: What the menu says after "Undo".
        tool: Kind of edit: "brush", "eraser", "polygon", "fill", "accept", "import", "clear", ...
        class_id: The class painted, 255 for erased; None where there are several.
        window: All changed pixels lie in it.
        counts: Class id -> annotated pixels gained (lost if negative).
        at: When, as ISO 8601 text; for people only.
        version_id: The model version an accepted prediction came from.
        group: Number of the edit over several images that this one is a part of (classes merged or deleted).
    """

    id: int
    name: str
    tool: str
    class_id: int | None
    window: Window
    counts: Mapping[int, int] = field(default_factory=dict)
    at: str = ""
    version_id: str | None = None
    group: int | None = None


class EditBuilder:
    """Writes into the annotation and remembers what was there, chunk by chunk.

    The first touch of a chunk keeps its old pixels. A chunk is *sealed* when its old and new pixels have been
    packed into a `ChunkChange`; that happens to all of them at the end, and on the way to those touched
    longest ago. Once it streams, what is sealed lives in the journal alone: an edit over a whole scene needs
    no more memory than one over a corner.
    """

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._open: dict[ChunkKey, tuple[Array | None, Array | None]] = {}
        self._touched: dict[ChunkKey, Window] = {}
        self._touched_at: dict[ChunkKey, int] = {}
        self._writes = 0
        self._sealed: dict[ChunkKey, ChunkChange] = {}
        self._streamed: set[ChunkKey] = set()
        self._changed: dict[ChunkKey, Window] = {}
        self._gained: dict[int, int] = {}
        self._sink: Callable[[ChunkChange], None] | None = None
        self._source: Callable[[ChunkKey], ChunkChange] | None = None

    def stream_to(
        self, sink: Callable[[ChunkChange], None], source: Callable[[ChunkKey], ChunkChange]
    ) -> None:
        """From now on hand over every chunk that is sealed, at once; a chunk touched again comes again.

        `source` gives back what was handed over, and what fails from now on is for the journal to take back.
        """
        self._sink, self._source = sink, source
        for change in self._sealed.values():
            self._hand_over(change)
        self._sealed.clear()

    def write(
        self, window: Window, values: Array | int, where: Array | None, origin: Origin | None
    ) -> Window:
        """Annotate the pixels of a window where `where` is true; class id 255 takes the annotation away.

        Args:
            window: Whole pixels; what lies outside the mask is dropped.
            values: uint8 (height, width), or one class id for all.
            where: Bool (height, width), or None for all.
            origin: Who says so; None leaves the author of every pixel as it is.

        Returns:
            The part of the window within the mask.
        """
        annotation = self._mask.annotation
        inside = window.intersection(annotation.extent)
        for block in inside.blocks(annotation.chunk_size):
            part = block.slices_in(window)
            chosen = None if where is None else where[part]
            if chosen is None or chosen.any():
                key, cut = annotation.place_of(block)
                self._touch(key, block)
                said = values if isinstance(values, int) else values[part]
                annotation.write_in_chunk(key, cut, said, chosen)
                if origin is not None:
                    self._mask.origin.write_in_chunk(key, cut, _authors(said, origin), chosen)
        self._writes += 1
        return inside

    def seal_left_behind(self) -> None:
        """Pack one chunk that the tool has left behind, if there is any: half a millisecond."""
        oldest = next(iter(self._open), None)
        if oldest is not None and self._writes - self._touched_at[oldest] > LEFT_BEHIND:
            self._seal(oldest)

    def seal_next(self) -> bool:
        """Pack one chunk that is still open; False where none is."""
        if self._open:
            self._seal(next(iter(self._open)))
        return bool(self._open)

    def seal_all(self) -> None:
        """Pack every chunk that is still open."""
        while self.seal_next():
            pass

    def cancel(self) -> None:
        """Put back every pixel as it was before the first write; only before it streams."""
        for key, olds in self._open.items():
            for plane, old in zip(spoken_planes(self._mask), olds, strict=True):
                plane.set_chunk(*key, old)
        for change in self._sealed.values():
            apply_change(self._mask, change, forward=False)
        self._open, self._sealed = {}, {}

    @property
    def window(self) -> Window:
        """All sealed changes lie in it; empty if nothing changed."""
        around = Window(0, 0, 0, 0)
        for window in self._changed.values():
            around = around.union(window)
        return around

    def counts(self) -> dict[int, int]:
        """Class id -> annotated pixels gained by all sealed changes."""
        return {class_id: gained for class_id, gained in self._gained.items() if gained}

    def _touch(self, key: ChunkKey, block: Window) -> None:
        known = self._touched.get(key)
        self._touched[key] = block if known is None else known.union(block)
        self._touched_at[key] = self._writes
        if key in self._open:
            self._open[key] = self._open.pop(key)  # those touched last stand last
            return
        if len(self._open) >= OPEN_CHUNKS:
            self._seal(next(iter(self._open)))
        if key in self._changed:
            self._unseal(key)
        else:
            self._open[key] = self._kept(self._mask.annotation, key), self._kept(self._mask.origin, key)

    @staticmethod
    def _kept(plane: Plane, key: ChunkKey) -> Array | None:
        return None if plane.chunk(*key) is None else plane.shared_chunk(*key)

    def _unseal(self, key: ChunkKey) -> None:
        """Get the old pixels of a sealed chunk back from its change."""
        change = self._source(key) if self._source else self._sealed.pop(key)
        del self._changed[key]
        self._count(change, sign=-1)
        news = [plane.shared_chunk(*key) for plane in spoken_planes(self._mask)]
        apply_change(self._mask, change, forward=False)
        olds = [plane.shared_chunk(*key) for plane in spoken_planes(self._mask)]
        for plane, new in zip(spoken_planes(self._mask), news, strict=True):
            plane.set_chunk(*key, new.copy())
        self._open[key] = olds[0], olds[1]

    def _seal(self, key: ChunkKey) -> None:
        olds = self._open.pop(key)
        change = chunk_change(self._mask, key, self._touched[key], olds)
        if change is not None:
            self._changed[key] = change.window
            self._count(change, sign=1)
            if self._sink is None:
                self._sealed[key] = change
            self._hand_over(change)
        elif key in self._streamed:
            self._hand_over(no_change(*key, self._touched[key]))

    def _count(self, change: ChunkChange, *, sign: int) -> None:
        for class_id, gained in change.counts().items():
            self._gained[class_id] = self._gained.get(class_id, 0) + sign * gained

    def _hand_over(self, change: ChunkChange) -> None:
        if self._sink:
            self._sink(change)
            self._streamed.add(change.key)


def _authors(values: Array | int, origin: Origin) -> Array | int:
    """Who says class ids: nobody where they take the annotation away."""
    if isinstance(values, int):
        return int(Origin.NOBODY if values == UNLABELLED else origin)
    return np.where(values == UNLABELLED, np.uint8(Origin.NOBODY), np.uint8(origin))
