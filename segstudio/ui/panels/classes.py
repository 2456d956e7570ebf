"""The classes: what one paints with, on which key, in which colour, how much of it there is."""

from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QColorDialog, QListView, QMenu, QPushButton, QWidget

from segstudio.mask.classes import SegmentationClass
from segstudio.ui.icons import icon
from segstudio.ui.panels.class_rows import ROW_PX, ClassDelegate, ClassRole, ClassRows, RowParts
from segstudio.ui.panels.parts import GAP_PX, MARGIN_PX, Panel
from segstudio.ui.session import Session
from segstudio.ui.theme import current_theme
from segstudio.ui.words import area

_ROWS_AT_LEAST = 4


class ClassesPanel(Panel):
    """A click takes a class; eye and lock are switched in place, name and colour by a double click."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=False)
        self._session = session
        self._colours: QColorDialog | None = None
        self.rows = ClassRows(self)
        self.view = QListView()
        self._set_up_view()
        self.add = QPushButton(self.tr("Add class"))
        self.add.setProperty("flat", True)
        self.add.clicked.connect(self._add)
        self.column.setSpacing(0)
        self.column.addWidget(self.view, 1)
        self.column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(0)
        self.column.setContentsMargins(0, 4, 0, GAP_PX)
        for signal in (
            session.classes_changed,
            session.class_changed,
            session.document_changed,
            session.project_changed,
        ):
            signal.connect(self.refresh)
        session.areas.changed.connect(self.refresh)
        self.restyle()
        self.refresh()

    def restyle(self) -> None:
        """Take the theme's colours."""
        theme = current_theme()
        self.add.setIcon(icon("add", theme.dim, theme.disabled))
        self.add.setStyleSheet(f"text-align: left; margin-left: {MARGIN_PX - 4}px; color: {theme.dim};")

    def refresh(self, *_: object) -> None:
        """Show classes and areas as they are now."""
        session, document = self._session, self._session.document
        pixel_size = document.info.pixel_size_m if document else None
        areas = {class_id: area(count, pixel_size) for class_id, count in session.areas.pixels.items()}
        classes = session.classes.classes
        self.rows.show_classes(classes, areas, session.class_id)
        rows = max(_ROWS_AT_LEAST, len(classes))
        self.view.setMinimumHeight(ROW_PX * min(rows, _ROWS_AT_LEAST))
        self.view.setMaximumHeight(ROW_PX * rows)
        self.add.setEnabled(session.project is not None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102  # Qt's name
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            return self._pressed(event)
        return super().eventFilter(watched, event)

    def _set_up_view(self) -> None:
        self.view.setModel(self.rows)
        self.view.setItemDelegate(ClassDelegate(self.view))
        self.view.setAccessibleName(self.tr("Classes"))
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.view.setMouseTracking(True)
        self.view.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._menu)
        self.view.doubleClicked.connect(self._double_clicked)
        self.view.activated.connect(lambda index: self._session.set_class(index.data(ClassRole).id))
        self.rows.renamed.connect(self._session.rename_class)
        self.view.viewport().installEventFilter(self)

    def _pressed(self, event: QMouseEvent) -> bool:
        spot = event.position().toPoint()
        index = self.view.indexAt(spot)
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return False
        entry: SegmentationClass = index.data(ClassRole)
        parts = RowParts.of(self.view.visualRect(index))
        if parts.eye.contains(spot):
            self._session.set_class_visible(entry.id, not entry.visible)
        elif parts.lock.contains(spot):
            self._session.set_class_locked(entry.id, not entry.locked)
        else:
            self._session.set_class(entry.id)
            return False
        return True

    def _double_clicked(self, index: QModelIndex) -> None:
        spot = self.view.viewport().mapFromGlobal(self.cursor().pos())
        parts = RowParts.of(self.view.visualRect(index))
        if parts.swatch.contains(spot):
            self._choose_colour(index.data(ClassRole))
        elif not (parts.eye.contains(spot) or parts.lock.contains(spot)):
            self.view.edit(index)

    def _add(self) -> None:
        self._session.add_class(self.tr("New class"))
        row = self.rows.row_of(self._session.class_id)
        if row >= 0:
            self.view.scrollToBottom()
            self.view.edit(self.rows.index(row))

    def _menu(self, spot: QPoint) -> None:
        index = self.view.indexAt(spot)
        if not index.isValid():
            return
        entry: SegmentationClass = index.data(ClassRole)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Rename"), lambda: self.view.edit(index))
        menu.addAction(self.tr("Change colour…"), lambda: self._choose_colour(entry))
        menu.addSeparator()
        merge = menu.addMenu(self.tr("Merge into"))
        for other in self._session.classes:
            if other.id != entry.id:
                merge.addAction(other.name, partial(self._session.merge_class, entry.id, other.id))
        merge.setEnabled(len(self._session.classes) > 1)
        menu.addAction(self.tr("Delete with its pixels"), lambda: self._session.remove_class(entry.id))
        menu.popup(self.view.viewport().mapToGlobal(spot))

    def _choose_colour(self, entry: SegmentationClass) -> None:
        dialog = QColorDialog(QColor(entry.colour), self)
        dialog.setWindowTitle(self.tr("Colour of {name}").format(name=entry.name))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(
            lambda colour: self._session.recolour_class(entry.id, colour.name().upper())
        )
        dialog.setModal(False)
        dialog.show()
