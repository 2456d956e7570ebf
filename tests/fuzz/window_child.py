"""`python -m tests.fuzz.window_child FOLDER` opens every image it is told on stdin in the real window."""

import json
import os
import sys
import time
import traceback
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from segstudio.jobs.memory import peak_rss_mb
from segstudio.ui.app import make_app
from segstudio.ui.main_window import MainWindow
from segstudio.ui.session import Session

MOST_S = 60.0
"""A file that is neither shown nor refused by then hangs."""


class Witness:
    """Opens files one after another, and hears what the window says about each."""

    def __init__(self) -> None:
        self.window = MainWindow(Session())
        self.window.resize(1200, 800)
        self.window.show()
        self.sentences: list[str] = []
        self.errors: list[str] = []
        self.window.session.notice.connect(self._hear)
        self.window.session.offer.connect(lambda sentence, *_: self.sentences.append(sentence))
        sys.excepthook = lambda *found: self.errors.append("".join(traceback.format_exception(*found)))

    def open(self, path: Path) -> dict[str, object]:
        self.sentences.clear()
        self.errors.clear()
        session, begun = self.window.session, time.perf_counter()
        session.open_path(path)
        self._wait(lambda: bool(self.errors or self.sentences) or self._is_shown(path))
        is_open = session.document is not None and Path(session.document.info.path) == path
        self.window.grab()
        return {
            "path": str(path),
            "shown": is_open and self._is_shown(path),
            "sentences": list(self.sentences),
            "errors": list(self.errors),
            "seconds": time.perf_counter() - begun,
            "peak_mb": peak_rss_mb(),
        }

    def close(self) -> None:
        self.window.close()

    def _hear(self, level: str, sentence: str) -> None:
        if level != "info":
            self.sentences.append(sentence)

    def _is_shown(self, path: Path) -> bool:
        session = self.window.session
        if session.document is None or Path(session.document.info.path) != path or session.stretch is None:
            return False
        return not any(pane.is_behind for pane in self.window.canvas.panes if pane.isVisible())

    def _wait(self, is_done) -> None:
        loop, ends = QEventLoop(), time.perf_counter() + MOST_S
        timer = QTimer()
        timer.timeout.connect(lambda: loop.quit() if is_done() or time.perf_counter() > ends else None)
        timer.start(10)
        loop.exec()


def _tell(what: dict[str, object]) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


def main(home: str) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = f"{home}/{name}"
    make_app()
    witness = Witness()
    for line in sys.stdin.read().splitlines():
        _tell({"opening": line})
        _tell(witness.open(Path(line)))
    witness.close()


if __name__ == "__main__":
    main(sys.argv[1])
