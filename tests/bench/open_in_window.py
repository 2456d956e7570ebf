"""`python -m tests.bench.open_in_window SCENE FOLDER`: a scene in the real window; its figures as JSON."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint

from segstudio.jobs.memory import peak_rss_mb
from segstudio.ui.app import make_app
from segstudio.ui.main_window import MainWindow
from segstudio.ui.session import Session
from tests.bench.window import GapProbe, send, wait

SIZE = 1600, 1000
SHARP_LIMIT_S = 120


def main(scene: Path, folder: Path) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        os.environ[name] = str(folder / name)
    make_app()
    window = MainWindow(Session())
    window.resize(*SIZE)
    window.show()
    before_mb = peak_rss_mb()
    probe = GapProbe()
    figures = {
        "seen_ms": took_ms(lambda: open_and_see(window, scene)),
        "sharp_ms": took_ms(lambda: wait(lambda: is_sharp(window), SHARP_LIMIT_S)),
        "before_mb": before_mb,
        "open_mb": peak_rss_mb(),
    }
    figures["sharp_ms"] += figures["seen_ms"]
    figures |= {"move_ms": move_about(window), "stroke_ms": paint(window), "undo_ms": undo(window)}
    figures["to_overviews_ms"] = took_ms(lambda: wait(lambda: is_built(window), SHARP_LIMIT_S))
    figures |= {"gap_ms": max(probe.gaps_ms), "peak_mb": peak_rss_mb()}
    window.close()
    sys.stdout.write(json.dumps({name: round(value, 1) for name, value in figures.items()}) + "\n")


def took_ms(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1e3


def open_and_see(window: MainWindow, scene: Path) -> None:
    window.session.open_path(scene)
    wait(lambda: window.session.stretch is not None and has_colours(window))


def has_colours(window: MainWindow) -> bool:
    """Whether some of the pane shows more than plain ground; scenes may be empty in the middle."""
    image = window.canvas.panes[0].grab().toImage()
    steps = range(2, 38)
    seen = {image.pixel(image.width() * x // 40, image.height() * y // 40) for x in steps for y in steps}
    return len(seen) > 8


def is_sharp(window: MainWindow) -> bool:
    """Every tile of the view is there, of the level that the view asks for."""
    canvas = window.canvas
    grid, projection = canvas._stage.grid, canvas.panes[0].projection
    keys = grid.visible(projection.window, grid.level_for(projection.scale))
    return bool(keys) and not canvas.tiles.missing(keys)


def is_built(window: MainWindow) -> bool:
    pyramid = window.session.overviews.pyramid
    return pyramid is None or not pyramid.is_growing


def move_about(window: MainWindow) -> float:
    """Zoom in step by step, jump twice, until sharp: the longest wait."""
    viewport, extent = window.canvas.viewport, window.session.extent
    viewport.animated = False
    waits = []
    for place in ((0.5, 0.5), (0.1, 0.9), (0.9, 0.1)):
        viewport.centre_on(extent.width * place[0], extent.height * place[1])
        for scale in (0.2, 1.0):
            viewport.set_scale(scale)
            waits.append(took_ms(lambda: wait(lambda: is_sharp(window), SHARP_LIMIT_S)))
    return max(waits)


def paint(window: MainWindow) -> float:
    """A stroke of 60 moves, pressed to released, and painted."""
    pane = window.canvas.panes[0]
    window.session.set_tool("brush")
    window.session.set_brush_radius(64)
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * 60, QEvent.Type.MouseButtonRelease]

    def stroke() -> None:
        for step, kind in enumerate(kinds):
            send(pane, kind, QPoint(200 + 8 * step, 300 + 3 * step))
        pane.repaint()

    return took_ms(stroke)


def undo(window: MainWindow) -> float:
    assert window.session.document.can_undo

    def back() -> None:
        window.session.undo()
        wait(lambda: not window.session.document.can_undo)

    return took_ms(back)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
