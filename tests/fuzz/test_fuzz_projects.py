"""A project from anybody opens, in whole or in part, or is refused; nothing in it runs or is fetched."""

import sqlite3
import struct
import zlib
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import strategies as st

from tests.fuzz.mutations import Changes, broken, mutations
from tests.fuzz.projects import put_project, sound_project, use_project
from tests.fuzz.properties import Property, judge, run_in_child, run_quick

_DEEP = "[" * 100_000 + "]" * 100_000
_TEXTS = (
    "", "abc", "1", "-1", "1e999", "new", "{}", "[]", "[1", '{"a":1}', '{"1":"x"}', '{"300":5}', '{"0":1.5}',
    '{"group":[]}', '{"group":99}', "null", "NaN", _DEEP, "../../../etc/passwd", "/etc/passwd", "/dev/zero",
    "http://127.0.0.1:9/x.tif", "/vsicurl/http://127.0.0.1:9/x.tif", "\0", "x" * 100_000, "\ud7ff\n\u202e",
    "#00FF00", "2020-99-99T99:99", "00" * 16,
)  # fmt: skip
_NUMBERS = (0, 1, -1, 2, 254, 255, 256, 700, 2**31 - 1, 2**31, -(2**31), 10**12, 2**63 - 1, -(2**63))


def _bomb(pixels: int, kind: bytes = b"Z", dtype: bytes = b"B") -> bytes:
    """A packed chunk that claims some pixels and unpacks to many more."""
    return struct.pack("<ccBII", kind, dtype, 2, pixels, 1) + zlib.compress(bytes(30_000_000), 9)


_BLOBS = (
    b"", b"\0" * 50, b"B" * 11, _bomb(1 << 18), _bomb(1 << 26), _bomb(1 << 26, b"R", b"f"),
    struct.pack("<ccBII", b"U", b"f", 2, 1 << 13, 1 << 13) + b"\0" * 4,
    struct.pack("<ccBII", b"U", b"B", 2, 0xFFFFFFFF, 0xFFFFFFFF) + b"\0",
    struct.pack("<ccBII", b"P", b"e", 2, 512, 512) + bytes(512 * 512 * 2), bytes(3_000_000),
)  # fmt: skip
HOSTILE_VALUES = (*_TEXTS, *_NUMBERS, *_BLOBS, 1.5, float("inf"), None)

_TABLES = {
    "town/project.db": (
        "settings", "classes", "images", "class_counts", "annotation_chunks", "depth_chunks", "journal",
        "journal_changes", "tiles", "runs", "sqlite_sequence",
    ),
    "town/predictions.db": ("prediction_chunks", "finished_strips"),
}  # fmt: skip


def broken_bytes(home: Path, name: str) -> Property:
    """Bytes of a database flipped, cut and exchanged."""
    data = sound_project()[name]
    pages = [(start, start + 120) for start in range(0, len(data), 4096)]

    def check(changes: Changes) -> None:
        use_project(put_project(home, {name: broken(data, changes)}))

    return Property(check, mutations(data, [(0, 100), *pages[:8]]), quick=8, soak=1500)


def hostile_values(home: Path) -> Property:
    """A database that is whole and says what no segstudio would."""
    rows = [(file, table) for file, tables in _TABLES.items() for table in tables]
    change = st.tuples(
        st.sampled_from(rows),
        st.integers(0, 14),
        st.sampled_from(["first", "all", "twin"]),
        st.integers(0, len(HOSTILE_VALUES) - 1),
    )

    def check(changes: list[tuple[tuple[str, str], int, str, int]]) -> None:
        folder = put_project(home, {})
        for (file, table), column, rows, value in changes:
            with closing(sqlite3.connect(folder.parent / file)) as database:
                with suppress(sqlite3.IntegrityError):  # a key of SQLite's own is always a whole number
                    _put(database, table, column, rows, HOSTILE_VALUES[value])
                database.commit()
        use_project(folder)

    return Property(check, st.lists(change, min_size=1, max_size=3), quick=25, soak=3000)


