"""Arrays to few bytes and back: what chunks and edits are on disk and in the journal.

Class planes are long runs of one value. Counting the runs first and deflating the counts is three times
faster than deflating the pixels and a third of the size; noisy values (doubt, depth) are deflated byte plane
by byte plane instead.
"""

import math
import struct
import zlib

import numpy as np

from segstudio.mask.plane import Array

_HEADER = struct.Struct("<ccBII")
_MAX_PIXELS = 1 << 26
"""No packed array is larger (a chunk has 2^18 pixels): damaged bytes must not ask for all memory."""

_UNIFORM, _RUNS, _PLAIN, _RAW = b"U", b"R", b"Z", b"P"
_DTYPES = {
    b"b": np.dtype(bool),
    b"B": np.dtype(np.uint8),
    b"e": np.dtype(np.float16),
    b"f": np.dtype(np.float32),
}
_CODES = {dtype: code for code, dtype in _DTYPES.items()}
_RUN_SHARE = 6
"""Runs are worth counting if there is at most one per so many pixels (measured on ragged class planes)."""


def pack(array: Array, *, quick: bool = False) -> bytes:
    """A 1-D or 2-D array of bool, uint8, float16 or float32 as bytes; every bit comes back, NaN too.

    With `quick`, noisy values are stored as they are: ten times faster, and several times larger.
    """
    values = np.ascontiguousarray(array)
    bits = values.reshape(-1).view(f"u{values.itemsize}")
    if bits.size == 0 or not (bits != bits[0]).any():
        return _header(_UNIFORM, values) + bits[:1].tobytes()
    steps = bits[1:] != bits[:-1]
    if np.count_nonzero(steps) * _RUN_SHARE <= bits.size:
        return _header(_RUNS, values) + _pack_runs(bits, np.flatnonzero(steps) + 1)
    if quick:
        return _header(_RAW, values) + bits.tobytes()
    return _header(_PLAIN, values) + zlib.compress(_byte_planes(bits), 1)


def unpack(data: bytes) -> Array:
    """What `pack` was given, as a fresh array; ValueError if the bytes are damaged."""
    kind, dtype, shape = _read_header(data)
    body = data[_HEADER.size :]
    size = math.prod(shape)
    if kind == _UNIFORM:
        return np.full(shape, _single(body, dtype)) if size else np.empty(shape, dtype)
    bits = _unpack_runs(body, size, dtype) if kind == _RUNS else _unpack_plain(kind, body, size, dtype)
    return bits.view(dtype).reshape(shape)


def packed_shape(data: bytes) -> tuple[int, ...]:
    """Shape of a packed array, without unpacking; ValueError if its head is damaged."""
    return _read_header(data)[2]


def uniform_value(data: bytes) -> Array | None:
    """The one value of a packed array that holds no other (a 0-D array), without unpacking; else None."""
    kind, dtype, shape = _read_header(data)
    if kind != _UNIFORM or 0 in shape:
        return None
    return np.asarray(_single(data[_HEADER.size :], dtype))


def is_packed_uniform(data: bytes, value: int) -> bool:
    """Whether a packed array holds this value and no other."""
    single = uniform_value(data)
    return single is not None and bool(single == value)


def packed_uniform(value: int, dtype: type, length: int) -> bytes:
    """What `pack` would give for `length` times the same value."""
    single: Array = np.array([value], dtype)
    return _HEADER.pack(_UNIFORM, _CODES[single.dtype], 1, length, 0) + single.tobytes()


def _header(kind: bytes, values: Array) -> bytes:
    rows, cols = (*values.shape, 0)[:2]
    return _HEADER.pack(kind, _CODES[values.dtype], values.ndim, rows, cols)


def _read_header(data: bytes) -> tuple[bytes, "np.dtype[np.generic]", tuple[int, ...]]:
    if len(data) < _HEADER.size:
        raise ValueError("a packed array is cut off")
    kind, code, dimensions, rows, cols = _HEADER.unpack_from(data)
    shape = (rows, cols)[:dimensions]
    if code not in _DTYPES or kind not in (_UNIFORM, _RUNS, _PLAIN, _RAW) or dimensions not in (1, 2):
        raise ValueError("these bytes are no packed array")
    if math.prod(shape) > _MAX_PIXELS:
        raise ValueError(f"a packed array of {shape} is larger than any chunk")
    return kind, _DTYPES[code], shape


def _single(body: bytes, dtype: "np.dtype[np.generic]") -> np.generic:
    if len(body) != dtype.itemsize:
        raise ValueError("a packed array is cut off")
    value: np.generic = np.frombuffer(body, dtype)[0]
    return value


def _pack_runs(bits: Array, starts: Array) -> bytes:
    edges = np.empty(starts.size + 2, np.int64)
    edges[0], edges[1:-1], edges[-1] = 0, starts, bits.size
    lengths = (edges[1:] - edges[:-1]).astype("<u4")
    return zlib.compress(_byte_planes(lengths) + _byte_planes(bits[edges[:-1]]), 1)


def _unpack_runs(body: bytes, size: int, dtype: "np.dtype[np.generic]") -> Array:
    raw = _inflate(body, size * (4 + dtype.itemsize))
    count, rest = divmod(len(raw), 4 + dtype.itemsize)
    if rest:
        raise ValueError("the runs of a packed array are cut off")
    lengths = _from_byte_planes(raw[: 4 * count], 4)
    if int(lengths.sum(dtype=np.int64)) != size:
        raise ValueError("the runs of a packed array do not fill it")
    return np.repeat(_from_byte_planes(raw[4 * count :], dtype.itemsize), lengths)


def _unpack_plain(kind: bytes, body: bytes, size: int, dtype: "np.dtype[np.generic]") -> Array:
    raw = body if kind == _RAW else _inflate(body, size * dtype.itemsize)
    if len(raw) != size * dtype.itemsize:
        raise ValueError("a packed array is cut off")
    if kind == _RAW:
        return np.frombuffer(raw, f"u{dtype.itemsize}").copy()
    return _from_byte_planes(raw, dtype.itemsize)


def _inflate(body: bytes, limit: int) -> bytes:
    try:
        inflater = zlib.decompressobj()
        # one byte more than there may be: only so is the checksum at the end looked at
        raw = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise ValueError(f"a packed array is damaged ({error})") from error
    if len(raw) > limit or not inflater.eof:
        raise ValueError("a packed array is cut off or too long")
    return raw


def _byte_planes(bits: Array) -> bytes:
    """All first bytes, then all second bytes, ...: the high bytes of depths and counts deflate to little."""
    if bits.itemsize == 1:
        return bits.tobytes()
    return bits.view(np.uint8).reshape(-1, bits.itemsize).T.tobytes()


def _from_byte_planes(raw: bytes, itemsize: int) -> Array:
    planes = np.frombuffer(raw, np.uint8).reshape(itemsize, -1)
    return planes.T.copy(order="C").reshape(-1).view(f"u{itemsize}")
