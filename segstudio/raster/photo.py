"""Photos through Pillow: upright as EXIF says, decoded once for all who hold them open."""

import struct
import threading
import weakref
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import rasterio
from PIL import Image

from segstudio.errors import RasterError
from segstudio.raster import limits
from segstudio.raster.formats import JPEG, PNG, PNM, Format
from segstudio.raster.gdal import quiet, reading
from segstudio.raster.geotiff import dataset_path
from segstudio.raster.raster import Colour, Pixels, Raster, RasterInfo, Valid, fit_shape, judge_read
from segstudio.raster.window import Window

_EXIF_ORIENTATION = 0x0112
# What Pillow's decoders raise on damaged files, besides its own UnidentifiedImageError (an OSError).
_PILLOW_TROUBLE = (
    OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, KeyError, OverflowError, struct.error,
    zlib.error, Image.DecompressionBombError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PhotoHeader:
    """What a photo's header says; sizes as stored, before it is turned upright."""

    path: Path
    form: Format
    width: int
    height: int
    mode: str  # of the decoded array: "L", "RGB", "P" (indices) or "deep" (16 bit through GDAL)
    bands: int
    has_alpha: bool
    dtype: str
    orientation: int
    palette: tuple[Colour, ...] | None
    nodata: float | None = None

    @property
    def is_turned(self) -> bool:
        """Whether upright means rows become columns."""
        return self.orientation >= 5

    @property
    def decoded_bytes(self) -> int:
        """Size of the decoded array, alpha included."""
        return self.width * self.height * (self.bands + self.has_alpha) * np.dtype(self.dtype).itemsize


class Decoded:
    """Pixels (h, w, B) and transparency (h, w) of a photo, upright; never written to."""

    def __init__(self, pixels: Pixels, valid: Valid | None) -> None:
        self.pixels, self.valid = pixels, valid


# One array per photo, however many threads hold it open: a reader pool would otherwise decode it once each.
_decoded: weakref.WeakValueDictionary[tuple[str, int, int, str], Decoded] = weakref.WeakValueDictionary()
_decoding = threading.Lock()


class PhotoRaster(Raster):
    """A photo; the first read decodes all of it, header reads decode nothing."""

    def __init__(self, info: RasterInfo, header: PhotoHeader) -> None:
        self.info = info
        self._header = header
        self._held: Decoded | None = None

    def read(
        self, window: Window, *, out_shape: tuple[int, int] | None = None, bands: Sequence[int] | None = None
    ) -> Pixels:
        """See `Raster.read`; smaller sizes are averages, palette numbers the nearest."""
        chosen = judge_read(self.info, window, bands)
        part = self._photo().pixels[window.slices_in(self.info.extent)]
        if chosen != tuple(range(self.info.band_count)):
            part = part[:, :, list(chosen)]
        if out_shape is not None and out_shape != window.shape:
            part = _resize(part, out_shape, smooth=self._header.mode != "P")
        return np.ascontiguousarray(part.transpose(2, 0, 1))

    def read_valid(self, window: Window, *, out_shape: tuple[int, int] | None = None) -> Valid:
        """See `Raster.read_valid`."""
        judge_read(self.info, window, None)
        valid = self._photo().valid
        if valid is None:
            return np.ones(out_shape or window.shape, np.bool_)
        part = valid[window.slices_in(self.info.extent)].view(np.uint8)[:, :, None]
        if out_shape is not None and out_shape != window.shape:
            part = _resize(part, out_shape, smooth=False)
        return np.ascontiguousarray(part[:, :, 0]).view(np.bool_)

    def decoded_bytes(self, window: Window, out_shape: tuple[int, int]) -> int:
        """See `Raster.decoded_bytes`."""
        return 0 if self._held else self.info.uncompressed_bytes

    def read_preview(self, max_px: int) -> tuple[Pixels, Valid]:
        """See `Raster.read_preview`; a JPEG not decoded yet is decoded at a fraction of its size."""
        shape = fit_shape(self.info.extent, max_px)
        if self._held is None and self._header.form is JPEG and self._header.mode == "RGB":
            pixels = _resize(decode(self._header, draft_px=max_px).pixels, shape, smooth=True)
            return np.ascontiguousarray(pixels.transpose(2, 0, 1)), np.ones(shape, np.bool_)
        return self.read_with_valid(self.info.extent, out_shape=shape)

    def close(self) -> None:
        """See `Raster.close`; the pixels go with the last who holds them."""
        self._held = None

    def _photo(self) -> Decoded:
        if self._held is None:
            self._held = _shared(self._header)
        return self._held


def open_photo(path: Path, form: Format, *, as_indices: bool) -> PhotoRaster:
    """Read and judge the header of a photo.

    Raises:
        RasterError: Damaged, or larger than memory allows.
    """
    header = _read_header(path, form, as_indices=as_indices)
    limits.judge_size(path.name, header.width, header.height, header.bands)
    limits.judge_photo(path.name, header.width, header.height, header.decoded_bytes)
    size = path.stat().st_size
    if form is JPEG:
        least = header.width * header.height / limits.MAX_JPEG_PIXELS_PER_BYTE
        limits.judge_packing(path.name, header.width, header.height, size, least)
    return PhotoRaster(_info(header), header)


def decode(header: PhotoHeader, *, draft_px: int | None = None) -> Decoded:
    """Decode a photo, upright; a JPEG at a fraction of its size where `draft_px` allows.

    Raises:
        RasterError: The file is damaged or incomplete.
    """
    if header.mode == "deep":
        pixels = _decode_deep(header)
    else:
        with _pillow(header.path, header.form, "decoded") as image:
            if draft_px is not None:
                image.draft(None, (draft_px, draft_px))
            pixels = np.asarray(
                image if image.mode == header_mode(header) else image.convert(header_mode(header))
            )
    pixels = _upright(pixels.reshape(*pixels.shape[:2], -1), header.orientation)
    if pixels.dtype == np.bool_:
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    if not header.has_alpha:
        return Decoded(pixels, None)
    return Decoded(np.ascontiguousarray(pixels[:, :, :-1]), pixels[:, :, -1] > 0)


def header_mode(header: PhotoHeader) -> str:
    """Pillow's name of the mode a photo is decoded to."""
    alpha = {"L": "LA", "RGB": "RGBA"}
    return alpha[header.mode] if header.has_alpha else header.mode


def _shared(header: PhotoHeader) -> Decoded:
    stat = header.path.stat()
    key = str(header.path.absolute()), stat.st_mtime_ns, stat.st_size, header.mode
    with _decoding:
        found = _decoded.get(key)
        if found is None:
            found = _decoded[key] = decode(header)
        return found


@contextmanager
def _pillow(path: Path, form: Format, doing: str) -> Iterator[Image.Image]:
    """An image opened by the format its first bytes promised; its failures as sentences."""
    try:
        with quiet(Image.DecompressionBombWarning, UserWarning):
            image = Image.open(path, formats=form.pillow_formats)
        with image:
            yield image
    except Image.DecompressionBombError as error:
        raise RasterError(
            f"{path.name} claims more pixels than a photo may have: save it as a tiled GeoTIFF"
        ) from error
    except _PILLOW_TROUBLE as error:
        raise RasterError(
            f"{path.name} cannot be {doing}: the {form.name} file is damaged or incomplete, fetch it again"
        ) from error


def _read_header(path: Path, form: Format, *, as_indices: bool) -> PhotoHeader:
    with _pillow(path, form, "opened") as image:
        orientation = _orientation(image)
        width, height = image.size
        if _is_deep(path, form):
            return _deep_header(path, form, orientation)
        mode, bands, alpha = _decoded_mode(image, as_indices=as_indices)
        palette = _palette(image) if image.mode == "P" else None
        if form is PNG:
            bits = {"1": 1, "P": 1, "L": 1}.get(image.mode, 8 * len(image.getbands()))
            least = width * height * bits / 8 / limits.MAX_DEFLATE_RATIO
            limits.judge_packing(path.name, width, height, path.stat().st_size, least)
        dtype = "float32" if mode == "F" else "uint8"
        return PhotoHeader(path, form, width, height, mode, bands, alpha, dtype, orientation, palette)


def _decoded_mode(image: Image.Image, *, as_indices: bool) -> tuple[str, int, bool]:
    """Mode, bands and whether there is alpha, of the array an image is decoded to."""
    if image.mode == "P" and as_indices:
        return "P", 1, False
    alpha = "A" in image.mode or "a" in image.mode or "transparency" in image.info
    if image.mode in ("1", "L", "LA", "La"):
        return "L", 1, alpha
    if image.mode == "F":
        return "F", 1, False
    return "RGB", 3, alpha


def _is_deep(path: Path, form: Format) -> bool:
    """Whether a PNG or PNM holds more than 8 bits, which Pillow would cut off."""
    with path.open("rb") as file:
        beginning = file.read(512)
    if form is PNG:
        return len(beginning) > 24 and beginning[24] == 16
    if form is PNM and beginning[:2] in (b"P5", b"P6"):
        lines = (line.split(b"#")[0] for line in beginning.split(b"\n"))
        words = b" ".join(lines).split()
        return len(words) > 3 and words[3].isdigit() and int(words[3]) > 255
    return False


def _deep_header(path: Path, form: Format, orientation: int) -> PhotoHeader:
    with (
        reading(path.name, "opened"),
        quiet(),
        rasterio.open(dataset_path(path), driver=form.gdal_driver) as file,
    ):
        alpha = file.count in (2, 4)
        width, height, bands, dtype, nodata = (
            file.width,
            file.height,
            file.count - alpha,
            file.dtypes[0],
            file.nodata,
        )
    least = width * height * bands * 2 / limits.MAX_DEFLATE_RATIO
    limits.judge_packing(path.name, width, height, path.stat().st_size, least)
    return PhotoHeader(path, form, width, height, "deep", bands, alpha, dtype, orientation, None, nodata)


def _decode_deep(header: PhotoHeader) -> Pixels:
    path = dataset_path(header.path)
    with reading(header.path.name, "decoded"), quiet():
        with rasterio.open(path, driver=header.form.gdal_driver) as file:
            pixels: Pixels = file.read()
    return np.ascontiguousarray(pixels.transpose(1, 2, 0))


def _info(header: PhotoHeader) -> RasterInfo:
    width, height = (header.height, header.width) if header.is_turned else (header.width, header.height)
    names = ("Red", "Green", "Blue") if header.bands == 3 else ("Gray",)
    return RasterInfo(
        path=str(header.path),
        width=width,
        height=height,
        band_count=header.bands,
        dtype=header.dtype,
        band_names=names,
        crs_wkt=None,
        transform=None,
        nodata=header.nodata,
        has_alpha=header.has_alpha,
        palette=header.palette,
        overviews=(),
        block_shape=(height, width),
        is_photo=True,
        driver=header.form.name,
        display_bands=(0, 1, 2) if header.bands == 3 else (0,),
    )


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1..8; a damaged or odd entry counts as upright."""
    try:
        value = image.getexif().get(_EXIF_ORIENTATION, 1)
    except _PILLOW_TROUBLE:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _palette(image: Image.Image) -> tuple[Colour, ...] | None:
    if image.palette is None:
        return None
    flat = image.palette.getdata()[1] if image.palette.mode == "RGBA" else None
    table = image.getpalette("RGBA") if flat is None else list(flat)
    if not table:
        return None
    return tuple((r, g, b, a) for r, g, b, a in zip(*[iter(table)] * 4, strict=False))


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Turn an array (h, w, B) by EXIF orientation (EXIF 2.32, tag 274)."""
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _resize(pixels: Pixels, shape: tuple[int, int], *, smooth: bool) -> Pixels:
    """Resize (h, w, B); averages when shrinking, nearest when enlarging or where numbers must not be averaged."""
    shrinks = shape[0] <= pixels.shape[0] and shape[1] <= pixels.shape[1]
    how = cv2.INTER_AREA if smooth and shrinks else cv2.INTER_NEAREST
    resized: Pixels = cv2.resize(pixels, (shape[1], shape[0]), interpolation=how)
    return resized.reshape(*shape, -1)
