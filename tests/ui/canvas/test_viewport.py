import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSize, QSizeF
from pytestqt.qtbot import QtBot

from segstudio.raster.window import Window
from segstudio.ui.canvas.viewport import MAX_SCALE, Viewport

PANE = QSize(640, 480)


def viewport(width: int = 4000, height: int = 3000, ratio: float = 1.0) -> Viewport:
    made = Viewport()
    made.animated = False
    made.set_pane(QSizeF(PANE), ratio)
    made.set_image(width, height)
    return made


def offset_of(place: QPointF) -> QPointF:
    return place - QPointF(PANE.width() / 2, PANE.height() / 2)


@given(
    st.lists(st.tuples(st.floats(0.2, 5.0), st.floats(0, 640), st.floats(0, 480)), min_size=1, max_size=8),
    st.sampled_from([1.0, 1.5, 2.0]),
)
def test_zoom_keeps_the_pixel_under_the_cursor(steps: list[tuple[float, float, float]], ratio: float) -> None:
    view = viewport(ratio=ratio)
    view.set_scale(1.0)
    for factor, x, y in steps:
        place = QPointF(x, y)
        before = view.projection(PANE)
        col, row = before.to_image(place)
        if not (0 <= col <= 4000 and 0 <= row <= 3000):
            continue
        view.zoom_at(factor, offset_of(place))
        after = view.projection(PANE).to_pane(col, row)
        # the view lies on whole device pixels before and after: half a pixel each, in the enlarged image
        slack = (0.5 + 0.5 * max(1.0, view.scale / before.scale)) / ratio + 1e-6
        assert abs(after.x() - x) <= slack and abs(after.y() - y) <= slack


@given(st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), max_size=20), st.floats(0.01, 60))
def test_some_of_the_image_stays_in_reach(moves: list[tuple[float, float]], scale: float) -> None:
    view = viewport()
    view.set_scale(scale)
    for dx, dy in moves:
        view.pan_by(dx, dy)
    assert not view.projection(PANE).window.intersection(Window(0, 0, 4000, 3000)).is_empty


@given(st.floats(1e-6, 1e6))
def test_the_scale_stays_within_its_limits(factor: float) -> None:
    view = viewport()
    view.zoom_at(factor, QPointF(30, 20))
    assert view.min_scale <= view.scale <= MAX_SCALE


def test_pan_moves_the_image_with_the_hand() -> None:
    view = viewport()
    view.set_scale(2.0)
    before = view.projection(PANE)
    view.pan_by(48, -20)
    assert view.projection(PANE).shift_from(before) == (48, -20)


def test_fit_shows_the_whole_image_and_stays_fitted_when_resized() -> None:
    view = viewport()
    assert view.projection(PANE).window.contains(Window(0, 0, 4000, 3000))
    larger = QSize(1200, 900)
    view.set_pane(QSizeF(larger), 1.0)
    assert view.projection(larger).window.contains(Window(0, 0, 4000, 3000))
    assert view.scale == pytest.approx(0.96 * 0.3)


def test_a_resize_keeps_the_middle_of_a_view_that_was_chosen() -> None:
    view = viewport()
    view.set_scale(1.0)
    view.centre_on(1000, 800)
    view.set_pane(QSizeF(900, 700), 1.0)
    assert view.centre == (1000, 800) and view.scale == 1.0


def test_another_screen_keeps_what_is_shown() -> None:
    view = viewport()
    view.set_scale(1.0)
    view.centre_on(1000, 800)
    before = view.projection(PANE).window
    view.set_pane(QSizeF(PANE), 2.0)
    assert view.projection(PANE).window == before


def test_look_at_shows_a_window_and_what_lies_around_it() -> None:
    view = viewport()
    tile = Window(1024, 512, 512, 512)
    view.look_at(tile)
    shown = view.projection(PANE).window
    assert shown.contains(tile) and shown.area < 5 * tile.area


def test_an_animated_zoom_keeps_its_anchor_all_the_way_and_ends_at_its_target(qtbot: QtBot) -> None:
    view = viewport()
    view.animated = True
    view.set_scale(1.0)
    place = QPointF(500, 100)
    col, row = view.projection(PANE).to_image(place)
    strays = []

    def watch() -> None:
        now = view.projection(PANE).to_pane(col, row)
        strays.append(max(abs(now.x() - place.x()), abs(now.y() - place.y())))

    view.changed.connect(watch)
    with qtbot.waitSignal(view.settled):
        view.zoom_at(2.0, offset_of(place), animated=True)
        assert view.is_moving and view.coming_projection(PANE).scale == pytest.approx(2.0)
    assert view.scale == pytest.approx(2.0) and not view.is_moving
    assert max(strays) <= 1.5


def test_notches_in_quick_succession_add_up(qtbot: QtBot) -> None:
    view = viewport()
    view.animated = True
    view.set_scale(1.0)
    with qtbot.waitSignal(view.settled):
        for _ in range(3):
            view.zoom_at(1.5, QPointF(10, 10), animated=True)
    assert view.scale == pytest.approx(1.5**3)


def test_a_pan_ends_a_zoom(qtbot: QtBot) -> None:
    view = viewport()
    view.animated = True
    view.zoom_at(3.0, QPointF(0, 0), animated=True)
    view.pan_by(5, 5)
    assert not view.is_moving
