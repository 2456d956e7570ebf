"""What every open image offers, whatever its file format."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from segstudio.raster.address import place
from segstudio.raster.crs import Affine, pixel_size_m
from segstudio.raster.window import Window

Pixels = NDArray[Any]
Valid = NDArray[np.bool_]
Colour = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class RasterInfo:
    """Header of an image, upright; everything here is known before a pixel is read.

    Band numbers count from 0. Alpha bands and masks are no bands. A palette image has the three bands of its
    colours.
    """

    path: str
    width: int
    height: int
    band_count: int
    dtype: str
    band_names: tuple[str, ...]
    crs_wkt: str | None = field(repr=False)
    transform: Affine | None
    nodata: float | None
    has_alpha: bool
    palette: tuple[Colour, ...] | None = field(repr=False)
    overviews: tuple[int, ...]
    block_shape: tuple[int, int]
    is_photo: bool
    driver: str
    display_bands: tuple[int, ...]

    @property
    def name(self) -> str:
        """File name, as sentences call the image."""
        return place(self.path).name

    @property
    def extent(self) -> Window:
        """All pixels."""
        return Window(0, 0, self.width, self.height)

    @property
    def is_georeferenced(self) -> bool:
        """Whether pixels have a place on the map."""
        return self.transform is not None and self.crs_wkt is not None

    @property
    def pixel_size_m(self) -> float | None:
        """Side of a pixel on the ground, in metres; None where the file does not say."""
        return pixel_size_m(self.crs_wkt, self.transform, (self.width, self.height))

    @property
    def uncompressed_bytes(self) -> int:
        """Size of all bands as an array."""
        return self.width * self.height * self.band_count * np.dtype(self.dtype).itemsize

    @property
    def block_bytes(self) -> int:
        """Size of all bands of one block as an array."""
        return self.block_shape[0] * self.block_shape[1] * self.band_count * np.dtype(self.dtype).itemsize


class Raster(ABC):
    """An open image; belongs to the thread that opened it."""

    info: RasterInfo

    @abstractmethod
    def read(
        self, window: Window, *, out_shape: tuple[int, int] | None = None, bands: Sequence[int] | None = None
    ) -> Pixels:
        """Pixels (B, h, w) in the file's own dtype; smaller through overviews where `out_shape` asks for it.

        Raises:
            RasterError: The file is damaged here.
            ValueError: The window leaves the image, or a band does not exist.
        """

    @abstractmethod
    def read_valid(self, window: Window, *, out_shape: tuple[int, int] | None = None) -> Valid:
        """Where (h, w) the image says something: not nodata in all bands, not NaN in any, not transparent."""

    def read_with_valid(
        self, window: Window, *, out_shape: tuple[int, int] | None = None, bands: Sequence[int] | None = None
    ) -> tuple[Pixels, Valid]:
        """Both at once, reading no band twice; validity is judged by the bands that are read."""
        pixels = self.read(window, out_shape=out_shape, bands=bands)
        return pixels, self.read_valid(window, out_shape=out_shape)

    def is_left_out(self, window: Window) -> bool:
        """Whether a sparse file holds none of a window's blocks: known without reading a pixel."""
        return False

    def decoded_bytes(self, window: Window, out_shape: tuple[int, int]) -> int:
        """About how many bytes must be decoded for a read: what tells a quick read from a slow one."""
        return self.info.uncompressed_bytes * window.area // max(1, self.info.extent.area)

    def read_coarse(
        self, window: Window, *, out_shape: tuple[int, int], bands: Sequence[int] | None = None
    ) -> tuple[Pixels, Valid]:
        """Like `read_with_valid` in bounded time: blurred from a sample of blocks where exact is slow."""
        return self.read_with_valid(window, out_shape=out_shape, bands=bands)

    def read_preview(self, max_px: int) -> tuple[Pixels, Valid]:
        """The whole image, at most `max_px` on its longer side, within about a second whatever its size."""
        return self.read_coarse(self.info.extent, out_shape=fit_shape(self.info.extent, max_px))

    @abstractmethod
    def close(self) -> None:
        """Let go of the file; twice does no harm."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def fit_shape(window: Window, max_px: int) -> tuple[int, int]:
    """Rows and columns of a window scaled down until its longer side has at most `max_px`."""
    scale = min(1.0, max_px / max(1, window.width, window.height))
    return max(1, round(window.height * scale)), max(1, round(window.width * scale))


def judge_read(info: RasterInfo, window: Window, bands: Sequence[int] | None) -> tuple[int, ...]:
    """The bands to read; a window or band outside the image is a bug of the caller.

    Raises:
        ValueError: The window leaves the image, or a band does not exist.
    """
    if not info.extent.contains(window):
        raise ValueError(f"{window} leaves the {info.width} x {info.height} pixels of {info.name}")
    chosen = tuple(range(info.band_count)) if bands is None else tuple(bands)
    if not chosen or any(not 0 <= band < info.band_count for band in chosen):
        raise ValueError(f"{info.name} has bands 0..{info.band_count - 1}, not {chosen}")
    return chosen
