"""Converted nets of this person, kept by content: each is there in full or not at all (free of torch)."""

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from segstudio import personal
from segstudio.inference.forward import NetShape

_log = logging.getLogger(__name__)
_MODEL, _RECORD, _TEMPORARY = "net.xml", "record.json", ".new-"
_MOST = 24  # of 13 MB for a light net; a version that is fine-tuned on gets a new one


@dataclass(frozen=True, slots=True)
class Export:
    """A converted net and what is known about it; `refused` says why it is not to be used."""

    model: Path
    shape: NetShape
    refused: str = ""
    figures: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ExportStore:
    """A folder of exports; those not used for longest go when there are too many."""

    folder: Path

    @classmethod
    def of_this_person(cls) -> Self:
        """The one the program uses."""
        return cls(personal.cache_folder() / "exports")

    def find(self, key: str) -> Export | None:
        """The export of this key; None where there is none or its record is damaged."""
        home = self.folder / key
        try:
            values = json.loads((home / _RECORD).read_text(encoding="utf-8"))
            os.utime(home)  # used today: others go first
            return Export(home / _MODEL, NetShape(**values["shape"]), values["refused"], values["figures"])
        except FileNotFoundError:
            shutil.rmtree(home, ignore_errors=True)  # the rest of one that was being deleted
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("the export %s cannot be read and is made again: %r", home, error)
            shutil.rmtree(home, ignore_errors=True)
            return None

    def keep(self, key: str, make: Callable[[Path], Export]) -> Export | None:
        """Let `make` write a model where it is told and say what it found; None where the disk is full.

        Raises:
            Exception: whatever `make` raises; nothing stays behind.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            making = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=self.folder))
        except OSError as error:
            _log.warning("no export can be kept in %s: %r", self.folder, error)
            return None
        try:
            found = make(making / _MODEL)
            _write_record(making / _RECORD, found)
            with suppress(OSError):  # another process was quicker
                making.rename(self.folder / key)
            return self.find(key)
        except OSError as error:
            _log.warning("no export can be kept in %s: %r", self.folder, error)
            return None
        finally:
            shutil.rmtree(making, ignore_errors=True)
            self._forget_oldest()

    def forget(self, export: Export) -> None:
        """Delete one whose model turned out to be damaged."""
        shutil.rmtree(export.model.parent, ignore_errors=True)

    def _forget_oldest(self) -> None:
        with suppress(OSError):
            homes = sorted(self.folder.iterdir(), key=lambda home: home.stat().st_mtime, reverse=True)
            for home in homes[_MOST:]:
                shutil.rmtree(home, ignore_errors=True)


def key_of(facts: Mapping[str, Any], *files: Path) -> str:
    """A name for what follows from these facts and the content of these files."""
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for file in files:
        status = file.stat()
        digest.update(file.name.encode())
        digest.update(_digest_of(file, status.st_size, status.st_mtime_ns))
    return digest.hexdigest()[:32]


@lru_cache(maxsize=16)
def _digest_of(file: Path, _size: int, _modified_ns: int) -> bytes:
    """The content of a file; read again only where its size or time has changed."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _write_record(file: Path, export: Export) -> None:
    values = {"shape": asdict(export.shape), "refused": export.refused, "figures": export.figures}
    file.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
