"""What a photo's header says, judged before a pixel is decoded."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image

from segstudio.errors import RasterError
from segstudio.raster import limits
from segstudio.raster.formats import JPEG, PNG, PNM, Format
from segstudio.raster.gdal import dataset_path, quiet, reading
from segstudio.raster.raster import Colour, RasterInfo
from segstudio.raster.sidecars import world_transform

_EXIF_ORIENTATION = 0x0112
_BITS_OF_MODE = {"1": 1, "P": 1, "L": 1}
# What Pillow's decoders raise on damaged files, besides its own UnidentifiedImageError (an OSError).
_PILLOW_TROUBLE = (
    OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, KeyError, OverflowError, struct.error,
    zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PhotoHeader:
    """Size as stored, before the photo is turned upright, and the shape of the array it is decoded to.

    `mode` is "L" (gray), "RGB", "P" (palette numbers) or "deep" (more than 8 bits, decoded by GDAL).
    """

    path: Path
    form: Format
    width: int
    height: int
    mode: str
    bands: int
    has_alpha: bool
    dtype: str = "uint8"
    orientation: int = 1
    palette: tuple[Colour, ...] | None = None
    nodata: float | None = None

    @property
    def is_turned(self) -> bool:
        """Whether upright means rows become columns."""
        return self.orientation >= 5

    @property
    def channels(self) -> int:
        """Bands and alpha."""
        return self.bands + self.has_alpha

    @property
    def decoded_bytes(self) -> int:
        """Size of the decoded array, alpha included."""
        return self.width * self.height * self.channels * np.dtype(self.dtype).itemsize


@contextmanager
def pillow_image(path: Path, form: Format, doing: str) -> Iterator[Image.Image]:
    """An image opened as the format its first bytes promised; Pillow's failures as sentences.

    Raises:
        RasterError: The file is damaged, or claims more than a photo may.
    """
    try:
        with quiet(Image.DecompressionBombWarning, UserWarning):
            image = Image.open(path, formats=form.pillow_formats)
        with image:
            yield image
    except Image.DecompressionBombError as error:
        raise RasterError(
            f"{path.name} claims more pixels than a photo may have: save it as a tiled GeoTIFF"
        ) from error
    except MemoryError as error:
        raise RasterError(f"there is not enough memory to read {path.name}: close other programs") from error
    except _PILLOW_TROUBLE as error:
        raise RasterError(
            f"{path.name} cannot be {doing}: the {form.name} file is damaged or incomplete, fetch it again"
        ) from error


def read_photo_header(path: Path, form: Format, *, as_indices: bool) -> PhotoHeader:
    """Read and judge the header; `as_indices` leaves palette numbers as they are.

    Raises:
        RasterError: Damaged, or larger than memory allows.
    """
    with pillow_image(path, form, "opened") as image:
        with quiet(UserWarning):
            orientation = _orientation(image)
        width, height = image.size
        deep = _deep_header(path, form, orientation) if _is_deep(path, form) else None
        header = deep or _plain_header(path, form, image, orientation, as_indices=as_indices)
        limits.judge_size(path.name, width, height, header.bands)
        limits.judge_photo(path.name, width, height, header.decoded_bytes)
        limits.judge_packing(path.name, width, height, path.stat().st_size, _least_bytes(header, image.mode))
        return header


def photo_info(header: PhotoHeader) -> RasterInfo:
    """The header in the words of every raster, upright."""
    width, height = (header.height, header.width) if header.is_turned else (header.width, header.height)
    return RasterInfo(
        path=str(header.path),
        width=width,
        height=height,
        band_count=header.bands,
        dtype=header.dtype,
        band_names=("Red", "Green", "Blue") if header.bands == 3 else ("Gray",),
        crs_wkt=None,
        # A world file speaks of the pixels as stored.
        transform=world_transform(header.path) if header.orientation == 1 else None,
        nodata=header.nodata,
        has_alpha=header.has_alpha,
        palette=header.palette,
        overviews=(),
        block_shape=(height, width),
        is_photo=True,
        driver=header.form.name,
        display_bands=(0, 1, 2) if header.bands == 3 else (0,),
    )


def _plain_header(
    path: Path, form: Format, image: Image.Image, orientation: int, *, as_indices: bool
) -> PhotoHeader:
    palette = _palette(image) if image.mode == "P" else None
    mode, alpha = _decoded_mode(image, as_indices=as_indices)
    bands = 3 if mode == "RGB" else 1
    return PhotoHeader(path, form, *image.size, mode, bands, alpha, orientation=orientation, palette=palette)


def _decoded_mode(image: Image.Image, *, as_indices: bool) -> tuple[str, bool]:
    """Mode of the array an image is decoded to, and whether there is alpha."""
    if image.mode == "P" and as_indices:
        return "P", False
    alpha = image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info
    return "L" if image.mode in ("1", "L", "LA", "La") else "RGB", alpha


def _is_deep(path: Path, form: Format) -> bool:
    """Whether a PNG or PNM holds more than 8 bits, which Pillow would cut off."""
    with path.open("rb") as file:
        beginning = file.read(512)
    if form is PNG:
        return len(beginning) > 24 and beginning[24] == 16
    if form is PNM and beginning[:2] in (b"P5", b"P6"):
        words = b" ".join(line.split(b"#")[0] for line in beginning.split(b"\n")).split()
        return len(words) > 3 and words[3].isdigit() and int(words[3]) > 255
    return False


def _deep_header(path: Path, form: Format, orientation: int) -> PhotoHeader:
    with (
        reading(path.name, "opened"),
        quiet(),
        rasterio.open(dataset_path(path), driver=form.gdal_driver) as file,
    ):
        alpha = file.count in (2, 4)
        return PhotoHeader(
            path,
            form,
            file.width,
            file.height,
            "deep",
            file.count - alpha,
            alpha,
            dtype=file.dtypes[0],
            orientation=orientation,
            nodata=file.nodata,
        )


def _least_bytes(header: PhotoHeader, stored_mode: str) -> float:
    """Fewest bytes that the claimed pixels can be packed into."""
    pixels = header.width * header.height
    if header.form is JPEG:
        return pixels / limits.MAX_JPEG_PIXELS_PER_BYTE
    if header.form is PNG:
        bits = 16 * header.channels if header.mode == "deep" else _BITS_OF_MODE.get(stored_mode, 8)
        return pixels * bits / 8 / limits.MAX_DEFLATE_RATIO
    return 0.0


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1..8; a damaged or odd entry counts as upright."""
    try:
        value = image.getexif().get(_EXIF_ORIENTATION, 1)
    except _PILLOW_TROUBLE:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _palette(image: Image.Image) -> tuple[Colour, ...] | None:
    table = image.getpalette("RGBA")
    if not table:
        return None
    return tuple((r, g, b, a) for r, g, b, a in zip(*[iter(table)] * 4, strict=False))
