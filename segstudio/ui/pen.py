"""The pen: what the tools do to the open document, as footprints painted into edits."""

import math
import time
from collections import deque
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QTimer

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.dabs import Dab, disc, stroke_growth
from segstudio.mask.footprints import Footprint, ShownReader, fill_region, polygon
from segstudio.mask.origin import Origin
from segstudio.project.document import Document
from segstudio.raster.window import Window
from segstudio.ui.desk import Desk
from segstudio.ui.words import translate

# Strokes may take so long of every frame; what they do not get done waits until the window was painted.
_FRAME_S, _SHARE_S = 0.016, 0.008
# So often things are tidied up behind the pointer, after the window was painted.
_SETTLE_MS = 24
# Nearer to the last dab than this share of the radius nothing is seen of another one.
_SPACING = 0.02


class Pen:
    """One stroke at a time; a stroke that was begun is always ended or cancelled.

    However fast the pointer's positions come and however large the brush is: a stroke never takes more than
    its share of a frame, and positions that wait are drawn together.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._last: Dab | None = None
        self._waiting: deque[Dab] = deque()
        self._frame_began_s = self._spent_s = 0.0
        self._later = QTimer(desk, singleShot=True, interval=0)
        self._later.timeout.connect(self._next_frame)
        self._settling = QTimer(desk, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self._settle)

    @property
    def is_down(self) -> bool:
        """Whether a stroke is being drawn."""
        return self._last is not None

    def begin(self, col: float, row: float, radius_px: float | None = None, *, erase: bool) -> None:
        """Start a stroke under the pointer; without a radius with the brush's own."""
        document, extent = self._desk.document, self._desk.extent
        if document is None or extent is None or self.is_down:
            return
        erase = erase or self._desk.tool == "eraser"
        document.begin_stroke("eraser" if erase else "brush", self._class_id(erase=erase), Origin.BRUSH)
        self._last = self._dab(col, row, radius_px)
        self._paint(disc(col, row, self._last.radius_px, extent))

    def to(self, col: float, row: float, radius_px: float | None = None) -> None:
        """Draw on from the last position, now or as soon as the window was painted."""
        if self._last is not None:
            self._waiting.append(self._dab(col, row, radius_px))
            if not self._later.isActive():
                self._draw_some()

    def end(self) -> None:
        """Finish the stroke: it is on disk when this returns."""
        if self._last is None or self._desk.document is None:
            return
        self._later.stop()
        while self._waiting:
            self._draw_next(at_end=True)
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

    def _dab(self, col: float, row: float, radius_px: float | None) -> Dab:
        return Dab(col, row, self._desk.brush_radius_px if radius_px is None else radius_px)

    def _next_frame(self) -> None:
        self._frame_began_s = 0.0
        self._draw_some()

    def _settle(self) -> None:
        if self._desk.document is not None:
            self._desk.document.settle()

    def _draw_some(self) -> None:
        """Draw what waits, as far as this frame's share goes."""
        now = time.perf_counter()
        if now - self._frame_began_s > _FRAME_S:
            self._frame_began_s, self._spent_s = now, 0.0
        while self._waiting and self._spent_s < _SHARE_S and self._draw_next():
            self._spent_s, now = self._spent_s + time.perf_counter() - now, time.perf_counter()
        if len(self._waiting) > 1 or self._spent_s >= _SHARE_S:
            self._later.start()

    def _draw_next(self, *, at_end: bool = False) -> bool:
        """Draw the next position that can be told from the last one; False where there is none yet."""
        last, extent = self._last, self._desk.extent
        while len(self._waiting) > 1 and last is not None and _is_near(last, self._waiting[0]):
            self._waiting.popleft()
        if last is None or extent is None or not (at_end or not _is_near(last, self._waiting[0])):
            return False
        self._last = self._waiting.popleft()
        for part in stroke_growth(last, self._last, extent):
            self._paint(part)
        if not self._settling.isActive():
            self._settling.start()
        return True

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


def _is_near(last: Dab, dab: Dab) -> bool:
    """Whether nothing would be seen of a dab beside the last one."""
    moved = math.hypot(dab.col - last.col, dab.row - last.row) + abs(dab.radius_px - last.radius_px)
    return moved < _SPACING * last.radius_px
