"""What was opened while a foreign file was looked at: seen from Python and, on Linux, from below it."""

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import segstudio

_CONTACTS = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.sendto",
    "subprocess.Popen",
    "os.system",
    "os.exec",
)
_OWN = tuple(
    str(Path(place).resolve())
    for place in (Path(segstudio.__file__).parents[1], sys.prefix, sys.base_prefix, "/proc", "/sys", "/usr")
)
_IN_OPEN, _IN_NONBLOCK = 0x20, os.O_NONBLOCK
_EVENT = struct.Struct("iIII")

_watching: list[list[str]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event in _CONTACTS:
        _watching[-1].append(f"{event} {arguments[:2]}")
    elif event == "open" and isinstance(arguments[0], str | bytes):
        _watching[-1].append(os.path.realpath(os.fsdecode(arguments[0])))


sys.addaudithook(_hook)  # there is no way to take it off again; it sleeps while nobody watches


@contextmanager
def confined_to(folder: Path) -> Iterator[None]:
    """AssertionError if Python opens a file outside `folder` and the program's own, or calls anybody."""
    seen: list[str] = []
    _watching.append(seen)
    try:
        yield
    finally:
        _watching.pop()
    allowed = (str(folder.resolve()), *_OWN)
    strangers = [each for each in seen if not each.startswith(allowed)]
    assert not strangers, f"opened or contacted: {strangers[:3]}"


class OpenedFiles:
    """Names of the files of one folder that anybody opens, GDAL's C++ too (Linux's inotify)."""

    is_possible = sys.platform == "linux"

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handle = self._libc.inotify_init1(_IN_NONBLOCK)
        watch = self._libc.inotify_add_watch(self._handle, os.fsencode(folder), _IN_OPEN)
        assert self._handle >= 0 and watch >= 0, os.strerror(ctypes.get_errno())

    def names(self) -> set[str]:
        """What was opened since the last call."""
        try:
            data = os.read(self._handle, 1 << 20)
        except BlockingIOError:
            return set()
        return set(_names(data))

    def close(self) -> None:
        os.close(self._handle)


def _names(data: bytes) -> Iterator[str]:
    at = 0
    while at < len(data):
        _, _, _, length = _EVENT.unpack_from(data, at)
        at += _EVENT.size
        name = data[at : at + length].rstrip(b"\0")
        at += length
        if name:
            yield os.fsdecode(name)
