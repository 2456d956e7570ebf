"""Masks made elsewhere (GeoTIFF or PNG; ids, palette or colours) read as class ids, window by window."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from segstudio.errors import ProjectError, RasterError
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.plane import CHUNK_SIZE
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window

By = Literal["id", "colour"]
ClassIds = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint32]
"""Colours as numbers 0xRRGGBB."""

MASK_SUFFIXES = (".tif", ".tiff", ".png")
# A strip this large keeps both a 60,000 px wide scene and a striped PNG within some 100 MB.
_STRIP_PIXELS = 16_000_000
_STRIP_ROWS = 512
_STRIP_COLS = 1 << 15
_NO_COLOUR = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class MaskClass:
    """How a mask may name a class: by its id or by its colour "#RRGGBB"."""

    id: int
    name: str
    colour: str

    @property
    def code(self) -> int:
        """The colour as one number, 0xRRGGBB."""
        return int(self.colour[1:], 16)


class MaskFile:
    """An open mask; whatever names no class, is nodata or is transparent reads as 255, "not said".

    Belongs to the thread that opened it.
    """

    def __init__(self, path: Path, classes: Sequence[MaskClass], by: By | None = None) -> None:
        self.path = path
        self._raster = open_raster(path, as_indices=True)
        try:
            info = self.info = self._raster.info
            self.width, self.height = info.width, info.height
            self._palette = _palette_codes(info)
            self.by: By = by or _guess_by(info, self._palette, classes)
            _check_bands(info, self.by)
            self._table = _id_table(classes)
            self._colours = _colour_table(classes) if self.by == "colour" else None
        except BaseException:
            self._raster.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raster.close()

    def strips(self) -> Iterator[tuple[Window, ClassIds]]:
        """The whole mask from top to bottom, in rows small enough for memory."""
        rows = max(1, _STRIP_PIXELS // self.width // _STRIP_ROWS) * _STRIP_ROWS
        for row in range(0, self.height, rows):
            window = Window(0, row, self.width, min(rows, self.height - row))
            yield window, self.read(window)

    def blocks(self, side: int = CHUNK_SIZE) -> Iterator[tuple[Window, ClassIds]]:
        """The whole mask in squares (those of a plane's chunks), read strip by strip.

        Colours take several times the memory of ids, hence they are looked up square by square.
        """
        rows = max(1, _STRIP_PIXELS // min(self.width, _STRIP_COLS) // side) * side
        for row in range(0, self.height, rows):
            for col in range(0, self.width, _STRIP_COLS):
                strip = Window(col, row, _STRIP_COLS, rows).intersection(self.info.extent)
                pixels, valid = self._raster.read_with_valid(strip)
                for block in strip.blocks(side):
                    cut = block.slices_in(strip)
                    yield block, self._ids(pixels[:, *cut], valid[cut])

    def read(self, window: Window) -> ClassIds:
        """Class ids (h, w) of a window inside the mask.

        Raises:
            RasterError: the file is damaged there.
        """
        return self._ids(*self._raster.read_with_valid(window))

    def _ids(self, pixels: npt.NDArray[Any], valid: npt.NDArray[np.bool_]) -> ClassIds:
        ids = self._by_id(pixels[0]) if self._colours is None else self._by_colour(pixels, *self._colours)
        ids[~valid] = UNLABELLED
        return ids

    def _by_id(self, values: npt.NDArray[Any]) -> ClassIds:
        if values.dtype != np.uint8:
            with np.errstate(invalid="ignore"):
                whole = (values >= 0) & (values < UNLABELLED) & (values == np.floor(values))
            values = np.where(whole, values, UNLABELLED).astype(np.uint8)
        ids: ClassIds = self._table[values]
        return ids

    def _by_colour(self, pixels: npt.NDArray[Any], codes: Codes, ids: ClassIds) -> ClassIds:
        if self._palette is not None:
            found: ClassIds = _look_up(codes, ids, self._palette)[pixels[0]]
            return found
        channels = (0, 1, 2) if len(pixels) >= 3 else (0, 0, 0)
        red, green, blue = (pixels[channel].astype(np.uint32) for channel in channels)
        return _look_up(codes, ids, red << 16 | green << 8 | blue)


def masks_by_stem(folder: Path) -> Mapping[str, Path]:
    """The masks of a folder by stem.

    Raises:
        RasterError: there is none, or two share a stem.
    """
    found: dict[str, Path] = {}
    for path in sorted(each for each in _listing(folder) if each.suffix.lower() in MASK_SUFFIXES):
        if path.stem in found:
            raise RasterError(f"{found[path.stem].name} and {path.name} share a stem: keep one of them")
        found[path.stem] = path
    if not found:
        raise RasterError(f"{folder} holds no mask: masks end in .tif or .png")
    return found


def _listing(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise RasterError(f"{folder} is not a folder: name one that holds masks")
    return list(folder.iterdir())


def _palette_codes(info: RasterInfo) -> Codes | None:
    """The colour of every palette entry as 0xRRGGBB, (65536,); None without a palette."""
    if info.palette is None:
        return None
    codes = np.full(1 << 16, _NO_COLOUR, np.uint32)
    for index, (red, green, blue, alpha) in enumerate(info.palette):
        if alpha:
            codes[index] = red << 16 | green << 8 | blue
    return codes


def _guess_by(info: RasterInfo, palette: Codes | None, classes: Sequence[MaskClass]) -> By:
    """Colours where the file shows a class's colour; ids otherwise."""
    if palette is None:
        return "colour" if info.band_count >= 3 else "id"
    return "colour" if any((palette == entry.code).any() for entry in classes) else "id"


def _check_bands(info: RasterInfo, by: By) -> None:
    if by == "id" and info.band_count > 1:
        raise RasterError(f"{info.name} holds colours, not ids: read it with --by colour")
    if by == "colour" and info.palette is None and info.dtype != "uint8":
        raise RasterError(f"{info.name} holds {info.dtype} values, not colours: read it with --by id")


def _id_table(classes: Sequence[MaskClass]) -> ClassIds:
    table = np.full(256, UNLABELLED, np.uint8)
    for entry in classes:
        table[entry.id] = entry.id
    return table


def _colour_table(classes: Sequence[MaskClass]) -> tuple[Codes, ClassIds]:
    """Colours in ascending order and the ids they stand for."""
    by_code: dict[int, MaskClass] = {}
    for entry in classes:
        twin = by_code.setdefault(entry.code, entry)
        if twin is not entry:
            both = f"'{twin.name}' and '{entry.name}'"
            raise ProjectError(f"{both} share a colour: read the masks with --by id")
    codes = sorted(by_code)
    return np.array(codes, np.uint32), np.array([by_code[code].id for code in codes], np.uint8)


def _look_up(codes: Codes, ids: ClassIds, wanted: Codes) -> ClassIds:
    if not len(codes):
        return np.full(wanted.shape, UNLABELLED, np.uint8)
    place = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return np.where(codes[place] == wanted, ids[place], np.uint8(UNLABELLED))
