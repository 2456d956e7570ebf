"""What is whole of a damaged project.db becomes a new one; the damaged file is kept as it was.

Rows are read one by one around the damaged pages. A chunk that cannot be read is made again from the journal
where that goes back to the blank mask without a gap; otherwise it is left out, and said. A step of the
history that lost a part cannot be taken back: it and those before it are forgotten, and said.
"""

import logging
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import ProjectError
from segstudio.project.backups import discard, exchange, set_aside, sync
from segstudio.project.database import SQLITE_TROUBLE, DamagedDatabase, Database, shield
from segstudio.project.salvage import Salvage
from segstudio.project.schema import PROJECT_APPLICATION, PROJECT_MIGRATIONS, create_schema

_log = logging.getLogger(__name__)

_TEMPORARY = "project.db.new"


class BeyondRepair(DamagedDatabase):
    """Not even the lists of images and classes can be read; a backup may be put back into `folder`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"project.db in {folder} is damaged beyond repair: put a backup in its place with "
            "`segstudio project restore`"
        )
        self.folder = folder


@dataclass(frozen=True, slots=True)
class Rescue:
    """What became of a damaged project: chunks left out as (image name, row, column), steps forgotten."""

    aside: Path
    lost_chunks: tuple[tuple[str, int, int], ...]
    lost_steps: int
    rebuilt: int

    @property
    def sentence(self) -> str:
        """What a person has to know."""
        places = ", ".join(f"{name} row {row} column {col}" for name, row, col in self.lost_chunks[:5])
        more = f" and {len(self.lost_chunks) - 5} more" if len(self.lost_chunks) > 5 else ""
        lost = f"lost are the tiles {places}{more}" if places else "all masks are whole"
        steps = f"; {self.lost_steps} old steps can no longer be taken back" if self.lost_steps else ""
        return f"project.db was damaged: {lost}{steps}; the damaged file is kept as {self.aside.name}"


def rescue(folder: Path, database: Path) -> Rescue:
    """Put what can be read of a damaged database in its place; whoever calls holds the project's lock.

    Raises:
        BeyondRepair: Too little can be read; nothing was changed.
        ProjectError: There is no room beside the damaged file; nothing was changed.
    """
    fresh = folder / _TEMPORARY
    discard(fresh)
    try:
        lost, lost_steps, rebuilt = _salvaged(database, fresh)
        sync(fresh)
        aside = set_aside(database, "damaged")
        exchange(fresh, database)
    except OSError as error:
        raise ProjectError(
            f"project.db in {folder} is damaged and cannot be repaired there ({error.strerror}): make room "
            "and open it again"
        ) from error
    finally:
        discard(fresh)
    found = Rescue(aside, tuple(lost), lost_steps, rebuilt)
    _log.error("%s", found.sentence)
    return found


def _salvaged(database: Path, target: Path) -> tuple[list[tuple[str, int, int]], int, int]:
    """Fill a fresh database; chunks that are lost, steps that are, and chunks made again."""
    with closing(Database(target, durable=False, incremental_vacuum=True)) as fresh, fresh.transaction():
        create_schema(fresh, PROJECT_MIGRATIONS, PROJECT_APPLICATION)
        fresh.execute("PRAGMA defer_foreign_keys=ON")  # a record may have lost the step it belongs to
        try:
            with closing(_opened(database)) as damaged:
                salvage = Salvage(damaged, fresh)
                salvage.copy_tables()
                lost_steps = salvage.forget_broken_steps()
                rebuilt, lost = salvage.repair_chunks()
                salvage.count_pixels()
        except (DamagedDatabase, *SQLITE_TROUBLE) as error:
            raise BeyondRepair(database.parent) from error
    return lost, lost_steps, rebuilt


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    shield(connection)
    return connection
