"""Only one program at a time writes into a project; the next is told which."""

import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from segstudio.errors import ProjectError

LOCK_FILE = "project.lock"


class OnlyReadable(ProjectError):
    """The project cannot be changed from here; it may still be opened read-only."""


class ProjectInUse(OnlyReadable):
    """Another program has the project open."""


class ProjectLock:
    """The system's own lock on a file in the project folder.

    It ends with the process that holds it, however that ends; the file's text only says who it was.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / LOCK_FILE
        try:
            self._file: IO[bytes] = path.open("a+b", buffering=0)
        except OSError as error:
            raise OnlyReadable(
                f"the project folder {folder} cannot be written to ({error.strerror}): open it read-only, "
                "or copy it elsewhere"
            ) from error
        try:
            is_ours = _try_lock(self._file)
        except OSError as error:
            self._file.close()
            raise OnlyReadable(
                f"the disk of {folder} cannot keep two programs apart ({error.strerror}): open the project "
                "read-only, or copy it to a disk of this computer"
            ) from error
        if not is_ours:
            owner = _owner(self._file)
            self._file.close()
            raise ProjectInUse(
                f"the project {folder} is open in another window ({owner}): close it there, "
                "or open it read-only"
            )
        self._sign()

    def release(self) -> None:
        """Let the next one in."""
        if not self._file.closed:
            _unlock(self._file)
            self._file.close()

    def _sign(self) -> None:
        with suppress(OSError):  # on a full disk it is held all the same, and nothing waits to be written
            self._file.truncate(0)
            self._file.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode())


def _owner(file: IO[bytes]) -> str:
    try:
        file.seek(0)
        owner = json.loads(file.read(1000))
        return f"process {int(owner['pid'])} on {owner['host']!s}"
    except (OSError, ValueError, KeyError, TypeError):
        return "who it is cannot be told"


if sys.platform == "win32":
    import msvcrt

    # a byte far behind the text, since Windows lets nobody read a locked byte
    _LOCKED_BYTE = 1 << 30

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        file.seek(0)
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