def _put(database: sqlite3.Connection, table: str, column: int, rows: str, value: object) -> None:
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    if not names:
        return
    name = names[column % len(names)]
    key = names[0]
    first = f"WHERE {key} = (SELECT min({key}) FROM {table})"
    if rows == "twin":  # one row more, which differs in this column alone
        chosen = ", ".join("?1" if each == name else each for each in names)
        database.execute(f"INSERT OR IGNORE INTO {table} SELECT {chosen} FROM {table} LIMIT 1", (value,))
        return
    database.execute(f"UPDATE OR IGNORE {table} SET {name} = ?1 {first if rows == 'first' else ''}", (value,))


def properties(home: Path) -> dict[str, Property]:
    return {
        "project": broken_bytes(home, "town/project.db"),
        "predictions": broken_bytes(home, "town/predictions.db"),
        "values": hostile_values(home),
    }


def test_a_sound_project_is_used_without_a_complaint(tmp_path: Path) -> None:
    use_project(put_project(tmp_path, {}))


@pytest.mark.parametrize("name", ["project", "predictions", "values"])
def test_a_broken_project_opens_in_part_or_is_refused(tmp_path: Path, name: str) -> None:
    run_quick(properties(tmp_path)[name])


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", ["project", "predictions", "values"])
def test_thousands_of_broken_projects_open_in_part_or_are_refused(name: str) -> None:
    run_in_child(__name__, name)


HOSTILE_SCHEMAS = {
    "a trigger": "CREATE TRIGGER t AFTER UPDATE ON images BEGIN DELETE FROM annotation_chunks; END",
    "a trigger that never ends": "CREATE TRIGGER t AFTER INSERT ON journal BEGIN INSERT INTO settings"
    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i, 'x' FROM n; END",
    "a view in place of a table": "DROP TABLE tiles; CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 1"
    " UNION ALL SELECT i+1 FROM n) SELECT 1 AS image_id, i AS row, i AS col, 'done' AS state FROM n",
    "a view of readfile": "DROP TABLE runs; CREATE VIEW runs AS SELECT 1 AS id, 'x' AS kind, 'y' AS state,"
    " 1 AS image_id, '' AS version_id, '' AS started_at, '' AS finished_at,"
    " readfile('/etc/passwd') AS details",
    "a generated column": "ALTER TABLE images ADD COLUMN more AS (zeroblob(900000000))",
    "a default that costs": "ALTER TABLE settings ADD COLUMN more DEFAULT 1",
    "an index over a function": "CREATE INDEX hidden ON images (load_extension(name))",
    "a table of full text": "CREATE VIRTUAL TABLE words USING fts5(text)",
    "a table missing": "DROP TABLE journal_changes",
    "a column missing": "ALTER TABLE images DROP COLUMN state",
    "a check that fails": "DROP TABLE tiles; CREATE TABLE tiles (image_id INTEGER, row INTEGER, col INTEGER,"
    " state TEXT CHECK (length(randomblob(500000000)) > 0), PRIMARY KEY (image_id, row, col))",
}


@pytest.mark.parametrize("what", HOSTILE_SCHEMAS)
def test_what_no_segstudio_has_put_into_a_database_is_not_run(tmp_path: Path, what: str) -> None:
    folder = put_project(tmp_path, {})
    with closing(sqlite3.connect(folder / "project.db")) as database:
        try:
            database.executescript(HOSTILE_SCHEMAS[what])
        except sqlite3.OperationalError as error:  # this SQLite does not even let it in
            assert "unsafe" in str(error) or "no such" in str(error) or "prohibited" in str(error)
            return
    judge(use_project, folder)


@pytest.mark.parametrize("value", HOSTILE_VALUES, ids=lambda value: repr(value)[:20])
def test_a_hostile_chunk_is_left_out(tmp_path: Path, value: object) -> None:
    folder = put_project(tmp_path, {})
    for file, table, columns in (
        ("project.db", "annotation_chunks", ("overview", "annotation", "origin")),
        ("project.db", "depth_chunks", ("overview", "depth")),
        ("project.db", "journal_changes", ("change",)),
        ("predictions.db", "prediction_chunks", ("prediction", "doubt", "depth", "doubt_overview")),
    ):
        with closing(sqlite3.connect(folder / file)) as database:
            for column in columns:
                database.execute(f"UPDATE OR IGNORE {table} SET {column} = ?", (value,))
            database.commit()
    judge(use_project, folder)
