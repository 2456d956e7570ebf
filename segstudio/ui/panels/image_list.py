"""The images of a project as a list model: name, state and a thumbnail that comes from a worker."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage, QPixmap

from segstudio.project.images import ImageEntry
from segstudio.raster.open import open_raster
from segstudio.raster.stretch import apply_stretch, default_stretch
from segstudio.ui.background import Background

Index = QModelIndex | QPersistentModelIndex
EntryRole = Qt.ItemDataRole.UserRole
ThumbRole = Qt.ItemDataRole.UserRole + 1
THUMB_PX = 96
_ROOT = QModelIndex()


class ImageList(QAbstractListModel):
    """One row per image; a thumbnail is asked for when its row is first painted."""

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._entries: list[ImageEntry] = []
        self._thumbs: dict[str, QPixmap | None] = {}

    def show_entries(self, entries: list[ImageEntry]) -> None:
        """Take the images as they are now; the selection stays where rows stay."""
        self._drop_gone({str(entry.path) for entry in entries})
        if [entry.id for entry in entries] == [entry.id for entry in self._entries]:
            self._entries = entries
            if entries:
                self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))
            return
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def row_of(self, image_id: int | None) -> int:
        """The row of an image, -1 if it is not there."""
        return next((row for row, entry in enumerate(self._entries) if entry.id == image_id), -1)

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: D102  # Qt's name
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: D102
        entry = self._entries[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return entry.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(entry.path)
        if role == EntryRole:
            return entry
        if role == ThumbRole:
            return self._thumb(entry)
        return None

    def _thumb(self, entry: ImageEntry) -> QPixmap | None:
        key = str(entry.path)
        if key not in self._thumbs:
            self._thumbs[key] = None
            self._background.ask(
                ("thumb", key), lambda: read_thumbnail(key), lambda image: self._keep(key, image)
            )
        return self._thumbs[key]

    def _drop_gone(self, paths: set[str]) -> None:
        """Nobody waits for pictures of images that are not listed any more."""
        gone = [key for key, thumb in self._thumbs.items() if thumb is None and key not in paths]
        for key in gone:
            del self._thumbs[key]
            self._background.drop(("thumb", key))

    def _keep(self, key: str, image: QImage | None) -> None:
        if image is None:
            return
        self._thumbs[key] = QPixmap.fromImage(image)
        for row, entry in enumerate(self._entries):
            if str(entry.path) == key:
                self.dataChanged.emit(self.index(row), self.index(row))


def read_thumbnail(path: str | Path) -> QImage:
    """A small upright picture of an image, stretched like the canvas would; for worker threads."""
    with open_raster(path) as raster:
        stretch = default_stretch(raster)
        pixels, valid = raster.read_preview(2 * THUMB_PX)
        shown = np.ascontiguousarray(apply_stretch(stretch, pixels[list(stretch.bands)], valid))
    height, width = shown.shape[:2]
    return QImage(shown.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
