"""Several processes share one folder: what one has begun the others leave alone."""

import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

_GRACE_SECONDS = 60  # a claim whose text is not there yet is somebody's, for so long


@contextmanager
def claim(path: Path) -> Iterator[bool]:
    """Whether this process may do what `path` stands for; the claim ends with the block.

    The claim is a file that is created exclusively and names its process; one whose process is gone is
    taken over.
    """
    mine = _create(path) or _take_over(path)
    try:
        yield mine
    finally:
        if mine:
            path.unlink(missing_ok=True)


def _create(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        return False
    process = psutil.Process()
    owner = {"pid": process.pid, "began": process.create_time(), "host": socket.gethostname()}
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(owner, file)
    return True


def _take_over(path: Path) -> bool:
    return _is_stale(path) and _take_away(path) and _create(path)


def _is_stale(path: Path) -> bool:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        pid, began, host = int(owner["pid"]), float(owner["began"]), str(owner["host"])
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError):
        return _age_seconds(path) > _GRACE_SECONDS
    if host != socket.gethostname():
        return False
    try:
        # a number may have been given to another process since
        return bool(abs(psutil.Process(pid).create_time() - began) > 1)
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False


def _age_seconds(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _take_away(path: Path) -> bool:
    """Remove a stale claim; of two processes that try, one gets it."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.rename(aside)
    except OSError:
        return False
    # what was moved may be a claim that another process has made since it was judged stale
    is_stale = _is_stale(aside)
    if not is_stale:
        with suppress(OSError):
            os.link(aside, path)
    aside.unlink(missing_ok=True)
    return is_stale
