"""What the rows of the databases may say: a file from anybody is whole for SQLite and may still say anything.

A column of SQLite takes values of every type, so types are checked here, and with them what the program
counts on: sizes within reason, JSON where JSON is read. The tables of chunks are large; theirs are checked
as they are read.
"""

from collections.abc import Iterator, Mapping

from segstudio.errors import ProjectError
from segstudio.project.database import DamagedDatabase, Database
from segstudio.raster.limits import MAX_SIDE_PX

MAX_IMAGES = 100_000

_LONGEST_NAME = 10_000
_SIZE = f"BETWEEN 1 AND {MAX_SIDE_PX}"
_PLACE = f"BETWEEN 0 AND {MAX_SIDE_PX}"
_PIXELS = f"pixels BETWEEN -{MAX_SIDE_PX**2} AND {MAX_SIDE_PX**2}"
_CLASS_ID = "BETWEEN 0 AND 254"
_OF_IMAGE = "image_id IS NULL OR image_id IN (SELECT id FROM images)"
_IS_OBJECT = "json_valid({0}) AND json_type({0}) = 'object'"
_COUNTS = (
    "json_valid(counts) AND json_type(counts) = 'object' AND (counts = '{}' OR NOT EXISTS ("
    "SELECT 1 FROM json_each(counts) AS each WHERE each.type != 'integer'"
    f" OR each.key != CAST(CAST(each.key AS INTEGER) AS TEXT) OR NOT CAST(each.key AS INTEGER) {_CLASS_ID}))"
)
_GROUP = "json_type(details, '$.group') IS NULL OR json_type(details, '$.group') IN ('integer', 'null')"

Rules = Mapping[str, tuple[str, ...]]
"""What is true of every sound row, by table, in SQL."""

PROJECT_RULES: Rules = {
    "settings": (
        "json_valid(value)",
        "name != 'active_model' OR json_type(value) = 'text'",
        "name NOT IN ('user:backups_kept', 'user:last_image') OR json_type(value) = 'integer'",
    ),
    "classes": (
        f"id {_CLASS_ID}",
        f"length(name) BETWEEN 1 AND {_LONGEST_NAME}",
        f"colour GLOB '#{'[0-9A-Fa-f]' * 6}'",
    ),
    "images": (
        f"width {_SIZE} AND height {_SIZE}",
        f"length(name) BETWEEN 1 AND {_LONGEST_NAME}",
        f"length(absolute_path) <= {_LONGEST_NAME} AND coalesce(length(relative_path), 0) <= {_LONGEST_NAME}",
        "file_size >= 0 AND cursor >= 0",
        "state IN ('new', 'started', 'done')",
    ),
    "class_counts": (
        f"class_id {_CLASS_ID}",
        _PIXELS,
        _OF_IMAGE,
    ),
    "journal": (
        "id > 0 AND coalesce(class_id, 0) BETWEEN 0 AND 255",
        f"col_off {_PLACE} AND row_off {_PLACE} AND width {_PLACE} AND height {_PLACE}",
        _COUNTS,
        _OF_IMAGE,
        f"details IS NULL OR ({_IS_OBJECT.format('details')} AND ({_GROUP}))",
    ),
    "tiles": (f"row {_PLACE} AND col {_PLACE}", "state IN ('new', 'done')", _OF_IMAGE),
    "runs": (_IS_OBJECT.format("details"), _OF_IMAGE),
}
PREDICTION_RULES: Rules = {
    "finished_strips": (f"col_off {_PLACE} AND row_off {_PLACE} AND width {_PLACE} AND height {_PLACE}",),
}
_CHUNK_PLACE = f"row {_PLACE} AND col {_PLACE}"
_LARGE_TABLES: Rules = {
    "annotation_chunks": (_CHUNK_PLACE, _OF_IMAGE),
    "depth_chunks": (_CHUNK_PLACE, _OF_IMAGE),
    "journal_changes": (_CHUNK_PLACE,),
}
_TYPES = {"INTEGER": "integer", "TEXT": "text", "BLOB": "blob"}


def check_content(database: Database, rules: Rules) -> None:
    """Look through the rows of small tables.

    Raises:
        DamagedDatabase: A row says what no segstudio has written.
        ProjectError: There are more images than can be listed.
    """
    for table, rule in _rules(database, rules):
        if database.row(f"SELECT 1 FROM {table} WHERE NOT ({rule}) LIMIT 1"):
            raise DamagedDatabase(
                f"{database.path} says in its table '{table}' what makes no sense: put a backup in its place "
                "with `segstudio project restore`"
            )
    if "images" in rules and (database.row("SELECT count(*) FROM images") or (0,))[0] > MAX_IMAGES:
        raise ProjectError(
            f"{database.path} lists more than {MAX_IMAGES:,} images: make several projects of them"
        )


def drop_impossible(database: Database) -> set[str]:
    """Remove the rows that say what no segstudio has written; the tables that lost some."""
    found = set()
    for table, rule in _rules(database, {**PROJECT_RULES, **_LARGE_TABLES}):
        if database.execute(f"DELETE FROM {table} WHERE NOT ({rule})").rowcount:
            found.add(table)
    return found


def _rules(database: Database, tables: Rules) -> Iterator[tuple[str, str]]:
    """Every table with what is true of each of its sound rows."""
    for table, rules in tables.items():
        columns = database.rows(f"PRAGMA table_info({table})")
        if not columns:  # an older format, open read-only
            continue
        typed = (_typed(*column[1:4], is_key=bool(column[5])) for column in columns)
        # a comparison with NULL is neither true nor false
        yield table, " AND ".join(f"coalesce({rule}, 0)" for rule in (*typed, *rules))


def _typed(name: str, declared: str, is_needed: int, *, is_key: bool) -> str:
    rule = f"typeof({name}) = '{_TYPES[declared]}'"
    return rule if is_needed or is_key else f"{rule} OR {name} IS NULL"
