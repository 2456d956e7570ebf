"""Into which strips a region falls, and what has to be seen for those that are still missing.

Wide regions are cut into panels side by side, so that the band of scores stays small; a panel's strips lie
between the first rows of its windows. Everything follows from a few numbers, without torch and without
listing a window: a window of the program may ask before a prediction begins what it will cost.
"""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby, pairwise

from segstudio.inference.windows import axis_starts
from segstudio.raster.window import Window

PANEL_WIDTH = 6144


@dataclass(frozen=True, slots=True)
class Part:
    """Some strips of a panel, one below the other; its windows `begin` to `stop` give them."""

    region: Window
    panel: "Panel"
    begin: int
    stop: int

    @property
    def window_count(self) -> int:
        """How many windows there are."""
        return self.stop - self.begin

    @property
    def windows(self) -> list[Window]:
        """The windows in order, row by row."""
        return [self.panel.window(number) for number in range(self.begin, self.stop)]


@dataclass(frozen=True, slots=True)
class Panel:
    """Columns of a region, with the first rows and columns of the windows that are laid over it."""

    region: Window
    row_starts: tuple[int, ...]
    col_starts: tuple[int, ...]
    patch: int

    @property
    def window_count(self) -> int:
        """Windows to see all of it."""
        return len(self.row_starts) * len(self.col_starts)

    @property
    def strips(self) -> list[Window]:
        """What becomes final at once, from top to bottom; every pixel of the panel lies in one of them."""
        region = self.region
        return [
            Window(region.col_off, top, region.width, bottom - top) for top, bottom in pairwise(self._cuts())
        ]

    def window(self, number: int) -> Window:
        """One window; they are counted row by row."""
        row, col = divmod(number, len(self.col_starts))
        return Window(self.col_starts[col], self.row_starts[row], self.patch, self.patch)

    def missing(self, finished: Collection[Window], batch: int = 1) -> list[Part]:
        """What gives the strips that are not `finished`, with the same answers as if all were asked for.

        Windows above that reach into them are seen again. Batches hold the windows they would hold in a run
        over all, and a part is no lower than the band of scores: neither may change a rounding.
        """
        strips = self.strips
        spans: list[tuple[int, int]] = []
        for is_finished, run in groupby(range(len(strips)), key=lambda k: strips[k] in finished):
            if is_finished:
                continue
            numbers = list(run)
            first, end = self._high_enough(numbers[0], numbers[-1] + 1)
            while spans and spans[-1][1] > first:
                first, end = min(first, spans[-1][0]), max(end, spans.pop()[1])
            spans.append((first, end))
        return [self._part(first, end, batch) for first, end in spans]

    def _high_enough(self, first: int, end: int) -> tuple[int, int]:
        """Strips `first` to `end` with so many neighbours that they are as high as the band of scores."""
        cuts, height = self._cuts(), min(self.patch, self.region.height)
        while cuts[end] - cuts[first] < height and first > 0:
            first -= 1
        while cuts[end] - cuts[first] < height:
            end += 1
        return first, end

    def _part(self, first: int, end: int, batch: int) -> Part:
        cuts = self._cuts()
        top, bottom = cuts[first], cuts[end]
        rows = [k for k, row in enumerate(self.row_starts) if row < bottom and row + self.patch > top]
        begin = rows[0] * len(self.col_starts) // batch * batch
        stop = -(-(rows[-1] + 1) * len(self.col_starts) // batch) * batch
        region = Window(self.region.col_off, top, self.region.width, bottom - top)
        return Part(region, self, begin, min(stop, self.window_count))

    def _cuts(self) -> list[int]:
        inner = {row for row in self.row_starts if row > self.region.row_off}
        return sorted({self.region.row_off, self.region.row_end} | inner)


def panels_of(region: Window, extent: Window, patch: int, overlap: float) -> list[Panel]:
    """Panels of equal width, none wider than the band of scores may be."""
    if region.is_empty:
        return []
    count = -(-region.width // PANEL_WIDTH)
    edges = [region.col_off + round(k * region.width / count) for k in range(count + 1)]
    rows = axis_starts(region.row_off, region.row_end, extent.row_off, extent.row_end, patch, overlap)
    return [
        Panel(
            Window(begin, region.row_off, end - begin, region.height),
            tuple(rows),
            tuple(axis_starts(begin, end, extent.col_off, extent.col_end, patch, overlap)),
            patch,
        )
        for begin, end in pairwise(edges)
    ]
