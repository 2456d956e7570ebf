"""From a raster's own values to what a screen shows: which bands, and which range of each becomes 0..255."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.raster.raster import Pixels, Raster, RasterInfo, Valid, fit_shape
from segstudio.raster.sampling import sample_values
from segstudio.raster.window import Window

# 32,000 pixels: a percentile is good to a quarter of a grey level, and the read takes under a millisecond.
RANGE_PX = 180
# 130,000 pixels: a bin of the histogram is good to 5 %; nothing waits for it.
HISTOGRAM_PX = 360
SAMPLE_BUDGET_BYTES = 16_000_000
HISTOGRAM_BINS = 256
# Steps between low and high of values without a lookup table: 16 for each of 255 levels.
_STEPS = 4096

Rgb8 = NDArray[np.uint8]
Ranges = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One band shown gray or three as red, green, blue: `low` is 0, `high` 255, gamma above 1 brightens."""

    bands: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    gamma: float = 1.0

    def __post_init__(self) -> None:
        if len(self.bands) not in (1, 3) or not len(self.bands) == len(self.low) == len(self.high):
            raise ValueError(f"a stretch has one or three bands, each with a range: {self}")
        if self.gamma <= 0:
            raise ValueError(f"gamma is above 0, not {self.gamma}")


def band_ranges(
    raster: Raster, bands: Sequence[int], low_percent: float = 2.0, high_percent: float = 98.0
) -> Ranges:
    """Low and high percentile of each band, of valid pixels of an overview or of a sample of blocks.

    A band without valid pixels gets the range of its type; a constant one a range of 1.
    """
    values = _sampled(raster, bands, RANGE_PX)
    ranges = [_range(raster.info, band, low_percent, high_percent) for band in values]
    return tuple(low for low, _ in ranges), tuple(high for _, high in ranges)


def default_stretch(raster: Raster) -> Stretch:
    """How an image is first shown.

    Photos and palettes as they are; 8-bit colour with one range for all bands, since its maker balanced the
    colours; everything else by the 2nd and 98th percentile of each band.
    """
    info, bands = raster.info, raster.info.display_bands
    if info.dtype == "uint8" and (info.is_photo or info.palette):
        return Stretch(bands, (0.0,) * len(bands), (255.0,) * len(bands))
    low, high = band_ranges(raster, bands)
    if info.dtype == "uint8" and len(bands) == 3:
        low, high = (min(low),) * 3, (max(high),) * 3
    return Stretch(bands, low, high)


def apply_stretch(stretch: Stretch, pixels: Pixels, valid: Valid | None) -> Rgb8:
    """The bands (B, h, w) of a stretch as colours (h, w, 3); black where not valid.

    Args:
        stretch: Whose ranges are used, band by band.
        pixels: One or three bands in the raster's own type, in the stretch's order.
        valid: Where (h, w) the image says something; everywhere if None.
    """
    shown = [
        _apply_band(np.ascontiguousarray(band), low, high, stretch.gamma)
        for band, low, high in zip(pixels, stretch.low, stretch.high, strict=True)
    ]
    colours = cv2.merge(shown) if len(shown) == 3 else cv2.cvtColor(shown[0], cv2.COLOR_GRAY2RGB)
    picture = np.asarray(colours, np.uint8)
    if valid is None or valid.all():
        return picture
    return np.asarray(cv2.bitwise_and(picture, picture, mask=valid.view(np.uint8)), np.uint8)


def read_display(
    raster: Raster, window: Window, out_shape: tuple[int, int], stretch: Stretch
) -> tuple[Rgb8, Valid]:
    """A part of an image ready for the screen: colours (h, w, 3) and where (h, w) it says something.

    Raises:
        RasterError: The file is damaged here.
    """
    pixels, valid = raster.read_with_valid(window, out_shape=out_shape, bands=stretch.bands)
    return apply_stretch(stretch, pixels, valid), valid


