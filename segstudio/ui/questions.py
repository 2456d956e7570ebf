"""What the window asks for in dialogs of their own; none of them stops the work that goes on."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from segstudio.jobs.mask_files import MASK_SUFFIXES
from segstudio.jobs.network_view import NetworkView
from segstudio.raster.address import Address, is_address
from segstudio.ui import settings
from segstudio.ui.dialogs.about import AboutDialog
from segstudio.ui.dialogs.address import AddressDialog
from segstudio.ui.dialogs.backups import BackupsDialog
from segstudio.ui.dialogs.compact import CompactDialog
from segstudio.ui.dialogs.depth_targets import DepthTargetsDialog
from segstudio.ui.dialogs.export import ExportDialog
from segstudio.ui.dialogs.keys import KeysDialog
from segstudio.ui.dialogs.network_view import NetworkViewDialog
from segstudio.ui.opening import IMAGE_SUFFIXES
from segstudio.ui.session import Session

PathsHandler = Callable[[list[str]], object]


class Questions(QObject):
    """Each answer goes to the session; the folder of the last answer is where the next question begins."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        session.network.ready.connect(self._show_network)
        session.masks.unclear.connect(self._mask_or_image)

    def images(self) -> None:
        """Choose images to open."""
        self._files(self.tr("Open images"), self._session.open_paths)

    def more_images(self) -> None:
        """Choose images to add to the open project."""
        self._files(self.tr("Add images"), self._session.add_images)

    def address(self) -> None:
        """Ask for the address of an image."""
        AddressDialog(self._session, self._window).show()

    def copied_address(self) -> None:
        """Open the address that was copied elsewhere; ask for one where none was."""
        copied = QGuiApplication.clipboard().text().strip()
        if is_address(copied):
            self._session.open_path(copied)
        else:
            self.address()

    def mask(self) -> None:
        """Choose a mask for the open image."""
        dialog = self._dialog(self.tr("Import a mask"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        suffixes = " ".join(f"*{suffix}" for suffix in MASK_SUFFIXES)
        masks = self.tr("Masks ({suffixes})").format(suffixes=suffixes)
        dialog.setNameFilters([masks, self.tr("All files (*)")])
        self._ask(dialog, lambda paths: self._session.import_mask(paths[0]))

    def _mask_or_image(self, path: Path) -> None:
        """Ask what a file is that has the size of the open image."""
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("Mask or image?"))
        text = self.tr("{name} is as large as the open image.").format(name=path.name)
        box.setText(text)
        mask = box.addButton(self.tr("Import as its mask"), QMessageBox.ButtonRole.AcceptRole)
        image = box.addButton(self.tr("Open as an image"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(mask)
        mask.clicked.connect(lambda: self._session.import_mask(path))
        image.clicked.connect(lambda: self._session.open_path(path))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setModal(False)
        # asked about this image: a mask is never taken into another one
        self._session.document_changed.connect(box.close)
        box.show()

    def depth(self) -> None:
        """Choose where the targets of the depth decoder come from."""
        DepthTargetsDialog(self._session, self._window).show()

    def folder(self) -> None:
        """Choose a folder of photos or a project."""
        dialog = self._dialog(self.tr("Open a folder of photos or a project"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._ask(dialog, self._session.open_paths)

    def export(self) -> None:
        """Choose what to export, and where to."""
        ExportDialog(self._session, self._window).show()

    def _show_network(self, view: NetworkView, title: str) -> None:
        NetworkViewDialog(view, title, self._window).show()

    def locate(self, image_id: int) -> None:
        """Ask where a missing image lies now."""
        images = self._session.project.images if self._session.project else []
        if any(entry.id == image_id and isinstance(entry.path, Address) for entry in images):
            find = AddressDialog(self._session, self._window, image_id=image_id)
            find.file_asked.connect(lambda: self._locate_file(image_id))
            find.show()
        else:
            self._locate_file(image_id)

    def _locate_file(self, image_id: int) -> None:
        dialog = self._dialog(self.tr("Where is the image now?"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._ask(dialog, lambda paths: self._session.locate_image(image_id, Path(paths[0])))

    def backups(self) -> None:
        """Show the copies of the project."""
        if self._session.project is not None:
            BackupsDialog(self._session, self._window).show()

    def compact(self) -> None:
        """Say how much room the history takes, and choose how much it may."""
        if self._session.project is not None:
            CompactDialog(self._session, self._session.project, self._window).show()

    def show_keys(self) -> None:
        """Show the list of keys."""
        KeysDialog(self._window).show()

    def show_about(self) -> None:
        """Show version and licences."""
        AboutDialog(self._window).show()

    def _files(self, title: str, then: PathsHandler) -> None:
        dialog = self._dialog(title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(IMAGE_SUFFIXES))
        images = self.tr("Images ({suffixes})").format(suffixes=suffixes)
        dialog.setNameFilters([images, self.tr("All files (*)")])
        self._ask(dialog, then)

    def _dialog(self, title: str) -> QFileDialog:
        return QFileDialog(self._window, title, settings.text("folder", ""))

    def _ask(self, dialog: QFileDialog, then: PathsHandler) -> None:
        def chosen(paths: list[str]) -> None:
            if paths:
                settings.remember("folder", str(Path(paths[0]).parent))
                then(paths)

        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(chosen)
        dialog.show()
