"""A version's folder on disk: `version.json` for people to read, `weights.safetensors` beside it."""

import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segstudio.models.state_file import sync, write_state

VERSION_FILE = "version.json"
WEIGHTS_FILE = "weights.safetensors"
FORMAT = 1
"""Counted up when version.json changes so that an older program could misread it."""

LARGEST_TEXT_BYTES = 16_000_000
"""Records have some kilobytes; those with figures per scene and class up to a megabyte."""

_TEMPORARY = ".new-"
_DAY_S = 86400


def create_folder(store: Path, name: str, *, values: Mapping[str, Any], state: Mapping[str, Any]) -> Path:
    """Write a whole version under a temporary name, then rename it: it is there in full or not at all.

    A name that is taken gets a number. Returns the folder; its name is the version's id.
    """
    store.mkdir(parents=True, exist_ok=True)
    _sweep(store)
    temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=store))
    try:
        write_state(temporary / WEIGHTS_FILE, state)
        return _publish(temporary, store, name, values)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def read_text(path: Path) -> str:
    """A text of a person's or a stranger's; read only where it is a file of reasonable size.

    Raises:
        OSError: It is not there or cannot be read.
        ValueError: It is no file, far too large, or no text.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_TEXT_BYTES:
        raise ValueError(f"it is no text of at most {LARGEST_TEXT_BYTES // 10**6} MB")
    return path.read_text(encoding="utf-8")


def read_json(path: Path) -> Any:
    """A JSON text; raises like `read_text`, and ValueError where it is none."""
    try:
        return json.loads(read_text(path))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Replace a JSON file in one step; a reader sees the old or the new one, never a half."""
    handle, name = tempfile.mkstemp(prefix=_TEMPORARY, suffix=".json", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(values, file, indent=2, ensure_ascii=False)
            file.write("\n")
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def delete_folder(folder: Path) -> None:
    """Delete a version: it vanishes by a rename, then its files are removed."""
    grave = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=folder.parent))
    folder.rename(grave / folder.name)
    sync(folder.parent)
    shutil.rmtree(grave, ignore_errors=True)


def version_folders(store: Path) -> list[Path]:
    """Every folder that should be a version; temporary ones begin with a dot."""
    if not store.is_dir():
        return []
    return sorted(each for each in store.iterdir() if each.is_dir() and not each.name.startswith("."))


def _publish(temporary: Path, store: Path, name: str, values: Mapping[str, Any]) -> Path:
    for number in range(1, 1000):
        folder = store / (name if number == 1 else f"{name}-{number}")
        if folder.exists():
            continue
        write_json(temporary / VERSION_FILE, {"format": FORMAT, "id": folder.name, **values})
        try:
            temporary.rename(folder)
        except OSError:
            if folder.exists():  # another process was quicker
                continue
            raise
        # mkdtemp makes it private; a version is as readable as the project around it
        folder.chmod(0o755)
        sync(store)
        return folder
    raise OSError(f"no free name for a version like {name} in {store}")


def _sweep(store: Path) -> None:
    """Remove what a killed process left behind, once it is old enough to be nobody's work."""
    for each in store.glob(f"{_TEMPORARY}*"):
        if time.time() - each.stat().st_mtime > _DAY_S:
            shutil.rmtree(each, ignore_errors=True)
