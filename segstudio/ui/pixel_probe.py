"""Reads the band values under the cursor beside the window's thread."""

from dataclasses import dataclass

from segstudio.errors import SegstudioError
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster
from segstudio.raster.window import Window


@dataclass(frozen=True, slots=True)
class PixelValues:
    """Values of all bands at one pixel; None where the image says nothing there."""

    col: int
    row: int
    values: tuple[float, ...] | None


class PixelProbe:
    """Keeps its own open raster; every call must come from one and the same thread."""

    def __init__(self) -> None:
        self._path: str | None = None
        self._raster: Raster | None = None

    def read(self, path: str, col: int, row: int) -> PixelValues | None:
        """The values at a pixel; None where the file cannot be read."""
        try:
            raster = self._open(path)
            pixels, valid = raster.read_with_valid(Window(col, row, 1, 1))
        except SegstudioError:
            return None
        values = tuple(float(value) for value in pixels[:, 0, 0])
        return PixelValues(col, row, values if valid[0, 0] else None)

    def close(self) -> None:
        """Let go of the file."""
        if self._raster is not None:
            self._raster.close()
        self._raster = self._path = None

    def _open(self, path: str) -> Raster:
        if self._raster is None or path != self._path:
            self.close()
            self._raster, self._path = open_raster(path), path
        return self._raster
