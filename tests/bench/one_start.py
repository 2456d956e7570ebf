"""`python -m tests.bench.one_start [open IMAGE]`: starts the program and prints when what was there.

It starts as a person starts it; only the window's class is one that watches itself.
"""

import json
import sys
import time

from PySide6.QtCore import QElapsedTimer, Qt, QTimer

from segstudio.jobs.memory import peak_rss_mb
from segstudio.ui import app
from segstudio.ui.main_window import MainWindow

HEAVY = ("torch", "numpy", "rasterio", "cv2", "PIL", "sqlite3")
PROBE_MS = 5
seen: dict[str, float] = {}


class WatchedWindow(MainWindow):
    """Says when it was painted, complete, and shows its first image; then it closes."""

    def __init__(self):
        super().__init__()
        self.furnishing.done.connect(lambda _: see("furnished"))

    def paintEvent(self, event):
        super().paintEvent(event)
        if "painted" not in seen:
            seen["painted"] = 0
            QTimer.singleShot(0, self.was_painted)

    def was_painted(self):
        see("painted", heavy=sum(name in sys.modules for name in HEAVY))
        self.clock, self.probe = QElapsedTimer(), QTimer(self, interval=PROBE_MS)
        self.probe.setTimerType(Qt.TimerType.PreciseTimer)
        self.probe.timeout.connect(self.look)
        self.clock.start()
        self.probe.start()

    def look(self):
        """One ring of the probe: how late it is, and what is there by now."""
        seen["gap_ms"] = max(seen.get("gap_ms", 0), self.clock.nsecsElapsed() / 1e6)
        self.clock.restart()
        if "furnished" in seen and ("open" not in sys.argv[1:] or self.shows_an_image()):
            see("shown")
            self.close()

    def shows_an_image(self):
        """Whether the middle of the canvas shows more than plain ground."""
        if self.session.stretch is None:
            return False
        pane = self.canvas.panes[0]
        image = pane.grab(pane.rect()).toImage()
        middle = {image.pixel(image.width() // 2 + 7 * n, image.height() // 2) for n in range(12)}
        return len(middle) > 2


def see(name, **more):
    seen.update(more)
    seen[name], seen[f"{name}_mb"] = time.time(), peak_rss_mb()


if __name__ == "__main__":
    from segstudio.__main__ import main

    app.MainWindow = WatchedWindow
    code = main(sys.argv[1:])
    print(json.dumps(seen))
    sys.exit(code)
