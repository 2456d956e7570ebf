"""What the tiles of a JPEG 2000 cost before one pixel of them is decoded.

OpenJPEG keeps a record for every code-block of a tile it touches, and a few kilobytes of file may claim
millions of them. Box and marker layout: ISO/IEC 15444-1, annexes A and I.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from segstudio.errors import RasterError

# A record with its share of tag trees takes 300 to 400 bytes (measured with OpenJPEG 2.5): 400 MB.
MAX_CODE_BLOCKS = 1_000_000
# What tiles may hold whatever the size of their code-blocks, which are never below 4 x 4.
_HARMLESS_SAMPLES = 16 * MAX_CODE_BLOCKS

_CODESTREAM = b"\xff\x4f\xff\x51"
_SIZ, _COD, _COC, _SOT, _SOD = 0xFF51, 0xFF52, 0xFF53, 0xFF90, 0xFF93
_MAX_BOXES = 1000
_MAX_TILE_PARTS = 100_000


@dataclass(frozen=True, slots=True)
class _Tiles:
    """Samples of one tile over all components, and sides of the smallest code-blocks as powers of two."""

    samples: int
    block_exponents: tuple[int, int] = (10, 10)

    @property
    def code_blocks(self) -> int:
        return self.samples >> sum(self.block_exponents)


def judge_tiles(name: str, file: BinaryIO) -> None:
    """Refuse a JPEG 2000 whose tiles are cut into too many code-blocks.

    What is damaged here is left to the reader to find.

    Raises:
        RasterError: With the way out.
    """
    try:
        code_blocks = _most_code_blocks(file)
    except struct.error:
        return
    if code_blocks > MAX_CODE_BLOCKS:
        raise RasterError(
            f"{name} has tiles of {code_blocks:,} code-blocks, at most {MAX_CODE_BLOCKS:,} can be held "
            "in memory: save it as a tiled GeoTIFF"
        )


def _most_code_blocks(file: BinaryIO) -> int:
    if not _find_codestream(file):
        return 0
    tiles = _Tiles(0)
    for marker, body in _main_header(file):
        tiles = _told(tiles, marker, body)
    if tiles.samples <= _HARMLESS_SAMPLES:
        return tiles.code_blocks
    for marker, body in _tile_headers(file):
        tiles = _told(tiles, marker, body)
    return tiles.code_blocks


def _find_codestream(file: BinaryIO) -> bool:
    """Go to the codestream: the whole file, or the box that holds it."""
    file.seek(0)
    if file.read(4) == _CODESTREAM:
        file.seek(2)
        return True
    at = 0
    for _ in range(_MAX_BOXES):
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            length, head = struct.unpack(">Q", file.read(8))[0], 16
        if kind == b"jp2c":
            file.seek(at + head + 2)
            return True
        if length < head:
            return False
        at += length
    return False


def _main_header(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Markers with their bodies, up to the first tile-part, where the file then stands."""
    while True:
        at = file.tell()
        marker, length = struct.unpack(">HH", file.read(4))
        if marker == _SOT:
            file.seek(at)
            return
        yield marker, file.read(max(0, length - 2))


def _tile_headers(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The same for the tile-parts: each may have code-blocks of its own."""
    for _ in range(_MAX_TILE_PARTS):
        at = file.tell()
        head = file.read(12)
        if len(head) < 12 or head[:2] != b"\xff\x90":
            return
        length = struct.unpack_from(">I", head, 6)[0]
        while True:
            marker = struct.unpack(">H", file.read(2))[0]
            if marker == _SOD:
                break
            size = struct.unpack(">H", file.read(2))[0]
            yield marker, file.read(max(0, size - 2))
        if not length:
            return
        file.seek(at + length)


def _told(tiles: _Tiles, marker: int, body: bytes) -> _Tiles:
    """What is known of the tiles after one more marker."""
    if marker == _SIZ:
        width, height, left, top, tile_width, tile_height = struct.unpack_from(">6I", body, 2)
        components = struct.unpack_from(">H", body, 34)[0]
        sides = min(tile_width, max(0, width - left)), min(tile_height, max(0, height - top))
        return replace(tiles, samples=sides[0] * sides[1] * components)
    if marker == _COD:
        return _with_style(tiles, has_precincts=bool(body[:1] and body[0] & 1), style=body[5:])
    if marker == _COC:
        # the component's number has one byte, or two: the reading with smaller code-blocks counts
        readings = [_with_style(tiles, bool(body[at] & 1), body[at + 1 :]) for at in (1, 2) if at < len(body)]
        return max(readings, key=lambda each: each.code_blocks, default=tiles)
    return tiles


def _with_style(tiles: _Tiles, has_precincts: bool, style: bytes) -> _Tiles:
    """Code-blocks as the style says: levels, width and height exponents, and precincts that cut them."""
    levels, width, height = struct.unpack_from("BBB", style)
    wide, high = width + 2, height + 2
    if has_precincts:
        for each in style[5 : 6 + levels]:
            # in the higher levels a precinct of the level is two of its bands
            wide, high = min(wide, max(0, (each & 15) - 1)), min(high, max(0, (each >> 4) - 1))
    known = tiles.block_exponents
    return replace(tiles, block_exponents=(min(known[0], wide), min(known[1], high)))
