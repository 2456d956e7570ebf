"""The finished part of a pyramid as one thread reads it."""

from collections.abc import Sequence

import numpy as np
import rasterio
from rasterio.io import DatasetReader
from rasterio.windows import Window as RasterioWindow

from segstudio.errors import RasterError
from segstudio.raster.gdal import GDAL_TROUBLE, dataset_path, gdal_settings
from segstudio.raster.overviews import BLOCK_PX, EMPTY, Pyramid
from segstudio.raster.raster import Pixels
from segstudio.raster.sidecars import judge_references
from segstudio.raster.window import Window


class Levels:
    """Open level files; reads nothing that is not finished."""

    def __init__(self, pyramid: Pyramid) -> None:
        self.pyramid = pyramid
        self._files: dict[int, DatasetReader] = {}
        self._generation = pyramid.generation

    def read(
        self, window: Window, shape: tuple[int, int], bands: Sequence[int], factor: int
    ) -> Pixels | None:
        """Stored bands (B, h, w), numbered from 1, nearest pixel; None if the level cannot be read.

        Args:
            window: Full-resolution pixels that the pyramid covers.
            shape: Rows and columns wanted.
            bands: Which of the stored bands.
            factor: The level.
        """
        part = self._part(window, factor)
        try:
            with gdal_settings():
                file = self._file(factor)
                values: Pixels = file.read(list(bands), window=part, out_shape=(len(bands), *shape))
        except (*GDAL_TROUBLE, RasterError, ValueError):
            self.pyramid.give_up()
            return None
        self._fill(values, window)
        return values

    def close(self) -> None:
        """Let go of all files."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _part(self, window: Window, factor: int) -> RasterioWindow:
        """A window in pixels of a level, whose last ones reach beyond the far rim of the image."""
        plan, (rows, cols) = self.pyramid.plan, self.pyramid.plan.level_shape(factor)
        left, top = window.col_off / factor, window.row_off / factor
        right = cols if window.col_end == plan.width else window.col_end / factor
        bottom = rows if window.row_end == plan.height else window.row_end / factor
        return RasterioWindow(left, top, right - left, bottom - top)

    def _file(self, factor: int) -> DatasetReader:
        # GDAL keeps blocks: one that was read before all of its units were finished is old
        if self._generation != self.pyramid.generation:
            self._generation = self.pyramid.generation
            self.close()
        if factor not in self._files:
            self._files[factor] = self._open(factor)
        return self._files[factor]

    def _open(self, factor: int) -> DatasetReader:
        plan = self.pyramid.plan
        path = self.pyramid.level_path(factor)
        file: DatasetReader = rasterio.open(dataset_path(path), driver="GTiff", sharing=False)
        facts = file.shape, file.count, file.dtypes[0], file.compression, file.block_shapes[0]
        if facts != (plan.level_shape(factor), plan.band_count, plan.dtype, None, (BLOCK_PX, BLOCK_PX)):
            file.close()
            raise ValueError(f"{path} is not the level it was: {facts}")
        judge_references(path, file)
        return file

    def _fill(self, values: Pixels, window: Window) -> None:
        """Units that the image leaves out are holes in the files: zero there, the fill value here."""
        plan, states = self.pyramid.plan, self.pyramid.states
        if plan.fill == 0:
            return
        rows = _units(window.row_off, window.height, values.shape[1], plan.unit_shape[0])
        cols = _units(window.col_off, window.width, values.shape[2], plan.unit_shape[1])
        values[:, states[np.ix_(rows, cols)] == EMPTY] = plan.fill


def _units(start: int, length: int, count: int, unit: int) -> Pixels:
    """Along one side: in which unit each of `count` pixels lies that are spread over a window."""
    return ((start + (np.arange(count) + 0.5) * length / count) // unit).astype(np.intp)
