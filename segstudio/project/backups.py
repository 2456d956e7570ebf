"""Copies of project.db: made beside the work, checked, numbered, and put back when a person asks for it."""

import logging
import os
import re
import shutil
import sqlite3
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from segstudio.errors import ProjectError
from segstudio.project.database import SQLITE_TROUBLE, said
from segstudio.project.lock import ProjectLock

_log = logging.getLogger(__name__)

BACKUPS_FOLDER = "backups"
DEFAULT_KEPT = 5
EDITS_BETWEEN = 200
"""After so many edits a copy is due, also if nobody ever rests."""

LEAST_BETWEEN_S = 300.0
"""But a program that edits without end does not copy without end."""

_NAME = re.compile(r"project-(\d{6})\.db")
_TEMPORARY = "project.db.new"
_PAGES_AT_ONCE = 256
_REST_S = 0.005
"""Between two pieces, so that the disk is free for strokes."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One good copy; a larger `number` is a newer one, whatever the clock says."""

    number: int
    path: Path
    size_bytes: int
    made_at: str


def backups_of(folder: Path) -> list[Backup]:
    """The copies of a project, newest first."""
    home = folder / BACKUPS_FOLDER
    found = [path for path in home.iterdir() if _NAME.fullmatch(path.name)] if home.is_dir() else []
    return sorted(map(_backup, found), key=lambda backup: -backup.number)


def make_backup(database: Path, *, kept: int) -> Backup:
    """Copy a project.db as it is at this moment, check the copy, and drop the oldest ones.

    May run beside the program that writes into it, in any thread.

    Raises:
        ProjectError: There is no room, or the database is damaged; the older copies stay.
    """
    home = database.parent / BACKUPS_FOLDER
    temporary = home / _TEMPORARY
    older = backups_of(database.parent)
    number = older[0].number + 1 if older else 1
    path = home / f"project-{number:06d}.db"
    try:
        home.mkdir(exist_ok=True)
        discard(temporary)
        with said(database):
            _copy(database, temporary)
        problem = problem_of(temporary)
        if problem:
            raise ProjectError(f"{database} shows damage ({problem}): close the project and open it again")
        sync(temporary)
        temporary.replace(path)
        sync(home)
    except OSError as error:
        raise ProjectError(
            f"no backup could be made in {home} ({error.strerror}): make room there"
        ) from error
    finally:
        with suppress(OSError):
            discard(temporary)
    for backup in backups_of(database.parent)[max(1, kept) :]:
        backup.path.unlink(missing_ok=True)
    return _backup(path)


def restore_backup(folder: Path, number: int | None = None) -> tuple[Backup, Path]:
    """Put a copy back in place of project.db, which is kept aside with its log.

    Args:
        folder: The project, open nowhere.
        number: Which copy; None = the newest one that is whole.

    Returns:
        The copy, and where the replaced file lies now.

    Raises:
        ProjectInUse: The project is open somewhere.
        ProjectError: There is no such copy, or none is whole.
    """
    lock = ProjectLock(folder)
    database, fresh = folder / "project.db", folder / _TEMPORARY
    try:
        chosen = _chosen(folder, number)
        shutil.copyfile(chosen.path, fresh)
        sync(fresh)
        aside = set_aside(database, "replaced")
        exchange(fresh, database)
    except OSError as error:
        raise ProjectError(
            f"the backup could not be put back ({error.strerror}): make room in {folder}"
        ) from error
    finally:
        with suppress(OSError):
            discard(fresh)
        lock.release()
    return chosen, aside


def set_aside(database: Path, why: str) -> Path:
    """Keep a database and its log, bit by bit, under a free name beside it; the name, or OSError."""
    names = (database.with_name(f"{database.stem}-{why}-{number}.db") for number in range(1, 1000))
    aside = next(name for name in names if not name.exists())
    try:
        for suffix in ("", "-wal"):
            source = database.with_name(database.name + suffix)
            if source.exists():
                shutil.copyfile(source, aside.with_name(aside.name + suffix))
                sync(aside.with_name(aside.name + suffix))
    except OSError:
        discard(aside)
        raise
    return aside


def exchange(fresh: Path, database: Path) -> None:
    """Put a whole new database in place of one that was set aside.

    The old log goes first: over another database it would be nonsense. A crash in between leaves the old
    database without its log, and the copy set aside with it.
    """
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    sync(database.parent)
    fresh.replace(database)
    sync(database.parent)


def discard(database: Path) -> None:
    """Remove a database with its log, which beside another of this name would be nonsense."""
    for suffix in ("-wal", "-shm", "-journal", ""):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def problem_of(path: Path) -> str | None:
    """What is wrong with the pages of a database; None if it is whole."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            answer: str = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except SQLITE_TROUBLE as error:
        return str(error)
    return None if answer == "ok" else " ".join(answer.split())


def sync(path: Path) -> None:
    """Make a file or a folder's list of files durable; folders cannot be synced everywhere."""
    with suppress(PermissionError):
        handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class BackupKeeper:
    """Makes copies of an open project in a thread of its own, when enough has changed or somebody rests."""

    def __init__(self, database: Path, *, kept: int = DEFAULT_KEPT) -> None:
        self.kept = kept
        self.problem: str | None = None
        self._database = database
        self._edits = 0
        self._last_s: float | None = None
        self._thread: threading.Thread | None = None

    def note_edit(self) -> None:
        """Count an edit; a copy is made when it is time."""
        self._edits += 1
        is_early = self._last_s is not None and time.monotonic() - self._last_s < LEAST_BETWEEN_S
        if self._edits >= EDITS_BETWEEN and not is_early:
            self.start()

    def start(self) -> bool:
        """Make a copy now if anything changed since the last one and none is being made; whether it began."""
        if not self._edits or (self._thread and self._thread.is_alive()):
            return False
        self._edits, self._last_s = 0, time.monotonic()
        self._thread = threading.Thread(target=self._run, name="backup", daemon=True)
        self._thread.start()
        return True

    def wait(self) -> None:
        """Wait for the copy being made, if any."""
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        try:
            make_backup(self._database, kept=self.kept)
            self.problem = None
        except ProjectError as error:
            # nothing is lost: the older copies stay, and the next time is tried again
            _log.warning("no backup: %s", error)
            self.problem = str(error)


def _copy(database: Path, target: Path) -> None:
    address = f"{database.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, isolation_level=None)) as source,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        copy.execute("PRAGMA synchronous=OFF")
        # one moment: without an open transaction the copy would begin anew after every stroke
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy, pages=_PAGES_AT_ONCE, sleep=_REST_S)
        copy.execute("PRAGMA journal_mode=DELETE")


def _chosen(folder: Path, number: int | None) -> Backup:
    copies = backups_of(folder)
    wanted = [each for each in copies if number in (None, each.number)]
    whole = (each for each in wanted if problem_of(each.path) is None)
    chosen = next(whole, None)
    if chosen is None:
        there = ", ".join(str(each.number) for each in copies) or "none"
        asked = "" if number is None else f" number {number}"
        raise ProjectError(f"there is no whole backup{asked} of {folder}: there are {there}")
    return chosen


def _backup(path: Path) -> Backup:
    found, status = _NAME.fullmatch(path.name), path.stat()
    made = datetime.fromtimestamp(status.st_mtime, UTC).isoformat(timespec="seconds")
    return Backup(int(found.group(1)) if found else 0, path, status.st_size, made)
