"""Process start to a painted window and to the first image, against bare Qt in the same environment.

Everything is started as it is installed: with its bytecode compiled, the way pip leaves it.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.measure import Figure, show
from tests.bench.scenes import write_noise_scene

ROUNDS = 7
BARE = """
import json, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
from segstudio.jobs.memory import peak_rss_mb
class Window(QMainWindow):
    def paintEvent(self, event):
        QTimer.singleShot(0, painted)
def painted():
    print(json.dumps({"painted": time.time(), "painted_mb": peak_rss_mb()}))
    window.close()
application = QApplication([])
window = Window()
window.resize(1440, 880)
window.show()
application.exec()
"""
BARE_IMAGE = """
import json, sys, time
import numpy, rasterio
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
class Label(QLabel):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, painted)
def painted():
    print(json.dumps({"shown": time.time()}))
    window.close()
application = QApplication([])
window, label = QMainWindow(), Label()
with rasterio.open(sys.argv[1]) as raster:
    pixels = numpy.ascontiguousarray(raster.read(out_shape=(3, 800, 800)).transpose(1, 2, 0))
label.setPixmap(QPixmap.fromImage(QImage(pixels, 800, 800, 2400, QImage.Format.Format_RGB888)))
window.setCentralWidget(label)
window.resize(1440, 880)
window.show()
application.exec()
"""


def run(folder: Path) -> None:
    environment = as_installed(folder)
    ours = ["-m", "tests.bench.one_start"]
    image = str(write_noise_scene(folder / "scene.tif", 4096, bands=3, dtype="uint8", overviews=True))
    bare, window = (quickest(code, "painted", environment) for code in (["-c", BARE], ours))
    show("process start to painted window", [
        Figure("time", window["painted"] * 1e3, "ms", bare["painted"] * 1e3, "bar: 2.5x"),
        Figure("peak memory", window["painted_mb"], "MB", bare["painted_mb"],
               f"bar: 130 MB; heavy modules loaded: {window['heavy']:.0f}"),
        Figure("to the workbench behind it", window["furnished"] * 1e3, "ms"),
        Figure("peak memory then", window["furnished_mb"], "MB"),
        Figure("longest event-loop gap meanwhile", window["gap_ms"], "ms", 100, "limit: the bar"),
    ])  # fmt: skip
    bare, window = (
        quickest([*code, image], "shown", environment) for code in (["-c", BARE_IMAGE], [*ours, "open"])
    )
    show("process start to first image, `segstudio open scene.tif`", [
        Figure("time", window["shown"] * 1e3, "ms", bare["shown"] * 1e3,
               "limit: bare Qt, numpy, rasterio and one read"),
    ])  # fmt: skip


def as_installed(folder: Path) -> dict[str, str]:
    """Settings and bytecode lie in the folder of this run."""
    own = {"XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "PYTHONPYCACHEPREFIX": "bytecode"}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {name: str(folder / value) for name, value in own.items()}


def quickest(arguments: list[str], moment: str, environment: dict[str, str]) -> dict[str, float]:
    """What the quickest of some starts to a moment saw; the first one only compiles."""
    starts = [one(arguments, environment) for _ in range(1 + ROUNDS)]
    return min(starts[1:], key=lambda seen: seen[moment])


def one(arguments: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Moments in seconds since the process was asked for, and whatever else the start says."""
    begin = time.time()
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    seen = json.loads(done.stdout.splitlines()[-1])
    moments = {name: value - begin for name, value in seen.items() if value > begin}
    return seen | moments
