"""project.db: what people said. Settings, classes, images, review state, runs, and the door to the rest."""

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from segstudio.errors import ProjectError
from segstudio.mask.classes import ClassList
from segstudio.mask.plane import ChunkKey
from segstudio.project.backups import discard, exchange, sync
from segstudio.project.class_table import ClassTable
from segstudio.project.content import PROJECT_RULES, check_content
from segstudio.project.database import DamagedDatabase, Database, Row
from segstudio.project.images import ImageFile, ImageTable
from segstudio.project.schema import PROJECT_APPLICATION, PROJECT_MIGRATIONS, check_schema, create_schema

PROJECT_FILE = "project.db"


@dataclass(frozen=True, slots=True)
class Run:
    """One long job done on the project (prediction, fine-tune); `state`: "running", "done", "failed" ..."""

    id: int
    kind: str
    state: str
    image_id: int | None
    version_id: str | None
    started_at: str
    finished_at: str | None
    details: dict[str, Any] = field(default_factory=dict)


class ProjectStore:
    """The tables of one project; belongs to the thread that opened it."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        path = folder / PROJECT_FILE
        if not path.is_file():
            raise ProjectError(
                f"{folder} is not a segstudio project: choose a folder that holds {PROJECT_FILE}"
            )
        if not path.stat().st_size:  # SQLite would take it for a new one
            raise DamagedDatabase(f"{path} is empty: put a backup in its place with `project restore`")
        self.database = Database(path, read_only=read_only)
        self.images = ImageTable(self.database, folder)
        self.classes = ClassTable(self.database)
        try:
            check_schema(self.database, PROJECT_MIGRATIONS, PROJECT_APPLICATION)
            check_content(self.database, PROJECT_RULES)
        except ProjectError:
            self.database.close()
            raise

    @classmethod
    def create(cls, folder: Path, classes: ClassList, images: Iterable[ImageFile] = ()) -> "ProjectStore":
        """Make a store: there in full, and durable, or not at all; ProjectError where there is one."""
        path, fresh = folder / PROJECT_FILE, folder / f"{PROJECT_FILE}.new"
        if path.exists():
            raise ProjectError(f"{folder} is a project already: open it, or choose another folder")
        discard(fresh)
        try:
            with closing(Database(fresh, incremental_vacuum=True)) as database, database.transaction():
                create_schema(database, PROJECT_MIGRATIONS, PROJECT_APPLICATION)
                ClassTable(database).replace(classes)
                table = ImageTable(database, folder)
                for image in images:
                    table.add(image)
            exchange(fresh, path)
            sync(folder.parent)
        except OSError as error:
            raise ProjectError(
                f"the project cannot be made in {folder} ({error.strerror}): choose another folder"
            ) from error
        finally:
            discard(fresh)
        return cls(folder)

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    def setting(self, name: str, default: Any = None) -> Any:
        """What was kept under a name, or the default."""
        row = self.database.row("SELECT value FROM settings WHERE name = ?", (name,))
        return default if row is None else json.loads(row[0])

    def set_setting(self, name: str, value: Any) -> None:
        """Keep a JSON value under a name; None forgets it."""
        with self.database.transaction():
            self.database.execute("DELETE FROM settings WHERE name = ?", (name,))
            if value is not None:
                values = name, json.dumps(value, ensure_ascii=False)
                self.database.execute("INSERT INTO settings VALUES (?, ?)", values)

    def class_counts(self, image_id: int) -> dict[int, int]:
        """Annotated pixels of an image by class id."""
        sql = "SELECT class_id, pixels FROM class_counts WHERE image_id = ? AND pixels != 0 ORDER BY class_id"
        return {class_id: pixels for class_id, pixels in self.database.rows(sql, (image_id,))}

    def tile_states(self, image_id: int) -> dict[ChunkKey, str]:
        """Review state of every tile that has one."""
        sql = "SELECT row, col, state FROM tiles WHERE image_id = ?"
        return {(row, col): state for row, col, state in self.database.rows(sql, (image_id,))}

    def set_tile_states(self, image_id: int, tiles: list[ChunkKey], state: str) -> None:
        """Set the review state of some tiles."""
        with self.database.transaction():
            for key in tiles:
                values = image_id, *key, state
                self.database.execute("INSERT OR REPLACE INTO tiles VALUES (?, ?, ?, ?)", values)

    def start_run(
        self, kind: str, *, image_id: int | None, version_id: str | None, details: dict[str, Any]
    ) -> int:
        """Note that a long job begins; its id."""
        with self.database.transaction():
            cursor = self.database.execute(
                "INSERT INTO runs (kind, state, image_id, version_id, started_at, details)"
                " VALUES (?, 'running', ?, ?, ?, ?)",
                (kind, image_id, version_id, _now(), json.dumps(details)),
            )
        return int(cursor.lastrowid or 0)

    def finish_run(self, run_id: int, state: str, details: dict[str, Any]) -> None:
        """Note how a long job ended; its details are added to those known."""
        with self.database.transaction():
            self.database.execute(
                "UPDATE runs SET state = ?, finished_at = ?, details = json_patch(details, ?) WHERE id = ?",
                (state, _now(), json.dumps(details), run_id),
            )

    def runs(self) -> list[Run]:
        """All runs, oldest first."""
        columns = "id, kind, state, image_id, version_id, started_at, finished_at, details"
        rows = self.database.rows(f"SELECT {columns} FROM runs ORDER BY id")
        return [_run(row) for row in rows]


def _run(row: Row) -> Run:
    run_id, kind, state, image_id, version_id, started, finished, details = row
    return Run(run_id, kind, state, image_id, version_id, started, finished, json.loads(details))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
