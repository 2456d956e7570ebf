"""The rows of the class list: how a class is painted, and where its small switches lie."""

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from segstudio.mask.classes import SegmentationClass
from segstudio.ui.icons import draw_icon
from segstudio.ui.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
ClassRole = Qt.ItemDataRole.UserRole
AreaRole = Qt.ItemDataRole.UserRole + 1
CurrentRole = Qt.ItemDataRole.UserRole + 2
ROW_PX = 30
_ROOT = QModelIndex()
_EDGE_PX, _KEY_PX, _SWATCH_PX, _SWITCH_PX, _AREA_PX, _GAP_PX = 12, 12, 16, 20, 66, 8


@dataclass(frozen=True, slots=True)
class RowParts:
    """Where the parts of one row lie."""

    key: QRect
    swatch: QRect
    name: QRect
    area: QRect
    eye: QRect
    lock: QRect

    @classmethod
    def of(cls, row: QRect) -> "RowParts":
        """Lay a row out: key, colour, name | area, eye, lock."""
        left, right = row.left() + _EDGE_PX, row.right() + 1 - _EDGE_PX + 2
        key = QRect(left, row.top(), _KEY_PX, row.height())
        swatch = _centred(key.right() + 1 + _GAP_PX, _SWATCH_PX, row)
        lock = _centred(right - _SWITCH_PX, _SWITCH_PX, row)
        eye = _centred(lock.left() - _SWITCH_PX - 2, _SWITCH_PX, row)
        area = QRect(eye.left() - _GAP_PX - _AREA_PX, row.top(), _AREA_PX, row.height())
        start = swatch.right() + 1 + _GAP_PX
        name = QRect(start, row.top(), area.left() - _GAP_PX - start, row.height())
        return cls(key, swatch, name, area, eye, lock)


class ClassRows(QAbstractListModel):
    """Classes with their areas as text; the row in hand is marked. A typed name is said, not kept."""

    renamed = Signal(int, str)  # class id, name

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[SegmentationClass, ...] = ()
        self._areas: dict[int, str] = {}
        self._current = -1

    def show_classes(
        self, classes: tuple[SegmentationClass, ...], areas: dict[int, str], current: int
    ) -> None:
        """Take everything as it is now."""
        same = len(classes) == len(self._classes)
        if not same:
            self.beginResetModel()
        self._classes, self._areas, self._current = classes, areas, current
        if not same:
            self.endResetModel()
        elif classes:
            self.dataChanged.emit(self.index(0), self.index(len(classes) - 1))

    def row_of(self, class_id: int) -> int:
        """The row of a class, -1 if it is not there."""
        return next((row for row, entry in enumerate(self._classes) if entry.id == class_id), -1)

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: D102  # Qt's name
        return 0 if parent.isValid() else len(self._classes)

    def flags(self, index: Index) -> Qt.ItemFlag:  # noqa: D102
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: D102
        if role != Qt.ItemDataRole.EditRole:
            return False
        self.renamed.emit(self._classes[index.row()].id, str(value))
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: D102
        entry = self._classes[index.row()]
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.EditRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return entry.name
        if role == ClassRole:
            return entry
        if role == AreaRole:
            return self._areas.get(entry.id, "–")
        if role == CurrentRole:
            return entry.id == self._current
        return None


class ClassDelegate(QStyledItemDelegate):
    """Paints rows and edits names in place."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: D102
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: D102
        entry: SegmentationClass = index.data(ClassRole)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        parts = RowParts.of(option.rect)
        _paint_ground(painter, option.rect, current=index.data(CurrentRole), hovered=hovered)
        _paint_words(painter, option, parts, entry, number=index.row() + 1, area=index.data(AreaRole))
        _paint_swatch(painter, parts.swatch, entry)
        _paint_switches(painter, parts, entry, hovered=hovered)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: D102
        return QLineEdit(parent)

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: D102
        # areas change while one types: what was typed must stay
        if isinstance(editor, QLineEdit) and not editor.isModified():
            super().setEditorData(editor, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: D102
        parts = RowParts.of(option.rect)
        editor.setGeometry(parts.name.adjusted(-6, 1, _AREA_PX, -1))


def _centred(left: int, side: int, row: QRect) -> QRect:
    return QRect(left, row.top() + (row.height() - side) // 2, side, side)


def _paint_ground(painter: QPainter, rect: QRect, *, current: bool, hovered: bool) -> None:
    theme = current_theme()
    if current:
        painter.fillRect(rect, QColor(theme.selection))
        painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(theme.accent))
    elif hovered:
        painter.fillRect(rect, QColor(theme.hover))


def _paint_words(
    painter: QPainter,
    option: QStyleOptionViewItem,
    parts: RowParts,
    entry: SegmentationClass,
    *,
    number: int,
    area: str,
) -> None:
    theme, metrics = current_theme(), option.fontMetrics
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setPen(QColor(theme.dim))
    if number <= 9:
        painter.drawText(parts.key, middle | Qt.AlignmentFlag.AlignHCenter, str(number))
    painter.drawText(parts.area, middle | Qt.AlignmentFlag.AlignRight, area)
    painter.setPen(QColor(theme.text if entry.visible else theme.disabled))
    painter.drawText(
        parts.name, middle, metrics.elidedText(entry.name, Qt.TextElideMode.ElideRight, parts.name.width())
    )


def _paint_swatch(painter: QPainter, rect: QRect, entry: SegmentationClass) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0, 60), 1))
    painter.setBrush(QColor(entry.colour))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.restore()


def _paint_switches(painter: QPainter, parts: RowParts, entry: SegmentationClass, *, hovered: bool) -> None:
    """The eye and the lock are loud only where they differ from the rule."""
    theme = current_theme()
    quiet = theme.dim if hovered else theme.disabled
    draw_icon(
        painter,
        "eye" if entry.visible else "eye-off",
        quiet if entry.visible else theme.text,
        _inner(parts.eye),
    )
    draw_icon(
        painter,
        "lock" if entry.locked else "unlock",
        theme.warning if entry.locked else quiet,
        _inner(parts.lock),
    )


def _inner(rect: QRect) -> QRectF:
    return QRectF(rect).adjusted(2, 2, -2, -2)
