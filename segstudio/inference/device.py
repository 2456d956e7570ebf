"""What the machine offers, and how a process gets ready for it (torch is imported inside functions only)."""

import ctypes
import logging
import os
import platform
import sys
from contextlib import AbstractContextManager, nullcontext, suppress
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from segstudio.errors import ModelError

if TYPE_CHECKING:
    from torch import nn

Net = TypeVar("Net", bound="nn.Module")

_log = logging.getLogger(__name__)
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # glibc's malloc.h

ARITHMETIC_THREADS = "segstudio-arithmetic"
"""How the names of threads begin that read ahead, run a net or blend: other threads go first."""


@dataclass(frozen=True, slots=True)
class Device:
    """Where the net runs: a torch device name and "fp32", "fp16" or "bf16"."""

    name: str
    precision: str = "fp32"

    @property
    def is_cuda(self) -> bool:
        """Whether this is an NVIDIA (or ROCm) device."""
        return self.name.startswith("cuda")

    @property
    def batch(self) -> int:
        """Windows seen at a time; on a CPU more than one gains nothing."""
        return 8 if self.is_cuda else 1

    def autocast(self) -> AbstractContextManager[Any]:
        """Half precision where the device has it; nothing elsewhere (on a CPU bf16 changes the answers)."""
        if self.precision == "fp32":
            return nullcontext()
        import torch

        half = torch.bfloat16 if self.precision == "bf16" else torch.float16
        return torch.autocast(self.name.split(":")[0], dtype=half)


CPU = Device("cpu")


def pick_device(wanted: str = "auto") -> Device:
    """The device of that name, or the best there is for "auto".

    Raises:
        ModelError: This machine does not have the device that was asked for.
    """
    import torch

    if wanted == "auto":
        wanted = (
            "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        )
    kind = wanted.split(":")[0]
    if kind == "cpu":
        return CPU
    if kind == "cuda" and torch.cuda.is_available():
        return Device(wanted, "bf16" if torch.cuda.is_bf16_supported() else "fp16")
    if kind == "mps" and torch.backends.mps.is_available():
        return Device(wanted)
    raise ModelError(f"This machine has no device {wanted!r}: choose cpu or auto.")


def placed(net: "Net", device: Device) -> "Net":
    """The net on its device, channel-last in memory (on a CPU: 0.55 of the forward pass's time)."""
    import torch

    return net.to(device.name).to(memory_format=torch.channels_last)


def prepare_process() -> None:
    """Make this process a good neighbour and quick at tensors; call it before torch is imported.

    Waiting OpenMP threads sleep instead of spin (beside one busy process: 1.4x slower instead of 4.3x), and
    glibc keeps freed tensors instead of giving each back to the system (38 instead of 52 ms a window). Both
    heap settings together: the trim threshold alone is three times slower. They hold for the main arena
    only, so that is the only one: a net in any other thread was a quarter slower. Harmless where there is no
    glibc.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    if sys.platform.startswith("linux"):
        _keep_heap()


def _keep_heap() -> None:
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # musl and other C libraries
        return
    mallopt.argtypes, mallopt.restype = (ctypes.c_int, ctypes.c_int), ctypes.c_int
    wanted = {_M_MMAP_THRESHOLD: 1 << 30, _M_TRIM_THRESHOLD: 2**31 - 1, _M_ARENA_MAX: 1}
    taken = all([mallopt(name, value) for name, value in wanted.items()])
    _log.debug("kept heap: %s", "yes" if taken else "refused")


def release_memory() -> None:
    """Give back what a job has left behind: the device's cached tensors and the heap's free pages.

    No garbage is collected for it: nets hold no circles, and with torch loaded that stops every thread for a
    quarter of a second.
    """
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
    if sys.platform.startswith("linux"):
        with suppress(AttributeError, OSError):  # as above
            ctypes.CDLL(None).malloc_trim(0)


def may_have_gpu() -> bool:
    """Whether it is worth loading torch to look for a device; a driver's door tells, without torch."""
    if sys.platform == "win32":
        return find_library("nvcuda") is not None
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    return any(Path(door).exists() for door in ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd"))
