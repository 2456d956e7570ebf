"""Files of weights that others made: read without running anything in them, or refused with one sentence.

Whatever its name says, a file is judged by its content: safetensors, or a torch file (a zip archive since
torch 1.6, a row of pickles before). A torch file is looked through first, and then read by torch's own
restricted reader only (`weights_only=True`), which builds tensors and nothing else.
"""

import pickle
import pickletools
import struct
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from segstudio.errors import ModelError

_LARGEST_BYTES = 8 * 1024**3
"""The largest encoder here has 1 GB; beyond this a file is no weights of a net that fits this program."""
_LARGEST_HEADER = 100_000_000
"""safetensors' own limit for its JSON header."""
_LARGEST_PICKLE = 64 * 1024**2
"""What describes the tensors, without their values."""
_MOST_ENTRIES = 100_000
_SLACK_BYTES = 1_000_000
_DEEPEST_WRAPPING = 3

_WRAPPERS = (
    "state_dict", "model_state_dict", "model_state", "state_dict_ema", "model_ema", "ema_state_dict",
    "model", "net", "network", "weights", "params", "module",
)  # fmt: skip
"""Under which names training programs (torch's examples, Lightning, timm) keep the state_dict."""

_NAMES_IN_WEIGHTS = frozenset(
    {
        "collections OrderedDict",
        "torch Size",
        "torch device",
        "torch.nn.parameter Parameter",
        "torch._utils _rebuild_tensor",
        "torch._utils _rebuild_tensor_v2",
        "torch._utils _rebuild_parameter",
        "torch.storage UntypedStorage",
    }
)
"""What a file of plain weights calls; torch's own list is longer and holds what only costs memory."""

_PICKLES_OF_OLD_FILES = 5
"""Magic number, protocol, system, the object itself, the keys of its storages."""

