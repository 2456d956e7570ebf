"""Finished runs on disk: one JSON file each, complete or not there."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from segstudio.errors import SegstudioError

Record = Mapping[str, Any]


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
    """All records of a recipe at a scale by the comparison they belong to; the newest of a row and seed."""
    found: dict[str, list[Record]] = {}
    for folder in sorted(work.glob(f"{recipe}-{scale}-*")):
        newest = {(record["row"], record["seed"]): record for record in _by_age(folder)}
        if newest:
            found[folder.name] = sorted(newest.values(), key=lambda record: int(record["seed"]))
    return found


def _by_age(folder: Path) -> Iterator[Record]:
    for path in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SegstudioError(
                f"the record {path} cannot be read: delete it, and its run is made again"
            ) from error
        yield record
