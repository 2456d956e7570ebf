"""Where annotation lies becomes patches: balanced over the classes, never where the hold-out judges."""

from collections.abc import Generator, Sequence
from itertools import count
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
from segstudio.training.cells import CELL_PX, Cells, Lottery
from segstudio.training.holdout import Split
from segstudio.training.pixels import PixelStore
from segstudio.training.settings import FineTuneSettings
from segstudio.training.sources import UNSAID, Channels, SampleSource, extent_of
from segstudio.training.words import WordReader

REPLAY_EVERY = 3  # the parent's answer costs a forward pass: it is asked for in every third batch
_AWAY_CHANCE = 0.5  # of a patch of such a batch to lie anywhere, not where people have spoken
_LEAST_STEPS = 8  # a round over very few corrections still takes some steps


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
        self._sources, self._spec, self._settings = sources, spec, settings
        self._in_bands, self._aerial, self._replay = in_bands, aerial, replay
        self._reader = WordReader(sources, channels, split)
        self.cells = Cells.of(sources, self._reader, channels.count)
        self._lottery = Lottery(self.cells)

    @property
    def has_depth(self) -> bool:
        """Whether any depth is known outside the hold-out."""
        return bool(self.cells.total[-1])

    @property
    def steps_per_epoch(self) -> int:
        """Batches that cover the annotated area once."""
        patch = self._settings.patch_px**2 * self._settings.batch
        area = max(len(self.cells.places) * CELL_PX**2, int(self.cells.total[:-2].sum()))
        return max(_LEAST_STEPS, -(-area // patch))

    def batches(self, *, seed: int, depth_only: bool = False) -> Generator[TrainBatch, None, None]:
        """Batches without end, for `ahead`: the thread that runs this owns the rasters it opens."""
        rng = np.random.default_rng(seed)
        memory = self._settings.memory_mb
        with PixelStore(self._sources, self._spec, in_bands=self._in_bands, memory_mb=memory) as store:
            for number in count():
                replay = self._replay and number % REPLAY_EVERY == 0
                yield stack([self._draw(store, rng, depth_only, replay) for _ in range(self._settings.batch)])

    def _draw(
        self, store: PixelStore, rng: np.random.Generator, depth_only: bool, replay: bool
    ) -> TrainBatch:
        geometry = Geometry.draw(rng, aerial=self._aerial, jitter=self._settings.scale_jitter)
        side = max(8, round(self._settings.patch_px * geometry.scale))
        if replay and rng.random() < _AWAY_CHANCE:
            index, row, col = self._anywhere(rng)
        else:
            index, row, col = self._spoken_pixel(rng, depth_only)
        window = _window_about(rng, row, col, side, extent_of(self._sources[index]))
        pixels, valid = self._pixels(store, index, window, geometry)
        words = self._reader.read(index, window, valid)
        return TrainBatch(
            torch.from_numpy(Tones().apply(pixels, rng)),
            self._placed(words.target, geometry),
            None if words.depth is None else self._placed(words.depth, geometry),
            None if words.not_class is None else self._placed(words.not_class, geometry),
            self._placed(words.free.view(np.uint8), geometry).bool() if replay else None,
        )

    def _spoken_pixel(self, rng: np.random.Generator, depth_only: bool) -> tuple[int, int, int]:
        """Source, row and column of a pixel about which the drawn kind of word was said."""
        kind, index, cell = self._lottery.draw(rng, depth_only=depth_only)
        at = int(rng.choice(np.flatnonzero(self._reader.where(index, cell, kind))))
        return index, cell.row_off + at // CELL_PX, cell.col_off + at % CELL_PX

    def _anywhere(self, rng: np.random.Generator) -> tuple[int, int, int]:
        index = int(self.cells.places[rng.integers(len(self.cells.places)), 0])
        extent = extent_of(self._sources[index])
        return index, int(rng.integers(extent.height)), int(rng.integers(extent.width))

    def _pixels(
        self, store: PixelStore, index: int, window: Window, geometry: Geometry
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_] | None]:
        """Prepared pixels of the patch (p, p, B), and the window's validity."""
        scene = store.scene(index)
        native, valid = store.crop(index, window)
        prepared = to_tensor(native, valid, scene.low, scene.high).transpose(1, 2, 0)
        smooth = cv2.INTER_AREA if geometry.scale > 1 else cv2.INTER_LINEAR
        placed = geometry.place(prepared, self._settings.patch_px, interpolation=smooth)
        return np.ascontiguousarray(placed), valid

    def _placed(self, plane: NDArray[Any], geometry: Geometry) -> Tensor:
        # nearest, not bilinear: class ids must not be averaged, nor depth across an edge
        placed = geometry.place(plane, self._settings.patch_px, interpolation=cv2.INTER_NEAREST)
        return torch.from_numpy(np.ascontiguousarray(placed))


def stack(samples: Sequence[TrainBatch]) -> TrainBatch:
    """One batch out of patches (pixels (p, p, B) each); what some lack is filled with "not said"."""
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


def _window_about(rng: np.random.Generator, row: int, col: int, side: int, extent: Window) -> Window:
    """A square that holds the pixel somewhere, shifted inside the extent where it fits."""
    top = row - int(rng.integers(side))
    left = col - int(rng.integers(side))
    return Window(_shifted(left, side, extent.width), _shifted(top, side, extent.height), side, side)


def _shifted(begin: int, side: int, limit: int) -> int:
    if side >= limit:
        return (limit - side) // 2
    return min(max(begin, 0), limit - side)