# what a damaged or hostile file may raise inside the readers of torch and Python
_UNREADABLE = (
    ArithmeticError, AssertionError, AttributeError, EOFError, ImportError, LookupError, MemoryError,
    OSError, RuntimeError, TypeError, ValueError, pickle.UnpicklingError, struct.error, zipfile.BadZipFile,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ForeignWeights:
    """Tensors by the names their file gives them, on the CPU; floats as float32 and finite.

    `unwrapped` says under which keys the tensors lay; `left_out` names what was no tensor.
    """

    tensors: Mapping[str, Tensor]
    unwrapped: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def read_foreign(path: Path) -> ForeignWeights:
    """The tensors of a file that others made.

    Raises:
        ModelError: it is no file of weights, it is damaged, or it wants to run code; nothing in it ran.
    """
    start = _start_of(path)
    if start.startswith(b"PK\x03\x04"):
        _check_archive(path)
        values = _restricted(path)
    elif start.startswith(b"\x80"):
        _check_old_file(path)
        values = _restricted(path)
    elif start[8:9] == b"{":
        values = _safetensors(path, start)
    else:
        raise ModelError(f"{path.name} is neither a safetensors nor a torch file: choose a file of weights")
    found = _unwrap(values, path)
    return ForeignWeights(_sound(found.tensors, path), found.unwrapped, found.left_out)


def _start_of(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}") from error
    if size > _LARGEST_BYTES:
        raise ModelError(f"{path.name} has {size / 1e9:.0f} GB, more than the weights of any model here")
    return start


def _safetensors(path: Path, start: bytes) -> Mapping[str, Any]:
    header = int.from_bytes(start[:8], "little")
    if header > min(_LARGEST_HEADER, path.stat().st_size):
        raise _damaged(path, f"its header claims {header} bytes")
    try:
        tensors: dict[str, Tensor] = load_file(str(path))
    except (SafetensorError, *_UNREADABLE) as error:
        raise _damaged(path, error) from error
    return tensors


def _check_archive(path: Path) -> None:
    """No entry is compressed, none twice, all together no larger than the file: no bomb."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_entries(path, entries)
            pickles = [entry for entry in entries if entry.filename.endswith("data.pkl")]
            if len(pickles) != 1:
                raise _damaged(path, "it holds no state_dict")
            if pickles[0].file_size > _LARGEST_PICKLE:
                raise _damaged(path, "what describes its tensors is far too large")
            with archive.open(pickles[0]) as file:
                _check_names(path, _names_called(file))
    except _UNREADABLE as error:
        raise _damaged(path, error) from error


def _check_entries(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise _damaged(path, "it is compressed, which torch's own files never are")
    if len(names) != len(entries) or len(entries) > _MOST_ENTRIES or unpacked > path.stat().st_size:
        raise _damaged(path, "its parts overlap")


def _check_old_file(path: Path) -> None:
    try:
        with path.open("rb") as file:
            for _ in range(_PICKLES_OF_OLD_FILES):
                _check_names(path, _names_called(file))
    except _UNREADABLE as error:
        raise _damaged(path, error) from error


def _names_called(file: IO[bytes]) -> Iterator[str]:
    """Every "module name" one pickle asks for; reads opcodes and runs none."""
    words: list[str] = []
    for opcode, argument, _ in pickletools.genops(file):
        if opcode.name == "GLOBAL":
            yield str(argument)
        elif opcode.name == "STACK_GLOBAL":
            # module and name may come from the memo: then they cannot be told and are refused
            yield " ".join(words[-2:])
        elif opcode.name in ("INST", "EXT1", "EXT2", "EXT4"):
            yield str(argument)
        elif isinstance(argument, str):
            words.append(argument)


def _check_names(path: Path, names: Iterator[str]) -> None:
    for name in names:
        module, _, attribute = name.partition(" ")
        is_storage = module in ("torch", "torch.storage") and attribute.endswith("Storage")
        is_type = module == "torch" and isinstance(getattr(torch, attribute, None), torch.dtype)
        if not (name in _NAMES_IN_WEIGHTS or is_storage or is_type):
            raise ModelError(
                f"{path.name} was refused, nothing in it ran: it asks for '{name.replace(' ', '.')}', which "
                "plain weights do not need; save the state_dict alone, best as safetensors"
            )


def _restricted(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # about pickles of another age, which fail or do not
            return torch.load(path, map_location="cpu", weights_only=True)
    except _UNREADABLE as error:
        raise _damaged(path, error) from error


def _unwrap(values: Any, path: Path) -> ForeignWeights:
    """The mapping of names to tensors inside a checkpoint."""
    unwrapped: list[str] = []
    for _ in range(_DEEPEST_WRAPPING):
        inner = _inner(values)
        if inner is None:
            break
        unwrapped.append(inner)
        values = values[inner]
    if not isinstance(values, Mapping):
        raise ModelError(f"{path.name} holds no state_dict but a {type(values).__name__}: save one")
    tensors = {str(name): value for name, value in values.items() if isinstance(value, Tensor)}
    if not tensors:
        raise ModelError(f"{path.name} holds no tensors: choose a file of weights")
    left_out = tuple(str(name) for name, value in values.items() if not isinstance(value, Tensor))
    return ForeignWeights(tensors, tuple(unwrapped), left_out)


def _inner(values: Any) -> str | None:
    """The key under which the tensors lie, where they do not lie here."""
    if not isinstance(values, Mapping):
        return None
    return next((key for key in _WRAPPERS if isinstance(values.get(key), Mapping)), None)


def _sound(tensors: Mapping[str, Tensor], path: Path) -> dict[str, Tensor]:
    """Every tensor as float32 or as the whole number it is; refuses what is not plain, finite values."""
    _check_sizes(tensors, path)
    sound = {}
    for name, tensor in tensors.items():
        try:
            value = tensor.detach().float() if tensor.is_floating_point() else tensor.detach()
        except _UNREADABLE as error:
            raise _damaged(path, error) from error
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise ModelError(
                f"{path.name} was refused: '{name}' holds values that are not numbers (NaN or infinite); "
                "the training that made it went wrong"
            )
        sound[name] = value
    return sound


def _check_sizes(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Views may claim more values than the file holds: refused before one of them is touched."""
    claimed = 0
    for name, tensor in tensors.items():
        if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_complex() or tensor.is_meta:
            raise ModelError(
                f"{path.name} was refused: '{name}' is sparse, quantised or complex; save plain weights"
            )
        claimed += tensor.numel() * tensor.element_size()
    if claimed > 2 * path.stat().st_size + _SLACK_BYTES:
        raise _damaged(path, "its tensors claim more values than it holds")


def _damaged(path: Path, reason: object) -> ModelError:
    """What went wrong in the words of the reader, one line of it."""
    words = (str(reason).strip().splitlines() or [type(reason).__name__])[0][:160]
    return ModelError(
        f"{path.name} was refused, nothing in it ran: it is damaged or no file of weights ({words})"
    )
