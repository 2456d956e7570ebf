"""Finished runs on disk: one JSON file each, complete or not there."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from segstudio.errors import SegstudioError

Record = Mapping[str, Any]
_NEEDED = {
    "row", "seed", "scale", "figures", "settings", "steps", "encoder", "encoder_file", "data",
    "teaching_images", "judging_images",
}  # fmt: skip
"""What the tables are made of."""


def write_record(path: Path, record: Record) -> None:
    """Write a record under its own name in a single step.

    Raises:
        SegstudioError: the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise SegstudioError(
            f"{path.parent} cannot be written ({error.strerror}): choose another folder with -o"
        ) from error


def read_comparisons(work: Path, recipe: str, scale: str) -> dict[str, list[Record]]:
    """All records of a recipe at a scale by the folder they lie in; the newest of a row and seed.

    Raises:
        SegstudioError: a record cannot be read.
    """
    found: dict[str, list[Record]] = {}
    for folder in sorted(work.glob(f"{recipe}*/")):
        newest = {(each["row"], each["seed"]): each for each in _by_age(folder) if each["scale"] == scale}
        if newest:
            found[folder.name] = sorted(newest.values(), key=lambda record: int(record["seed"]))
    return found


def _by_age(folder: Path) -> Iterator[Record]:
    for path in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime):
        yield _read(path)


def _read(path: Path) -> Record:
    try:
        record: Record = json.loads(path.read_text(encoding="utf-8"))
        missing = _NEEDED - record.keys()
    except (OSError, ValueError, AttributeError) as error:
        raise _unreadable(path) from error
    if missing:
        raise _unreadable(path)
    return record


def _unreadable(path: Path) -> SegstudioError:
    return SegstudioError(f"the record {path} cannot be read: delete it, and its run is made again")
