"""Builds the overviews that the open image lacks, beside everything else, into the project's folder."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.errors import SegstudioError
from segstudio.project.document import Document
from segstudio.raster.address import is_address
from segstudio.raster.overview_build import Units, build, plan_pyramid
from segstudio.raster.overviews import Pyramid, missing_factors
from segstudio.raster.window import Window
from segstudio.ui.desk import Desk
from segstudio.ui.priority import lower_this_thread

FOLDER = "overviews"
# A piece is read in about 0.1 s; a slow disk may take longer to take in what was written.
_JOIN_SECONDS = 10.0

_log = logging.getLogger(__name__)


class OverviewControl(QObject):
    """Keeps `pyramid`, the overviews of the open image as far as they are built; None where it needs none.

    Without room, or in a project that is open for reading only, nothing is built and nothing is said: the
    view is made from the image itself, as it always can be.
    """

    grew = Signal()  # more is finished, or nothing more will come

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._builder: _Builder | None = None
        self._retired: list[_Builder] = []
        self.pyramid: Pyramid | None = None
        desk.document_changed.connect(self.begin)
        desk.view_changed.connect(self._look)

    def begin(self, document: Document | None) -> None:
        """Another image was opened, or none; building for the old one ends by itself."""
        self._retire()
        project = self._desk.project
        if document is None or project is None or is_address(document.info.path):
            return  # of an address only what is looked at is fetched
        if not missing_factors(document.info):
            return
        path, folder = Path(document.info.path), project.folder / FOLDER / str(document.image_id)
        may_build = self._wait_for(folder) and not project.read_only
        self.pyramid = _find(path, folder)
        if self.pyramid is not None and not self.pyramid.is_complete and may_build:
            self._builder = _Builder(path, self.pyramid, self._tell)

    def stop(self) -> None:
        """End building; what is finished is kept for the next time."""
        self._retire()
        self._wait_for(None)

    def _retire(self) -> None:
        builder, self._builder, self.pyramid = self._builder, None, None
        if builder is not None:
            builder.retire()
            self._retired = [old for old in self._retired if old.is_alive] + [builder]

    def _wait_for(self, folder: Path | None) -> bool:
        """Whether nobody writes into a folder any more, or into any, after a wait: two would not agree."""
        busy = [old for old in self._retired if folder in (None, old.folder)]
        for old in busy:
            old.join()
        return not any(old.is_alive for old in busy)

    def _look(self, view: Window | None) -> None:
        if self._builder is not None and view is not None:
            self._builder.centre = view.centre

    def _tell(self) -> None:
        try:
            self.grew.emit()
        except RuntimeError:  # the window closed while a unit was being written
            _log.debug("overviews came after the window had closed")


class _Builder:
    """One thread for one pyramid; builds first where the person looks."""

    def __init__(self, path: Path, pyramid: Pyramid, tell: Callable[[], None]) -> None:
        self._path, self._pyramid, self._tell = path, pyramid, tell
        self._stopped = threading.Event()
        self.centre = pyramid.plan.width / 2, pyramid.plan.height / 2
        pyramid.is_growing = True
        self._thread = threading.Thread(target=self._run, name="overview builder", daemon=True)
        self._thread.start()

    @property
    def folder(self) -> Path:
        """Where it writes."""
        return self._pyramid.folder

    @property
    def is_alive(self) -> bool:
        """Whether it may still write."""
        return self._thread.is_alive()

    def retire(self) -> None:
        """End after the piece that is being read, and say nothing any more."""
        self._stopped.set()

    def join(self) -> None:
        """Wait until what is finished has reached the disk."""
        self._thread.join(_JOIN_SECONDS)

    def _run(self) -> None:
        lower_this_thread()
        try:
            for _ in build(self._path, self._pyramid, go_on=self._goes_on, choose=self._nearest):
                self._say()
        except (SegstudioError, OSError) as error:
            _log.info("no overviews of %s: %s", self._path.name, error)
        finally:
            self._pyramid.is_growing = False
            self._say()

    def _say(self) -> None:
        if not self._stopped.is_set():
            self._tell()

    def _goes_on(self) -> bool:
        return not self._stopped.is_set()

    def _nearest(self, units: Units) -> int:
        rows, cols = self._pyramid.plan.unit_shape
        col, row = self.centre
        away = (units + 0.5) * (rows, cols) - (row, col)
        return int((away**2).sum(axis=1).argmin())


def _find(path: Path, folder: Path) -> Pyramid | None:
    """The pyramid of an image on this machine, as far as it was built; None where it needs none."""
    try:
        plan = plan_pyramid(path) if path.is_file() else None
        return None if plan is None else Pyramid.find(folder, plan, path)
    except (SegstudioError, OSError) as error:
        _log.info("no overviews of %s: %s", path.name, error)
        return None
