"""Published weights: what they know and under which licence, before they are fetched."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segstudio.jobs.fetch_weights import WeightsNotHere
from segstudio.jobs.steps import WeightsKept
from segstudio.ui.desk import JobState
from segstudio.ui.panels.parts import Facts, Panel, button_row, dim_label, heading, primary_button
from segstudio.ui.session import Session
from segstudio.ui.weights_control import FETCH, SetEntry, WeightsControl
from segstudio.ui.words import percent, translate

_WIDTH_PX, _HEIGHT_PX = 720, 640
_LIST_PX = 170
_ENTRY = Qt.ItemDataRole.UserRole
_BAR_STEPS = 1000


class GetWeightsDialog(QDialog):
    """Non-modal: the fetch is a job like any other, with progress and cancel here and in the status bar."""

    def __init__(self, session: Session, weights: WeightsControl, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Get weights"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._weights = weights
        self.tree = QTreeWidget()
        self.title = heading("")
        self.facts = Facts()
        self.get = primary_button("")
        self.shut = QPushButton(self.tr("Close"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.bar = QProgressBar()
        self.state = dim_label(wrap=True)
        self.offline = CopyRows()
        self._lay_out()
        self._connect()
        self.refresh()
        self._follow(session.job)
        self.resize(_WIDTH_PX, _HEIGHT_PX)

    @property
    def entry(self) -> SetEntry | None:
        """The chosen set."""
        items = self.tree.selectedItems()
        return items[0].data(0, _ENTRY) if items else None

    def refresh(self) -> None:
        """List the sets anew and choose the first, or the one that was chosen."""
        before = self.entry.published.id if self.entry else ""
        self.tree.clear()
        groups: dict[bool, QTreeWidgetItem] = {}
        entries = self._weights.entries()
        for entry in entries:
            if entry.fits not in groups:
                groups[entry.fits] = self._group(entry.fits)
            item = self._item(groups[entry.fits], entry)
            if entry.published.id == before or not self.tree.selectedItems():
                self.tree.setCurrentItem(item)
        self.tree.expandAll()

    def _connect(self) -> None:
        self.tree.itemSelectionChanged.connect(self._show)
        self.get.clicked.connect(self._act)
        self.shut.clicked.connect(self.close)
        self.cancel.clicked.connect(self._session.cancel_job)
        self._session.job_changed.connect(self._follow)
        self._weights.kept.connect(self._say_kept)
        self._weights.failed.connect(self._say_failed)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        panel = Panel()
        panel.column.setContentsMargins(24, 16, 24, 20)
        outer.addWidget(panel)
        self._set_up_tree()
        panel.column.addWidget(self.tree, 1)
        panel.column.addWidget(self.title)
        panel.column.addWidget(self.facts)
        panel.column.addWidget(self.state)
        panel.column.addWidget(self.offline)
        running = QHBoxLayout()
        running.addWidget(self.bar, 1)
        running.addWidget(self.cancel)
        panel.column.addLayout(running)
        panel.column.addLayout(button_row(self.shut, self.get))
        self.bar.setRange(0, _BAR_STEPS)
        self.bar.setTextVisible(False)
        self.offline.hide()

    def _set_up_tree(self) -> None:
        self.tree.setColumnCount(4)
        self.tree.setHeaderLabels([self.tr("Weights"), self.tr("Size"), self.tr("Licence"), self.tr("Here")])
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2, 3):
            self.tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.setIndentation(14)
        self.tree.setMinimumHeight(_LIST_PX)
        self.tree.setAccessibleName(self.tr("Published weights"))

    def _group(self, fits: bool) -> QTreeWidgetItem:
        ref = self._session.models.ref
        own = self.tr("For {title}").format(title=ref.card.title if ref else "")
        group = QTreeWidgetItem(self.tree, [own if fits else self.tr("For other models")])
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        group.setFirstColumnSpanned(True)
        return group

    def _item(self, group: QTreeWidgetItem, entry: SetEntry) -> QTreeWidgetItem:
        published = entry.published
        here = self.tr("yes") if entry.is_here else ""
        item = QTreeWidgetItem(group, [published.title, _size(published.size_mb), published.licence, here])
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setData(0, _ENTRY, entry)
        return item

    def _show(self) -> None:
        entry = self.entry
        if entry is None:
            return
        published = entry.published
        self.title.setText(published.title)
        classes = ", ".join(each.name for each in published.classes)
        use = self.tr("a start for fine-tuning: it knows no classes of yours")
        facts = [
            (self.tr("Knows"), classes or use),
            (self.tr("Accuracy"), _figures(entry)),
            (self.tr("From"), f"{published.library}, {published.name}"),
            (self.tr("Address"), published.address_at()),
            (self.tr("Licence"), published.licence),
            (self.tr("Terms"), published.terms),
        ]
        self.facts.show_facts([(name, value) for name, value in facts if value])
        self._say("")
        self._enable()

    def _act(self) -> None:
        """Fetch the chosen set, or use the model that is here."""
        entry = self.entry
        if entry is None:
            return
        if entry.is_here:
            self._session.set_model(entry.published.id)
            self.close()
        elif self._weights.fetch(entry.published.id):
            self._say("")

    def _follow(self, state: JobState | None) -> None:
        fetching = state is not None and state.verb == FETCH
        self.bar.setVisible(fetching)
        self.cancel.setVisible(fetching)
        if fetching and state is not None:
            self.cancel.setEnabled(not state.cancelling)
            self.bar.setRange(0, _BAR_STEPS if state.fraction is not None else 0)
            self.bar.setValue(round(_BAR_STEPS * (state.fraction or 0)))
            self._say(_progress(state))
        self._enable()

    def _enable(self) -> None:
        entry = self.entry
        is_model_here = entry is not None and entry.is_here and entry.published.gives == "model"
        is_wanted = entry is not None and (is_model_here or not entry.is_here)
        self.get.setText(
            self.tr("Use this model") if is_model_here else self.tr("Accept the licence and get")
        )
        self.get.setEnabled(is_wanted and self._session.job is None)

    def _say_kept(self, kept: WeightsKept) -> None:
        self.refresh()
        self._say(self.tr("{name} is here.").format(name=kept.name))

    def _say_failed(self, error: object) -> None:
        self._say(str(error))
        if isinstance(error, WeightsNotHere):
            self.offline.show_rows(file=error.file_name, folder=str(error.folder), address=error.address)
            self.offline.show()

    def _say(self, words: str) -> None:
        self.state.setText(words)
        self.offline.hide()


class CopyRows(QWidget):
    """What to copy by hand on a machine without a network: address, folder and name, each with a button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = {name: QLineEdit() for name in ("address", "folder", "file")}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for name, text in (
            ("address", self.tr("It is at")),
            ("folder", self.tr("Copy it into")),
            ("file", self.tr("under the name")),
        ):
            column.addLayout(self._row(text, self.fields[name]))

    def show_rows(self, **values: str) -> None:
        """Fill the fields: `address`, `folder` and `file`."""
        for name, value in values.items():
            self.fields[name].setText(value)
            self.fields[name].setCursorPosition(0)

    def _row(self, text: str, field: QLineEdit) -> QHBoxLayout:
        label = QLabel(text)
        label.setMinimumWidth(110)
        field.setReadOnly(True)
        field.setAccessibleName(text)
        copy = QPushButton(self.tr("Copy"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(field.text()))
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(field, 1)
        row.addWidget(copy)
        return row


def _size(size_mb: float) -> str:
    return f"{size_mb:.0f} MB"


def _figures(entry: SetEntry) -> str:
    figures = entry.published.figures or {}
    if "mean_iou" not in figures:
        return ""
    words = translate("GetWeightsDialog", "mean IoU {value} % on its publisher's own test photos")
    return words.format(value=percent(figures["mean_iou"]))


def _progress(state: JobState) -> str:
    words = translate("jobs", state.text)
    if state.total <= 0:
        return words
    return f"{words}  {state.done / 1e6:.1f} / {state.total / 1e6:.1f} MB"
