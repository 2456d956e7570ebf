"""Where the targets of the depth decoder come from: a raster, a folder, or a depth network."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.jobs.depth_model import TEACHERS
from segstudio.jobs.depth_teachers import DepthSource
from segstudio.ui import settings
from segstudio.ui.opening import IMAGE_SUFFIXES
from segstudio.ui.panels.parts import Panel, button_row, dim_label, heading, primary_button
from segstudio.ui.session import Session

_WIDTH_PX = 520
_RASTER, _FOLDER, _NETWORK = range(3)


class DepthTargetsDialog(QDialog):
    """Non-modal; the reading itself is a job like any other, with progress and cancel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Depth targets"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self.kinds = QButtonGroup(self)
        self.raster, self.folder, self.network = QLineEdit(), QLineEdit(), QComboBox()
        self.scale = QDoubleSpinBox()
        self.images = QComboBox()
        self.note = dim_label(wrap=True)
        self.start = primary_button(self.tr("Start"))
        self._fill()
        self._lay_out()
        self.choose(_RASTER)

    @property
    def source(self) -> DepthSource | None:
        """What is chosen; None while a path is missing."""
        kind = self.kinds.checkedId()
        if kind == _NETWORK:
            return DepthSource(teacher=self.network.currentText().strip()) if self._teacher() else None
        text = (self.raster if kind == _RASTER else self.folder).text().strip()
        return DepthSource(given=Path(text), scale=self.scale.value()) if text else None

    def choose(self, kind: int) -> None:
        """Take one of the three kinds of teacher."""
        self.kinds.button(kind).setChecked(True)
        self._refresh()

    def _fill(self) -> None:
        for kind, text in (
            (_RASTER, self.tr("A raster for this image")),
            (_FOLDER, self.tr("A folder of rasters with the images' names")),
            (_NETWORK, self.tr("A depth network")),
        ):
            self.kinds.addButton(QRadioButton(text), kind)
        self.network.setEditable(True)
        self.network.addItems(list(TEACHERS))
        self.scale.setDecimals(4)
        self.scale.setRange(0.0001, 10_000)
        self.scale.setValue(1)
        self.scale.setAccessibleName(self.tr("Multiply by"))
        self.images.addItem(self.tr("This image"), False)
        self.images.addItem(self.tr("All images of the project"), True)
        self.kinds.idToggled.connect(self._refresh)
        for line in (self.raster, self.folder):
            line.textChanged.connect(self._refresh)
        self.network.currentTextChanged.connect(self._refresh)
        self.start.clicked.connect(self._start)

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        panel = Panel()
        panel.column.setContentsMargins(24, 16, 24, 20)
        outer.addWidget(panel)
        panel.column.addWidget(heading(self.tr("Who says how deep the image is")))
        for kind, field in ((_RASTER, self.raster), (_FOLDER, self.folder), (_NETWORK, self.network)):
            panel.column.addWidget(self.kinds.button(kind))
            panel.column.addLayout(self._path_row(kind, field))
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.addWidget(QLabel(self.tr("Multiply by")), 0, 0)
        grid.addWidget(self.scale, 0, 1)
        grid.addWidget(QLabel(self.tr("For")), 1, 0)
        grid.addWidget(self.images, 1, 1)
        panel.column.addLayout(grid)
        panel.column.addWidget(self.note)
        panel.column.addSpacing(8)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        panel.column.addLayout(button_row(close, self.start))
        self.note.setMinimumHeight(4 * self.note.fontMetrics().height())
        self.setMinimumWidth(_WIDTH_PX)

    def _path_row(self, kind: int, field: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(22, 0, 0, 4)
        row.addWidget(field, 1)
        button = QPushButton(self.tr("Choose…"))
        button.clicked.connect(lambda: self._ask(kind))
        row.addWidget(button)
        return row

    def _refresh(self, *_: object) -> None:
        kind = self.kinds.checkedId()
        self.scale.setEnabled(kind != _NETWORK)
        self.images.setEnabled(kind != _RASTER)
        if kind == _RASTER:
            self.images.setCurrentIndex(0)
        self.note.setText(self._words(kind))
        self.start.setEnabled(self.source is not None and self._session.job is None)

    def _words(self, kind: int) -> str:
        if kind != _NETWORK:
            return self.tr(
                "Depth or height in any unit: a surface model on another grid is reprojected onto the image, "
                "16-bit frames of a depth camera become metres with 0.001."
            )
        card = TEACHERS.get(self._teacher())
        words = self.tr("Relative depth: neither its scale nor its zero means anything.")
        if card is None:
            return words + " " + self.tr("The folder holds config.json and model.safetensors.")
        licence = self.tr("{licence}, {size} MB; its files must be on this machine.")
        words += " " + licence.format(licence=card.licence, size=card.size_mb)
        return words if card.is_free else words + " " + self.tr("Not for commercial work.")

    def _teacher(self) -> str:
        return self.network.currentText().strip()

    def _ask(self, kind: int) -> None:
        self.choose(kind)
        dialog = QFileDialog(self, self.kinds.button(kind).text(), settings.text("folder", ""))
        if kind == _RASTER:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            suffixes = " ".join(f"*{suffix}" for suffix in sorted(IMAGE_SUFFIXES))
            dialog.setNameFilters([self.tr("Rasters ({suffixes})").format(suffixes=suffixes)])
        else:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._chosen(kind, path))
        dialog.open()

    def _chosen(self, kind: int, path: str) -> None:
        settings.remember("folder", str(Path(path).parent))
        if kind == _NETWORK:
            self.network.setCurrentText(path)
        else:
            (self.raster if kind == _RASTER else self.folder).setText(path)

    def _start(self) -> None:
        source = self.source
        if source is not None:
            self._session.set_depth_targets(source, all_images=bool(self.images.currentData()))
            self.close()
