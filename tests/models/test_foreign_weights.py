"""Files of others are read without running anything in them; hostile and damaged ones end in one sentence."""

import io
import json
import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from segstudio.errors import ModelError
from segstudio.models.foreign_weights import read_foreign

STATE = {"conv.weight": torch.arange(6.0).view(2, 3), "bn.num_batches_tracked": torch.tensor(7)}


class Touch:
    """Unpickled, it would make a file: the classic attack."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


class Filled:
    """Unpickled, it would take as much memory as it likes; torch's restricted reader lets it."""

    def __reduce__(self):
        return bytearray, (10**12,)


def saved(path, values, **options):
    torch.save(values, path, **options)
    return path


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize(
    ("wrap", "under"),
    [
        (lambda state: state, ()),
        (lambda state: {"state_dict": state, "epoch": 3, "lr": 0.1}, ("state_dict",)),
        (lambda state: {"model": {"state_dict": state}, "args": None}, ("model", "state_dict")),
        (lambda state: {"model_state_dict": OrderedDict(state), "loss": 1.0}, ("model_state_dict",)),
    ],
)
def test_torch_files_new_and_old_are_read_and_unwrapped(tmp_path, wrap, under, is_old):
    path = saved(tmp_path / "net.pth", wrap(STATE), _use_new_zipfile_serialization=not is_old)
    found = read_foreign(path)
    assert found.unwrapped == under
    assert found.tensors.keys() == STATE.keys()
    assert all(torch.equal(found.tensors[name], STATE[name]) for name in STATE)


def test_half_precision_becomes_single_and_parameters_tensors(tmp_path):
    given_ = {"a": torch.ones(2, dtype=torch.bfloat16), "b": torch.nn.Parameter(torch.ones(3)), "c": 5}
    found = read_foreign(saved(tmp_path / "net.pth", given_))
    assert [value.dtype for value in found.tensors.values()] == [torch.float32, torch.float32]
    assert found.left_out == ("c",)


def test_safetensors_are_told_by_their_content(tmp_path):
    save_file(STATE, tmp_path / "net.pth")
    assert read_foreign(tmp_path / "net.pth").tensors.keys() == STATE.keys()


@pytest.mark.parametrize("is_old", [False, True])
def test_a_pickle_that_would_run_code_runs_none(tmp_path, is_old):
    mark = tmp_path / "touched"
    path = saved(
        tmp_path / "net.pth",
        {"a": torch.ones(1), "b": Touch(mark)},
        _use_new_zipfile_serialization=not is_old,
    )
    with pytest.raises(ModelError, match=r"nothing in it ran: it asks for '"):
        read_foreign(path)
    assert not mark.exists()


def test_a_bare_pickle_that_would_run_code_runs_none(tmp_path):
    mark = tmp_path / "touched"
    path = tmp_path / "net.pth"
    path.write_bytes(pickle.dumps({"a": Touch(mark)}, protocol=4))
    with pytest.raises(ModelError, match="was refused, nothing in it ran"):
        read_foreign(path)
    assert not mark.exists()


def test_a_whole_pickled_network_is_refused(tmp_path):
    with pytest.raises(ModelError, match="save the state_dict alone"):
        read_foreign(saved(tmp_path / "net.pth", torch.nn.Linear(2, 2)))


def test_a_pickle_that_would_only_fill_the_memory_is_refused(tmp_path):
    path = saved(tmp_path / "net.pth", {"a": torch.ones(1), "b": Filled()})
    with pytest.raises(ModelError, match=r"asks for '\w+\.bytearray'"):
        read_foreign(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "net.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}.")
        archive.writestr("archive/data/0", b"\0" * 10_000_000)
    with pytest.raises(ModelError, match="it is compressed"):
        read_foreign(path)


def test_an_archive_without_tensors_is_refused(tmp_path):
    path = tmp_path / "net.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    with pytest.raises(ModelError, match="holds no state_dict"):
        read_foreign(path)


def test_a_view_larger_than_the_file_is_refused_untouched(tmp_path):
    huge = torch.ones(1).expand(10**12)
    with pytest.raises(ModelError, match="claim more values than it holds"):
        read_foreign(saved(tmp_path / "net.pth", {"a": huge}))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(tmp_path, value):
    save_file({"a": torch.tensor([1.0, value])}, tmp_path / "net.safetensors")
    with pytest.raises(ModelError, match="not numbers"):
        read_foreign(tmp_path / "net.safetensors")


@pytest.mark.parametrize(
    "value",
    [
        torch.ones(2, 2).to_sparse(),
        torch.ones(2, dtype=torch.complex64),
    ],
    ids=["sparse", "complex"],
)
def test_what_is_no_plain_tensor_is_refused(tmp_path, value):
    with pytest.raises(ModelError, match="refused"):
        read_foreign(saved(tmp_path / "net.pth", {"a": value}))


def test_a_header_of_ten_gigabytes_is_refused(tmp_path):
    path = tmp_path / "net.safetensors"
    path.write_bytes(struct.pack("<Q", 10 * 1024**3) + b'{"a":')
    with pytest.raises(ModelError, match="its header claims 10737418240 bytes"):
        read_foreign(path)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [1000, 1000], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 4_000_000]},
        {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]},
        {"dtype": "OBJECT", "shape": [2], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2**62, 4], "data_offsets": [0, 8]},
    ],
)
def test_a_header_that_lies_is_refused(tmp_path, entry):
    header = json.dumps({"a": entry}).encode()
    path = tmp_path / "net.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 8)
    with pytest.raises(ModelError, match="nothing in it ran"):
        read_foreign(path)


@pytest.mark.parametrize("content", [b"", b"x", b"GIF89a" + b"\0" * 40, b"\x89HDF\r\n\x1a\n" + b"\0" * 99])
def test_what_is_no_file_of_weights_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "net.pth"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="neither a safetensors nor a torch file"):
        read_foreign(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        read_foreign(tmp_path / "nowhere.pth")


def whole_files():
    files = {}
    for name, options in (("new", {}), ("old", {"_use_new_zipfile_serialization": False})):
        buffer = io.BytesIO()
        torch.save(STATE, buffer, **options)
        files[name] = buffer.getvalue()
    return files


WHOLE = whole_files()


@settings(max_examples=120)
@given(data=st.data(), kind=st.sampled_from(sorted(WHOLE)))
def test_a_truncated_or_scratched_file_is_read_or_refused_and_nothing_else(tmp_path_factory, data, kind):
    content = bytearray(WHOLE[kind])
    content = content[: data.draw(st.integers(0, len(content)))]
    for place in data.draw(st.lists(st.integers(0, max(0, len(content) - 1)), max_size=4)):
        if content:
            content[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "scratched.pth"
    path.write_bytes(content)
    try:
        found = read_foreign(path)
    except ModelError as refused:
        assert "\n" not in str(refused)
    else:
        assert all(isinstance(value, torch.Tensor) for value in found.tensors.values())
