"""A dab with its undo record and its colours, a finished stroke, an undo: on three sizes of scene."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np

from segstudio.inference.device import prepare_process
from segstudio.mask.classes import default_classes
from segstudio.mask.dabs import Dab, disc, stroke_growth
from segstudio.mask.footprints import Footprint
from segstudio.mask.origin import Origin
from segstudio.project.document import Document
from segstudio.project.project import Project
from segstudio.raster.tiles import TileKey
from segstudio.raster.window import Window
from segstudio.ui.canvas.overlay import OverlayTiles
from tests.bench.measure import Figure, each_ms, percentiles, show
from tests.bench.scenes import write_empty_scene

BARS_MS = {8: (0.1, 0.5), 64: (0.2, 0.5), 256: (1.0, 2.0), 1000: (None, None)}
STROKES, DABS = 25, 40
REFERENCE = 20_000


def run(folder: Path, sizes: tuple[int, ...] = (8_000, REFERENCE, 40_000)) -> None:
    prepare_process()
    dabs_ms: dict[int, dict[int, list[float]]] = {}
    for size in sizes:
        image = write_empty_scene(folder / f"{size}.tif", size)
        with Project.create(folder / f"work-{size}", classes=default_classes(), images=[image]) as project:
            bench = Easel(project.open_document(1))
            bench.strokes(64)  # the first few meet cold memory
            dabs_ms[size] = {radius: bench.strokes(radius) for radius in BARS_MS}
            if size == REFERENCE:
                show(f"brush on a {size} x {size} mask, {STROKES} strokes of {DABS} dabs", [
                    *dab_figures(dabs_ms[size]), *bench.ends(), *bench.million()
                ])  # fmt: skip
    show("brush by size of the scene, 20,000 x 20,000 = 1", scaling(dabs_ms))


class Easel:
    """A document with the coloured tiles that the window would show of it."""

    def __init__(self, document: Document) -> None:
        self._document, self._rng = document, np.random.default_rng(0)
        self._tiles = OverlayTiles()
        self._tiles.set_mask(document.mask)
        self._tiles.set_classes(default_classes())

    def strokes(self, radius_px: int) -> list[float]:
        """Milliseconds of every dab of strokes at random places, ready to show."""
        taken: list[float] = []
        for _ in range(STROKES):
            places = self._places(radius_px)
            self._look_at(Window(int(places[0].col), int(places[0].row), 500, 400).padded(radius_px))
            self._document.begin_stroke("brush", 1, Origin.BRUSH)
            for number, (start, end) in enumerate(zip([places[0], *places], places, strict=False)):
                taken += each_ms([partial(self._dab, start, end)])
                self._tiles.prepare()  # as the window does after each paint
                if number % 3 == 0:  # and every 24 ms
                    self._document.settle()
            self._document.end_stroke()
        return taken

    def ends(self, count: int = 300) -> list[Figure]:
        """Strokes of six dabs over the whole scene, each durable when it ends."""
        taken = []
        for _ in range(count):
            places = self._places(24)[:6]
            self._document.begin_stroke("brush", int(self._rng.integers(5)), Origin.BRUSH)
            for start, end in zip([places[0], *places], places, strict=False):
                self._dab(start, end)
            taken += each_ms([self._document.end_stroke])
        p50, p99 = percentiles(taken, 50, 99)
        return [
            Figure("stroke end, durable, p50", p50, "ms"),
            Figure(f"stroke end, durable, p99 of {count}", p99, "ms", 16, "limit: the bar"),
        ]

    def million(self) -> list[Figure]:
        """Back and forth over a stroke of 10^6 pixels, the middle of nine."""
        self._document.begin_stroke("brush", 3, Origin.BRUSH)
        for row in range(9_000, 10_000, 100):
            for col in range(9_000, 10_000, 100):
                self._document.paint(*disc(col, row, 72, self._document.info.extent))
        edit = self._document.end_stroke()
        undo, redo = [], []
        for _ in range(9):
            undo += each_ms([self._document.undo])
            redo += each_ms([self._document.redo])
        pixels = sum(edit.counts.values()) if edit else 0
        return [
            Figure(f"undo of {pixels:,} px", *percentiles(undo, 50), "ms", 20, "limit: the bar"),
            Figure(f"redo of {pixels:,} px", *percentiles(redo, 50), "ms", 20, "limit: the bar"),
        ]

    def _places(self, radius_px: int) -> list[Dab]:
        """A stroke of 15 pixels a dab, wholly inside the scene."""
        margin = radius_px + 600
        col, row = self._rng.integers(margin, self._document.info.width - margin, 2).tolist()
        return [Dab(col + 12 * n, row + 9 * n, radius_px) for n in range(DABS)]

    def _dab(self, start: Dab, end: Dab) -> None:
        """From one dab to the next: painted, undoable, and its colours ready to show."""
        keys: set[TileKey] = set()
        for window, footprint in self._parts(start, end):
            changed = self._document.paint(window, footprint)
            self._tiles.mark_stale(changed)
            keys.update(self._tiles.grid.tiles(changed, 0))
        self._colour(keys)

    def _parts(self, start: Dab, end: Dab) -> list[Footprint]:
        extent = self._document.info.extent
        if start is end:
            return [disc(start.col, start.row, start.radius_px, extent)]
        return stroke_growth(start, end, extent)

    def _look_at(self, window: Window) -> None:
        """Have the tiles of a window, as the window has those on screen."""
        self._colour(self._tiles.grid.tiles(window, 0))

    def _colour(self, keys: Iterable[TileKey]) -> None:
        self._tiles.begin_slice(1e9)
        for key in keys:
            self._tiles.tile("mask", key)


def dab_figures(dabs_ms: dict[int, list[float]]) -> list[Figure]:
    figures = []
    for radius_px, taken in dabs_ms.items():
        p50, p99 = percentiles(taken, 50, 99)
        bar50, bar99 = BARS_MS[radius_px]
        (bare,) = percentiles(bare_ms(radius_px), 50)
        figures += [
            Figure(f"dab r {radius_px}, ready to show, p50", p50, "ms", bar50, f"NumPy write {bare:.3f}"),
            Figure(f"dab r {radius_px}, ready to show, p99", p99, "ms", bar99),
        ]
    return figures


def scaling(dabs_ms: dict[int, dict[int, list[float]]]) -> list[Figure]:
    """Each size beside the middle one; the bar is 1.3."""
    found = []
    for size in dabs_ms.keys() - {REFERENCE}:
        for radius_px, taken in dabs_ms[size].items():
            (ours,), (other,) = percentiles(taken, 50), percentiles(dabs_ms[REFERENCE][radius_px], 50)
            found.append(Figure(f"dab r {radius_px} on {size} x {size}, p50", ours, "ms", other))
    return found


def bare_ms(radius_px: int) -> list[float]:
    """A disc written into one plain array."""
    plane = np.full((4000, 4000), 255, np.uint8)
    inside = np.hypot(*np.ogrid[-radius_px : radius_px + 1, -radius_px : radius_px + 1]) <= radius_px
    side = 2 * radius_px + 1

    def write(at: int) -> None:
        plane[at : at + side, at : at + side][inside] = 1

    return each_ms(lambda n=n: write(3 * n) for n in range(200))
