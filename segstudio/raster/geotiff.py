"""GeoTIFF (and JPEG 2000) through rasterio: windowed reads, smaller ones through overviews."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rasterio.enums import Interleaving, MaskFlags
from rasterio.io import DatasetReader
from rasterio.windows import Window as RasterioWindow

from segstudio.raster.gdal import reading
from segstudio.raster.levels import Levels
from segstudio.raster.overviews import Pyramid
from segstudio.raster.raster import Pixels, Raster, RasterInfo, Valid, judge_read
from segstudio.raster.sampling import coarse_read
from segstudio.raster.window import Window

# GDAL takes the next smaller overview even where it has up to this much too few pixels
# (GDAL_OVERVIEW_OVERSAMPLING_THRESHOLD).
_OVERSAMPLING = 1.2


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie in the dataset; band numbers as GDAL counts, from 1."""

    values: tuple[int, ...]
    alpha: int | None
    has_mask: bool
    # Colours (N, 3) uint8 of every index and whether it shows anything (N,) bool; None: values are values.
    colours: Pixels | None = None
    shows: Valid | None = None


class GeotiffRaster(Raster):
    """An open dataset; reads decode only the blocks they touch."""

    def __init__(self, info: RasterInfo, layout: Layout, dataset: DatasetReader) -> None:
        self.info = info
        self._layout = layout
        self._dataset = dataset
        self._levels: Levels | None = None

    def attach(self, pyramid: Pyramid) -> None:
        """Read small sizes from a pyramid of this image wherever it is finished and finer overviews lack."""
        self._levels = Levels(pyramid)

    def read(
        self, window: Window, *, out_shape: tuple[int, int] | None = None, bands: Sequence[int] | None = None
    ) -> Pixels:
        """See `Raster.read`; nearest pixel of the next finer overview."""
        chosen = judge_read(self.info, window, bands)
        if self._layout.colours is not None:
            indices = self._values(window, out_shape, (self._layout.values[0],))[0]
            return np.stack([self._layout.colours[:, band].take(indices) for band in chosen])
        return self._values(window, out_shape, tuple(self._layout.values[band] for band in chosen))

    def read_valid(self, window: Window, *, out_shape: tuple[int, int] | None = None) -> Valid:
        """See `Raster.read_valid`."""
        judge_read(self.info, window, None)
        if not self._values_matter:
            return self._valid_beside(window, out_shape)
        values = self._values(window, out_shape, self._layout.values)
        return self._valid_of(values) & self._valid_beside(window, out_shape)

    def read_with_valid(
        self, window: Window, *, out_shape: tuple[int, int] | None = None, bands: Sequence[int] | None = None
    ) -> tuple[Pixels, Valid]:
        """See `Raster.read_with_valid`."""
        pixels = self.read(window, out_shape=out_shape, bands=bands)
        if self._layout.colours is not None:
            return pixels, self.read_valid(window, out_shape=out_shape)
        valid = self._valid_beside(window, out_shape)
        return pixels, valid & self._valid_of(pixels) if self._values_matter else valid

    def decoded_bytes(self, window: Window, out_shape: tuple[int, int]) -> int:
        """See `Raster.decoded_bytes`; whole blocks, but only those that hold a pixel of the answer."""
        factor = self._level_for(window, out_shape)
        if factor > 1:
            return window.area // factor**2 * self.info.band_count * np.dtype(self.info.dtype).itemsize
        step = self._own_overview_for(window, out_shape)
        height, width = self.info.block_shape
        rows = min(-(-window.height // (height * step)), out_shape[0])
        cols = min(-(-window.width // (width * step)), out_shape[1])
        return rows * cols * self.info.block_bytes

    def overview_for(self, window: Window, out_shape: tuple[int, int]) -> int:
        """Decimation of the overview such a read comes from; 1 is full resolution."""
        return max(self._level_for(window, out_shape), self._own_overview_for(window, out_shape))

    def read_coarse(
        self, window: Window, *, out_shape: tuple[int, int], bands: Sequence[int] | None = None
    ) -> tuple[Pixels, Valid]:
        """See `Raster.read_coarse`."""
        overview = self.overview_for(window, out_shape)
        return coarse_read(self, window, out_shape=out_shape, bands=bands, step=overview)

    def close(self) -> None:
        """See `Raster.close`."""
        self._dataset.close()
        if self._levels is not None:
            self._levels.close()

    # ---- what a pyramid is made from -----------------------------------------------------------------------

    @property
    def stored_count(self) -> int:
        """Bands as they lie in the file, and one for its mask if it has one."""
        return int(self._dataset.count) + self._layout.has_mask

    @property
    def stored_dtype(self) -> str:
        """Type of the bands as they lie in the file: of palette numbers, not of colours."""
        return str(self._dataset.dtypes[0])

    @property
    def fill(self) -> float:
        """What blocks read as that a sparse file leaves out."""
        nodata = float(self._dataset.nodatavals[0] or 0)
        if self.stored_dtype.startswith("float"):
            return nodata
        limits = np.iinfo(self.stored_dtype)
        return min(max(nodata, float(limits.min)), float(limits.max))

    def read_stored(self, window: Window, out_shape: tuple[int, int]) -> Pixels:
        """All stored bands (B, h, w), nearest pixel; the mask as 0 and 1.

        Raises:
            RasterError: The file is damaged here.
        """
        stored = np.empty((self.stored_count, *out_shape), self.stored_dtype)
        with reading(self.info.name, "read"):
            self._dataset.read(window=_gdal(window), out=stored[: self._dataset.count])
            if self._layout.has_mask:
                stored[-1] = self._dataset.read_masks(1, window=_gdal(window), out_shape=out_shape) > 0
        return stored

    def is_left_out(self, window: Window) -> bool:
        """See `Raster.is_left_out`; told from the table of blocks."""
        interleaved = self._dataset.count == 1 or self._dataset.interleaving == Interleaving.pixel
        if self.info.driver != "GTiff" or self._layout.has_mask or not interleaved:
            return False
        height, width = self.info.block_shape
        return not any(
            self._dataset.get_tag_item(f"BLOCK_OFFSET_{col}_{row}", "TIFF", bidx=1)
            for row in range(window.row_off // height, -(-window.row_end // height))
            for col in range(window.col_off // width, -(-window.col_end // width))
        )

    # ---- inside --------------------------------------------------------------------------------------------

    def _own_overview_for(self, window: Window, out_shape: tuple[int, int]) -> int:
        step = _step(window, out_shape) * _OVERSAMPLING
        return max((factor for factor in self.info.overviews if factor <= step), default=1)

    def _level_for(self, window: Window, out_shape: tuple[int, int]) -> int:
        """The level of the pyramid that such a read comes from; 1 if from the file itself."""
        if self._levels is None:
            return 1
        return self._levels.pyramid.factor_for(window, _step(window, out_shape) * _OVERSAMPLING)

    @property
    def _values_matter(self) -> bool:
        is_float = np.dtype(self.info.dtype).kind == "f"
        return is_float or self.info.nodata is not None or self._layout.shows is not None

    def _values(self, window: Window, out_shape: tuple[int, int] | None, indexes: tuple[int, ...]) -> Pixels:
        shape = (len(indexes), *(out_shape or window.shape))
        if window.is_empty or 0 in shape:
            return np.zeros(shape, self._dataset.dtypes[indexes[0] - 1])
        found = self._from_levels(window, shape[1:], indexes)
        if found is not None:
            return found
        with reading(self.info.name, "read"):
            values: Pixels = self._dataset.read(list(indexes), window=_gdal(window), out_shape=shape)
        return values

    def _from_levels(self, window: Window, shape: tuple[int, int], indexes: Sequence[int]) -> Pixels | None:
        factor = self._level_for(window, shape)
        if self._levels is None or factor == 1:
            return None
        return self._levels.read(window, shape, indexes, factor)

    def _valid_of(self, values: Pixels) -> Valid:
        if self._layout.shows is not None:
            return np.asarray(self._layout.shows.take(values[0]), np.bool_)
        return valid_values(values, self.info.nodata)

    def _valid_beside(self, window: Window, out_shape: tuple[int, int] | None) -> Valid:
        """What alpha band and mask say."""
        shape = out_shape or window.shape
        valid = np.ones(shape, np.bool_)
        if self._layout.alpha is not None:
            valid &= self._values(window, out_shape, (self._layout.alpha,))[0] > 0
        if self._layout.has_mask and not window.is_empty:
            valid &= self._own_mask(window, shape) > 0
        return valid

    def _own_mask(self, window: Window, shape: tuple[int, int]) -> Pixels:
        found = self._from_levels(window, shape, [self.stored_count])
        if found is None:
            with reading(self.info.name, "read"):
                found = self._dataset.read_masks([1], window=_gdal(window), out_shape=(1, *shape))
        return np.asarray(found[0])


def valid_values(values: Pixels, nodata: float | None) -> Valid:
    """Where (h, w) values (B, h, w) say something: some band is not nodata, and none is NaN or infinite.

    Nodata in all bands, as GDAL has it: with nodata 0 a pure blue pixel is a pixel.
    """
    valid = np.ones(values.shape[1:], np.bool_)
    if values.dtype.kind == "f":
        for band in values:
            valid &= np.isfinite(band)
    if nodata is not None and not np.isnan(nodata):
        empty = values[0] == nodata
        for band in values[1:]:
            empty &= band == nodata
        valid &= ~empty
    return valid


def has_own_mask(dataset: DatasetReader) -> bool:
    """Whether a mask lies in or beside the file (an alpha band is none)."""
    flags = dataset.mask_flag_enums[0]
    return MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags


def _step(window: Window, out_shape: tuple[int, int]) -> float:
    """Full-resolution pixels for one pixel of the answer, on the side that needs more."""
    return min(window.height / max(1, out_shape[0]), window.width / max(1, out_shape[1]))


def _gdal(window: Window) -> RasterioWindow:
    return RasterioWindow(window.col_off, window.row_off, window.width, window.height)
