"""The depth filter in the window: picked by a click, dragged by its handles, obeyed by every tool."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QScrollArea
from small_scenes import SIZE

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.depth_filter import DepthFilter
from segstudio.raster.window import Window
from segstudio.ui.canvas.overlay import OUTSIDE_ARGB
from segstudio.ui.docks import LEFT_PX

SCROLL_BAR_PX = 10


@pytest.fixture
def deep(working):
    """The window with a scene whose height grows with the column."""
    session = working.session
    depth = np.broadcast_to(np.arange(SIZE, dtype=np.float32), (SIZE, SIZE))
    session.document.set_depth_target(session.extent, depth)
    session.mask_changed.emit(session.extent)
    session.set_class(session.classes.ids[0])
    working.canvas.viewport.animated = False
    working.canvas.viewport.fit()
    working.depths.refresh()
    return working


def said(session, window):
    return session.document.mask.annotation.read(window) != UNLABELLED


def columns(session):
    """The columns in which anything was said."""
    return np.flatnonzero(said(session, session.extent).any(axis=0))


def test_brush_polygon_and_fill_change_only_what_passes(deep):
    session = deep.session
    session.set_depth_filter(DepthFilter(low=100, high=199))
    session.set_tool("brush")
    session.begin_stroke(95, 50)
    session.stroke_to(205, 50)
    session.end_stroke()
    assert (columns(session).min(), columns(session).max()) == (100, 199)
    session.apply_polygon([(0, 100), (SIZE, 100), (SIZE, 200), (0, 200)])
    session.fill_at(150, 500)
    assert (columns(session).min(), columns(session).max()) == (100, 199)
    assert said(session, Window(100, 100, 100, SIZE - 100)).all()


def test_undo_and_redo_do_not_ask_the_filter(deep):
    session = deep.session
    session.apply_polygon([(0, 0), (SIZE, 0), (SIZE, 50), (0, 50)])
    session.set_depth_filter(DepthFilter(high=10))
    session.undo()
    assert not said(session, session.extent).any()
    session.redo()
    assert said(session, Window(0, 0, SIZE, 50)).all()


def test_a_fill_outside_the_filter_is_answered_with_a_sentence(qtbot, deep):
    deep.session.set_depth_filter(DepthFilter(low=300))
    with qtbot.waitSignal(deep.session.notice) as notice:
        deep.session.fill_at(20, 20)
    assert "depth filter" in notice.args[1]
    assert not said(deep.session, deep.session.extent).any()


def test_a_click_on_the_image_sets_the_filter_and_no_tool_hears_it(qtbot, deep):
    session, pane = deep.session, deep.canvas.panes[0]
    session.set_tool("brush")
    deep.depths.low_pick.click()
    assert session.depth_pick == "low"
    place = pane.projection.to_pane(400.5, 300.5).toPoint()
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=place)
    assert session.depth_filter == DepthFilter(low=pytest.approx(400, abs=2))
    assert session.depth_pick is None
    assert not deep.depths.low_pick.isChecked()
    assert not said(session, session.extent).any()


def test_escape_leaves_the_picking(qtbot, deep):
    deep.depths.high_pick.click()
    qtbot.keyClick(deep.canvas.panes[0], Qt.Key.Key_Escape)
    assert deep.session.depth_pick is None
    assert deep.session.depth_filter is None


def test_the_handles_are_dragged_and_at_the_ends_they_are_open(qtbot, deep):
    deep.docks["depth"].raise_()
    panel, session = deep.depths, deep.session
    panel.limit.click()
    assert session.depth_filter == DepthFilter()
    strip = panel.range
    strip.resize(216, strip.height())
    y = strip.height() // 2
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(strip.handle_x(0)), y))
    qtbot.mouseMove(strip, QPoint(108, y))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(108, y))
    low, high = strip.limits
    assert session.depth_filter.low == pytest.approx((low + high) / 2, rel=0.03)
    assert session.depth_filter.high is None
    assert "≥" in deep.tools.depth_words.text()
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(strip.handle_x(0)), y))
    qtbot.mouseMove(strip, QPoint(0, y))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(0, y))
    assert session.depth_filter == DepthFilter()
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert session.depth_filter.low > low


def test_what_is_filtered_out_is_dimmed(deep):
    session, overlays = deep.session, deep.canvas.overlays
    session.set_depth_filter(DepthFilter(low=320))
    shown = overlays._coloured("outside", 0, Window(310, 0, 20, 4))
    assert (shown[:, :10] == OUTSIDE_ARGB).all()
    assert (shown[:, 10:] == 0).all()
    session.set_depth_filter(None)
    assert overlays.depth_filter is None


def test_the_panel_is_no_wider_than_its_dock(deep):
    body = deep.depths.findChild(QScrollArea).widget()
    assert body.minimumSizeHint().width() <= LEFT_PX - SCROLL_BAR_PX


def test_another_image_begins_without_a_filter(qtbot, deep, tmp_path):
    from small_scenes import write_tif

    deep.session.set_depth_filter(DepthFilter(low=3))
    deep.session.open_path(write_tif(tmp_path / "other.tif"))
    assert deep.session.depth_filter is None
    assert not deep.depths.limit.isChecked()
    assert not deep.depths.limit.isEnabled()
