"""Backups in idle moments, going back to one, and making the history smaller when a person asks for it."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from segstudio.jobs.steps import Progress
from segstudio.mask.history import Steps
from segstudio.project.backups import Backup, backups_of, restore_backup
from segstudio.project.compaction import Forgetting
from segstudio.project.project import Project
from segstudio.raster.window import Window
from segstudio.ui.desk import Desk
from segstudio.ui.edit_control import EditControl
from segstudio.ui.job_control import JobControl
from segstudio.ui.words import file_size, grouped, translate

# Nobody has corrected anything for so long: a good moment for a copy.
_IDLE_MS = 60_000
_WATCH_MS = 5_000


class SafeKeeping(QObject):
    """Says when a copy could not be made or the database turned out to be damaged, once each."""

    def __init__(self, desk: Desk, jobs: JobControl, edits: EditControl) -> None:
        super().__init__(desk)
        self._desk = desk
        self._jobs = jobs
        self._edits = edits
        self._restoring: Path | None = None
        self._said: set[str] = set()
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(self._back_up)
        self._watch = QTimer(self)
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self._look)
        desk.history_changed.connect(self._idle.start)
        desk.project_changed.connect(self._watch.start)

    def stop(self) -> None:
        """The project closes."""
        self._idle.stop()
        self._watch.stop()

    def backups(self) -> list[Backup]:
        """The copies of the open project, newest first."""
        return backups_of(self._desk.project.folder) if self._desk.project else []

    def restore(self, folder: Path, number: int | None) -> None:
        """Put a copy in place of the project's database, as a job; the project has to be closed."""

        def steps() -> Iterator[object]:
            yield Progress(0, 0, None, "Restoring")
            restore_backup(folder, number)

        title = translate("SafeKeeping", "Restoring a backup")
        if self._jobs.start("restore", title, steps, needs_torch=False):
            self._restoring = folder

    def restored(self) -> Path | None:
        """The folder to open again after a restoring job has ended, well or not; asked once."""
        folder, self._restoring = self._restoring, None
        return folder

    def compact(self, plan: Forgetting) -> None:
        """Forget the planned steps of the history."""
        if self._desk.project is not None:
            title = translate("SafeKeeping", "Compacting the history")
            self._edits.run(title, _without_pixels(self._desk.project, plan), self._say_compacted)

    def _say_compacted(self, plan: Forgetting) -> None:
        sentence = translate("SafeKeeping", "{steps} old steps are forgotten, {size} are free again.")
        values = {"steps": grouped(plan.steps), "size": file_size(plan.size_bytes)}
        self._desk.notice.emit("info", sentence.format(**values))

    def _back_up(self) -> None:
        if self._desk.project is not None and not self._desk.project.read_only:
            self._desk.project.backups.start()

    def _look(self) -> None:
        project = self._desk.project
        if project is None:
            return
        if project.is_damaged:
            sentence = translate(
                "SafeKeeping",
                "A part of the project cannot be read: close it and open it again to repair it.",
            )
            self._say_once(sentence)
        if project.backups.problem:
            self._say_once(project.backups.problem)

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._desk.notice.emit("warning", sentence)


def _without_pixels(project: Project, plan: Forgetting) -> Steps[Forgetting]:
    steps = project.compact_steps(plan)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            done: Forgetting = end.value
            return done
        yield Window(0, 0, 0, 0)
