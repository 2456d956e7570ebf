from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from segstudio.mask.mask import Mask
from segstudio.raster import gdal
from segstudio.raster.window import Window
from segstudio.ui import memory_budget as room
from segstudio.ui.canvas.canvas import Canvas
from segstudio.ui.main_window import MainWindow
from segstudio.ui.memory_budget import MemoryBudget, choose_memory_percent, memory_budget, memory_percent
from segstudio.ui.memory_menu import MemoryMenu
from segstudio.ui.session import Session


@pytest.mark.parametrize("total", [1 << 20, 256 << 20, 6 << 30, 900 << 30])
def test_the_parts_together_never_exceed_the_whole(total: int) -> None:
    budget = MemoryBudget(total)
    parts = budget.tile_bytes, budget.overlay_bytes, budget.plane_bytes, budget.block_bytes
    assert 0 < sum(parts) <= total


def test_planes_keep_to_their_part() -> None:
    mask, budget = Mask(5120, 5120), MemoryBudget(8 << 20)
    budget.limit_planes(mask)
    for row in range(10):
        for col in range(10):
            for plane in (mask.annotation, mask.prediction, mask.depth):
                plane.set_chunk(row, col, np.zeros((512, 512), plane.dtype))
                plane.mark_stored(row, col)
    held = sum(
        sum(chunk.nbytes for chunk in plane._chunks.values())
        for plane in (mask.annotation, mask.prediction, mask.depth)
    )
    assert held <= budget.plane_bytes


def test_the_default_is_a_quarter_of_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    total = room.psutil.virtual_memory().total
    assert memory_percent() == 25 and memory_budget().total_bytes == total // 4
    choose_memory_percent(10)
    assert memory_budget().total_bytes == max(256 << 20, total // 10)
    choose_memory_percent(4000)
    assert memory_percent() == 90


def test_tiles_overlays_planes_and_blocks_hold_together(
    qtbot: QtBot, session: Session, scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = 3 << 20
    monkeypatch.setattr("segstudio.ui.canvas.canvas.memory_budget", lambda: MemoryBudget(total))
    monkeypatch.setitem(gdal._SETTINGS, "GDAL_CACHEMAX", 0)
    canvas = Canvas(session)
    canvas.resize(500, 400)
    canvas.show()
    qtbot.addWidget(canvas)
    session.open_path(scene)
    assert session.document is not None
    for col in range(0, session.extent.width, 64):
        session.set_class(0)
        session.apply_polygon([(col, 0), (col + 30, 0), (col + 30, 300), (col, 300)])
        session.look_requested.emit(Window(col, 0, 90, 90))
        canvas.grab()
        qtbot.waitUntil(lambda: canvas.tiles.is_idle and session.stretch is not None)
    planes = vars(session.document.mask).values()
    held = sum(chunk.nbytes for plane in planes for chunk in plane._chunks.values())
    blocks = gdal._SETTINGS["GDAL_CACHEMAX"]
    assert 0 < canvas.tiles.size_bytes + canvas.overlays.size_bytes + held + blocks <= total
    canvas.shut_down()


def test_the_share_is_chosen_in_the_view_menu(window: MainWindow) -> None:
    menu = window.findChild(MemoryMenu)
    assert menu is not None
    menu.aboutToShow.emit()
    by_text: dict[str, QAction] = {action.text(): action for action in menu.actions()}
    assert len(by_text) == 3 and [action.isChecked() for action in by_text.values()] == [False, True, False]
    menu.actions()[2].trigger()
    menu.aboutToShow.emit()
    assert memory_percent() == 50 and menu.actions()[2].isChecked()
