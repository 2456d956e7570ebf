"""Pens, their eraser end and barrel buttons, fingers and palms, with real tablet events."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.mask.dabs import Dab
from segstudio.raster.window import Window
from segstudio.ui import pen as pen_module
from segstudio.ui.canvas.canvas import Canvas
from segstudio.ui.canvas.pane import CanvasPane
from segstudio.ui.canvas.tools.steady_hand import SteadyHand
from segstudio.ui.panels.tool_options import ToolPanel
from segstudio.ui.pen_settings import PenSettings
from segstudio.ui.session import Session
from tests.ui.canvas.test_canvas import at, brush, drag, picture

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NONE = Qt.MouseButton.NoButton
Kind = QEvent.Type
ABLE = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure
MILLISECONDS = itertools.count(1_000_000, 8)


def device(kind: QInputDevice.DeviceType, end: QPointingDevice.PointerType, able=ABLE) -> QPointingDevice:
    return QPointingDevice("made for tests", 1, kind, end, able, 1, 3)


@pytest.fixture(scope="module")
def tip(qapp: QApplication) -> QPointingDevice:
    return device(QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen)


@pytest.fixture(scope="module")
def eraser(qapp: QApplication) -> QPointingDevice:
    return device(QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Eraser)


@pytest.fixture(scope="module")
def finger(qapp: QApplication) -> QPointingDevice:
    return device(QInputDevice.DeviceType.TouchScreen, QPointingDevice.PointerType.Finger)


def send(
    pane: CanvasPane,
    pen: QPointingDevice,
    kind: Kind,
    place: QPointF | QPoint,
    *,
    button: Qt.MouseButton = NONE,
    held: Qt.MouseButton = NONE,
    pressure: float = 0.0,
) -> None:
    place = QPointF(place)
    event = QTabletEvent(
        kind, pen, place, pane.mapToGlobal(place), pressure, 0, 0, 0, 0, 0,
        Qt.KeyboardModifier.NoModifier, button, held,
    )  # fmt: skip
    event.setTimestamp(next(MILLISECONDS))
    QApplication.sendEvent(pane, event)
    assert event.isAccepted()


def stroke(
    pane: CanvasPane,
    pen: QPointingDevice,
    places: list[QPointF] | list[QPoint],
    *,
    button: Qt.MouseButton = LEFT,
    pressure: float = 1.0,
) -> None:
    send(pane, pen, Kind.TabletPress, places[0], button=button, held=button, pressure=pressure)
    for place in places[1:]:
        send(pane, pen, Kind.TabletMove, place, held=button, pressure=pressure)
    send(pane, pen, Kind.TabletRelease, places[-1], button=button)


def touch(pane: CanvasPane, finger: QPointingDevice, places: list[QPoint]) -> None:
    """The mouse events that Qt makes of a finger."""
    kinds = [Kind.MouseButtonPress, *[Kind.MouseMove] * (len(places) - 2), Kind.MouseButtonRelease]
    for kind, place in zip(kinds, places, strict=True):
        button, held = (
            (NONE if kind == Kind.MouseMove else LEFT),
            (NONE if kind == Kind.MouseButtonRelease else LEFT),
        )
        where = QPointF(place)
        event = QMouseEvent(
            kind, where, where, pane.mapToGlobal(where), button, held,
            Qt.KeyboardModifier.NoModifier, finger,
        )  # fmt: skip
        QApplication.sendEvent(pane, event)


ROW = [QPoint(150, 200), QPoint(250, 200), QPoint(350, 200)]


def said(session: Session) -> int:
    assert session.document is not None
    return sum(session.document.mask.counts().values())


def thickness(canvas: Canvas, place: QPoint) -> int:
    col, row = at(canvas.panes[0], place)
    column = canvas.session.document.mask.annotation.read(Window(int(col), int(row) - 45, 1, 91))
    return int((column != 255).sum())


# ---- the pen -----------------------------------------------------------------------------------------------


def test_a_pen_paints_as_wide_as_it_is_pressed(canvas: Canvas, tip: QPointingDevice) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=20, class_id=1)
    session.set_pen(PenSettings(pressure=80))
    for down, pressure in ((0, 1.0), (100, 0.5), (200, 0.0)):
        stroke(pane, tip, [place + QPoint(0, down) for place in ROW], pressure=pressure)
    widths = [thickness(canvas, QPoint(250, 200 + down)) for down in (0, 100, 200)]
    assert widths == [41, 2 * 12 + 1, 2 * 4 + 1]
    session.set_pen(PenSettings(pressure=0))
    stroke(pane, tip, [place - QPoint(0, 100) for place in ROW], pressure=0.1)
    assert thickness(canvas, QPoint(250, 100)) == 41


def test_a_stroke_swells_without_steps(canvas: Canvas, tip: QPointingDevice) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=40, class_id=1)
    session.set_pen(PenSettings(pressure=100))
    send(pane, tip, Kind.TabletPress, QPoint(150, 200), button=LEFT, held=LEFT, pressure=0.2)
    send(pane, tip, Kind.TabletMove, QPoint(350, 200), held=LEFT, pressure=0.8)
    assert canvas.gestures.brush_radius_px == pytest.approx(32, abs=0.1)
    send(pane, tip, Kind.TabletRelease, QPoint(350, 200), button=LEFT)
    widths = [thickness(canvas, QPoint(x, 200)) for x in range(160, 340, 10)]
    assert widths == sorted(widths) and len(set(widths)) > 12
    assert max(np.diff(widths)) <= 4


def test_a_pen_in_the_air_shows_the_outline_and_paints_nothing(
    qtbot: QtBot, canvas: Canvas, tip: QPointingDevice
) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=30)
    send(pane, tip, Kind.TabletMove, QPoint(100, 100))
    first = picture(qtbot, pane)
    send(pane, tip, Kind.TabletMove, QPoint(300, 200))
    assert picture(qtbot, pane).pixelColor(331, 200) != first.pixelColor(331, 200)
    assert session.cursor == pytest.approx(at(pane, QPoint(300, 200)))
    assert said(session) == 0


def test_the_eraser_end_erases_whatever_tool_is_in_hand(
    canvas: Canvas, tip: QPointingDevice, eraser: QPointingDevice
) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=20, class_id=1)
    stroke(pane, tip, ROW)
    session.set_tool("polygon")
    send(pane, eraser, Kind.TabletMove, QPoint(250, 200))
    assert canvas.gestures.shows_brush and canvas.gestures.erases
    stroke(pane, eraser, [QPoint(250, 100), QPoint(250, 300)])
    assert session.class_at(*at(pane, QPoint(250, 200))) is None
    assert session.class_at(*at(pane, QPoint(160, 200))) == 1
    send(pane, tip, Kind.TabletMove, QPoint(250, 200))
    assert not canvas.gestures.shows_brush


def test_barrel_buttons_are_those_of_a_mouse(canvas: Canvas, tip: QPointingDevice) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=20, class_id=1)
    stroke(pane, tip, ROW)
    stroke(pane, tip, [QPoint(250, 150), QPoint(250, 250)], button=RIGHT)
    assert session.class_at(*at(pane, QPoint(250, 200))) is None
    held = at(pane, QPoint(300, 200))
    stroke(pane, tip, [QPoint(300, 200), QPoint(340, 220)], button=MIDDLE)
    assert at(pane, QPoint(340, 220)) == held


def test_a_pen_set_down_twice_closes_a_polygon(canvas: Canvas, tip: QPointingDevice) -> None:
    session, pane = canvas.session, canvas.panes[0]
    session.set_tool("polygon")
    session.set_class(2)
    corners = [QPoint(100, 100), QPoint(200, 100), QPoint(200, 200), QPoint(100, 200)]
    for corner in [*corners, corners[-1]]:
        stroke(pane, tip, [corner])
    assert session.document.mask.counts() == {2: 100 * 100}


# ---- fingers and palms -------------------------------------------------------------------------------------


def test_a_finger_moves_the_view_and_never_paints(canvas: Canvas, finger: QPointingDevice) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=20)
    held = at(pane, QPoint(300, 200))
    touch(pane, finger, [QPoint(300, 200), QPoint(330, 210), QPoint(380, 260), QPoint(380, 260)])
    assert at(pane, QPoint(380, 260)) == held
    assert said(session) == 0


def test_a_palm_beside_the_pen_does_nothing(
    canvas: Canvas, tip: QPointingDevice, finger: QPointingDevice
) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=20)
    before = at(pane, QPoint(300, 200))
    send(pane, tip, Kind.TabletMove, QPoint(200, 200))
    touch(pane, finger, [QPoint(300, 200), QPoint(380, 260), QPoint(380, 260)])
    assert at(pane, QPoint(300, 200)) == before
    assert session.cursor == pytest.approx(at(pane, QPoint(200, 200)))
    assert said(session) == 0


# ---- many positions, large brushes -------------------------------------------------------------------------


def zigzag(count: int = 40) -> list[QPoint]:
    return [QPoint(100 + 9 * n, 150 + 60 * (n % 2)) for n in range(count)]


def test_positions_that_come_too_fast_wait_and_are_all_drawn(
    qtbot: QtBot, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=6, class_id=1)
    drag(qtbot, pane, zigzag())
    expected = session.document.mask.annotation.read(session.extent)
    session.undo()
    monkeypatch.setattr(pen_module, "_SHARE_S", 0.0)
    qtbot.mousePress(pane, LEFT, pos=zigzag()[0])
    begun = said(session)
    for place in zigzag()[1:]:
        qtbot.mouseMove(pane, pos=place)
    assert said(session) == begun
    monkeypatch.setattr(pen_module, "_SHARE_S", 0.008)
    qtbot.waitUntil(lambda: said(session) == (expected != 255).sum())
    qtbot.mouseRelease(pane, LEFT, pos=zigzag()[-1])
    np.testing.assert_array_equal(session.document.mask.annotation.read(session.extent), expected)


def test_the_end_of_a_stroke_waits_for_nothing(
    qtbot: QtBot, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=6, class_id=1)
    drag(qtbot, pane, zigzag())
    expected = said(session)
    session.undo()
    monkeypatch.setattr(pen_module, "_SHARE_S", 0.0)
    drag(qtbot, pane, zigzag())
    assert said(session) == expected
    assert len(session.document.edits()) == 1


def test_positions_nearer_than_can_be_seen_cost_nothing(
    session: Session, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways: list[tuple[Dab, Dab]] = []
    growth = pen_module.stroke_growth

    def counted(start: Dab, end: Dab, extent: Window):
        ways.append((start, end))
        return growth(start, end, extent)

    monkeypatch.setattr(pen_module, "stroke_growth", counted)
    brush(session, radius_px=1000)
    session.begin_stroke(100, 100)
    for step in range(1, 201):
        session.stroke_to(100 + step, 100)
    session.end_stroke()
    assert 8 <= len(ways) <= 12
    assert ways[-1][1].col == 300


# ---- smoothing ---------------------------------------------------------------------------------------------


def walk(strength: float, places: np.ndarray, zoom: float = 1.0) -> np.ndarray:
    hand = SteadyHand()
    hand.begin(*places[0], 0)
    return np.array([
        hand.follow(*place, 8 * n, zoom=zoom, strength=strength) for n, place in enumerate(places, start=1)
    ])  # fmt: skip


def test_a_slow_hand_gets_calm_and_a_fast_one_is_not_held_back() -> None:
    tremor = 2 * np.sin(np.arange(300) * 2 * np.pi * 10 * 0.008)
    slow = np.stack([np.arange(300) * 0.2, 100 + tremor], axis=1)
    assert np.abs(walk(0.6, slow)[50:, 1] - 100).max() < 0.6
    fast = np.stack([np.arange(300) * 12.0, np.full(300, 100.0)], axis=1)
    behind = fast[:, 0] - walk(0.6, fast)[:, 0]
    assert behind[50:].max() < 12  # at 1,500 pixels a second less than one event
    np.testing.assert_array_equal(walk(0, slow), slow)


def test_the_hand_feels_the_same_at_every_zoom() -> None:
    places = np.cumsum(np.random.default_rng(0).normal(3, 2, (100, 2)), axis=0)
    np.testing.assert_allclose(walk(0.5, places / 8, zoom=8) * 8, walk(0.5, places), atol=1e-9)


def test_a_smoothed_stroke_ends_at_the_pointer(qtbot: QtBot, canvas: Canvas, tip: QPointingDevice) -> None:
    session, pane = canvas.session, canvas.panes[0]
    brush(session, radius_px=3, class_id=1)
    session.set_pen(PenSettings(smoothing=100))
    end = QPoint(400, 300)
    stroke(pane, tip, [QPoint(100, 100), QPoint(250, 120), end])
    assert session.class_at(*at(pane, end)) == 1


# ---- settings ----------------------------------------------------------------------------------------------


def test_settings_are_remembered_and_pressure_shows_with_the_first_pen(
    qtbot: QtBot, canvas: Canvas, tip: QPointingDevice
) -> None:
    session = canvas.session
    panel = ToolPanel(session)
    qtbot.addWidget(panel)
    session.set_tool("brush")
    assert panel.pressure.isHidden()
    send(canvas.panes[0], tip, Kind.TabletMove, QPoint(100, 100))
    assert not panel.pressure.isHidden()
    panel.pressure.slider.setValue(30)
    panel.smoothing.slider.setValue(45)
    assert session.pen == PenSettings(pressure=30, smoothing=45, has_pen=True)
    again = Session()
    assert again.pen == session.pen
    again.close()
