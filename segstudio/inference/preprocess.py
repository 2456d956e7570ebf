"""Raster values to the numbers a net sees: one function for prediction and for training."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.errors import ModelError
from segstudio.models.input_spec import InputSpec
from segstudio.raster.raster import Raster, RasterInfo
from segstudio.raster.stretch import band_ranges
from segstudio.raster.window import Window

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

SCENE_PERCENTILES = (1.0, 99.0)
CLIP = (-0.25, 1.25)
# What stands where there is no data: about ImageNet's mean, so zero behind the net's own normalisation,
# which is what its convolutions' padding is made of.
FILL = 0.45


def to_tensor(
    pixels: NDArray[Any],
    valid: Bools | None,
    low: Sequence[float],
    high: Sequence[float],
    *,
    out: Floats | None = None,
) -> Floats:
    """Native values (B, h, w) as float32 (B, h, w): `low` becomes 0, `high` 1, clipped to -0.25..1.25.

    Pixels that are not valid, or not finite, become `FILL`. The memory lies channel-last, as the net likes
    it.

    Args:
        pixels: (B, h, w) in the raster's dtype.
        valid: (h, w), or None where every pixel is.
        low: The value of each band that becomes 0.
        high: The value of each band that becomes 1.
        out: Where to write, (B, h, w) of any strides; a fresh array where None.
    """
    bands, height, width = pixels.shape
    if out is None:
        out = np.empty((height, width, bands), np.float32).transpose(2, 0, 1)
    if pixels.dtype == np.uint8 and bands <= 4:
        _look_up(_interleave(pixels), _table(low, high), out)
    else:
        for band in range(bands):
            _scale(pixels[band], low[band], high[band], out[band])
    if valid is not None and not valid.all():
        out[:, ~valid] = FILL
    return out


@dataclass(frozen=True, slots=True)
class ScenePreprocess:
    """One scene's bands and value ranges, settled once; a window of it is then prepared anywhere alike.

    Without ranges values go in as they are in the file.
    """

    bands: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @classmethod
    def for_raster(cls, raster: Raster, spec: InputSpec, *, in_bands: int | None = None) -> Self:
        """The bands of `spec` (else the raster's own) and their ranges (percentiles from a decimated read).

        Raises:
            ModelError: The raster lacks a band the model wants.
        """
        bands = choose_bands(raster.info, spec, in_bands)
        if spec.scaling == "native":
            return cls(bands, (), ())
        if spec.scaling == "fixed":
            low, high = spec.ranges(len(bands))
        else:
            low, high = band_ranges(raster, bands, *SCENE_PERCENTILES)
        return cls(bands, tuple(low), tuple(high))

    def read(
        self, raster: Raster, window: Window, *, out: Floats | None = None
    ) -> tuple[Floats, Bools | None]:
        """Prepared pixels (B, h, w) and validity (h, w; None = all) of a window, mirrored beyond the rim."""
        inside = window.intersection(raster.info.extent)
        pixels, valid = read_native(raster, inside, self.bands)
        if inside == window:
            return self._prepared(pixels, valid, out), valid
        values = self._prepared(pixels, valid, None)
        padded = reflect(values, inside, window)
        if out is not None:
            out[...] = padded
        return (padded if out is None else out), _pad_false(valid, inside, window)

    def _prepared(self, pixels: NDArray[Any], valid: Bools | None, out: Floats | None) -> Floats:
        if self.low:
            return to_tensor(pixels, valid, self.low, self.high, out=out)
        return native_values(pixels, valid, out=out)


def native_values(pixels: NDArray[Any], valid: Bools | None, *, out: Floats | None = None) -> Floats:
    """Values (B, h, w) as they are, as float32; 0 where they are not valid or not finite."""
    out = np.empty(pixels.shape, np.float32) if out is None else out
    out[...] = pixels
    if valid is not None:
        out[:, ~valid] = 0.0
    if pixels.dtype.kind == "f":
        np.nan_to_num(out, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    return out


def choose_bands(info: RasterInfo, spec: InputSpec, in_bands: int | None) -> tuple[int, ...]:
    """0-based bands that go in: the model's own choice, else the raster's display bands, else the first ones.

    Raises:
        ModelError: The raster lacks a band the model wants.
    """
    count = in_bands or (len(spec.bands) if spec.bands is not None else info.band_count)
    bands = spec.bands if spec.bands is not None else tuple(range(info.band_count))
    if spec.bands is None and len(bands) > count:
        bands = info.display_bands if len(info.display_bands) == count else bands[:count]
    if len(bands) != count or max(bands) >= info.band_count:
        wanted = max(count, max(bands) + 1)
        raise ModelError(
            f"This model expects {wanted} bands, this raster has {info.band_count}: "
            "choose the gray adapter in Model > Input."
        )
    return bands


def read_native(raster: Raster, window: Window, bands: Sequence[int]) -> tuple[NDArray[Any], Bools | None]:
    """Native pixels (B, h, w) and validity (h, w), None where every pixel holds data."""
    info = raster.info
    if info.is_photo and info.nodata is None and not info.has_alpha and np.dtype(info.dtype).kind != "f":
        return raster.read(window, bands=bands), None
    pixels, valid = raster.read_with_valid(window, bands=bands)
    return pixels, None if valid.all() else valid


def reflect(values: NDArray[Any], inside: Window, window: Window) -> NDArray[Any]:
    """Pad (..., h, w) from `inside` to `window` by mirroring at the rim."""
    rows = (inside.row_off - window.row_off, window.row_end - inside.row_end)
    cols = (inside.col_off - window.col_off, window.col_end - inside.col_end)
    lead = [(0, 0)] * (values.ndim - 2)
    return np.pad(values, [*lead, rows, cols], mode="reflect")


def _pad_false(valid: Bools | None, inside: Window, window: Window) -> Bools:
    padded = np.zeros(window.shape, np.bool_)
    padded[inside.slices_in(window)] = True if valid is None else valid
    return padded


def _interleave(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.merge([np.ascontiguousarray(band) for band in pixels]), np.uint8)


def _look_up(pixels: NDArray[np.uint8], table: Floats, out: Floats) -> None:
    """Pixels (h, w, B) through the table into `out` (B, h, w), in one pass where that lies channel-last."""
    there = out.transpose(1, 2, 0)
    if there.flags.c_contiguous and len(out) > 1:
        cv2.LUT(pixels, table, dst=there)
    else:
        there[...] = cv2.LUT(pixels, table).reshape(there.shape)


def _table(low: Sequence[float], high: Sequence[float]) -> Floats:
    """Every uint8 value's answer, (256, 1, B)."""
    values = np.arange(256, dtype=np.float32)
    columns = [_scale(values, a, b, np.empty_like(values)) for a, b in zip(low, high, strict=True)]
    return np.stack(columns, axis=-1)[:, None, :]


def _scale(values: NDArray[Any], low: float, high: float, out: Floats) -> Floats:
    gain = 1.0 / max(high - low, 1e-12)
    np.multiply(values, np.float32(gain), out=out, casting="unsafe", dtype=np.float32)
    out -= np.float32(low * gain)
    np.clip(out, *CLIP, out=out)
    if values.dtype.kind == "f":
        np.nan_to_num(out, copy=False, nan=FILL)
    return out
