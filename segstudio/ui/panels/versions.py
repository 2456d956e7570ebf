"""The versions of the model: who came from whom, how good each was, which one is in use."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QMenu, QPushButton, QTreeWidget, QTreeWidgetItem, QWidget

from segstudio.jobs.strip_depth import has_depth_decoder
from segstudio.models.versions import ModelVersion
from segstudio.ui.icons import icon
from segstudio.ui.panels.figures import mean_iou
from segstudio.ui.panels.parts import GAP_PX, MARGIN_PX, Panel, button_row, dim_label
from segstudio.ui.session import Session
from segstudio.ui.theme import current_theme
from segstudio.ui.words import percent

_ID = Qt.ItemDataRole.UserRole


class VersionsPanel(Panel):
    """A tree by parent; the chosen version can be used or deleted."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=False)
        self._session = session
        self.tree = QTreeWidget()
        self.empty = dim_label(
            self.tr("Every fine-tune becomes a version here. The one before is never lost."), wrap=True
        )
        self.empty.setContentsMargins(MARGIN_PX, GAP_PX, MARGIN_PX, GAP_PX)
        self.use = QPushButton(self.tr("Use"))
        self.delete = QPushButton(self.tr("Delete"))
        self._set_up()
        session.versions_changed.connect(self.refresh)
        session.model_changed.connect(self.refresh)
        session.project_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show the versions as they are now."""
        versions = self._session.models.versions()
        self.tree.setVisible(bool(versions))
        self.empty.setVisible(not versions)
        self.tree.clear()
        items: dict[str, QTreeWidgetItem] = {}
        for version in versions:
            self._add(items, version)
        self.tree.expandAll()
        self._choose()

    def _set_up(self) -> None:
        self.tree.setColumnCount(3)
        self.tree.setHeaderLabels([self.tr("Version"), self.tr("Before"), self.tr("After")])
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            self.tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.setIndentation(14)
        self.tree.setAccessibleName(self.tr("Versions"))
        self.tree.itemSelectionChanged.connect(self._choose)
        self.tree.itemActivated.connect(lambda item, _: self._session.keep_version(item.data(0, _ID)))
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)
        self.use.clicked.connect(self._use)
        self.delete.clicked.connect(self._delete)
        foot = Panel()
        foot.column.addLayout(button_row(self.delete, self.use))
        self.column.setSpacing(0)
        self.column.addWidget(self.empty)
        self.column.addWidget(self.tree, 1)
        self.column.addStretch(0)
        self.column.addWidget(foot, 0, Qt.AlignmentFlag.AlignBottom)

    def _add(self, items: dict[str, QTreeWidgetItem], version: ModelVersion) -> None:
        figures = [percent(mean_iou(version.figures.get(key))) for key in ("before", "after")]
        item = QTreeWidgetItem([_title(version), *figures])
        item.setData(0, _ID, version.id)
        item.setToolTip(0, "\n".join((version.id, version.card_id, *version.notes)))
        for column in (1, 2):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        if self._is_active(version.id):
            theme = current_theme()
            item.setIcon(0, icon("accept", theme.good, theme.good))
            font = item.font(0)
            font.setBold(True)
            item.setFont(0, font)
        else:
            item.setForeground(1, QColor(current_theme().dim))
        parent = items.get(version.parent or "")
        (parent.addChild if parent else self.tree.addTopLevelItem)(item)
        items[version.id] = item

    def _is_active(self, version_id: str) -> bool:
        ref = self._session.models.ref
        return ref is not None and ref.id == version_id

    def _chosen(self) -> str | None:
        items = self.tree.selectedItems()
        return items[0].data(0, _ID) if items else None

    def _choose(self) -> None:
        chosen = self._chosen()
        self.use.setEnabled(chosen is not None and not self._is_active(chosen))
        self.delete.setEnabled(chosen is not None and self._session.job is None)

    def _menu(self, place: QPoint) -> None:
        item = self.tree.itemAt(place)
        if item is not None:
            menu = self.menu_of(item.data(0, _ID))
            menu.popup(self.tree.viewport().mapToGlobal(place))

    def menu_of(self, version_id: str) -> QMenu:
        """What can be done with a version besides the buttons; the menu goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Use"), lambda: self._session.keep_version(version_id))
        strip = menu.addAction(
            self.tr("Cut off depth, for deployment"), lambda: self._session.strip_depth(version_id)
        )
        strip.setEnabled(self._has_depth(version_id) and self._session.job is None)
        return menu

    def _has_depth(self, version_id: str) -> bool:
        known = {each.id: each for each in self._session.models.versions()}
        return version_id in known and has_depth_decoder(known[version_id].card_id)

    def _use(self) -> None:
        chosen = self._chosen()
        if chosen:
            self._session.keep_version(chosen)

    def _delete(self) -> None:
        chosen = self._chosen()
        if chosen:
            self._session.drop_version(chosen)


def _title(version: ModelVersion) -> str:
    """`11-20 11:39  mff-light`; the year is in the tip, with the whole id."""
    day, clock = version.created[5:10], version.created[11:16]
    return f"{day} {clock}  {version.card_id}"
