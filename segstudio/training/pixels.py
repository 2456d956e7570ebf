"""Pixels for training: blocks in native dtype, kept in memory up to a budget, read again beyond it."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from segstudio.inference.preprocess import ScenePreprocess, read_native, reflect
from segstudio.models.input_spec import InputSpec
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster
from segstudio.raster.window import Window
from segstudio.training.sources import SampleSource, extent_of

_BLOCK = 512
_OPEN = 4  # a decoded photo is large: few stay open

Native = NDArray[Any]
Bools = NDArray[np.bool_]
Key = tuple[int, int, int]


class PixelStore:
    """Any window of any source; belongs to the thread that made it, which must close it."""

    def __init__(
        self, sources: Sequence[SampleSource], spec: InputSpec, *, in_bands: int, memory_mb: int
    ) -> None:
        self._sources, self._spec, self._in_bands = sources, spec, in_bands
        self._budget = memory_mb << 20
        self._open: OrderedDict[int, Raster] = OrderedDict()
        self._scenes: dict[int, ScenePreprocess] = {}
        self._blocks: OrderedDict[Key, tuple[Native, Bools | None]] = OrderedDict()
        self._held = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every raster and let go of every block."""
        for raster in self._open.values():
            raster.close()
        self._open.clear()
        self._blocks.clear()

    def scene(self, index: int) -> ScenePreprocess:
        """Bands and value ranges of one source."""
        if index not in self._scenes:
            raster = self._raster(index)
            self._scenes[index] = ScenePreprocess.for_raster(raster, self._spec, in_bands=self._in_bands)
        return self._scenes[index]

    def crop(self, index: int, window: Window) -> tuple[Native, Bools | None]:
        """Native pixels (B, h, w) and validity (h, w; None = all); mirrored and not valid beyond the rim."""
        inside = window.intersection(extent_of(self._sources[index]))
        pixels, valid = self._assemble(index, inside)
        if inside == window:
            return pixels, valid
        if valid is None:
            valid = np.ones(inside.shape, np.bool_)
        return reflect(pixels, inside, window), reflect(valid, inside, window)

    def _assemble(self, index: int, window: Window) -> tuple[Native, Bools | None]:
        parts = [(block, *self._block(index, block)) for block in window.blocks(_BLOCK)]
        pixels = np.empty((len(self.scene(index).bands), *window.shape), parts[0][1].dtype)
        all_valid = all(valid is None for _, _, valid in parts)
        validity = None if all_valid else np.ones(window.shape, np.bool_)
        for block, values, valid in parts:
            inner = block.slices_in(_block_origin(block))
            outer = block.slices_in(window)
            pixels[(slice(None), *outer)] = values[(slice(None), *inner)]
            if validity is not None and valid is not None:
                validity[outer] = valid[inner]
        return pixels, validity

    def _block(self, index: int, part: Window) -> tuple[Native, Bools | None]:
        origin = _block_origin(part)
        key = (index, origin.row_off, origin.col_off)
        if key in self._blocks:
            self._blocks.move_to_end(key)
            return self._blocks[key]
        whole = origin.intersection(extent_of(self._sources[index]))
        raster = self._raster(index)
        block = read_native(raster, whole, self.scene(index).bands)
        self._keep(key, block)
        return block

    def _keep(self, key: Key, block: tuple[Native, Bools | None]) -> None:
        self._blocks[key] = block
        self._held += _size(block)
        while self._held > self._budget and len(self._blocks) > 1:
            _, oldest = self._blocks.popitem(last=False)
            self._held -= _size(oldest)

    def _raster(self, index: int) -> Raster:
        if index not in self._open:
            while len(self._open) >= _OPEN:
                self._open.popitem(last=False)[1].close()
            self._open[index] = open_raster(self._sources[index].image_path)
        self._open.move_to_end(index)
        return self._open[index]


def _block_origin(part: Window) -> Window:
    return Window(part.col_off // _BLOCK * _BLOCK, part.row_off // _BLOCK * _BLOCK, _BLOCK, _BLOCK)


def _size(block: tuple[Native, Bools | None]) -> int:
    return int(block[0].nbytes) + (0 if block[1] is None else int(block[1].nbytes))
