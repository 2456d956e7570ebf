"""What the two databases look like, and how an older one becomes a newer one.

A migration is a script that takes the schema one version up; scripts are only ever added. `application_id`
says whose file it is, `user_version` how many migrations it has seen.
"""

import sqlite3
from contextlib import closing

from segstudio.errors import ProjectError
from segstudio.project.database import Database

PROJECT_APPLICATION = 0x53454753
PREDICTIONS_APPLICATION = 0x53454750

PROJECT_MIGRATIONS = (
    """
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE classes (
        id INTEGER PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, colour TEXT NOT NULL,
        visible INTEGER NOT NULL, locked INTEGER NOT NULL);
    CREATE TABLE images (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
        relative_path TEXT, absolute_path TEXT NOT NULL,
        width INTEGER NOT NULL, height INTEGER NOT NULL, has_georeference INTEGER NOT NULL,
        file_size INTEGER NOT NULL, modified_ns INTEGER NOT NULL, fingerprint TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'new',
        cursor INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE class_counts (
        image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        class_id INTEGER NOT NULL, pixels INTEGER NOT NULL,
        PRIMARY KEY (image_id, class_id)) WITHOUT ROWID;
    CREATE TABLE annotation_chunks (
        image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        row INTEGER NOT NULL, col INTEGER NOT NULL,
        overview BLOB NOT NULL, annotation BLOB NOT NULL, origin BLOB NOT NULL,
        PRIMARY KEY (image_id, row, col));
    CREATE TABLE depth_chunks (
        image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        row INTEGER NOT NULL, col INTEGER NOT NULL,
        overview BLOB NOT NULL, depth BLOB NOT NULL,
        PRIMARY KEY (image_id, row, col));
    CREATE TABLE journal (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        image_id INTEGER REFERENCES images (id) ON DELETE CASCADE,
        tool TEXT NOT NULL, name TEXT NOT NULL, class_id INTEGER,
        col_off INTEGER NOT NULL, row_off INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
        counts TEXT NOT NULL, version_id TEXT, at TEXT NOT NULL, details TEXT);
    CREATE INDEX journal_by_image ON journal (image_id, id);
    CREATE TABLE journal_changes (
        edit_id INTEGER NOT NULL REFERENCES journal (id) ON DELETE CASCADE,
        row INTEGER NOT NULL, col INTEGER NOT NULL, change BLOB NOT NULL,
        PRIMARY KEY (edit_id, row, col));
    CREATE TABLE tiles (
        image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
        row INTEGER NOT NULL, col INTEGER NOT NULL, state TEXT NOT NULL,
        PRIMARY KEY (image_id, row, col)) WITHOUT ROWID;
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, state TEXT NOT NULL,
        image_id INTEGER REFERENCES images (id) ON DELETE SET NULL, version_id TEXT,
        started_at TEXT NOT NULL, finished_at TEXT, details TEXT NOT NULL);
    """,
)
"""The overviews stand before the chunks themselves: read alone, they spare SQLite the long pages behind.

An entry of the journal without an image is one about the whole project (classes merged or removed), with its
`details` as JSON.
"""

PREDICTIONS_MIGRATIONS = (
    """
    CREATE TABLE prediction_chunks (
        image_id INTEGER NOT NULL, row INTEGER NOT NULL, col INTEGER NOT NULL, version_id TEXT NOT NULL,
        prediction_overview BLOB NOT NULL, doubt_overview BLOB NOT NULL, depth_overview BLOB,
        prediction BLOB NOT NULL, doubt BLOB NOT NULL, depth BLOB,
        PRIMARY KEY (image_id, row, col));
    """,
    """
    CREATE TABLE finished_strips (
        image_id INTEGER NOT NULL, plan TEXT NOT NULL,
        col_off INTEGER NOT NULL, row_off INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
        PRIMARY KEY (image_id, plan, col_off, row_off)) WITHOUT ROWID;
    """,
)
"""`finished_strips` is the ledger of predictions that can be gone on with: a line is there only with all
chunks of its strip. `plan` is a digest of everything the answers depend on.
"""


_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@'"


class ForeignDatabase(ProjectError):
    """Somebody has put things into a database that are not ours, or taken some out."""


def create_schema(database: Database, migrations: tuple[str, ...], application: int) -> None:
    """Fill an empty database; call it inside a transaction."""
    _migrate(database, migrations, seen=0)
    database.execute(f"PRAGMA application_id={application}")


def check_schema(database: Database, migrations: tuple[str, ...], application: int) -> None:
    """Bring a database up to date.

    Raises:
        DamagedDatabase: There is nothing in it.
        ForeignDatabase: It holds other things than our tables.
        ProjectError: It is no project's, or newer than this program.
    """
    found = database.row("PRAGMA application_id")
    seen = (database.row("PRAGMA user_version") or (0,))[0]
    if found != (application,):
        raise ProjectError(f"{database.path} is not part of a segstudio project: choose another folder")
    if seen > len(migrations):
        raise ProjectError(
            f"{database.path} was made by a newer segstudio (format {seen}, this program knows up to "
            f"{len(migrations)}): update segstudio to open it"
        )
    _refuse_strangers(database, migrations[:seen])
    if seen < len(migrations) and not database.read_only:  # migrations add: what is older can be read
        with database.transaction():
            _migrate(database, migrations, seen=seen)


def _refuse_strangers(database: Database, migrations: tuple[str, ...]) -> None:
    """Nothing but our own tables: a trigger or a view would run with every step, and may never end."""
    found = set(database.rows(_OBJECTS))
    with closing(sqlite3.connect(":memory:")) as ours:
        ours.executescript("".join(migrations))
        known = set(ours.execute(_OBJECTS))
    if found != known:
        stranger = min(f"{kind} '{name}'" for kind, name, _, _ in found ^ known)
        raise ForeignDatabase(
            f"{database.path} is not as segstudio makes it ({stranger}): put a backup in its place with "
            "`segstudio project restore`"
        )


def _migrate(database: Database, migrations: tuple[str, ...], *, seen: int) -> None:
    for script in migrations[seen:]:
        for statement in script.split(";"):
            if statement.strip():
                database.execute(statement)
    database.execute(f"PRAGMA user_version={len(migrations)}")
