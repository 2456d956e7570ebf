"""The start: a painted window before anything heavy, the workbench behind it, nothing pushed about."""

import os
import subprocess
import sys
import textwrap

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QDockWidget
from small_scenes import WAIT_MS

from segstudio.ui.main_window import MainWindow

HEAVY = ("torch", "numpy", "rasterio", "cv2", "PIL", "sqlite3", "psutil", "segstudio.ui.session")


class Geometry(QObject):
    """Writes down every move and every change of size of one widget."""

    def __init__(self, widget):
        super().__init__(widget)
        self.events = []
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide):
            self.events.append(event.type())
        return False


@pytest.fixture
def front(qtbot):
    """The window as it is first painted: without its workbench."""
    made = MainWindow()
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def started(arguments, tmp_path):
    """What a real start has loaded when its window is painted for the first time."""
    program = textwrap.dedent(
        f"""
        import sys
        from PySide6.QtWidgets import QApplication, QMainWindow
        from segstudio.__main__ import main
        from segstudio.ui.first_paint import FirstPaint
        def painted():
            print(sorted(name for name in {HEAVY!r} if name in sys.modules))
            window.close()
        def run(*_):
            global window
            window = next(each for each in QApplication.topLevelWidgets() if isinstance(each, QMainWindow))
            FirstPaint(window, painted)
            return run_loop()
        run_loop, QApplication.exec = QApplication.exec, run
        sys.exit(main({arguments!r}))
        """
    )
    folders = {name: str(tmp_path / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    return subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | folders, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_program_paints_before_it_loads_anything_heavy(tmp_path):
    ran = started([], tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "[]"


def test_the_workbench_comes_in_behind_the_painted_window(qtbot, front):
    assert not front.actions_["export"].isEnabled()
    with qtbot.waitSignal(front.furnishing.done, timeout=WAIT_MS):
        front.furnishing.begin()
    assert front.welcome.isVisible()
    assert front.canvas.isHidden()
    assert not any(dock.isVisible() for dock in front.docks.all)


def test_nothing_moves_while_the_workbench_comes_in(qtbot, front):
    watched = [Geometry(widget) for widget in (front, front.welcome, front.toolbar, front.status)]
    with qtbot.waitSignal(front.furnishing.done, timeout=WAIT_MS):
        front.furnishing.begin()
    QApplication.processEvents()
    assert not any(one.events for one in watched)


def test_whoever_comes_before_the_workbench_is_served(qtbot, front, scene):
    front.furnishing.begin()
    front.session.open_path(scene)
    assert front.session.document is not None
    assert front.canvas.isVisible()
    assert front.docks["classes"].isVisible()


def test_a_window_closed_at_once_leaves_nothing_running(front):
    front.furnishing.begin()
    front.close()
    assert not front.isVisible()


def test_nothing_is_built_behind_a_closed_window(front):
    front.furnishing._go_on()  # the modules are here
    front.close()
    front.furnishing._go_on()  # the step that waited for its turn
    assert not front.findChildren(QDockWidget)
    with pytest.raises(RuntimeError):
        _ = front.workbench


def test_the_canvas_stops_reading_when_the_window_closes(qtbot, working):
    canvas = working.canvas
    qtbot.waitUntil(lambda: canvas.tiles.size_bytes > 0, timeout=WAIT_MS)
    working.close()
    assert canvas.tiles.size_bytes == 0
