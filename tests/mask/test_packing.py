"""What is packed comes back bit by bit; damaged bytes are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segstudio.mask.packing import pack, packed_uniform, uniform_value, unpack

dtypes = st.sampled_from([np.dtype(bool), np.dtype(np.uint8), np.dtype(np.float16), np.dtype(np.float32)])
arrays = dtypes.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=1, max_dims=2, min_side=0)))


@given(arrays)
def test_any_array_comes_back_bit_by_bit(array):
    found = unpack(pack(array))
    assert found.dtype == array.dtype
    assert found.shape == array.shape
    assert found.tobytes() == array.tobytes()
    assert found.flags.writeable


@pytest.mark.parametrize("runs", [1, 7, 5000, 100_000])
def test_class_planes_come_back_whatever_their_raggedness(runs):
    rng = np.random.default_rng(runs)
    plane = np.repeat(rng.integers(0, 6, runs, dtype=np.uint8), 512 * 512 // runs + 1)[: 512 * 512]
    plane = plane.reshape(512, 512)
    np.testing.assert_array_equal(unpack(pack(plane)), plane)


def test_a_chunk_of_one_class_takes_a_few_bytes():
    plane = np.full((512, 512), 7, np.uint8)
    assert len(pack(plane)) < 20
    assert uniform_value(pack(plane)) == 7


def test_a_uniform_array_can_be_packed_without_having_it():
    assert packed_uniform(9, np.uint8, 100) == pack(np.full(100, 9, np.uint8))


@given(st.binary(max_size=60))
def test_foreign_bytes_are_refused(data):
    with pytest.raises(ValueError, match=r"packed array"):
        unpack(data)


@given(st.data())
def test_damaged_bytes_are_refused_or_read_but_never_crash(data):
    packed = bytearray(pack(np.arange(600, dtype=np.float32).reshape(20, 30) // 7))
    position = data.draw(st.integers(0, len(packed) - 1))
    packed[position] ^= data.draw(st.integers(1, 255))
    try:
        found = unpack(bytes(packed))
    except ValueError:
        return
    assert found.size <= 1 << 26


def test_a_claim_of_terabytes_is_refused_before_memory_is_taken():
    with pytest.raises(ValueError, match="larger than any chunk"):
        unpack(b"UB\x02" + b"\xff" * 8 + b"\x00\x07")
