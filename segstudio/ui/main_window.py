"""The window: menus, toolbar, docks around the canvas, status bar; what is where, and what is remembered."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QLineEdit,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui import settings
from segstudio.ui.actions import Actions
from segstudio.ui.canvas.canvas import Canvas
from segstudio.ui.dialogs.about import AboutDialog
from segstudio.ui.dialogs.keys import KeysDialog
from segstudio.ui.docks import Docks, DockSpec
from segstudio.ui.notice_bar import NoticeBar
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
from segstudio.ui.status import StatusBar
from segstudio.ui.theme import apply_theme, current_theme
from segstudio.ui.time_bar import TimeBar
from segstudio.ui.toolbar import MainToolBar
from segstudio.ui.welcome import Welcome

# Raised when docks come or go: a state of an older layout is not restored.
_STATE_VERSION = 2
_FIRST_SIZE = (1440, 880)


class MainWindow(QMainWindow):
    """Shows the session; every change it asks for goes through it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setAcceptDrops(True)
        self._dock_state: QByteArray | None = None
        self.ask: Questions = Questions(session, self)
        self.actions_ = Actions(session, self)
        self.notices = NoticeBar()
        self.history = TimeBar(session)
        self.canvas = Canvas(session, self)
        self.welcome = Welcome()
        self._middle = QStackedWidget()
        self.setCentralWidget(self._make_centre())
        self.toolbar = MainToolBar(self.actions_)
        self.addToolBar(self.toolbar)
        self.status = StatusBar(session)
        self.setStatusBar(self.status)
        self.docks = self._make_docks()
        self._menus = self.actions_.fill(self.menuBar())
        self._fill_menus()
        self.sample = SampleControl(session, self)
        self._connect()
        self._restore()
        self._retitle()

    # ---- asked for by actions ------------------------------------------------------------------------------

    def open_sample(self) -> None:
        """Open the sample project; it is made first if it is not there."""
        self.sample.open()

    def show_keys(self) -> None:
        """Show the list of keys."""
        KeysDialog(self).show()

    def show_about(self) -> None:
        """Show version and licences."""
        AboutDialog(self).show()

    def show_history(self) -> None:
        """Show the slider over the history, or hide it again."""
        if self.history.isVisible():
            self.history.fold()
        else:
            self.history.unfold()

    def show_before_model(self) -> None:
        """Show the mask as it was before the model in use, with the slider to go there."""
        self.history.unfold()
        self.session.look_before_this_model()

    def toggle_theme(self) -> None:
        """Change between dark and light."""
        self.use_theme("dark" if current_theme().name == "light" else "light")

    def use_theme(self, name: str) -> None:
        """Take a theme and remember it."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, name)
        settings.remember("theme", name)
        for part in (
            self.actions_,
            self.toolbar,
            self.docks,
            self.notices,
            self.history,
            self.welcome,
            self.classes,
        ):
            part.restyle()
        self.actions_.refresh()
        self.versions.refresh()
        self.model.refresh()

    # ---- building ------------------------------------------------------------------------------------------

    def _make_centre(self) -> QWidget:
        self._middle.addWidget(self.welcome)
        self._middle.addWidget(self.canvas)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self._middle, 1)
        column.addWidget(self.history)
        self.actions_.make_local_to(self.canvas)
        self.canvas.installEventFilter(self)
        return centre

    def _make_docks(self) -> Docks:
        session = self.session
        self.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.GroupedDragging
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.depths = DepthPanel(session, self.actions_)
        self.images, self.layers = ImagesPanel(session), LayersPanel(session)
        self.classes, self.tools = ClassesPanel(session), ToolPanel(session)
        self.model, self.fine_tune = ModelPanel(session, self.actions_), FineTunePanel(session)
        self.versions = VersionsPanel(session)
        return Docks(
            self,
            [
                DockSpec("images", self.tr("Images"), self.images, is_left=True, share=300),
                DockSpec("layers", self.tr("Layers"), self.layers, is_left=True, share=400),
                DockSpec("depth", self.tr("Depth"), self.depths, is_left=True, tab_of="layers"),
                DockSpec("classes", self.tr("Classes"), self.classes, share=264),
                DockSpec("tool", self.tr("Tool options"), self.tools, share=92),
                DockSpec("model", self.tr("Model"), self.model, share=420),
                DockSpec("fine-tune", self.tr("Fine-tune"), self.fine_tune, tab_of="model"),
                DockSpec("versions", self.tr("Versions"), self.versions, tab_of="model"),
            ],
        )

    def _fill_menus(self) -> None:
        self._recent_menu = QMenu(self.tr("Recent projects"), self)
        self._menus["file"].insertMenu(self.actions_["export"], self._recent_menu)
        self._menus["file"].aboutToShow.connect(self._fill_recent)
        languages = self._menus["view"].addMenu(self.tr("Language"))
        for name, code in (("English", "en"), ("한국어", "ko")):
            languages.addAction(name, partial(self._choose_language, code))
        panels = self._menus["view"].addMenu(self.tr("Panels"))
        for dock in self.docks.all:
            panels.addAction(dock.toggleViewAction())
        panels.addSeparator()
        panels.addAction(self.tr("Arrange as at first"), self.docks.arrange)

    def _choose_language(self, code: str) -> None:
        settings.remember("language", code)
        self.notices.say("info", self.tr("The language changes with the next start."))

    def _connect(self) -> None:
        session = self.session
        session.notice.connect(self.notices.say)
        session.offer.connect(self.notices.offer)
        session.locate_requested.connect(self.ask.locate)
        session.backups_requested.connect(self.ask.backups)
        session.document_changed.connect(self._show_document)
        session.project_changed.connect(self._project_opened)
        session.model_changed.connect(lambda _: self.notices.clear())
        session.version_ready.connect(lambda _: self.docks["fine-tune"].raise_())
        session.job_changed.connect(self._follow_job)
        self.welcome.open_asked.connect(self.ask.images)
        self.welcome.folder_asked.connect(self.ask.folder)
        self.welcome.sample_asked.connect(self.open_sample)
        self.welcome.project_asked.connect(session.open_project)

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for folder in settings.recent_projects():
            action = self._recent_menu.addAction(folder.stem)
            action.setToolTip(str(folder))
            action.triggered.connect(lambda _=False, folder=folder: self.session.open_project(folder))
        self._recent_menu.setEnabled(not self._recent_menu.isEmpty())

    # ---- following the session -----------------------------------------------------------------------------

    def _show_document(self, document: object) -> None:
        self._middle.setCurrentWidget(self.welcome if document is None else self.canvas)
        if document is not None:
            self.canvas.setFocus()
        self._retitle()

    def _project_opened(self) -> None:
        self._show_docks()
        self.notices.clear()
        self.welcome.refresh()
        self._retitle()

    def _follow_job(self, state: object) -> None:
        verb = getattr(state, "verb", "")
        if verb == "fine_tune" and not self.fine_tune.isVisible():
            self.docks["fine-tune"].raise_()

    def _retitle(self) -> None:
        project, document = self.session.project, self.session.document
        names = [Path(document.info.path).name] if document else []
        names += [project.folder.stem] if project else []
        names += [self.tr("read-only")] if project and project.read_only else []
        self.setWindowTitle(" – ".join(dict.fromkeys([*names, "segstudio"])))

    # ---- Qt ------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102  # Qt's name
        if event.type() == QEvent.Type.Enter and watched is self.canvas:
            self._focus_canvas()
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            QTimer.singleShot(0, lambda: self.session.open_paths(paths))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102
        settings.remember("geometry", self.saveGeometry())
        settings.remember("docks", self._dock_state or self.saveState(_STATE_VERSION))
        for dialog in self.findChildren(QDialog):
            dialog.close()
        # a job may need a moment to hand over what it has: nobody has to watch that
        self.hide()
        self.session.close()
        self.images.stop()
        self.status.stop()
        super().closeEvent(event)

    def _focus_canvas(self) -> None:
        """Keys go to the canvas as soon as the pointer is over it, unless something is being typed."""
        if self.isActiveWindow() and not isinstance(QApplication.focusWidget(), QLineEdit | QAbstractSpinBox):
            self.canvas.setFocus(Qt.FocusReason.MouseFocusReason)

    def _restore(self) -> None:
        geometry, docks = settings.state("geometry"), settings.state("docks")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(*_FIRST_SIZE)
        if docks is not None:
            self.restoreState(docks, _STATE_VERSION)
        # nothing to show in them yet: the welcome page has the window for itself
        self._dock_state = self.saveState(_STATE_VERSION)
        for dock in self.docks.all:
            dock.hide()

    def _show_docks(self) -> None:
        """Bring the docks back as they were, once something is open."""
        state, self._dock_state = self._dock_state, None
        if state is not None:
            self.restoreState(state, _STATE_VERSION)
            self.docks.settle_titles()
