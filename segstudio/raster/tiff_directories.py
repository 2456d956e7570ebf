"""The directories of a TIFF as the file lists them: the image, its overviews, its masks.

GDAL says how the blocks of the image are stored, but not those of overviews and masks, which are decoded as a
whole just the same: a few kilobytes of zeros may become gigabytes.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np

from segstudio.errors import RasterError
from segstudio.raster import limits

# A stack of pages that large is no scene; GDAL looks at each of them when it looks for overviews.
MAX_DIRECTORIES = 10_000

# TIFF 6.0, section 8 and the tags of tiles; 330 lists directories below this one (technical note 1).
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _SAMPLES, _STRIP_ROWS, _PLANAR = 256, 257, 258, 259, 277, 278, 284
_TILE_WIDTH, _TILE_HEIGHT, _CHILDREN = 322, 323, 330
_WANTED = (
    _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _SAMPLES, _STRIP_ROWS, _PLANAR, _TILE_WIDTH, _TILE_HEIGHT,
    _CHILDREN,
)  # fmt: skip
_UNCOMPRESSED = 1
# A single strip higher than this is read row by row (GDAL's GTiffSplitBand).
_SPLIT_ABOVE = 2000
# Whole-number types and their sizes; what lies in another type, libtiff does not take for a size either.
_TYPES = {1: "u1", 3: "u2", 4: "u4", 13: "u4", 16: "u8", 18: "u8"}
_MAX_CHILDREN = 64


_Entry = tuple[int, int, int, bytes]
"""Tag, type, count, and the value or where it lies."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file writes its directories: classic or BigTIFF, in one of two byte orders."""

    order: str
    is_big: bool

    @property
    def entry(self) -> "np.dtype[np.void]":
        return _entry_type(self.order, self.is_big)

    @property
    def pointer(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.is_big else "I"))

    @property
    def entry_count(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.is_big else "H"))


@cache
def _entry_type(order: str, is_big: bool) -> "np.dtype[np.void]":
    pointer = "u8" if is_big else "u4"
    fields = [("tag", "u2"), ("type", "u2"), ("count", pointer), ("value", f"V{np.dtype(pointer).itemsize}")]
    return np.dtype([(name, form if form[0] == "V" else order + form) for name, form in fields])


def judge_directories(path: Path) -> None:
    """As `judge_listed`, for a file on this machine."""
    with path.open("rb") as file:
        judge_listed(path.name, file)


def judge_listed(name: str, file: BinaryIO) -> None:
    """Refuse a TIFF with an overview or mask whose blocks are too large for memory, or with far too many.

    The image itself is judged by what GDAL says of it. What is damaged here is left to the reader to find.

    Raises:
        RasterError: With the way out.
    """
    for number, block_bytes in enumerate(_blocks(file)):
        if number:
            limits.judge_block(name, block_bytes)
        if number >= MAX_DIRECTORIES:
            raise RasterError(
                f"{name} holds more than {MAX_DIRECTORIES:,} pages: save the one you need as a file of "
                "its own"
            )


def _blocks(file: BinaryIO) -> Iterator[int]:
    """What one block of each directory unpacks to, in bytes; the image comes first."""
    layout, first = _begin(file)
    waiting, seen = [first] if layout and first else [], set[int]()
    while waiting and layout:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        values, following = _directory(file, layout, at)
        waiting += [following] if following else []
        waiting += values.pop(_CHILDREN, [])[:_MAX_CHILDREN]
        yield _block_bytes({tag: found[0] for tag, found in values.items() if found})


def _begin(file: BinaryIO) -> tuple[_Layout | None, int]:
    """How the file is written, and where its first directory lies."""
    head = _read(file, 0, 16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 16:
        return None, 0
    is_big = struct.unpack_from(order + "H", head, 2)[0] == 43
    layout = _Layout(order, is_big)
    return layout, int(layout.pointer.unpack_from(head, 8 if is_big else 4)[0])


def _directory(file: BinaryIO, layout: _Layout, at: int) -> tuple[dict[int, list[int]], int]:
    """The values of one directory that matter here, and where the next one lies (0 = nowhere)."""
    count_bytes = _read(file, at, layout.entry_count.size)
    if len(count_bytes) < layout.entry_count.size:
        return {}, 0
    # libtiff takes no more entries than a classic file can have
    count = min(layout.entry_count.unpack(count_bytes)[0], 0xFFFF)
    kind = layout.entry
    data = file.read(count * kind.itemsize + layout.pointer.size)
    whole = min(count, len(data) // kind.itemsize)
    entries: list[_Entry] = np.frombuffer(data, kind, whole).tolist()
    ends = data[whole * kind.itemsize :]
    following = (
        layout.pointer.unpack_from(ends)[0] if whole == count and len(ends) == layout.pointer.size else 0
    )
    # plain tuples: this is done for every directory of every image that is opened
    values = {entry[0]: _values(file, layout, entry) for entry in entries if entry[0] in _WANTED}
    return values, int(following)


def _values(file: BinaryIO, layout: _Layout, entry: _Entry) -> list[int]:
    """The first values of an entry: within it where they fit, else where it points to."""
    _, form, listed, inside = entry
    kind = _TYPES.get(form)
    count = min(listed, _MAX_CHILDREN)
    if kind is None or not count:
        return []
    dtype = np.dtype(layout.order + kind)
    if listed * dtype.itemsize > len(inside):
        inside = _read(file, layout.pointer.unpack(inside)[0], count * dtype.itemsize)
    whole = min(count, len(inside) // dtype.itemsize)
    found: list[int] = np.frombuffer(inside, dtype, whole).tolist()
    return found


def _read(file: BinaryIO, at: int, length: int) -> bytes:
    if at > file.seek(0, os.SEEK_END):
        return b""
    file.seek(at)
    return file.read(length)


def _block_bytes(values: dict[int, int]) -> int:
    width, height = values.get(_WIDTH, 0), values.get(_HEIGHT, 0)
    if _TILE_WIDTH in values:
        width, height = values[_TILE_WIDTH], values.get(_TILE_HEIGHT, 0)
    else:
        strip_rows = min(height, values.get(_STRIP_ROWS, height))
        is_split = strip_rows == height > _SPLIT_ABOVE or values.get(_COMPRESSION, 1) == _UNCOMPRESSED
        height = 1 if is_split else strip_rows
    samples = values.get(_SAMPLES, 1) if values.get(_PLANAR, 1) == 1 else 1
    # GDAL unpacks bits to bytes
    return width * height * samples * max(8, values.get(_BITS, 1)) // 8
