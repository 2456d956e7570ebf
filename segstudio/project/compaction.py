"""The journal's room on disk, and forgetting its oldest steps when a person asks for it."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime

from segstudio.project.database import Database

_STEPS_AT_ONCE = 50
_PAGES_AT_ONCE = 500
_FORGETTABLE = "journal.id <= (SELECT cursor FROM images WHERE images.id = journal.image_id)"


@dataclass(frozen=True, slots=True)
class Room:
    """How much the history takes: bytes of its records, and steps; `oldest` is for people."""

    size_bytes: int
    steps: int
    oldest: str


@dataclass(frozen=True, slots=True)
class Forgetting:
    """What a compaction would forget, or has forgotten, for ever: steps up to the edit `newest_id`."""

    steps: int
    size_bytes: int
    newest_id: int


def room_of(database: Database) -> Room:
    """What the history of all images takes now."""
    size = database.row("SELECT coalesce(sum(length(change)), 0) FROM journal_changes") or (0,)
    steps = database.row("SELECT count(*), coalesce(min(at), '') FROM journal WHERE image_id IS NOT NULL")
    count, oldest = steps or (0, "")
    return Room(int(size[0]), int(count), str(oldest))


def plan_compaction(database: Database, keep_bytes: int) -> Forgetting:
    """The oldest steps that must go so that the history takes no more than so many bytes.

    Steps that were undone are not touched: redo needs them, and they are the newest.
    """
    rows = database.rows(
        "SELECT journal.id, coalesce(sum(length(change)), 0) FROM journal"
        " LEFT JOIN journal_changes ON edit_id = journal.id"
        f" WHERE image_id IS NOT NULL AND {_FORGETTABLE} GROUP BY journal.id ORDER BY journal.id"
    )
    excess = room_of(database).size_bytes - keep_bytes
    steps = freed = newest = 0
    for edit_id, size in rows:
        if freed >= excess:
            break
        steps, freed, newest = steps + 1, freed + size, edit_id
    return Forgetting(steps, freed, newest)


def compact_steps(database: Database, plan: Forgetting) -> Generator[int, None, Forgetting]:
    """Forget what was planned, some steps at a time; yields how many are gone. The masks stay as they are.

    That it happened is noted in the journal first; broken off half-way, the oldest are gone all the same.
    """
    if not plan.steps:
        return plan
    with database.transaction():
        database.execute(
            "INSERT INTO journal (image_id, tool, name, col_off, row_off, width, height, counts, at, details)"
            " VALUES (NULL, 'compact', 'compact', 0, 0, 0, 0, '{}', ?, json_object('steps', ?, 'bytes', ?))",
            (datetime.now(UTC).isoformat(timespec="milliseconds"), plan.steps, plan.size_bytes),
        )
    gone = 0
    while gone < plan.steps:
        with database.transaction():
            deleted = database.execute(
                "DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE image_id IS NOT NULL"
                f" AND id <= ? AND {_FORGETTABLE} ORDER BY id LIMIT {_STEPS_AT_ONCE})",
                (plan.newest_id,),
            ).rowcount
        if not deleted:
            break
        gone += deleted
        yield gone
    yield from _give_back_pages(database, gone)
    return plan


def shrink(database: Database) -> None:
    """Give all free pages back to the disk in one go, also in a project of an older making."""
    database.execute("PRAGMA auto_vacuum=INCREMENTAL")
    database.execute("VACUUM")


def _give_back_pages(database: Database, gone: int) -> Generator[int, None, None]:
    free = int((database.row("PRAGMA freelist_count") or (0,))[0])
    for _ in range(-(-free // _PAGES_AT_ONCE)):
        database.run_to_end(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})")
        yield gone
