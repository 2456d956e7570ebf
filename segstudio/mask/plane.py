"""A plane as large as a scene that holds only the chunks ever written."""

import logging
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any, Protocol, Self

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.raster.window import Window

_log = logging.getLogger(__name__)

CHUNK_SIZE = 512
OVERVIEW_STEP = 8
"""A stored chunk keeps every eighth pixel apart, so that a whole scene is shown without unpacking it."""

_SPARES = 9
"""So many blank chunks lie ready: a brush that is as large as a chunk meets no more new ones at once."""

ChunkKey = tuple[int, int]
"""Row and column of a chunk, counted in chunks."""

Array = npt.NDArray[Any]


class ChunkSource(Protocol):
    """Where a plane finds stored chunks; asked on first touch only."""

    def keys(self) -> Iterable[ChunkKey]:
        """The chunks that are stored."""
        ...

    def load(self, row: int, col: int) -> Array | None:
        """One chunk as a fresh writable array, or None where nothing is stored."""
        ...

    def overviews(self) -> Mapping[ChunkKey, Array]:
        """Every eighth pixel (`chunk[::8, ::8]`) of stored chunks; may leave some or all out."""
        ...


class Plane:
    """Values of every pixel of an extent, kept in square chunks.

    A chunk that was never written reads as `fill` and takes no room. Chunks at the right and bottom rim are
    cut at the extent. With a `source`, stored chunks are loaded on first touch, and `max_loaded` bounds how
    many of the stored ones stay in memory; a chunk written since `mark_stored` is never dropped.
    """

    def __init__(
        self,
        width: int,
        height: int,
        *,
        dtype: npt.DTypeLike = np.uint8,
        fill: float = 255,
        chunk_size: int = CHUNK_SIZE,
        source: ChunkSource | None = None,
        max_loaded: int | None = None,
    ) -> None:
        if chunk_size % OVERVIEW_STEP:
            raise ValueError(f"a chunk of {chunk_size} pixels has no whole overview: take a multiple of 8")
        self.width = width
        self.height = height
        self.dtype = np.dtype(dtype)
        self.fill = fill
        self.chunk_size = chunk_size
        self._source = source
        self._max_loaded = max_loaded
        self._chunks: dict[ChunkKey, Array] = {}
        self._stored: set[ChunkKey] = set(source.keys()) if source else set()
        self._dirty: set[ChunkKey] = set()
        self._shared: set[ChunkKey] = set()
        self._overviews: dict[ChunkKey, Array] | None = None
        self._spares: list[Array] = []

    @property
    def extent(self) -> Window:
        """All pixels."""
        return Window(0, 0, self.width, self.height)

    def chunk_window(self, row: int, col: int) -> Window:
        """The pixels of one chunk, cut at the extent."""
        size = self.chunk_size
        return Window(col * size, row * size, size, size).intersection(self.extent)

    def written_chunks(self) -> list[ChunkKey]:
        """Chunks that hold something, loaded or stored, row by row."""
        return sorted(self._chunks.keys() | self._stored)

    def holds(self, row: int, col: int) -> bool:
        """Whether a chunk was ever written."""
        return (row, col) in self._chunks or (row, col) in self._stored

    def unsaved_chunks(self) -> set[ChunkKey]:
        """Chunks written since they were marked as stored."""
        return set(self._dirty)

    def read(self, window: Window, *, step: int = 1) -> Array:
        """Every `step`-th pixel of a window from its first on; `fill` outside the extent.

        Returns:
            Array (ceil(height / step), ceil(width / step)), the caller's own.
        """
        if step == 1 and self._is_in_one_chunk(window):
            key, cut = self.place_of(window)
            chunk = self._loaded(key)
            return np.full(window.shape, self.fill, self.dtype) if chunk is None else chunk[cut].copy()
        out = np.full((-(-window.height // step), -(-window.width // step)), self.fill, self.dtype)
        small = step % OVERVIEW_STEP == 0 == window.row_off % OVERVIEW_STEP == window.col_off % OVERVIEW_STEP
        rows = {row: cut for row, *cut in self._cuts(window.row_off, window.height, self.height, step)}
        cols = {col: cut for col, *cut in self._cuts(window.col_off, window.width, self.width, step)}
        for row, col in self._met(rows, cols):
            (target_rows, part_rows), (target_cols, part_cols) = rows[row], cols[col]
            found = self._sampled((row, col), part_rows, part_cols, small)
            if found is not None:
                out[target_rows, target_cols] = found
        return out

    def write(self, window: Window, values: Array, where: Array | None = None) -> None:
        """Set the pixels of a window (those where `where` is true); what lies outside the extent is dropped.

        Args:
            window: The pixels that `values` covers.
            values: Array (height, width).
            where: Bool array (height, width), or None for all.
        """
        for block in window.intersection(self.extent).blocks(self.chunk_size):
            cut = block.slices_in(window)
            self._put(block, values[cut], None if where is None else where[cut])

    def write_value(self, window: Window, value: float, where: Array | None = None) -> None:
        """Set the pixels of a window (those where `where` is true) to one value."""
        for block in window.intersection(self.extent).blocks(self.chunk_size):
            self._put(block, value, None if where is None else where[block.slices_in(window)])

    def place_of(self, block: Window) -> tuple[ChunkKey, tuple[slice, slice]]:
        """The chunk that holds a block, and the block's rows and columns within it."""
        row, first_row = divmod(block.row_off, self.chunk_size)
        col, first_col = divmod(block.col_off, self.chunk_size)
        return (row, col), (
            slice(first_row, first_row + block.height),
            slice(first_col, first_col + block.width),
        )

    def write_in_chunk(
        self, key: ChunkKey, cut: tuple[slice, slice], values: Array | float, where: Array | None
    ) -> None:
        """Set pixels of one chunk: those of its rows and columns `cut` (where `where` is true)."""
        target = self.writable_chunk(*key)[cut]
        if where is None:
            target[...] = values
        elif self.dtype == np.uint8 and isinstance(values, int):
            # ten times as fast as numpy.copyto
            height, width = target.shape
            cv2.copyTo(_sheet(values, self.chunk_size)[:height, :width], where.view(np.uint8), target)
        else:
            np.copyto(target, values, where=where, casting="unsafe")

    def chunk(self, row: int, col: int) -> Array | None:
        """One chunk to look at, not to write into; None if it was never written."""
        found = self._loaded((row, col))
        if found is None:
            return None
        view = found.view()
        view.flags.writeable = False
        return view

    def shared_chunk(self, row: int, col: int) -> Array:
        """One chunk that never changes any more: a later write goes to a copy. Filled if never written."""
        found = self._loaded((row, col))
        if found is None:
            return self._blank((row, col))
        self._shared.add((row, col))
        return found

    def writable_chunk(self, row: int, col: int) -> Array:
        """One chunk to write into; made if it was never written, copied if someone else holds it."""
        key = row, col
        found = self._loaded(key)
        if found is None:
            found = self._blank(key)
            self._chunks[key] = found
        elif key in self._shared:
            found = found.copy()
            self._chunks[key] = found
            self._shared.discard(key)
        self._dirty.add(key)
        return found

    def limit(self, loaded_chunks: int) -> None:
        """Keep at most so many of the stored chunks in memory from now on."""
        self._max_loaded = loaded_chunks
        self._make_room(keep=None)

    def prepare(self) -> None:
        """In a quiet moment, lay blank chunks ready: fresh memory costs more than writing a dab into it."""
        while len(self._spares) < _SPARES:
            self._spares.append(np.full((self.chunk_size, self.chunk_size), self.fill, self.dtype))

    def set_chunk(self, row: int, col: int, array: Array | None) -> None:
        """Replace one chunk (the array is taken over, not copied), or with None make it unwritten."""
        key = row, col
        self._shared.discard(key)
        if array is None:
            self._chunks.pop(key, None)
            self._stored.discard(key)
            self._dirty.discard(key)
            return
        expected = self.chunk_window(row, col).shape
        if not self._fits(array, expected):
            raise ValueError(f"chunk {key} must be {self.dtype} {expected}, not {array.dtype} {array.shape}")
        self._chunks[key] = array
        self._dirty.add(key)

    def mark_stored(self, row: int, col: int) -> None:
        """Say that the source now gives this chunk back as it is, so that it may leave memory."""
        self._stored.add((row, col))
        self._dirty.discard((row, col))
        self._make_room(keep=None)

    def forget(self, row: int, col: int, *, stored: bool) -> None:
        """Drop a chunk from memory; the next touch finds what the source has, if anything is `stored`."""
        self.set_chunk(row, col, None)
        if self._overviews is not None:
            self._overviews.pop((row, col), None)
        if stored:
            self._stored.add((row, col))

    def snapshot(self) -> Self:
        """The plane as it is now, safe to hand to another thread.

        Chunks are shared until either side writes one; stored chunks not in memory are loaded first, since
        the source moves on.
        """
        for key in self._stored - self._chunks.keys():
            self._load(key)
        twin = type(self)(
            self.width, self.height, dtype=self.dtype, fill=self.fill, chunk_size=self.chunk_size
        )
        self._shared |= self._chunks.keys()
        twin._chunks = dict(self._chunks)
        twin._shared = set(self._chunks)
        return twin

    def _put(self, block: Window, values: Array | float, where: Array | None) -> None:
        if where is None or where.any():
            self.write_in_chunk(*self.place_of(block), values, where)

    def _is_in_one_chunk(self, window: Window) -> bool:
        size, col, row = self.chunk_size, window.col_off, window.row_off
        right, bottom = col + window.width, row + window.height
        inside = 0 <= col < right <= self.width and 0 <= row < bottom <= self.height
        return inside and col // size == (right - 1) // size and row // size == (bottom - 1) // size

    def _sampled(self, key: ChunkKey, rows: slice, cols: slice, small: bool) -> Array | None:
        """The wanted pixels of one chunk, from its overview where that spares loading it."""
        if small and key in self._stored and key not in self._chunks:
            overview = self._overview(key)
            if overview is not None:
                return overview[_coarser(rows), _coarser(cols)]
        found = self._loaded(key)
        return None if found is None else found[rows, cols]

    def _overview(self, key: ChunkKey) -> Array | None:
        if self._overviews is None:
            self._overviews = dict(self._source.overviews()) if self._source else {}
        found = self._overviews.get(key)
        height, width = self.chunk_window(*key).shape
        small = -(-height // OVERVIEW_STEP), -(-width // OVERVIEW_STEP)
        return found if found is not None and self._fits(found, small) else None

    def _loaded(self, key: ChunkKey) -> Array | None:
        found = self._chunks.get(key)
        if found is None and key in self._stored:
            found = self._load(key)
            self._make_room(keep=key)
        return found

    def _load(self, key: ChunkKey) -> Array | None:
        found = self._source.load(*key) if self._source else None
        if found is not None and self._fits(found, self.chunk_window(*key).shape):
            self._chunks[key] = found
            return found
        if found is not None:
            _log.error("chunk %s is %s %s and left out", key, found.dtype, found.shape)
        self._stored.discard(key)
        return None

    def _blank(self, key: ChunkKey) -> Array:
        shape = self.chunk_window(*key).shape
        if self._spares and shape == self._spares[-1].shape:
            return self._spares.pop()
        # zeros come from the system page by page as they are touched, which most of a chunk never is
        return np.full(shape, self.fill, self.dtype) if self.fill else np.zeros(shape, self.dtype)

    def _fits(self, array: Array, shape: tuple[int, ...]) -> bool:
        return array.shape == shape and array.dtype == self.dtype

    def _make_room(self, keep: ChunkKey | None) -> None:
        """Drop the chunks loaded longest ago that the source can give back."""
        if self._max_loaded is None or len(self._chunks) <= self._max_loaded:
            return
        droppable = [key for key in list(self._chunks) if key in self._stored and key not in self._dirty]
        for key in droppable[: len(self._chunks) - self._max_loaded]:
            if key != keep:
                self._drop(key)

    def _drop(self, key: ChunkKey) -> None:
        chunk = self._chunks.pop(key, None)
        if chunk is None:  # another reader of the same snapshot was faster
            return
        self._shared.discard(key)
        if self._overviews is not None:
            self._overviews[key] = chunk[::OVERVIEW_STEP, ::OVERVIEW_STEP].copy()

    def _met(self, rows: Collection[int], cols: Collection[int]) -> Iterable[ChunkKey]:
        """The chunks of these rows and columns, or where fewer were ever written, those among them."""
        if len(rows) * len(cols) <= len(self._chunks) + len(self._stored):
            return product(rows, cols)
        written = {*list(self._chunks), *list(self._stored)}  # copied at once: another reader may load some
        return [key for key in written if key[0] in rows and key[1] in cols]

    def _cuts(self, start: int, length: int, limit: int, step: int) -> Iterator[tuple[int, slice, slice]]:
        """Along one axis: chunk number, slice of the samples that fall into it, slice within the chunk."""
        first, end = max(start, 0), min(start + length, limit)
        for number in range(first // self.chunk_size, -(-end // self.chunk_size)):
            origin = number * self.chunk_size
            begin = math.ceil((max(origin, first) - start) / step)
            stop = math.ceil((min(origin + self.chunk_size, end) - start) / step)
            if stop > begin:
                inner = start + begin * step - origin
                last = start + (stop - 1) * step - origin
                yield number, slice(begin, stop), slice(inner, last + 1, step)


@lru_cache(maxsize=16)
def _sheet(value: int, size: int) -> Array:
    """A square of one value, to be copied from."""
    return np.full((size, size), value, np.uint8)


def _coarser(pixels: slice) -> slice:
    """The slice of an overview that picks the same pixels."""
    step = pixels.step // OVERVIEW_STEP
    return slice(pixels.start // OVERVIEW_STEP, (pixels.stop - 1) // OVERVIEW_STEP + 1, step)
