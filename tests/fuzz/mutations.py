"""Bytes as an attacker or a bad cable leaves them: strategies that break a sound file a little."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

Range = tuple[int, int]

_EXTREMES = (0, 1, 2, 3, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0xFFFFFF)
_HUGE = (0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 2**53, 2**63 - 1, 2**63, 2**64 - 1)
_WIDTHS = {1: "B", 2: "H", 4: "I", 8: "Q"}


@dataclass(frozen=True)
class Change:
    """Some bytes of a file replaced by others, perhaps more or fewer."""

    at: int
    length: int
    by: bytes

    def apply(self, data: bytes) -> bytes:
        return data[: self.at] + self.by + data[self.at + self.length :]


Changes = tuple[Change, ...]


def mutations(data: bytes, hot: Sequence[Range] = ()) -> st.SearchStrategy[Changes]:
    """One to four changes; half of them lie in the `hot` ranges, where the structure of a file is told."""
    return st.lists(_change(data, hot), min_size=1, max_size=4).map(tuple)


def broken(data: bytes, changes: Changes) -> bytes:
    """A sound file with some changes."""
    for change in sorted(changes, key=lambda each: -each.at):
        data = change.apply(data)
    return data


def _change(data: bytes, hot: Sequence[Range]) -> st.SearchStrategy[Change]:
    anywhere = st.integers(0, max(0, len(data) - 1))
    within = [(low, min(high, len(data))) for low, high in hot if low < len(data)]
    in_header = [st.integers(low, max(low, high - 1)) for low, high in within] or [anywhere]
    at = st.one_of(anywhere, *in_header)
    return st.one_of(_number(at), _flip(data, at), _cut(data, at), _copied(data, at))


def _number(at: st.SearchStrategy[int]) -> st.SearchStrategy[Change]:
    """A number that no sound file has there, in either byte order."""

    def put(at: int, value: int, width: int, order: str) -> Change:
        packed = struct.pack(order + _WIDTHS[width], value % (1 << 8 * width))
        return Change(at, width, packed)

    values = st.sampled_from((*_EXTREMES, *_HUGE))
    return st.builds(put, at, values, st.sampled_from(tuple(_WIDTHS)), st.sampled_from("<>"))


def _flip(data: bytes, at: st.SearchStrategy[int]) -> st.SearchStrategy[Change]:
    return st.builds(lambda at, bit: Change(at, 1, bytes([data[at] ^ 1 << bit])), at, st.integers(0, 7))


def _cut(data: bytes, at: st.SearchStrategy[int]) -> st.SearchStrategy[Change]:
    """The end of the file lost, or some bytes out of its middle."""
    lengths = st.one_of(st.just(len(data)), st.integers(1, 64))
    return st.builds(lambda at, length: Change(max(1, at), length, b""), at, lengths)


def _copied(data: bytes, at: st.SearchStrategy[int]) -> st.SearchStrategy[Change]:
    """One part of the file over another: entries twice, or in another's place."""

    def put(at: int, source: int, length: int, inserts: bool) -> Change:
        part = data[source : source + length]
        return Change(at, 0 if inserts else len(part), part)

    return st.builds(put, at, at, st.integers(2, 40), st.booleans())
