"""What an edit changed within one chunk: small on disk, exact in both directions."""

import struct
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.mask import Mask
from segstudio.mask.packing import pack, packed_shape, packed_uniform, uniform_value, unpack
from segstudio.mask.plane import Array, ChunkKey, Plane
from segstudio.raster.window import Window

_RECORD = struct.Struct("<HIIIIIIIII")
_RECORD_VERSION = 1


@dataclass(frozen=True, slots=True)
class ChunkChange:
    """What one edit changed within one chunk.

    `where` (packed bool, shape of `window`) are the changed pixels of `window`; the values are packed 1-D
    arrays of these pixels only: annotation and origin, before and after.
    """

    row: int
    col: int
    window: Window
    where: bytes
    before: tuple[bytes, bytes]
    after: tuple[bytes, bytes]

    @property
    def key(self) -> ChunkKey:
        """Row and column of the chunk."""
        return self.row, self.col

    def to_bytes(self) -> bytes:
        """The window and the packed arrays as one record; `from_bytes` needs row and col beside it."""
        parts = (self.where, *self.before, *self.after)
        window = self.window
        corner = window.col_off, window.row_off, window.width, window.height
        return _RECORD.pack(_RECORD_VERSION, *corner, *map(len, parts)) + b"".join(parts)

    @classmethod
    def from_bytes(cls, row: int, col: int, data: object) -> "ChunkChange":
        """Read a record; ValueError if it is damaged."""
        if not isinstance(data, bytes) or len(data) < _RECORD.size:
            raise ValueError("a record of the journal is no record")
        if _RECORD.unpack_from(data)[0] != _RECORD_VERSION:
            raise ValueError("a record of the journal is damaged")
        _, *numbers = _RECORD.unpack_from(data)
        ends = np.cumsum([_RECORD.size, *numbers[4:]]).tolist()
        if ends[-1] != len(data):
            raise ValueError("a record of the journal is cut off")
        where, *values = (data[start:end] for start, end in pairwise(ends))
        window = Window(*numbers[:4])
        return cls(row, col, window, where, (values[0], values[1]), (values[2], values[3]))

    def verify(self, chunk: Window) -> None:
        """ValueError unless this change can be applied to a chunk: records may come from anywhere."""
        where = unpack(self.where)
        count = (int(np.count_nonzero(where)),)
        fits = where.shape == self.window.shape and where.dtype == bool and chunk.contains(self.window)
        if not fits or any(packed_shape(values) != count for values in (*self.before, *self.after)):
            raise ValueError("a record of the journal does not fit its chunk")

    def counts(self) -> dict[int, int]:
        """Class id -> annotated pixels gained (lost if negative) by going forward."""
        gained = _class_totals(self.after[0]) - _class_totals(self.before[0])
        return {int(class_id): int(gained[class_id]) for class_id in np.flatnonzero(gained[:UNLABELLED])}


def apply_change(mask: Mask, change: ChunkChange, *, forward: bool) -> None:
    """Set the pixels of one change to what they were after it (forward) or before it."""
    where = unpack(change.where)
    for plane, packed in zip(spoken_planes(mask), change.after if forward else change.before, strict=True):
        outer = plane.chunk_window(change.row, change.col)
        target = plane.writable_chunk(change.row, change.col)
        _set(target[change.window.slices_in(outer)], where, packed)


def apply_to_chunk(chunk: Array, outer: Window, change: ChunkChange, *, forward: bool) -> None:
    """`apply_change` to the annotation of one chunk alone, which covers the window `outer`."""
    packed = (change.after if forward else change.before)[0]
    _set(chunk[change.window.slices_in(outer)], unpack(change.where), packed)


def spoken_planes(mask: Mask) -> tuple[Plane, Plane]:
    """The planes an edit changes: what the person said, and who said it."""
    return mask.annotation, mask.origin


def chunk_change(
    mask: Mask, key: ChunkKey, touched: Window, olds: tuple[Array | None, Array | None]
) -> ChunkChange | None:
    """Compare a chunk's touched part with what it was; None if it is the same."""
    cut = touched.slices_in(mask.annotation.chunk_window(*key))
    befores = [_cut_or_fill(plane, old, cut) for plane, old in zip(spoken_planes(mask), olds, strict=True)]
    afters = [plane.shared_chunk(*key)[cut] for plane in spoken_planes(mask)]
    changed = (befores[0] != afters[0]) | (befores[1] != afters[1])
    col, row, width, height = cv2.boundingRect(changed.view(np.uint8))
    if not width:
        return None
    tight = slice(row, row + height), slice(col, col + width)
    where = np.ascontiguousarray(changed[tight])
    window = Window(touched.col_off + col, touched.row_off + row, width, height)
    before = [_pack_chosen(values, tight, where) for values in befores]
    after = [_pack_chosen(values, tight, where) for values in afters]
    return ChunkChange(*key, window, pack(where), (before[0], before[1]), (after[0], after[1]))


def no_change(row: int, col: int, at: Window) -> ChunkChange:
    """A change of no pixel, which stands in for one that was taken back before its edit was finished."""
    nothing = pack(np.empty(0, np.uint8))
    corner = Window(at.col_off, at.row_off, 1, 1)
    return ChunkChange(row, col, corner, pack(np.zeros((1, 1), bool)), (nothing, nothing), (nothing, nothing))


def _set(target: Array, where: Array, packed: bytes) -> None:
    single = uniform_value(packed)
    if single is not None:
        np.copyto(target, single, where=where)
    else:
        target[where] = unpack(packed)


def _cut_or_fill(plane: Plane, old: Array | None, cut: tuple[slice, slice]) -> Array:
    return np.array(plane.fill, plane.dtype) if old is None else old[cut]


def _pack_chosen(values: Array, tight: tuple[slice, slice], where: Array) -> bytes:
    """Pack the chosen pixels; the one value they mostly share is found without picking them out."""
    count = int(np.count_nonzero(where))
    if values.ndim == 0:
        return packed_uniform(int(values), np.uint8, count)
    low, high, _, _ = cv2.minMaxLoc(np.ascontiguousarray(values[tight]), where.view(np.uint8))
    if low == high:
        return packed_uniform(int(low), np.uint8, count)
    return pack(values[tight][where])


def _class_totals(packed: bytes) -> Array:
    """Pixels of each class id among packed values, int64 (256,)."""
    values = unpack(packed)
    single = uniform_value(packed)
    if single is None:
        return np.bincount(values, minlength=256)
    totals = np.zeros(256, np.int64)
    totals[int(single)] = values.size
    return totals
