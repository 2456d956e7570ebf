"""Starts the window: the process first, then the paint, then everything that takes time."""

import logging
import os
import sys
from collections.abc import Sequence
from types import TracebackType

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from segstudio.errors import SegstudioError
from segstudio.inference.device import prepare_process
from segstudio.shipped import resources
from segstudio.ui import settings
from segstudio.ui.first_paint import FirstPaint
from segstudio.ui.icons import pixmap
from segstudio.ui.idle_preload import IdlePreload
from segstudio.ui.main_window import MainWindow
from segstudio.ui.theme import apply_theme, choose_font, current_theme

SAMPLE_PATH = "sample:"
"""Stands for the sample project wherever a path is expected."""

logger = logging.getLogger(__name__)


def run_app(paths: Sequence[str]) -> int:
    """Open the window with these images or projects (`sample:` is the sample); gives the exit code."""
    prepare_process()
    app = make_app()
    window = MainWindow()
    _catch_bugs(window)
    window.show()
    FirstPaint(window, lambda: _go_on(window, list(paths)))
    return app.exec()


def _go_on(window: MainWindow, paths: list[str]) -> None:
    """The window is on the screen: bring in what the work needs, at once where there is something to open."""
    window.furnishing.done.connect(lambda bench: IdlePreload(bench.session))
    if paths:
        open_paths(window, paths)
    else:
        window.furnishing.begin()


def make_app() -> QApplication:
    """The application with its look and language; the one that is there already is dressed again."""
    # Qt gathers changes for 5 ms before it paints; the brush outline is to be where the pointer is
    os.environ.setdefault("QT_QPA_UPDATE_IDLE_TIME", "1")
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setOrganizationName("segstudio")
    app.setApplicationName("segstudio")
    app.setDesktopFileName("segstudio")
    choose_font(app)
    apply_theme(app, settings.text("theme", "dark"))
    app.setWindowIcon(QIcon(pixmap("logo", current_theme().accent, 64)))
    _translate(app, QLocale(settings.text("language", QLocale().name())))
    return app


def open_paths(window: MainWindow, paths: list[str]) -> None:
    """Open what the command line named."""
    if SAMPLE_PATH in paths:
        window.open_sample()
    elif paths:
        window.session.open_paths(paths)


def _translate(app: QApplication, locale: QLocale) -> None:
    """Our own words, and Qt's for its dialogs."""
    folders = {"segstudio": str(resources() / "translations")}
    folders["qtbase"] = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in folders.items():
        translator = QTranslator(app)
        if translator.load(locale, name, "_", folder):
            app.installTranslator(translator)


def _catch_bugs(window: MainWindow) -> None:
    """The other place where everything is caught: the window says a sentence, the log has the rest."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        if isinstance(error, SegstudioError):
            window.notice.emit("error", str(error))
            return
        logger.critical("a bug reached the window", exc_info=(kind, error, trace))
        window.notice.emit(
            "error", f"Something went wrong inside: {kind.__name__}: {error}. Your work is on disk."
        )

    sys.excepthook = hook
