"""The pen: what the tools do to the open document, as footprints painted into edits."""

from collections.abc import Sequence

import numpy as np

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.dabs import disc, stroke_segment
from segstudio.mask.footprints import Footprint, ShownReader, fill_region, polygon
from segstudio.mask.origin import Origin
from segstudio.project.document import Document
from segstudio.raster.window import Window
from segstudio.ui.desk import Desk
from segstudio.ui.words import translate


class Pen:
    """One stroke at a time; a stroke that was begun is always ended or cancelled."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._last: tuple[float, float] | None = None

    @property
    def is_down(self) -> bool:
        """Whether a stroke is being drawn."""
        return self._last is not None

    def begin(self, col: float, row: float, *, erase: bool) -> None:
        """Start a stroke under the pointer."""
        document, extent = self._desk.document, self._desk.extent
        if document is None or extent is None or self.is_down:
            return
        erase = erase or self._desk.tool == "eraser"
        document.begin_stroke("eraser" if erase else "brush", self._class_id(erase=erase), Origin.BRUSH)
        self._last = (col, row)
        self._paint(disc(col, row, self._desk.brush_radius_px, extent))

    def to(self, col: float, row: float) -> None:
        """Draw on from the last position."""
        extent = self._desk.extent
        if self._last is None or extent is None:
            return
        here = (col, row)
        self._paint(stroke_segment(self._last, here, self._desk.brush_radius_px, extent))
        self._last = here

    def end(self) -> None:
        """Finish the stroke: it is on disk when this returns."""
        if self._last is None or self._desk.document is None:
            return
        self._last = None
        if self._desk.document.end_stroke() is not None:
            self._desk.history_changed.emit()

    def polygon(self, points: Sequence[tuple[float, float]]) -> None:
        """Fill a polygon with the class in hand."""
        if self._desk.extent is not None and len(points) >= 3:
            self._edit("polygon", polygon(points, self._desk.extent))

    def fill_at(self, col: float, row: float) -> None:
        """Give the connected region of the shown class under the pointer to the class in hand."""
        document, extent = self._desk.document, self._desk.extent
        if document is None or extent is None or not extent.contains_pixel(int(col), int(row)):
            return
        spot = Window(int(col), int(row), 1, 1)
        if self._limited((spot, np.ones((1, 1), bool)))[1].any():
            self._edit("fill", fill_region(self._reader(document, spot), int(col), int(row), extent))
        else:
            sentence = translate("Pen", "The depth filter keeps this place from the tools.")
            self._desk.notice.emit("info", sentence)

    def _edit(self, tool: str, footprint: Footprint) -> None:
        document, class_id = self._desk.document, self._desk.class_id
        window, inside = self._limited(footprint)
        if document is None or window.is_empty:
            return
        values = np.full(window.shape, class_id, np.uint8)
        if (
            document.apply_edit(tool, tool, window, values, inside, Origin.TOOL, class_id=class_id)
            is not None
        ):
            self._desk.mask_changed.emit(window)
            self._desk.history_changed.emit()

    def _paint(self, footprint: Footprint) -> None:
        window, inside = self._limited(footprint)
        if self._desk.document is None or window.is_empty:
            return
        changed = self._desk.document.paint(window, inside)
        if not changed.is_empty:
            self._desk.mask_changed.emit(changed)

    def _limited(self, footprint: Footprint) -> Footprint:
        """What the depth filter leaves of a footprint."""
        wanted, plane = self._desk.depth_filter, self._desk.depth_plane
        return footprint if wanted is None or plane is None else wanted.restrict(footprint, plane)

    def _reader(self, document: Document, spot: Window) -> ShownReader:
        """The classes as a fill from a spot sees them: it stops where the depth filter ends."""
        wanted, plane, shown = self._desk.depth_filter, self._desk.depth_plane, document.mask.shown
        if wanted is None or plane is None:
            return shown
        return wanted.reader(shown, plane, int(shown(spot)[0, 0]))

    def _class_id(self, *, erase: bool) -> int:
        return UNLABELLED if erase else self._desk.class_id
