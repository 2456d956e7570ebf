"""The whole image small in a corner, with the view in it."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from segstudio.raster.window import Window
from segstudio.ui.canvas.plates import draw_plate

LONGEST_PX = 152
SHORTEST_PX = 40
_RIM_PX = 4
_SMALLEST_VIEW_PX = 6.0


class Minimap(QWidget):
    """Shows where the view lies; a click or drag asks for another place."""

    picked = Signal(float, float)  # column and row to look at

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self._extent = Window(0, 0, 1, 1)
        self._view = Window(0, 0, 1, 1)
        self._picture = QPixmap()
        self.hide()

    def set_image(self, width: int, height: int) -> None:
        """Show another image, once its picture has come."""
        self._extent = Window(0, 0, max(1, width), max(1, height))
        self._picture = QPixmap()
        shrink = LONGEST_PX / max(self._extent.width, self._extent.height)
        size = QSize(
            max(SHORTEST_PX, round(self._extent.width * shrink)),
            max(SHORTEST_PX, round(self._extent.height * shrink)),
        )
        self.resize(size + QSize(2 * _RIM_PX, 2 * _RIM_PX))

    def set_picture(self, image: QImage) -> None:
        """Show this picture of the whole image."""
        ratio = self.devicePixelRatioF()
        inside = self._inside()
        size = QSize(round(inside.width() * ratio), round(inside.height() * ratio))
        scaled = image.scaled(
            size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self._picture = QPixmap.fromImage(scaled)
        self.update()

    def set_view(self, view: Window) -> None:
        """Mark the view."""
        if view != self._view:
            self._view = view
            self.update()

    def is_needed(self, view: Window) -> bool:
        """Whether some of the image is out of view."""
        return not view.contains(self._extent)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw picture and view."""
        painter = QPainter(self)
        draw_plate(painter, QRectF(self.rect()))
        inside = self._inside()
        if not self._picture.isNull():
            painter.drawPixmap(inside, self._picture, QRectF(self._picture.rect()))
        view = self._view_rect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setClipRect(inside)
        for rect in (
            QRectF(inside.left(), inside.top(), inside.width(), view.top() - inside.top()),
            QRectF(inside.left(), view.bottom(), inside.width(), inside.bottom() - view.bottom()),
            QRectF(inside.left(), view.top(), view.left() - inside.left(), view.height()),
            QRectF(view.right(), view.top(), inside.right() - view.right(), view.height()),
        ):
            painter.fillRect(rect, QColor(0, 0, 0, 110))
        painter.setClipping(False)
        painter.setPen(QPen(Qt.GlobalColor.white, 1.4))
        painter.drawRect(view)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look there."""
        self._pick(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick(event.position())

    def _pick(self, place: QPointF) -> None:
        inside = self._inside()
        across = (place.x() - inside.left()) / inside.width()
        down = (place.y() - inside.top()) / inside.height()
        self.picked.emit(
            max(0.0, min(1.0, across)) * self._extent.width, max(0.0, min(1.0, down)) * self._extent.height
        )

    def _inside(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_RIM_PX, _RIM_PX, -_RIM_PX, -_RIM_PX)

    def _view_rect(self) -> QRectF:
        """The view in the picture, never too small to be seen."""
        inside, view = self._inside(), self._view.intersection(self._extent)
        across, down = inside.width() / self._extent.width, inside.height() / self._extent.height
        rect = QRectF(
            inside.left() + view.col_off * across,
            inside.top() + view.row_off * down,
            view.width * across,
            view.height * down,
        )
        grow_x = max(0.0, _SMALLEST_VIEW_PX - rect.width()) / 2
        grow_y = max(0.0, _SMALLEST_VIEW_PX - rect.height()) / 2
        return rect.adjusted(-grow_x, -grow_y, grow_x, grow_y)
