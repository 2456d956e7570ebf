"""The canvas with the real session and real mouse events."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.mask.classes import UNLABELLED
from segstudio.raster.geotiff import GeotiffRaster
from segstudio.raster.window import Window
from segstudio.ui.canvas.canvas import Canvas
from segstudio.ui.canvas.pane import CanvasPane
from segstudio.ui.display import DisplaySettings
from segstudio.ui.session import Session
from tests.ui.canvas.conftest import pixels_of, wait_until_sharp, write_scene

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton


def shown_class(session: Session, col: float, row: float) -> int | None:
    return session.class_at(col, row)


def drag(qtbot: QtBot, pane: CanvasPane, places: list[QPoint], button: Qt.MouseButton = LEFT) -> None:
    qtbot.mousePress(pane, button, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(pane, pos=place)
    qtbot.mouseRelease(pane, button, pos=places[-1])


def turn_wheel(
    pane: CanvasPane,
    place: QPoint,
    notches: int,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    event = QWheelEvent(
        QPointF(place), QPointF(pane.mapToGlobal(place)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(pane, event)


def at(pane: CanvasPane, place: QPoint) -> tuple[float, float]:
    return pane.projection.to_image(QPointF(place))


def picture(qtbot: QtBot, pane: CanvasPane) -> QImage:
    """What is on screen once every overlay tile has had its turn."""
    pane.grab()
    qtbot.waitUntil(lambda: not pane.is_behind)
    return pane.grab().toImage()


def brush(session: Session, radius_px: int = 12, class_id: int = 0) -> None:
    session.set_tool("brush")
    session.set_class(class_id)
    session.set_brush_radius(radius_px)


# ---- seeing ------------------------------------------------------------------------------------------------


def test_pixels_stand_where_they_belong(qtbot: QtBot, canvas: Canvas) -> None:
    pane = canvas.panes[0]
    image = picture(qtbot, pane)
    for place in (QPoint(200, 150), QPoint(420, 300)):
        col, row = (int(edge) for edge in at(pane, place))
        colour, expected = image.pixelColor(place), pixels_of()[:, row, col].astype(int)
        shown = np.array([colour.red(), colour.green()])
        low, high = canvas.session.stretch.low, canvas.session.stretch.high
        stretched = [(expected[band] - low[band]) / (high[band] - low[band]) * 255 for band in (0, 1)]
        assert np.abs(shown - np.clip(stretched, 0, 255)).max() <= 2


def test_nothing_is_read_in_the_gui_thread(
    qtbot: QtBot, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set()
    for name in ("read", "read_with_valid", "read_coarse"):
        original = getattr(GeotiffRaster, name)

        def watched(
            self: GeotiffRaster, *args: object, original: object = original, **more: object
        ) -> object:
            threads.add(threading.get_ident())
            return original(self, *args, **more)  # type: ignore[operator]

        monkeypatch.setattr(GeotiffRaster, name, watched)
    canvas.session.stretching.set_gamma(1.4)
    turn_wheel(canvas.panes[0], QPoint(100, 100), 3)
    canvas.viewport.fit()
    canvas.viewport.set_scale(4.0)
    wait_until_sharp(qtbot, canvas)
    canvas.grab()
    assert threads and threading.get_ident() not in threads


def test_the_view_is_told_to_the_session_when_it_rests(qtbot: QtBot, canvas: Canvas) -> None:
    with qtbot.waitSignal(canvas.session.view_changed):
        canvas.viewport.look_at(Window(100, 100, 50, 40))
    assert canvas.session.view is not None and canvas.session.view.contains(Window(100, 100, 50, 40))


def test_the_session_can_ask_for_a_place_a_zoom_and_the_whole(canvas: Canvas) -> None:
    session, view = canvas.session, canvas.viewport
    session.look_requested.emit(Window(300, 300, 64, 64))
    assert view.centre == (332, 332)
    before = view.scale
    session.zoom_requested.emit(1.5)
    assert view.scale == pytest.approx(1.5 * before)
    session.fit_requested.emit()
    assert canvas.panes[0].projection.window.contains(Window(0, 0, 900, 700))


def test_another_image_is_shown_whole(qtbot: QtBot, canvas: Canvas, tmp_path: Path) -> None:
    canvas.session.open_path(write_scene(tmp_path / "other.tif", np.full((3, 400, 300), 200, np.uint8)))
    wait_until_sharp(qtbot, canvas)
    assert canvas.panes[0].projection.window.contains(Window(0, 0, 300, 400))
    assert canvas.viewport.centre == (150, 200)


def test_where_the_image_has_no_data_the_ground_is_seen(qtbot: QtBot, canvas: Canvas, tmp_path: Path) -> None:
    pixels = np.full((3, 300, 300), 200, np.uint8)
    pixels[:, :, 150:] = 0
    canvas.session.open_path(write_scene(tmp_path / "hole.tif", pixels, nodata=0))
    wait_until_sharp(qtbot, canvas)
    projection, image = canvas.panes[0].projection, picture(qtbot, canvas.panes[0])
    hole = image.pixelColor(projection.to_pane(225, 150).toPoint())
    rim = image.pixelColor(3, 240)
    assert hole != QColor(0, 0, 0) and hole.saturation() < 60 and hole != rim


def test_a_closed_document_leaves_an_empty_canvas(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.session.close()
    assert canvas.tiles.is_idle and canvas.tiles.size_bytes == 0
    assert len(set(picture(qtbot, canvas.panes[0]).pixelColor(x, 200).name() for x in range(0, 600, 50))) == 1


def test_an_accepted_tile_is_framed_for_a_moment(qtbot: QtBot, canvas: Canvas) -> None:
    pane = canvas.panes[0]
    bare = picture(qtbot, pane)
    tile = Window(300, 200, 200, 200)
    canvas.session.review_changed.emit(tile)
    corner = pane.projection.to_pane(300, 300).toPoint()
    assert picture(qtbot, pane).pixelColor(corner) != bare.pixelColor(corner)
    qtbot.waitUntil(lambda: canvas._stage.pointed_out is None)
    assert picture(qtbot, pane) == bare


# ---- moving ------------------------------------------------------------------------------------------------


def test_the_wheel_zooms_at_the_cursor(canvas: Canvas) -> None:
    pane, place = canvas.panes[0], QPoint(500, 120)
    col, row = at(pane, place)
    turn_wheel(pane, place, 2)
    assert canvas.viewport.scale > 1.5
    after = pane.projection.to_pane(col, row)
    assert abs(after.x() - place.x()) <= 1.5 and abs(after.y() - place.y()) <= 1.5


@pytest.mark.parametrize("button", [LEFT, MIDDLE])
def test_a_drag_moves_the_image_with_the_hand(qtbot: QtBot, canvas: Canvas, button: Qt.MouseButton) -> None:
    canvas.session.set_tool("pan" if button == LEFT else "brush")
    pane = canvas.panes[0]
    held = at(pane, QPoint(300, 200))
    drag(qtbot, pane, [QPoint(300, 200), QPoint(330, 210), QPoint(380, 260)], button)
    assert at(pane, QPoint(380, 260)) == held
    assert canvas.session.document.mask.annotation.written_chunks() == []


def test_space_pans_with_any_tool(qtbot: QtBot, canvas: Canvas) -> None:
    brush(canvas.session)
    pane = canvas.panes[0]
    held = at(pane, QPoint(300, 200))
    qtbot.keyPress(pane, Qt.Key.Key_Space)
    drag(qtbot, pane, [QPoint(300, 200), QPoint(340, 200)])
    qtbot.keyRelease(pane, Qt.Key.Key_Space)
    assert at(pane, QPoint(340, 200)) == held
    drag(qtbot, pane, [QPoint(300, 200), QPoint(310, 200)])
    assert shown_class(canvas.session, *at(pane, QPoint(305, 200))) == 0


def test_arrow_keys_move_the_view(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.viewport.centre_on(450, 350)
    qtbot.keyClick(canvas.panes[0], Qt.Key.Key_Right)
    assert canvas.viewport.centre[0] > 500 and canvas.viewport.centre[1] == 350


def test_a_pan_paints_only_what_came_into_view(qtbot: QtBot, canvas: Canvas) -> None:
    pane = canvas.panes[0]
    canvas.grab()
    composed = pane.frame.composed_px
    canvas.viewport.pan_by(-40, 0)
    canvas.grab()
    assert 0 < pane.frame.composed_px - composed <= 45 * pane.height()


def test_a_panned_view_looks_like_one_painted_anew(qtbot: QtBot, canvas: Canvas) -> None:
    pane = canvas.panes[0]
    canvas.viewport.set_scale(1.7)
    wait_until_sharp(qtbot, canvas)
    canvas.grab()
    for dx, dy in ((13, 5), (-60, 31), (7, -90)):
        canvas.viewport.pan_by(dx, dy)
        wait_until_sharp(qtbot, canvas)
        canvas.grab()
    panned = picture(qtbot, pane)
    pane.refresh()
    assert picture(qtbot, pane) == panned


def test_all_panes_move_together(qtbot: QtBot, canvas: Canvas) -> None:
    session = canvas.session
    session.set_display(DisplaySettings(mode="side_by_side", show_depth=True))
    session.set_tool("pan")
    canvas.grab()
    left, middle, right = canvas.panes
    assert [pane.role for pane in canvas.panes] == ["image", "overlay", "depth"]
    drag(qtbot, middle, [QPoint(100, 100), QPoint(60, 130)])
    turn_wheel(right, QPoint(50, 80), 1)
    assert left.projection.scale == middle.projection.scale == right.projection.scale > 1
    centres = [pane.projection.to_image(QPointF(pane.width() / 2, 50)) for pane in canvas.panes]
    assert max(abs(col - centres[0][0]) for col, _ in centres) <= 1.0
    assert len({row for _, row in centres}) == 1


def test_the_minimap_shows_only_when_needed_and_jumps(qtbot: QtBot, canvas: Canvas) -> None:
    assert canvas._minimap.isVisible()
    qtbot.mouseClick(canvas._minimap, LEFT, pos=canvas._minimap.rect().center())
    assert canvas.viewport.centre == pytest.approx((450, 350), abs=8)
    canvas.viewport.fit()
    assert not canvas._minimap.isVisible()


# ---- correcting --------------------------------------------------------------------------------------------


def test_a_stroke_changes_the_annotation_between_the_mouse_positions_too(
    qtbot: QtBot, canvas: Canvas
) -> None:
    brush(canvas.session, radius_px=5, class_id=2)
    pane = canvas.panes[0]
    start, end = QPoint(150, 100), QPoint(450, 280)
    drag(qtbot, pane, [start, end])
    mask = canvas.session.document.mask
    for share in np.linspace(0, 1, 9):
        place = QPointF(start) + share * (QPointF(end) - QPointF(start))
        col, row = pane.projection.to_image(place)
        assert mask.annotation.read(Window(int(col), int(row), 1, 1))[0, 0] == 2
    assert mask.counts()[2] == pytest.approx(11 * 350, rel=0.1)


def test_a_stroke_is_seen_at_once_and_only_its_rectangle_is_composed(qtbot: QtBot, canvas: Canvas) -> None:
    brush(canvas.session, radius_px=8, class_id=2)
    canvas.session.set_display(replace(canvas.session.display, mask_opacity=1.0))
    pane = canvas.panes[0]
    canvas.grab()
    composed = pane.frame.composed_px
    drag(qtbot, pane, [QPoint(200, 200), QPoint(260, 200)])
    qtbot.mouseMove(pane, pos=QPoint(500, 400))
    image = picture(qtbot, pane)
    assert image.pixelColor(230, 200).name() == canvas.session.classes.by_id(2).colour.lower()
    assert pane.frame.composed_px - composed < 6 * 80 * 20


def test_a_right_drag_erases_with_any_tool(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=20, class_id=1)
    drag(qtbot, pane, [QPoint(200, 200), QPoint(300, 200)])
    session.set_tool("fill")
    session.set_brush_radius(4)
    drag(qtbot, pane, [QPoint(250, 150), QPoint(250, 250)], RIGHT)
    assert shown_class(session, *at(pane, QPoint(250, 200))) is None
    assert shown_class(session, *at(pane, QPoint(230, 200))) == 1


def test_the_eraser_takes_back_what_was_said(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, class_id=1)
    drag(qtbot, pane, [QPoint(200, 200), QPoint(300, 200)])
    session.set_tool("eraser")
    drag(qtbot, pane, [QPoint(200, 200), QPoint(300, 200)])
    assert session.document.mask.counts() == {}


def test_undo_and_redo_repaint(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, class_id=3)
    before = picture(qtbot, pane)
    drag(qtbot, pane, [QPoint(150, 150), QPoint(400, 300)])
    qtbot.mouseMove(canvas._minimap, pos=QPoint(4, 4))
    canvas._point(None)
    painted = picture(qtbot, pane)
    assert painted != before
    session.undo()
    assert picture(qtbot, pane) == before
    session.redo()
    assert picture(qtbot, pane) == painted


def test_shift_draws_a_straight_line_from_the_last_stroke(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=3, class_id=1)
    qtbot.mouseClick(pane, LEFT, pos=QPoint(100, 100))
    qtbot.mouseClick(pane, LEFT, Qt.KeyboardModifier.ShiftModifier, pos=QPoint(300, 200))
    assert shown_class(session, *at(pane, QPoint(200, 150))) == 1


def test_alt_click_picks_the_class_under_the_pointer(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, class_id=3)
    drag(qtbot, pane, [QPoint(150, 150), QPoint(160, 150)])
    session.set_class(1)
    qtbot.mouseClick(pane, LEFT, Qt.KeyboardModifier.AltModifier, pos=QPoint(155, 150))
    assert session.class_id == 3
    assert session.document.mask.counts()[3] > 0 and 1 not in session.document.mask.counts()


def test_ctrl_wheel_resizes_the_brush_and_does_not_zoom(canvas: Canvas) -> None:
    session, scale = canvas.session, canvas.viewport.scale
    brush(session, radius_px=20)
    turn_wheel(canvas.panes[0], QPoint(100, 100), 2, Qt.KeyboardModifier.ControlModifier)
    assert session.brush_radius_px > 20 and canvas.viewport.scale == scale
    session.set_brush_radius(1)
    turn_wheel(canvas.panes[0], QPoint(100, 100), 1, Qt.KeyboardModifier.ControlModifier)
    assert session.brush_radius_px == 2


def click_corners(qtbot: QtBot, pane: CanvasPane, corners: list[QPoint]) -> None:
    for corner in corners:
        qtbot.mouseMove(pane, pos=corner)
        qtbot.mouseClick(pane, LEFT, pos=corner)


SQUARE = [QPoint(100, 100), QPoint(200, 100), QPoint(200, 200), QPoint(100, 200)]


def test_a_polygon_is_closed_by_enter_and_is_one_edit(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    session.set_tool("polygon")
    session.set_class(2)
    click_corners(qtbot, pane, SQUARE)
    assert session.document.mask.counts() == {}
    qtbot.keyClick(pane, Qt.Key.Key_Return)
    assert session.document.mask.counts() == {2: 100 * 100}
    session.undo()
    assert session.document.mask.counts() == {}


def test_a_double_click_closes_a_polygon(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    session.set_tool("polygon")
    session.set_class(2)
    click_corners(qtbot, pane, SQUARE)
    qtbot.mouseDClick(pane, LEFT, pos=SQUARE[-1])
    assert session.document.mask.counts() == {2: 100 * 100}
    assert not canvas.gestures.tool.is_sketching


def test_a_click_on_the_first_corner_closes_a_polygon(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    session.set_tool("polygon")
    click_corners(qtbot, pane, [*SQUARE, SQUARE[0] + QPoint(3, 2)])
    assert session.document.mask.counts() == {session.class_id: 100 * 100}


def test_backspace_and_right_click_take_corners_back_and_escape_forgets_them(
    qtbot: QtBot, canvas: Canvas
) -> None:
    session, pane, tool = canvas.session, canvas.panes[0], canvas.gestures
    session.set_tool("polygon")
    click_corners(qtbot, pane, SQUARE)
    qtbot.keyClick(pane, Qt.Key.Key_Backspace)
    qtbot.mouseClick(pane, RIGHT, pos=QPoint(20, 20))
    assert len(tool.tool.corners) == 2
    qtbot.keyClick(pane, Qt.Key.Key_Escape)
    assert not tool.tool.is_sketching and session.document.mask.counts() == {}


def test_a_dragged_polygon_follows_the_hand(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    session.set_tool("polygon")
    angles = np.linspace(0, 2 * np.pi, 60)
    ring = [QPoint(round(250 + 80 * np.cos(a)), round(200 + 80 * np.sin(a))) for a in angles]
    drag(qtbot, pane, ring)
    qtbot.keyClick(pane, Qt.Key.Key_Return)
    assert session.document.mask.counts()[session.class_id] == pytest.approx(np.pi * 80**2, rel=0.03)


def test_another_tool_forgets_the_polygon(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    session.set_tool("polygon")
    click_corners(qtbot, pane, SQUARE)
    session.set_tool("brush")
    session.set_tool("polygon")
    assert not canvas.gestures.tool.is_sketching


def test_fill_gives_a_region_another_class(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    session.document.mask.prediction.write_value(Window(300, 250, 60, 40), 1)
    session.set_tool("fill")
    session.set_class(4)
    place = pane.projection.to_pane(330, 270).toPoint()
    qtbot.mouseClick(pane, LEFT, pos=place)
    assert session.document.mask.counts() == {4: 60 * 40}


def test_the_area_tool_marks_whole_pixels_and_a_click_clears(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    session.set_tool("area")
    drag(qtbot, pane, [QPoint(300, 250), QPoint(100, 100)])
    left, top = (int(edge) for edge in at(pane, QPoint(100, 100)))
    assert session.area == Window(left, top, 200, 150)
    qtbot.mouseClick(pane, LEFT, pos=QPoint(400, 400))
    assert session.area is None


def test_the_pointer_is_told_and_forgotten(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    qtbot.mouseMove(pane, pos=QPoint(200, 150))
    assert session.cursor == pytest.approx(at(pane, QPoint(200, 150)))
    canvas.viewport.fit()
    qtbot.mouseMove(pane, pos=QPoint(2, 240))
    assert session.cursor is None


def test_the_brush_outline_follows_the_pointer_and_composes_nothing(qtbot: QtBot, canvas: Canvas) -> None:
    pane = canvas.panes[0]
    brush(canvas.session, radius_px=30)
    qtbot.mouseMove(pane, pos=QPoint(100, 100))
    first = picture(qtbot, pane)
    composed = pane.frame.composed_px
    qtbot.mouseMove(pane, pos=QPoint(300, 200))
    second = picture(qtbot, pane)
    assert pane.frame.composed_px == composed
    assert second != first and second.pixelColor(331, 200) != first.pixelColor(331, 200)


# ---- overlays and panes ------------------------------------------------------------------------------------


def predict(session: Session) -> None:
    """As a finished strip would: left half class 0, right half class 1, with doubt and depth."""
    window = Window(0, 0, 900, 700)
    ids = np.zeros(window.shape, np.uint8)
    ids[:, 450:] = 1
    depth = np.linspace(0, 30, 900, dtype=np.float16)[None].repeat(700, axis=0)
    session.document.set_prediction(window, ids, np.full(window.shape, 180, np.uint8), depth, "v1")
    session.mask_changed.emit(window)


def test_a_prediction_is_painted_when_it_comes_and_hidden_by_the_hide_key(
    qtbot: QtBot, canvas: Canvas
) -> None:
    session, pane = canvas.session, canvas.panes[0]
    bare = picture(qtbot, pane)
    predict(session)
    masked = picture(qtbot, pane)
    assert masked.pixelColor(300, 200) != bare.pixelColor(300, 200)
    session.set_display(replace(session.display, mask_hidden=True))
    assert picture(qtbot, pane) == bare


def test_opacity_recolours_no_tile(qtbot: QtBot, canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    session, pane = canvas.session, canvas.panes[0]
    predict(session)
    faint = picture(qtbot, pane)
    coloured: list[object] = []
    monkeypatch.setattr(type(canvas.overlays), "_coloured", lambda *args: coloured.append(args))
    session.set_display(replace(session.display, mask_opacity=0.9))
    assert picture(qtbot, pane) != faint and coloured == []


def test_a_class_can_be_hidden(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    bare = picture(qtbot, pane)
    predict(session)
    session.set_class_visible(0, False)
    left, right = pane.projection.to_pane(440, 350).toPoint(), pane.projection.to_pane(460, 350).toPoint()
    assert picture(qtbot, pane).pixelColor(left) == bare.pixelColor(left)
    assert picture(qtbot, pane).pixelColor(right) != bare.pixelColor(right)


def test_outline_doubt_and_depth_look_different(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    predict(session)
    looks = []
    for display in (
        DisplaySettings(),
        DisplaySettings(outline_only=True),
        DisplaySettings(show_doubt=True),
        DisplaySettings(show_depth=True),
    ):
        session.set_display(display)
        looks.append(picture(qtbot, pane))
    assert all(a != b for index, a in enumerate(looks) for b in looks[:index])


def test_the_swipe_line_parts_image_and_mask_and_can_be_dragged(qtbot: QtBot, canvas: Canvas) -> None:
    session, pane = canvas.session, canvas.panes[0]
    bare = picture(qtbot, pane)
    predict(session)
    session.set_display(DisplaySettings(mode="swipe"))
    left, right = QPoint(200, 300), QPoint(450, 300)
    swiped = picture(qtbot, pane)
    assert swiped.pixelColor(left) == bare.pixelColor(left)
    assert swiped.pixelColor(right) != bare.pixelColor(right)
    drag(qtbot, pane, [QPoint(320, 300), QPoint(250, 300), QPoint(120, 300)])
    assert pane.divider is not None and round(pane.divider.x(pane.width())) == 120
    assert picture(qtbot, pane).pixelColor(left) != bare.pixelColor(left)


def test_the_depth_pane_spreads_its_colours_over_what_is_shown(qtbot: QtBot, canvas: Canvas) -> None:
    session = canvas.session
    session.set_display(DisplaySettings(mode="side_by_side", show_depth=True))
    depth = canvas.panes[2]
    assert depth.furniture.message
    predict(session)
    canvas.viewport.look_at(Window(0, 100, 200, 200))
    qtbot.waitUntil(lambda: not depth.furniture.message)
    assert depth.furniture.depth_range == canvas.overlays.depth_range
    assert 3 < canvas.overlays.depth_range[1] < 15
    colours = {picture(qtbot, depth).pixelColor(x, 120).name() for x in range(20, depth.width() - 20, 20)}
    assert len(colours) > 5


def test_a_dab_shows_in_the_other_panes_too(qtbot: QtBot, canvas: Canvas) -> None:
    session = canvas.session
    brush(session, class_id=2)
    session.set_display(DisplaySettings(mode="side_by_side", mask_opacity=1.0))
    wait_until_sharp(qtbot, canvas)
    image, overlay = canvas.panes
    drag(qtbot, image, [QPoint(100, 200), QPoint(140, 200)])
    colour = picture(qtbot, overlay).pixelColor(110, 200).name()
    assert colour == session.classes.by_id(2).colour.lower()
    assert session.document.mask.annotation.read(Window(0, 0, 1, 1))[0, 0] == UNLABELLED
