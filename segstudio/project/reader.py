"""A project as a job reads it: through connections of its own, beside the program that writes into it."""

from pathlib import Path
from typing import Self

from segstudio.mask.classes import ClassList
from segstudio.mask.mask import Mask
from segstudio.project.images import ImageEntry
from segstudio.project.open_mask import open_mask
from segstudio.project.predictions import PREDICTIONS_FILE, PredictionStore
from segstudio.project.store import ProjectStore
from segstudio.raster.address import Place


class ProjectReader:
    """Read-only access to what is on disk; belongs to the thread that opened it. Needs no lock.

    Predictions still on their way to the disk are not there yet: whoever holds the project flushes it first.
    """

    def __init__(self, folder: Path) -> None:
        self._store = ProjectStore(folder, read_only=True)
        self._predictions = PredictionStore(folder / PREDICTIONS_FILE, read_only=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def classes(self) -> ClassList:
        """The classes, in the order shown."""
        return self._store.classes.read()

    @property
    def images(self) -> list[ImageEntry]:
        """All images, in the order they were added."""
        return self._store.images.entries()

    def image_path(self, image_id: int) -> Place:
        """Where an image lies; ProjectError if it is gone or has changed."""
        return self._store.images.find(image_id)

    def mask(self, image_id: int) -> Mask:
        """All planes of an image, read as they are looked at."""
        return open_mask(self._store.database, self._predictions, self._store.images.entry(image_id))

    def close(self) -> None:
        """Let go of the files."""
        self._predictions.close()
        self._store.close()
