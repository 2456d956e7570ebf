from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from segstudio.raster.window import Window
from segstudio.ui.canvas.frame import Frame
from segstudio.ui.canvas.projection import Projection

SIZE = 200, 120


class Plaid:
    """Composes a pattern that depends on the image pixel only, and counts."""

    def __init__(self) -> None:
        self.rects: list[QRect] = []
        self.red = 0

    def __call__(self, painter: QPainter, projection: Projection, rect: QRect) -> None:
        self.rects.append(QRect(rect))
        view = projection.window_of(rect)
        for col in range(view.col_off // 16, view.col_end // 16 + 1):
            for row in range(view.row_off // 16, view.row_end // 16 + 1):
                cell = projection.device_rect(Window(col * 16, row * 16, 16, 16))
                painter.fillRect(cell, QColor(self.red, col * 7 % 256, row * 11 % 256))


def fresh(projection: Projection, plaid: Plaid) -> QImage:
    return Frame().show(projection, plaid).copy()


def test_a_panned_frame_is_what_composing_anew_would_give(qtbot: QtBot) -> None:
    frame, plaid = Frame(), Plaid()
    for origin in ((0, 0), (37, 5), (30, -40), (30, -40), (170, 10), (900, 900)):
        projection = Projection(1.5, *origin, *SIZE)
        assert frame.show(projection, plaid) == fresh(projection, Plaid())


def test_a_pan_composes_only_the_strip_that_came_into_view(qtbot: QtBot) -> None:
    frame, plaid = Frame(), Plaid()
    frame.show(Projection(1.0, 0, 0, *SIZE), plaid)
    plaid.rects.clear()
    frame.show(Projection(1.0, 20, 0, *SIZE), plaid)
    assert plaid.rects == [QRect(180, 0, 20, 120)]


def test_nothing_is_composed_when_nothing_changed(qtbot: QtBot) -> None:
    frame, plaid = Frame(), Plaid()
    projection = Projection(1.0, 0, 0, *SIZE)
    frame.show(projection, plaid)
    plaid.rects.clear()
    frame.show(projection, plaid)
    assert plaid.rects == []


def test_a_changed_window_is_composed_alone_and_survives_a_pan(qtbot: QtBot) -> None:
    frame, plaid = Frame(), Plaid()
    frame.show(Projection(1.0, 0, 0, *SIZE), plaid)
    plaid.red = 200
    frame.invalidate(Window(64, 32, 16, 16))
    plaid.rects.clear()
    image = frame.show(Projection(1.0, 10, 0, *SIZE), plaid)
    assert image.pixelColor(64 - 10 + 8, 40).red() == 200
    assert image.pixelColor(20, 100).red() == 0
    assert sum(rect.width() * rect.height() for rect in plaid.rects) < 3000


def test_a_zoom_composes_everything(qtbot: QtBot) -> None:
    frame, plaid = Frame(), Plaid()
    frame.show(Projection(1.0, 0, 0, *SIZE), plaid)
    composed = frame.composed_px
    frame.show(Projection(1.1, 0, 0, *SIZE), plaid)
    assert frame.composed_px - composed == 200 * 120
