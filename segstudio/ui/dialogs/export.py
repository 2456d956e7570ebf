"""What leaves the program, and where to."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.ui.panels.parts import Panel, button_row, dim_label, heading, primary_button
from segstudio.ui.session import Session

_WIDTH_PX = 460


class ExportDialog(QDialog):
    """Non-modal; the export itself is a job like any other."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export masks"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self.folder = QLineEdit(str(session.project.folder / "export") if session.project else "")
        self.images = QComboBox()
        self.images.addItem(self.tr("All images of the project"), None)
        if session.document is not None:
            self.images.addItem(
                self.tr("Only {name}").format(name=session.document.name), session.document.name
            )
        self.what = QComboBox()
        self.what.addItem(self.tr("The mask as shown: corrections over prediction"), "shown")
        self.what.addItem(self.tr("Corrections only"), "annotation")
        self.start = primary_button(self.tr("Export"))
        self.start.clicked.connect(self._export)
        self._lay_out()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        panel = Panel()
        panel.column.setContentsMargins(24, 16, 24, 20)
        outer.addWidget(panel)
        row = QHBoxLayout()
        choose = QPushButton(self.tr("Choose…"))
        choose.clicked.connect(self._choose)
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        panel.column.addWidget(heading(self.tr("Which images")))
        panel.column.addWidget(self.images)
        panel.column.addWidget(heading(self.tr("What")))
        panel.column.addWidget(self.what)
        panel.column.addWidget(heading(self.tr("Folder")))
        panel.column.addLayout(row)
        note = self.tr("GeoTIFF with the image's georeference and colour table; indexed PNG for photos.")
        panel.column.addWidget(dim_label(note, wrap=True))
        panel.column.addSpacing(8)
        cancel = QPushButton(self.tr("Close"))
        cancel.clicked.connect(self.close)
        panel.column.addLayout(button_row(cancel, self.start))
        self.setMinimumWidth(_WIDTH_PX)

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder for the masks"), self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _export(self) -> None:
        image = self.images.currentData()
        self._session.export(Path(self.folder.text()), image=image, what=self.what.currentData())
        self.close()
