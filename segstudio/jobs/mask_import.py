"""A mask file on its way into the annotation of an open image: one edit, block by block."""

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Literal

import numpy as np

from segstudio.errors import RasterError
from segstudio.jobs.mask_files import MASK_SUFFIXES, By, MaskClass, MaskFile
from segstudio.mask.classes import UNLABELLED, ClassList
from segstudio.mask.edits import MaskEdit
from segstudio.mask.history import Block, Steps
from segstudio.mask.origin import Origin
from segstudio.project.document import Document
from segstudio.raster.crs import parse_crs
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window

# Blocks that wait to be written: what is read ahead of the writer, 8 MB.
_AHEAD = 32
# So long the writer waits for a block before it lets others have their turn.
_TURN_S = 0.004
# Masks warped by other tools lie a rounding beside the image; half a pixel is another grid.
_BESIDE_PX = 0.5

_MASK_WORDS = ("mask", "label", "annotation", "truth", "segment")

Likeness = Literal["yes", "no", "perhaps"]
Blocks = Generator[Block, None, None]

_NOTHING_YET: Block = (Window(0, 0, 0, 0), UNLABELLED, None)


class MaskImport:
    """Reads a mask in a thread of its own while the thread of the document writes it down.

    What the mask does not say stays as it is. Memory holds one strip of the mask, however large it is.

    Attributes:
        pixels: So many the mask has said a class about, so far.
        rows_done: So many rows of the image are behind us.
    """

    def __init__(self, path: Path, classes: ClassList, by: By | None = None) -> None:
        self.path = path
        self.pixels = 0
        self.rows_done = 0
        self._classes = mask_classes(classes)
        self._by = by

    def steps(self, document: Document) -> Steps[MaskEdit | None]:
        """Make the mask one edit of a document; closed half-way it leaves no trace.

        Yields an empty window while the next block is still being read.

        Raises:
            RasterError: The mask cannot be read, or does not fit the image.
            ProjectError: Two classes share the colour the mask would name them by.
        """
        with closing(_fed(lambda: self._read(document.info, document.name))) as blocks:
            name = f"import {self.path.name}"
            return (
                yield from document.apply_blocks_steps(name, "import", self._counted(blocks), Origin.IMPORTED)
            )

    def _read(self, info: RasterInfo, image_name: str) -> Blocks:
        with MaskFile(self.path, self._classes, self._by) as mask:
            check_fits(mask.info, info, image_name)
            for window, ids in mask.blocks():
                yield window, ids, ids != UNLABELLED

    def _counted(self, blocks: Iterator[Block]) -> Iterator[Block]:
        for window, ids, where in blocks:
            self.rows_done = max(self.rows_done, window.row_off)
            said = 0 if where is None else int(np.count_nonzero(where))
            self.pixels += said
            yield (window, ids, where) if said else _NOTHING_YET


def mask_classes(classes: ClassList) -> list[MaskClass]:
    """How masks may name the classes of a project."""
    return [MaskClass(entry.id, entry.name, entry.colour) for entry in classes]


def check_fits(mask: RasterInfo, image: RasterInfo, image_name: str) -> None:
    """RasterError unless a mask covers an image pixel by pixel.

    Where one of them has no place on the map, the size alone decides.
    """
    if (mask.width, mask.height) != (image.width, image.height):
        theirs = f"{mask.name} has {mask.width} x {mask.height} pixels"
        ours = f"'{image_name}' {image.width} x {image.height}"
        raise RasterError(f"{theirs}, {ours}: give the file made for it")
    if not mask.is_georeferenced or not image.is_georeferenced:
        return
    if parse_crs(mask.crs_wkt or "") != parse_crs(image.crs_wkt or ""):
        raise RasterError(
            f"{mask.name} and '{image_name}' have different coordinate systems: warp the mask onto the image"
        )
    beside = _beside_px(mask, image)
    if beside > _BESIDE_PX:
        raise RasterError(
            f"{mask.name} lies {beside:,.1f} pixels beside '{image_name}': warp it onto the image's pixels, "
            "or give the file made for it"
        )


def _beside_px(mask: RasterInfo, image: RasterInfo) -> float:
    """How far apart the same corner lies in two images of one size, in pixels of the second."""
    theirs, ours = (np.array(each.transform, np.float64)[:6].reshape(2, 3) for each in (mask, image))
    width, height = image.width, image.height
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float64).T
    apart = np.linalg.solve(ours[:, :2], (theirs - ours) @ corners)
    return float(np.hypot(*apart).max())


def _fed(read: Callable[[], Blocks]) -> Blocks:
    """The blocks of a reader that runs in a thread of its own; `_NOTHING_YET` while it is busy.

    `close()` returns when the thread is gone.
    """
    waiting: queue.Queue[Block] = queue.Queue(_AHEAD)
    given_up = threading.Event()

    def run() -> None:
        with closing(read()) as blocks:
            for block in blocks:
                while not _put(waiting, block):
                    if given_up.is_set():
                        return

    with ThreadPoolExecutor(1, thread_name_prefix="segstudio-mask") as pool:
        reader = pool.submit(run)
        try:
            while not (reader.done() and waiting.empty()):
                try:
                    block = waiting.get(timeout=_TURN_S)
                except queue.Empty:
                    block = _NOTHING_YET
                yield block
            reader.result()
        finally:
            given_up.set()


def _put(waiting: "queue.Queue[Block]", block: Block) -> bool:
    """Whether there was room within a moment."""
    try:
        waiting.put(block, timeout=0.05)
    except queue.Full:
        return False
    return True


def likeness_to_mask(path: Path, image: RasterInfo) -> Likeness:
    """Whether a file is a mask of an image, by its header and name: a stranger is "no", a twin "perhaps"."""
    if path.suffix.lower() not in MASK_SUFFIXES:
        return "no"
    try:
        with closing(open_raster(path, as_indices=True)) as raster:
            info = raster.info
    except RasterError:
        return "no"
    if (info.width, info.height) != (image.width, image.height) or info.dtype != "uint8":
        return "no"
    is_named = any(word in path.stem.casefold() for word in _MASK_WORDS)
    if info.palette is not None or (info.band_count == 1 and (is_named or info.nodata == UNLABELLED)):
        return "yes"
    return "perhaps" if info.band_count in (1, 3) else "no"
