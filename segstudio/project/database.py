"""One connection to one database file: how it is opened, changed and how its errors are said."""

import logging
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from segstudio.errors import ProjectError

_log = logging.getLogger(__name__)

Row = tuple[Any, ...]

_CHECKPOINT_BYTES = 4 << 20
"""After so much has been written, the write-ahead log is moved into the database beside the work."""

_EMERGENCY_PAGES = 20_000
"""Only if that never happens, a commit does it itself (80 MB)."""

_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_TOOBIG")
# What damage is called where it has no name of its own.
_NAMELESS_DAMAGE = ("Could not decode to UTF-8", "unsupported file format")

MAX_VALUE_BYTES = 16 << 20
"""No value is larger (a chunk of depth has 1 MB): a damaged or hostile file must not ask for all memory."""

# What reading a damaged file raises: SQLite's words for it may quote bytes that are no text.
SQLITE_TROUBLE = (sqlite3.DatabaseError, UnicodeDecodeError)

_WAYS_OUT = {
    "SQLITE_FULL": "there is no room left on the disk: free some space and repeat the last step",
    "SQLITE_READONLY": "the folder cannot be written to: open the project read-only or copy it elsewhere",
    "SQLITE_CANTOPEN": "it cannot be opened: check that the folder is there and may be written to",
    "SQLITE_BUSY": "another program is using it: close it there and repeat the last step",
    "SQLITE_LOCKED": "another program is using it: close it there and repeat the last step",
    "SQLITE_CORRUPT": "it is damaged: close the project and open it again, which repairs what is whole",
    "SQLITE_NOTADB": "it is no database: keep the file and put a backup in its place with `project restore`",
    "SQLITE_IOERR": "the disk does not answer: check the drive or the network share it lies on",
    "SQLITE_TOOBIG": "it holds values far too large: put a backup in its place with `project restore`",
    "SQLITE_PERM": "you may not read or write it: ask its owner for access",
}


class DamagedDatabase(ProjectError):
    """The file is there, but its content is no longer a database, or not all of it."""


class Database:
    """A connection that belongs to the thread that opened it.

    Changes happen inside `transaction()` and are there in full or not at all. With `durable`, a commit has
    reached the disk when it returns.
    """

    def __init__(
        self, path: Path, *, read_only: bool = False, durable: bool = True, incremental_vacuum: bool = False
    ) -> None:
        self.path = path
        self.read_only = read_only
        self._depth = 0
        self._is_paused = False
        self.is_damaged = False
        self._checkpointer = Checkpointer(path)
        with said(path):
            self._connection = _connect(path, read_only=read_only)
            try:
                if incremental_vacuum:  # only before the first table
                    self._connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
                self._configure(durable=durable)
            except (sqlite3.Error, UnicodeDecodeError):
                self._connection.close()
                raise

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        with self._watched():
            return self._connection.execute(sql, values)

    def run_to_end(self, sql: str) -> None:
        """Run a statement that gives rows without columns, which `rows` would end after the first."""
        with self._watched():
            self._connection.executescript(sql)

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[Row]:
        """All rows of a query."""
        with self._watched():
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: tuple[Any, ...] = ()) -> Row | None:
        """The first row of a query, or None."""
        with self._watched():
            found: Row | None = self._connection.execute(sql, values).fetchone()
            return found

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside are committed together at the end, or none if an exception leaves the block.

        A transaction inside a transaction is part of it.
        """
        self.refuse_change()
        if self._depth:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._depth -= 1

    def refuse_change(self) -> None:
        """ProjectError if nothing can be changed now: opened read-only, or within a long transaction."""
        if self.read_only:
            raise ProjectError(
                "the project is open read-only: close it where it is in use, then open it again"
            )
        if self._is_paused:
            raise ProjectError(
                "an edit over many pixels is still being written: wait until it is done, or cancel it"
            )

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Between two steps of a long transaction: what others would change now would hang on its fate."""
        self._is_paused = True
        try:
            yield
        finally:
            self._is_paused = False

    def check(self) -> None:
        """Look through all pages; DamagedDatabase if one is not as it should be."""
        answer = (self.row("PRAGMA quick_check(1)") or ("no answer",))[0]
        if answer != "ok":
            raise DamagedDatabase(
                f"{self.path.name} in {self.path.parent} is damaged ({' '.join(str(answer).split())}): "
                "put a backup in its place with `segstudio project restore`"
            )

    def note_written(self, size: int) -> None:
        """Say that so many bytes went in, so that the log is tidied up in time."""
        self._checkpointer.note_written(size)

    def close(self) -> None:
        """Close the connection; the log is moved into the database."""
        self._checkpointer.wait()
        with said(self.path):
            self._connection.close()

    def _configure(self, *, durable: bool) -> None:
        shield(self._connection)
        pragmas = ["foreign_keys=ON", "cache_size=-16384"]
        if not self.read_only:
            pragmas += ["journal_mode=WAL", f"synchronous={'FULL' if durable else 'NORMAL'}", "fullfsync=ON"]
        if not self.read_only and durable:
            pragmas += [f"wal_autocheckpoint={_EMERGENCY_PAGES}"]
        for pragma in pragmas:
            self._connection.execute(f"PRAGMA {pragma}")

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            with said(self.path):
                yield
        except DamagedDatabase:
            self.is_damaged = True
            raise

    def _roll_back(self) -> None:
        # after some errors (a full disk) SQLite has rolled back by itself
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


class Checkpointer:
    """Moves the write-ahead log into the database in a thread of its own, so that no stroke waits for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = 0
        self._thread: threading.Thread | None = None

    def note_written(self, size: int) -> None:
        """Count; start a checkpoint when it is time and none is running."""
        self._written += size
        if self._written < _CHECKPOINT_BYTES or (self._thread and self._thread.is_alive()):
            return
        self._written = 0
        self._thread = threading.Thread(target=self._run, name="checkpoint", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait for the running checkpoint, if any."""
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        try:
            with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:
            # nothing is lost: the log stays and the next checkpoint, or closing, moves it
            _log.warning("the log of %s was not tidied up: %s", self._path, error)


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Turn what the disk or a damaged file does to us into a sentence; our own mistakes fly on."""
    try:
        yield
    except SQLITE_TROUBLE as error:
        name = _name(error)
        way_out = next((way_out for prefix, way_out in _WAYS_OUT.items() if name.startswith(prefix)), None)
        if way_out is None:
            raise
        kind = DamagedDatabase if name.startswith(_DAMAGE) else ProjectError
        raise kind(f"{path.name} in {path.parent} cannot be used, {way_out}") from error


def _name(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError) or str(error).startswith(_NAMELESS_DAMAGE):
        return "SQLITE_CORRUPT"
    return getattr(error, "sqlite_errorname", "") or ""


def shield(connection: sqlite3.Connection) -> None:
    """Before a file from anybody is read: nothing in it runs, and no value of it takes all memory."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    if sys.version_info >= (3, 12):
        for option in (sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, sqlite3.SQLITE_DBCONFIG_ENABLE_VIEW):
            connection.setconfig(option, False)
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    if not read_only:
        return sqlite3.connect(path, isolation_level=None, timeout=5)
    address = path.absolute().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None, timeout=5)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        # a log cannot be read in a folder that cannot be written; without one the file alone is whole
        connection.close()
        if path.with_name(f"{path.name}-wal").exists():
            raise ProjectError(
                f"{path.name} in {path.parent} was not closed and nothing can be written there: copy the "
                "folder elsewhere and open it there"
            ) from error
        return sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True, isolation_level=None)
    return connection
