"""Everything behind the welcome page: the session, the canvas, the docks with their panels, the dialogs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QMainWindow, QTabWidget

from segstudio.ui import settings
from segstudio.ui.canvas.canvas import Canvas
from segstudio.ui.docks import Docks, DockSpec
from segstudio.ui.panels.classes import ClassesPanel
from segstudio.ui.panels.depth import DepthPanel
from segstudio.ui.panels.fine_tune import FineTunePanel
from segstudio.ui.panels.images import ImagesPanel
from segstudio.ui.panels.layers import LayersPanel
from segstudio.ui.panels.model import ModelPanel
from segstudio.ui.panels.tool_options import ToolPanel
from segstudio.ui.panels.versions import VersionsPanel
from segstudio.ui.questions import Questions
from segstudio.ui.sample_control import SampleControl
from segstudio.ui.session import Session
from segstudio.ui.status_feed import StatusFeed
from segstudio.ui.time_bar import TimeBar
from segstudio.ui.words import mark, translate

if TYPE_CHECKING:
    from segstudio.ui.main_window import MainWindow

# Raised when docks come or go: a state of an older layout is not restored.
_STATE_VERSION = 2


class Workbench(QObject):
    """What the window works with; it hears the session and shows in the window what changed.

    Made by `build`, part after part: until it has come to its end, nothing of this is to be seen.
    """

    def __init__(self, window: "MainWindow", session: Session | None = None) -> None:
        super().__init__(window)
        self.session = session or Session()
        self._window = window
        self._docks_are_out = False

    def build(self) -> Iterator[None]:
        """Make the parts in steps of some tens of milliseconds; between two of them events may be handled."""
        session, window = self.session, self._window
        self.ask = Questions(session, window)
        self.sample = SampleControl(session, self)
        self.feed = StatusFeed(session, window.status)
        self.history = TimeBar(session)
        self.canvas = Canvas(session, window)
        yield
        self.images, self.layers = ImagesPanel(session), LayersPanel(session)
        self.depths = DepthPanel(session, window.actions_)
        yield
        self.classes, self.tools = ClassesPanel(session), ToolPanel(session)
        yield
        self.model = ModelPanel(session, window.actions_)
        yield
        self.fine_tune, self.versions = FineTunePanel(session), VersionsPanel(session)
        yield
        self.docks = self._make_docks()
        yield
        self._connect()

    def restyle(self) -> None:
        """Take the theme's colours."""
        for part in (self.docks, self.history, self.classes):
            part.restyle()
        self.versions.refresh()
        self.model.refresh()

    def close(self) -> None:
        """Remember the docks, end the threads, and close the project; nothing is lost."""
        if self._docks_are_out:
            settings.remember("docks", self._window.saveState(_STATE_VERSION))
        self.session.close()
        self.images.stop()
        self.feed.stop()
        self.canvas.shut_down()

    # ---- docks ---------------------------------------------------------------------------------------------

    def _make_docks(self) -> Docks:
        window = self._window
        window.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.GroupedDragging
        )
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        return Docks(
            window,
            [
                DockSpec("images", mark("MainWindow", "Images"), self.images, is_left=True, share=300),
                DockSpec("layers", mark("MainWindow", "Layers"), self.layers, is_left=True, share=400),
                DockSpec("depth", mark("MainWindow", "Depth"), self.depths, is_left=True, tab_of="layers"),
                DockSpec("classes", mark("MainWindow", "Classes"), self.classes, share=264),
                DockSpec("tool", mark("MainWindow", "Tool options"), self.tools, share=92),
                DockSpec("model", mark("MainWindow", "Model"), self.model, share=420),
                DockSpec("fine-tune", mark("MainWindow", "Fine-tune"), self.fine_tune, tab_of="model"),
                DockSpec("versions", mark("MainWindow", "Versions"), self.versions, tab_of="model"),
            ],
        )

    def _show_docks(self) -> None:
        """Bring the docks back as they were, once something is open: the welcome page is there for itself."""
        if self._docks_are_out:
            return
        self._docks_are_out = True
        self.docks.arrange()
        state = settings.state("docks")
        if state is not None and self._window.restoreState(state, _STATE_VERSION):
            self.docks.settle_titles()

    # ---- following the session -----------------------------------------------------------------------------

    def _connect(self) -> None:
        session, notices = self.session, self._window.notices
        session.notice.connect(notices.say)
        session.offer.connect(notices.offer)
        session.locate_requested.connect(self.ask.locate)
        session.addresses.asking.connect(notices.wait)
        session.addresses.ended.connect(notices.end_wait)
        session.backups_requested.connect(self.ask.backups)
        session.document_changed.connect(self._retitle)
        session.project_changed.connect(self._project_opened)
        session.model_changed.connect(lambda _: notices.clear())
        session.version_ready.connect(lambda _: self.docks["fine-tune"].raise_())
        session.job_changed.connect(self._follow_job)
        self.canvas.installEventFilter(self)

    def _project_opened(self) -> None:
        self._show_docks()
        self._window.notices.clear()
        self._window.welcome.refresh()
        self._retitle()

    def _follow_job(self, state: object) -> None:
        verb = getattr(state, "verb", "")
        if verb == "fine_tune" and not self.fine_tune.isVisible():
            self.docks["fine-tune"].raise_()

    def _retitle(self, *_: object) -> None:
        project, document = self.session.project, self.session.document
        names = [document.info.name] if document else []
        names += [project.folder.stem] if project else []
        names += [translate("MainWindow", "read-only")] if project and project.read_only else []
        self._window.setWindowTitle(" – ".join(dict.fromkeys([*names, "segstudio"])))

    # ---- the keyboard's focus ------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102  # Qt's name
        if event.type() == QEvent.Type.Enter and watched is self.canvas:
            self._focus_canvas()
        return super().eventFilter(watched, event)

    def _focus_canvas(self) -> None:
        """Keys go to the canvas as soon as the pointer is over it, unless something is being typed."""
        is_typing = isinstance(QApplication.focusWidget(), QLineEdit | QAbstractSpinBox)
        if self._window.isActiveWindow() and not is_typing:
            self.canvas.setFocus(Qt.FocusReason.MouseFocusReason)
