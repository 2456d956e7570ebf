"""The images of the project: thumbnails, names and how far each one is."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from segstudio.project.images import ImageEntry
from segstudio.ui.background import Background
from segstudio.ui.panels.image_list import EntryRole, ImageList, ThumbRole
from segstudio.ui.panels.parts import Panel
from segstudio.ui.session import Session
from segstudio.ui.theme import current_theme
from segstudio.ui.words import translate

_ROW_PX = 56
_THUMB_PX = 44
_PAD_PX = 8


class ImagesPanel(Panel):
    """Shows the images; a click opens one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=False)
        self._session = session
        self._background = Background(self)
        self.images = ImageList(self._background, self)
        self.view = QListView()
        self.view.setModel(self.images)
        self.view.setItemDelegate(_ImageDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setAccessibleName(self.tr("Images"))
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.clicked.connect(self._open)
        self.view.activated.connect(self._open)
        self.column.addWidget(self.view)
        for signal in (session.images_changed, session.project_changed, session.document_changed):
            signal.connect(self.refresh)
        session.history_changed.connect(self.refresh)
        self.destroyed.connect(self._background.forget)

    def refresh(self, *_: object) -> None:
        """Show the images and their states as they are now."""
        project, document = self._session.project, self._session.document
        self.images.show_entries(list(project.images) if project else [])
        row = self.images.row_of(document.image_id if document else None)
        if row >= 0:
            self.view.setCurrentIndex(self.images.index(row))

    def stop(self) -> None:
        """End the workers: the window closes."""
        self._background.stop()

    def _open(self, index: QModelIndex) -> None:
        self._session.show_image(index.data(EntryRole).id)


class _ImageDelegate(QStyledItemDelegate):
    """Paints a row: picture, name, and a line of facts with a dot for the state."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, _ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, entry = current_theme(), index.data(EntryRole)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme.selection))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(theme.hover))
        box = QRect(option.rect.left() + 12, option.rect.top() + 6, _THUMB_PX, _THUMB_PX)
        _paint_thumb(painter, box, index.data(ThumbRole))
        _paint_words(painter, option, box.right() + 1 + _PAD_PX, entry)


def _paint_thumb(painter: QPainter, box: QRect, thumb: QPixmap | None) -> None:
    painter.save()
    path = QPainterPath()
    path.addRoundedRect(QRectF(box), 4, 4)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.setClipPath(path)
    painter.fillRect(box, QColor(current_theme().field))
    if thumb is not None:
        side = min(thumb.width(), thumb.height())
        middle = QRect((thumb.width() - side) // 2, (thumb.height() - side) // 2, side, side)
        painter.drawPixmap(box, thumb, middle)
    painter.restore()


def _paint_words(painter: QPainter, option: QStyleOptionViewItem, left: int, entry: ImageEntry) -> None:
    theme, metrics = current_theme(), option.fontMetrics
    width = option.rect.right() - left - _PAD_PX
    middle = option.rect.center().y() + 1
    top = QRect(left, middle - metrics.height(), width, metrics.height())
    below = QRect(left, middle, width, metrics.height())
    painter.setPen(QColor(theme.text))
    painter.drawText(
        top,
        Qt.AlignmentFlag.AlignVCenter,
        metrics.elidedText(entry.name, Qt.TextElideMode.ElideMiddle, width),
    )
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_state_colour(entry)))
    painter.drawEllipse(QRectF(left, below.center().y() - 2.5, 6, 6))
    painter.restore()
    painter.setPen(QColor(theme.dim))
    words = metrics.elidedText(_facts(entry), Qt.TextElideMode.ElideRight, width - 12)
    painter.drawText(below.adjusted(12, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)


def _state_colour(entry: ImageEntry) -> str:
    theme = current_theme()
    return {"done": theme.good, "started": theme.warning}.get(entry.state, theme.disabled)


def _facts(entry: ImageEntry) -> str:
    size = f"{entry.width} × {entry.height}"
    if entry.annotated_px <= 0:
        return size
    share = 100 * entry.annotated_px / max(1, entry.width * entry.height)
    spelt = f"{share:.0f}" if share >= 10 else f"{share:.1f}"
    return translate("ImagesPanel", "{size} · {share} % labelled").format(size=size, share=spelt)
