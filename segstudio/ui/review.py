"""Going through a prediction: this is right, and where is it most in doubt?"""

import numpy as np
import numpy.typing as npt

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.plane import CHUNK_SIZE, OVERVIEW_STEP
from segstudio.project.document import Document
from segstudio.project.review import TILE_DONE
from segstudio.raster.window import Window
from segstudio.ui.desk import Desk
from segstudio.ui.words import translate

Samples = npt.NDArray[np.float32]
# One tile of the review is one chunk of the planes: what is stored together is judged together.
TILE_PX = CHUNK_SIZE
_SAMPLES = TILE_PX // OVERVIEW_STEP
# The tile and a rim around it: one sees how it continues.
_CONTEXT_PX = 64


def tile_at(col: float, row: float, extent: Window) -> Window:
    """The review tile around a pixel, cut at the image."""
    left, top = int(col) // TILE_PX * TILE_PX, int(row) // TILE_PX * TILE_PX
    return Window(left, top, TILE_PX, TILE_PX).intersection(extent)


def most_doubtful_tile(document: Document) -> Window | None:
    """The tile not done yet whose open pixels are most in doubt on average; None if there is no doubt."""
    extent = document.mask.extent
    doubt = document.mask.doubt.read(extent, step=OVERVIEW_STEP).astype(np.float32)
    open_px = document.mask.prediction.read(extent, step=OVERVIEW_STEP) != UNLABELLED
    open_px &= document.mask.annotation.read(extent, step=OVERVIEW_STEP) == UNLABELLED
    doubt[~open_px] = 0
    means = _tile_sums(doubt) / np.maximum(_tile_sums(open_px.astype(np.float32)), _SAMPLES)
    states = document.tile_states()
    for index in np.argsort(means, axis=None)[::-1]:
        row, col = np.unravel_index(index, means.shape)
        if means[row, col] <= 0:
            return None
        if states.get((int(row), int(col))) != TILE_DONE:
            return tile_at(int(col) * TILE_PX, int(row) * TILE_PX, extent)
    return None


def _tile_sums(samples: Samples) -> Samples:
    """Sums over squares of `_SAMPLES` samples; the last row and column may be cut."""
    rows = np.arange(0, samples.shape[0], _SAMPLES)
    cols = np.arange(0, samples.shape[1], _SAMPLES)
    return np.add.reduceat(np.add.reduceat(samples, rows, axis=0), cols, axis=1)


class Review:
    """Accepting is an ordinary edit: it can be undone, and says who decided."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def accept(self, window: Window) -> bool:
        """Accept the prediction where nobody has spoken; whether there was anything to accept."""
        document = self._desk.document
        if document is None or document.accept_prediction(window) is None:
            return False
        self._desk.mask_changed.emit(window)
        self._desk.history_changed.emit()
        return True

    def accept_tile(self) -> None:
        """The rest of the tile under the cursor (else in the middle of the view) is right."""
        document, extent = self._desk.document, self._desk.extent
        spot = self._desk.cursor or (self._desk.view.centre if self._desk.view else None)
        if document is None or extent is None or spot is None or not extent.contains_pixel(*map(int, spot)):
            return
        tile = tile_at(*spot, extent)
        accepted = self.accept(tile)
        if document.mask.prediction.read(tile, step=OVERVIEW_STEP).min() == UNLABELLED and not accepted:
            self._desk.notice.emit(
                "info", translate("Review", "There is no prediction here to accept: predict this view first.")
            )
            return
        document.set_tile_state(tile, TILE_DONE)
        self._desk.review_changed.emit(tile)

    def show_next(self) -> None:
        """Look at the tile that is most in doubt."""
        document, extent = self._desk.document, self._desk.extent
        if document is None or extent is None:
            return
        tile = most_doubtful_tile(document)
        if tile is None:
            self._desk.notice.emit(
                "info", translate("Review", "No tile is in doubt: predict first, or every tile is done.")
            )
            return
        self._desk.look_requested.emit(tile.padded(_CONTEXT_PX).intersection(extent))
