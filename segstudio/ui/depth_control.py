"""Attaches a height or depth raster to the open image: a target for models with a depth decoder."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject

from segstudio.errors import RasterError
from segstudio.jobs.pace import Pace
from segstudio.jobs.steps import Progress
from segstudio.mask.plane import CHUNK_SIZE
from segstudio.project.document import Document
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster
from segstudio.raster.window import Window
from segstudio.ui.desk import Desk
from segstudio.ui.job_control import JobControl
from segstudio.ui.words import translate

# Blocks read ahead of the window's thread, which keeps one after the other on disk.
_READ_AHEAD = 4
_WAIT_S = 0.2


@dataclass(frozen=True, slots=True)
class DepthBlock:
    """One chunk of a depth raster, float32 (h, w), NaN = not said."""

    window: Window
    depth: npt.NDArray[np.float32]


class DepthControl(QObject):
    """The file is read in the worker; each chunk is kept in the window's thread, between two paints."""

    def __init__(self, desk: Desk, jobs: JobControl) -> None:
        super().__init__(desk)
        self._desk = desk
        self._jobs = jobs
        self._document: Document | None = None
        self._room = threading.Semaphore(_READ_AHEAD)
        desk.job_result.connect(self._take)
        desk.job_done.connect(self._done)

    def attach(self, path: Path) -> None:
        """Take a raster of the same size as target of the depth decoder."""
        document = self._desk.document
        if document is None:
            return
        size = document.info.width, document.info.height
        room = self._room = threading.Semaphore(_READ_AHEAD)
        title = translate("DepthControl", "Reading height")
        if self._jobs.start("depth", title, lambda: read_depth(path, size, room), needs_torch=False):
            self._document = document

    def _take(self, step: object) -> None:
        if isinstance(step, DepthBlock) and self._document is not None:
            self._document.set_depth_target(step.window, step.depth)
            self._room.release()

    def _done(self, verb: str) -> None:
        if verb == "depth":
            self._document = None
            sentence = translate(
                "DepthControl", "Height attached: models with a depth decoder now learn it too."
            )
            self._desk.notice.emit("info", sentence)


def read_depth(
    path: Path, size: tuple[int, int], room: threading.Semaphore
) -> Iterator[DepthBlock | Progress]:
    """Blocks of a depth raster with progress; waits while there is no room for more.

    Raises:
        RasterError: The file cannot be read, has several bands or another size than the image.
    """
    with open_raster(path) as raster:
        _check(raster, size)
        blocks = list(raster.info.extent.blocks(CHUNK_SIZE))
        pace = Pace(len(blocks), "Reading depth")
        for number, block in enumerate(blocks, start=1):
            while not room.acquire(timeout=_WAIT_S):
                yield pace.at(number - 1)
            yield DepthBlock(block, _depth(raster, block))
            yield pace.at(number)


def _depth(raster: Raster, block: Window) -> npt.NDArray[np.float32]:
    values, valid = raster.read_with_valid(block)
    depth: npt.NDArray[np.float32] = values[0].astype(np.float32)
    depth[~valid] = np.nan
    return depth


def _check(raster: Raster, size: tuple[int, int]) -> None:
    info = raster.info
    if info.band_count != 1:
        raise RasterError(f"{info.name} has {info.band_count} bands: give a height or depth raster of one")
    if (info.width, info.height) != size:
        theirs = f"{info.name} has {info.width} x {info.height} pixels, the image {size[0]} x {size[1]}"
        raise RasterError(f"{theirs}: give the file made for it")
