"""Where annotation lies becomes patches: balanced over the classes, never where the hold-out judges."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segstudio.inference.preprocess import to_tensor
from segstudio.models.input_spec import InputSpec
from segstudio.raster.window import Window
from segstudio.training.augment import Geometry, Tones
from segstudio.training.holdout import Split
from segstudio.training.pixels import PixelStore
from segstudio.training.settings import FineTuneSettings
from segstudio.training.sources import UNSAID, Channels, DepthScale, SampleSource, extent_of

_CELL = 64
_RARITY = 0.5  # exponent on a class's share: 1 draws as it lies there, 0 draws all classes alike


class TrainBatch(NamedTuple):
    """What a step learns from; anything that yields these can feed the trainer.

    Attributes:
        pixels: float32 (N, B, H, W), prepared (0..1), channel-last in memory if it can be.
        target: uint8 (N, H, W), output channel, 255 = not said.
        depth: float32 (N, H, W), normalised per image, NaN = not said; None = none anywhere.
        not_class: uint8 (N, H, W), k = "not channel k", 255 = nothing said; None = nowhere.
        free: bool (N, H, W): there is data and nobody has spoken; None = do not replay the parent here.
    """

    pixels: Tensor
    target: Tensor
    depth: Tensor | None = None
    not_class: Tensor | None = None
    free: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """Squares of 64 px that hold something to learn.

    Attributes:
        places: int64 (n, 3): source, row, column of the upper left pixel.
        counts: int64 (n, K + 2): pixels of each channel, of "not class k", of depth.
    """

    places: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, sources: Sequence[SampleSource], channels: Channels, split: Split) -> "Cells":
        """Look through the written chunks of every source, leaving out what the hold-out keeps."""
        places: list[NDArray[np.int64]] = []
        counts: list[NDArray[np.int64]] = []
        for index, source in enumerate(sources):
            for window in _spoken_windows(source):
                found = _count_cells(source, channels, window, split.teaches(index, window))
                rows, cols = np.nonzero(found.any(axis=2))
                where = np.stack([np.full_like(rows, index), rows * _CELL, cols * _CELL], axis=1)
                places.append(where + np.array([0, window.row_off, window.col_off]))
                counts.append(found[rows, cols])
        width = channels.count + 2
        return cls(
            np.concatenate([np.zeros((0, 3), np.int64), *places]),
            np.concatenate([np.zeros((0, width), np.int64), *counts]),
        )

    @property
    def total(self) -> NDArray[np.int64]:
        """Pixels of each kind, (K + 2,)."""
        summed: NDArray[np.int64] = self.counts.sum(axis=0)
        return summed


class PatchSampler:
    """Draws augmented patches without end; deterministic by seed, and used by one thread at a time."""

    def __init__(
        self,
        sources: Sequence[SampleSource],
        channels: Channels,
        split: Split,
        spec: InputSpec,
        settings: FineTuneSettings,
        *,
        in_bands: int,
        aerial: bool,
        replay: bool,
    ) -> None:
        self._sources, self._channels, self._split = sources, channels, split
        self._spec, self._settings, self._in_bands = spec, settings, in_bands
        self._aerial = aerial
        self._away_chance = 0.2 if replay else 0.0
        self._replay = replay
        self._depths = [None if s.depth_target is None else DepthScale.of(s.depth_target) for s in sources]
        self.cells = Cells.of(sources, channels, split)
        self._draws = _draw_tables(self.cells)

    @property
    def has_depth(self) -> bool:
        """Whether any depth is known outside the hold-out."""
        return bool(self.cells.total[-1])

    @property
    def steps_per_epoch(self) -> int:
        """Batches that cover the annotated area once."""
        patch = self._settings.patch_px**2 * self._settings.batch
        area = max(len(self.cells.places) * _CELL**2, int(self.cells.total[:-2].sum()))
        return max(8, -(-area // patch))

    def batches(self, *, seed: int, depth_only: bool = False) -> Generator[TrainBatch, None, None]:
        """Batches without end, for `ahead`: the thread that runs this owns the rasters it opens."""
        rng = np.random.default_rng(seed)
        memory = self._settings.memory_mb
        with PixelStore(self._sources, self._spec, in_bands=self._in_bands, memory_mb=memory) as store:
            while True:
                yield stack([self._draw(store, rng, depth_only) for _ in range(self._settings.batch)])

    def _draw(self, store: PixelStore, rng: np.random.Generator, depth_only: bool) -> TrainBatch:
        geometry = Geometry.draw(rng, aerial=self._aerial, jitter=self._settings.scale_jitter)
        size = self._settings.patch_px
        side = max(8, round(size * geometry.scale))
        index, row, col = self._place(rng, depth_only)
        window = _window_about(rng, row, col, side, extent_of(self._sources[index]))
        return self._take(store, index, window, geometry, rng)

    def _place(self, rng: np.random.Generator, depth_only: bool) -> tuple[int, int, int]:
        """Source, row and column of a pixel to look at."""
        if rng.random() < self._away_chance:
            return self._anywhere(rng)
        chances, tables = self._draws
        kind = len(chances) - 1 if depth_only else int(rng.choice(len(chances) - 1, p=chances[:-1]))
        index, row, col = (int(n) for n in self.cells.places[_drawn(tables[kind], rng.random())])
        window = Window(col, row, _CELL, _CELL)
        found = self._spoken(index, window, kind)
        taught = self._split.teaches(index, window)
        at = rng.choice(np.flatnonzero(found if taught is None else found & taught))
        return index, row + int(at) // _CELL, col + int(at) % _CELL

    def _spoken(self, index: int, window: Window, kind: int) -> NDArray[np.bool_]:
        """Where a kind of word (a channel, "not class k", depth) was said in a window."""
        source = self._sources[index]
        if kind < self._channels.count:
            return np.asarray(self._channels.of(source.annotation.read(window)) == kind)
        plane = source.not_class if kind == self._channels.count else source.depth_target
        assert plane is not None
        values = plane.read(window)
        finite: NDArray[np.bool_] = np.isfinite(values)
        return finite if plane is source.depth_target else np.asarray(values != UNSAID)

    def _anywhere(self, rng: np.random.Generator) -> tuple[int, int, int]:
        index = int(self.cells.places[rng.integers(len(self.cells.places)), 0])
        extent = extent_of(self._sources[index])
        return index, int(rng.integers(extent.height)), int(rng.integers(extent.width))

    def _take(
        self, store: PixelStore, index: int, window: Window, geometry: Geometry, rng: np.random.Generator
    ) -> TrainBatch:
        source, size = self._sources[index], self._settings.patch_px
        scene = store.scene(index)
        native, valid = store.crop(index, window)
        prepared = to_tensor(native, valid, scene.low, scene.high).transpose(1, 2, 0)
        smooth = cv2.INTER_AREA if geometry.scale > 1 else cv2.INTER_LINEAR
        pixels = np.ascontiguousarray(geometry.place(prepared, size, interpolation=smooth))
        target, not_class = self._words(index, window)
        unsaid = target == UNSAID if not_class is None else (target == UNSAID) & (not_class == UNSAID)
        free = unsaid if valid is None else unsaid & valid
        if valid is not None:
            target[~valid] = UNSAID
        taught = self._split.teaches(index, window)
        if taught is not None:
            target[~taught] = UNSAID
        depth = self._depth(source, index, window, taught)

        def place(plane: NDArray[Any] | None) -> Tensor | None:
            if plane is None:
                return None
            turned = geometry.place(plane, size, interpolation=cv2.INTER_NEAREST)
            return torch.from_numpy(np.ascontiguousarray(turned))

        placed = place(target)
        assert placed is not None
        flags = place(free.view(np.uint8)) if self._replay else None
        return TrainBatch(
            torch.from_numpy(Tones().apply(pixels, rng)),
            placed,
            place(depth),
            place(not_class),
            None if flags is None else flags.bool(),
        )

    def _words(self, index: int, window: Window) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        source = self._sources[index]
        target = self._channels.of(source.annotation.read(window))
        if source.not_class is None:
            return target, None
        not_class = self._channels.of(source.not_class.read(window))
        taught = self._split.teaches(index, window)
        if taught is not None:
            not_class[~taught] = UNSAID
        return target, not_class

    def _depth(
        self, source: SampleSource, index: int, window: Window, taught: NDArray[np.bool_] | None
    ) -> NDArray[np.float32] | None:
        scale = self._depths[index]
        if source.depth_target is None or scale is None:
            return None
        depth = scale.apply(source.depth_target.read(window))
        if taught is not None:
            depth[~taught] = np.nan
        return depth


def stack(samples: Sequence[TrainBatch]) -> TrainBatch:
    """One batch out of patches; what some lack is filled with "not said"."""
    shape = samples[0].target.shape
    # (N, H, W, B) seen as (N, B, H, W): channel-last without a copy
    pixels = torch.stack([sample.pixels for sample in samples]).permute(0, 3, 1, 2)
    target = torch.stack([sample.target for sample in samples])
    depth = _stack_some([s.depth for s in samples], torch.full(shape, float("nan")))
    not_class = _stack_some([s.not_class for s in samples], torch.full(shape, UNSAID, dtype=torch.uint8))
    free = _stack_some([s.free for s in samples], torch.zeros(shape, dtype=torch.bool))
    return TrainBatch(pixels, target, depth, not_class, free)


def _stack_some(planes: Sequence[Tensor | None], missing: Tensor) -> Tensor | None:
    if all(plane is None for plane in planes):
        return None
    return torch.stack([missing if plane is None else plane for plane in planes])


def _spoken_windows(source: SampleSource) -> list[Window]:
    planes = [source.annotation, source.not_class, source.depth_target]
    windows = {p.chunk_window(row, col) for p in planes if p is not None for row, col in p.written_chunks()}
    return sorted(windows, key=lambda w: (w.row_off, w.col_off))


def _count_cells(
    source: SampleSource, channels: Channels, window: Window, allowed: NDArray[np.bool_] | None
) -> NDArray[np.int64]:
    """Pixels of each kind in each cell of a window, (rows, cols, K + 2)."""
    counts = [_sum_cells(channels.of(source.annotation.read(window)), channels.count, allowed)]
    for plane, silence in ((source.not_class, UNSAID), (source.depth_target, np.nan)):
        said = np.zeros(window.shape, np.bool_)
        if plane is not None:
            values = plane.read(window)
            said = np.isfinite(values) & (values != silence)
        counts.append(_sum_cells((~said).astype(np.uint8), 1, allowed))
    return np.concatenate(counts, axis=2)


def _sum_cells(ids: NDArray[np.uint8], kinds: int, allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """How often each of the ids below `kinds` stands in each cell, (rows, cols, kinds)."""
    height, width = ids.shape
    rows, cols = -(-height // _CELL), -(-width // _CELL)
    cells = np.arange(height)[:, None] // _CELL * cols + np.arange(width)[None] // _CELL
    counted = ids < kinds if allowed is None else (ids < kinds) & allowed
    found = np.bincount((cells * kinds + ids)[counted], minlength=rows * cols * kinds)
    return found.astype(np.int64).reshape(rows, cols, kinds)


def _draw_tables(cells: Cells) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """Chance of each kind (depth last: drawn on its own) and each kind's summed chances over the cells."""
    total = cells.total.astype(np.float64)
    chances = (total[:-1] / max(total[:-1].sum(), 1)) ** _RARITY * (total[:-1] > 0)
    chances /= max(chances.sum(), 1e-12)
    # a cell full of a class is worth more than one with a pixel of it, but not in proportion
    weights = np.sqrt(cells.counts.astype(np.float64))
    sums = np.maximum(weights.sum(axis=0), 1e-12)
    tables = [np.cumsum(weights[:, kind]) / sums[kind] for kind in range(weights.shape[1])]
    return np.append(chances, 0.0), tables


def _drawn(table: NDArray[np.float64], chance: float) -> int:
    """The cell at a chance of summed weights; never one whose weight is zero."""
    cell = int(np.searchsorted(table, chance * table[-1], side="right"))
    return min(cell, int(np.searchsorted(table, table[-1], side="left")))


def _window_about(rng: np.random.Generator, row: int, col: int, side: int, extent: Window) -> Window:
    """A square that holds the pixel somewhere, shifted inside the extent where it fits."""
    top = row - int(rng.integers(side))
    left = col - int(rng.integers(side))
    return Window(_shifted(left, side, extent.width), _shifted(top, side, extent.height), side, side)


def _shifted(begin: int, side: int, limit: int) -> int:
    if side >= limit:
        return (limit - side) // 2
    return min(max(begin, 0), limit - side)
