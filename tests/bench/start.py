"""Process start to a painted window, against a bare Qt window in the same environment."""

import subprocess
import sys
from pathlib import Path

from tests.bench.measure import Figure, show

ROUNDS = 7
BARE = """
import time
from PySide6.QtWidgets import QApplication, QMainWindow
from segstudio.jobs.memory import peak_rss_mb
application = QApplication([])
window = QMainWindow()
window.resize(1600, 1000)
window.show()
application.processEvents()
print(time.time(), peak_rss_mb(), 0)
"""
OURS = """
import sys, time
from segstudio.jobs.memory import peak_rss_mb
from segstudio.ui.app import make_app
from segstudio.ui.main_window import MainWindow
from segstudio.ui.session import Session
application = make_app()
window = MainWindow(Session())
window.show()
application.processEvents()
heavy = {"torch", "torchvision", "timm"} & set(sys.modules)
print(time.time(), peak_rss_mb(), len(heavy))
"""


def run(folder: Path) -> None:
    bare, ours = (best_of(code) for code in (BARE, OURS))
    show("process start to painted window", [
        Figure("time", ours[0] * 1e3, "ms", bare[0] * 1e3),
        Figure("memory", ours[1], "MB", bare[1], f"torch modules loaded: {ours[2]:.0f}"),
    ])  # fmt: skip


def best_of(code: str) -> tuple[float, float, float]:
    """Seconds, MB and heavy modules of the quickest of some starts."""
    return min(one(code) for _ in range(ROUNDS))


def one(code: str) -> tuple[float, float, float]:
    import time

    begin = time.time()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    painted, memory, heavy = map(float, done.stdout.split())
    return painted - begin, memory, heavy
