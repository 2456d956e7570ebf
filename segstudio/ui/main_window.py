"""The window: menus, toolbar, welcome page and status bar, and behind them the workbench."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from segstudio.raster.address import is_address
from segstudio.ui import settings
from segstudio.ui.actions import Actions
from segstudio.ui.furnishing import Furnishing
from segstudio.ui.memory_menu import MemoryMenu
from segstudio.ui.notice_bar import NoticeBar
from segstudio.ui.status import StatusBar
from segstudio.ui.theme import apply_theme, current_theme
from segstudio.ui.toolbar import MainToolBar
from segstudio.ui.welcome import Welcome

if TYPE_CHECKING:
    from segstudio.ui.canvas.canvas import Canvas
    from segstudio.ui.docks import Docks
    from segstudio.ui.questions import Questions
    from segstudio.ui.session import Session
    from segstudio.ui.time_bar import TimeBar
    from segstudio.ui.workbench import Workbench

_FIRST_SIZE = (1440, 880)


def _panel(name: str) -> property:
    """A panel of the workbench under its own name."""
    return property(lambda window: getattr(window.workbench, name))


class MainWindow(QMainWindow):
    """Can be painted at once; what the rest needs comes in behind it, or as soon as somebody asks for it.

    With a session it is complete from the beginning.
    """

    notice = Signal(str, str)  # level and sentence, from any thread

    images = _panel("images")
    layers = _panel("layers")
    depths = _panel("depths")
    classes = _panel("classes")
    tools = _panel("tools")
    model = _panel("model")
    fine_tune = _panel("fine_tune")
    versions = _panel("versions")

    def __init__(self, session: "Session | None" = None) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setWindowTitle("segstudio")
        self.actions_ = Actions(self)
        self.notices = NoticeBar()
        self.welcome = Welcome()
        self._middle = QStackedWidget()
        self._column = self._make_centre()
        self.toolbar = MainToolBar(self.actions_)
        self.addToolBar(self.toolbar)
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self._menus = self.actions_.fill(self.menuBar())
        self._fill_menus()
        self._connect()
        self._restore()
        self.furnishing = Furnishing(self, session)
        self.furnishing.done.connect(self._take_in)
        if session is not None:
            self.furnishing.finish()

    @property
    def workbench(self) -> "Workbench":
        """The session and all that shows it; built now if it is not there yet."""
        return self.furnishing.finish()

    @property
    def session(self) -> "Session":
        """What the window shows, and where every change goes."""
        return self.workbench.session

    @property
    def canvas(self) -> "Canvas":
        """The open image."""
        return self.workbench.canvas

    @property
    def docks(self) -> "Docks":
        """The docks around the canvas."""
        return self.workbench.docks

    @property
    def history(self) -> "TimeBar":
        """The slider over the history."""
        return self.workbench.history

    @property
    def ask(self) -> "Questions":
        """The dialogs."""
        return self.workbench.ask

    # ---- asked for by actions ------------------------------------------------------------------------------

    def open_sample(self) -> None:
        """Open the sample project; it is made first if it is not there."""
        self.workbench.sample.open()

    def show_keys(self) -> None:
        """Show the list of keys."""
        self.ask.show_keys()

    def show_about(self) -> None:
        """Show version and licences."""
        self.ask.show_about()

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
        for part in (self.actions_, self.toolbar, self.notices, self.welcome, self.workbench):
            part.restyle()
        self.actions_.refresh()

    # ---- building ------------------------------------------------------------------------------------------

    def _make_centre(self) -> QVBoxLayout:
        self._middle.addWidget(self.welcome)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self._middle, 1)
        self.setCentralWidget(centre)
        return column

    def _fill_menus(self) -> None:
        self._recent_menu = QMenu(self.tr("Recent projects"), self)
        self._menus["file"].insertMenu(self.actions_["export"], self._recent_menu)
        self._menus["file"].aboutToShow.connect(self._fill_recent)
        languages = self._menus["view"].addMenu(self.tr("Language"))
        for name, code in (("English", "en"), ("한국어", "ko")):
            languages.addAction(name, partial(self._choose_language, code))
        self._menus["view"].addMenu(MemoryMenu(self))
        self._panels_menu = self._menus["view"].addMenu(self.tr("Panels"))

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for folder in settings.recent_projects():
            action = self._recent_menu.addAction(folder.stem)
            action.setToolTip(str(folder))
            action.triggered.connect(lambda _=False, folder=folder: self.session.open_project(folder))
        self._recent_menu.setEnabled(not self._recent_menu.isEmpty())

    def _choose_language(self, code: str) -> None:
        settings.remember("language", code)
        self.notices.say("info", self.tr("The language changes with the next start."))

    def _connect(self) -> None:
        self.notice.connect(self.notices.say)
        self.welcome.open_asked.connect(lambda: self.ask.images())
        self.welcome.folder_asked.connect(lambda: self.ask.folder())
        self.welcome.sample_asked.connect(self.open_sample)
        self.welcome.project_asked.connect(lambda folder: self.session.open_project(folder))

    def _restore(self) -> None:
        geometry = settings.state("geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(*_FIRST_SIZE)

    def _take_in(self, bench: "Workbench") -> None:
        """The workbench is complete: show it where it belongs."""
        self._middle.addWidget(bench.canvas)
        self._column.addWidget(bench.history)
        for dock in bench.docks.all:
            self._panels_menu.addAction(dock.toggleViewAction())
        self._panels_menu.addSeparator()
        self._panels_menu.addAction(self.tr("Arrange as at first"), bench.docks.arrange)
        self.actions_.make_local_to(bench.canvas)
        self.actions_.follow(bench.session)
        bench.session.document_changed.connect(self._show_document)

    def _show_document(self, document: object) -> None:
        self._middle.setCurrentWidget(self.welcome if document is None else self.canvas)
        if document is not None:
            self.canvas.setFocus()

    # ---- Qt ------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102  # Qt's name
        if event.mimeData().hasUrls() or is_address(event.mimeData().text()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102
        paths = _dropped(event.mimeData())
        if paths:
            QTimer.singleShot(0, lambda: self.session.take_in(paths))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102
        settings.remember("geometry", self.saveGeometry())
        for dialog in self.findChildren(QDialog):
            dialog.close()
        # a job may need a moment to hand over what it has: nobody has to watch that
        self.hide()
        self.furnishing.close()
        super().closeEvent(event)


def _dropped(data: QMimeData) -> list[str]:
    """Files and addresses among what is dropped; a text counts if it is an address."""
    encoded = QUrl.ComponentFormattingOption.FullyEncoded
    texts = [url.toLocalFile() if url.isLocalFile() else url.toString(encoded) for url in data.urls()]
    texts = texts or [data.text().strip()]
    return [text for text in texts if is_address(text) or Path(text).is_absolute()]