def band_histograms(
    raster: Raster, bands: Sequence[int]
) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Counts (256,) and bin edges (257,) of valid values of each band, of an overview or of some blocks."""
    sampled = _sampled(raster, bands, HISTOGRAM_PX)
    return [_histogram(raster.info, values.astype(np.float64)) for values in sampled]


def _histogram(
    info: RasterInfo, values: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    counts, edges = np.histogram(values, HISTOGRAM_BINS, range=None if values.size else _type_range(info))
    return counts.astype(np.int64), edges.astype(np.float64)


def _sampled(raster: Raster, bands: Sequence[int], max_px: int) -> list[Pixels]:
    """Valid values (n,) of each band, never from more pixels than can be read in a moment."""
    extent = raster.info.extent
    shape = fit_shape(extent, max_px)
    if raster.info.is_photo or raster.decoded_bytes(extent, shape) <= SAMPLE_BUDGET_BYTES:
        pixels, valid = raster.read_with_valid(extent, out_shape=shape, bands=bands)
        return [band[valid] for band in pixels]
    blocks = sample_values(raster, extent, bands, budget_bytes=SAMPLE_BUDGET_BYTES)
    # copied, or the thinned ones would hold on to the whole blocks
    thinned = [(pixels[:, ::4, ::4].copy(), valid[::4, ::4].copy()) for pixels, valid in blocks]
    none = np.empty(0, raster.info.dtype)  # a sparse file may hold nothing at all
    return [
        np.concatenate([none, *(pixels[k][valid] for pixels, valid in thinned)]) for k in range(len(bands))
    ]


def _range(info: RasterInfo, values: Pixels, low_percent: float, high_percent: float) -> tuple[float, float]:
    if values.size == 0:
        return _type_range(info)
    low, high = _percentiles(values, (low_percent, high_percent))
    return (low, high) if high > low else (low, low + 1.0)


def _percentiles(values: Pixels, percents: tuple[float, float]) -> tuple[float, float]:
    if values.dtype.kind not in "ui" or values.dtype.itemsize > 2:
        low, high = np.percentile(values, percents)
        return float(low), float(high)
    # Small whole numbers are counted instead of sorted: a tenth of the time.
    least = 0 if values.dtype.kind == "u" else int(values.min())
    reached = np.cumsum(np.bincount(values.astype(np.int64) - least if least else values))
    low, high = np.searchsorted(reached, np.array(percents) / 100 * (values.size - 1), side="right")
    return float(low + least), float(high + least)


def _type_range(info: RasterInfo) -> tuple[float, float]:
    kind = np.dtype(info.dtype)
    return (0.0, 1.0) if kind.kind == "f" else (0.0, float(np.iinfo(kind).max))


def _apply_band(band: Pixels, low: float, high: float, gamma: float) -> Rgb8:
    if band.dtype.kind in "ui" and band.dtype.itemsize <= 2:
        table = _table(band.dtype.name, low, high, gamma)
        patterns = band.view(table_index(band.dtype))
        if band.dtype.itemsize == 1 or _looks_up_deep():
            return np.asarray(cv2.LUT(patterns, table), np.uint8)
        return table.take(patterns)
    return _curve(_STEPS, gamma).take(_steps(band, low, high))


@cache
def _looks_up_deep() -> bool:
    """Whether OpenCV takes 16-bit numbers of a table's entries (4.12 does): in half NumPy's time."""
    try:
        cv2.LUT(np.zeros((1, 1), np.uint16), np.zeros(1 << 16, np.uint8))
    except cv2.error:
        return False
    return True


def table_index(dtype: np.dtype[np.generic]) -> np.dtype[np.generic]:
    """The unsigned type whose values number a lookup table's entries for a small whole type."""
    return np.dtype(f"u{dtype.itemsize}")


@lru_cache(maxsize=64)
def _table(dtype: str, low: float, high: float, gamma: float) -> Rgb8:
    """What each value of a small whole type is shown as, at the place of its bit pattern."""
    kind = np.dtype(dtype)
    patterns = np.arange(1 << (8 * kind.itemsize), dtype=table_index(kind))
    return _levels((patterns.view(kind).astype(np.float64) - low) / _width(low, high), gamma)


@lru_cache(maxsize=16)
def _curve(steps: int, gamma: float) -> Rgb8:
    return _levels(np.arange(steps) / (steps - 1), gamma)


def _levels(shares: NDArray[np.float64], gamma: float) -> Rgb8:
    """0..255 for shares of the range."""
    return np.rint(np.clip(shares, 0.0, 1.0) ** (1.0 / gamma) * 255.0).astype(np.uint8)


def _steps(band: Pixels, low: float, high: float) -> NDArray[np.uint16]:
    """Position of large or floating values between low and high, in whole steps; NaN counts as low."""
    kind = np.float32 if band.dtype == np.float32 else np.float64
    # fmax, not maximum: of NaN and a number it takes the number.
    position: Pixels = np.fmax(band, kind(low), dtype=kind)
    np.minimum(position, kind(low + _width(low, high)), out=position)
    position -= kind(low)
    position *= (_STEPS - 1) / _width(low, high)
    return position.astype(np.uint16)


def _width(low: float, high: float) -> float:
    return high - low if high > low else 1.0
