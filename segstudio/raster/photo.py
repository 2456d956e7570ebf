"""Photos: upright as EXIF says, decoded once for all who hold them open."""

import threading
import weakref
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import rasterio

from segstudio.raster.formats import JPEG, Format
from segstudio.raster.gdal import dataset_path, quiet, reading
from segstudio.raster.photo_header import PhotoHeader, photo_info, pillow_image, read_photo_header
from segstudio.raster.raster import Pixels, Raster, RasterInfo, Valid, fit_shape, judge_read
from segstudio.raster.window import Window

# Rows copied at a time out of the decoder, so that no second whole copy is made on the way.
_ROWS = 256


class Decoded:
    """Pixels (h, w, B) of a photo and where (h, w) they are not transparent, upright; never written to."""

    def __init__(self, pixels: Pixels, valid: Valid | None) -> None:
        self.pixels, self.valid = pixels, valid


# One array per photo, however many threads hold it open: a reader pool would otherwise decode it once each.
_decoded: weakref.WeakValueDictionary[tuple[str, int, int, str], Decoded] = weakref.WeakValueDictionary()
_decoding = threading.Lock()


class PhotoRaster(Raster):
    """A photo; the first read decodes all of it, opening it decodes nothing."""

    def __init__(self, info: RasterInfo, header: PhotoHeader) -> None:
        self.info = info
        self._header = header
        self._held: Decoded | None = None

    def read(
        self, window: Window, *, out_shape: tuple[int, int] | None = None, bands: Sequence[int] | None = None
    ) -> Pixels:
        """See `Raster.read`; smaller sizes are averages, of palette numbers the nearest."""
        chosen = judge_read(self.info, window, bands)
        part = self._photo().pixels[window.slices_in(self.info.extent)]
        if chosen != tuple(range(self.info.band_count)):
            part = part[:, :, list(chosen)]
        part = resize(part, out_shape or window.shape, smooth=self._header.mode != "P")
        return np.ascontiguousarray(part.transpose(2, 0, 1))

    def read_valid(self, window: Window, *, out_shape: tuple[int, int] | None = None) -> Valid:
        """See `Raster.read_valid`."""
        judge_read(self.info, window, None)
        shape = out_shape or window.shape
        valid = self._photo().valid
        if valid is None:
            return np.ones(shape, np.bool_)
        part = valid[window.slices_in(self.info.extent)].view(np.uint8)[:, :, None]
        return np.ascontiguousarray(resize(part, shape, smooth=False)[:, :, 0]).view(np.bool_)

    def decoded_bytes(self, window: Window, out_shape: tuple[int, int]) -> int:
        """See `Raster.decoded_bytes`."""
        return 0 if self._held else self.info.uncompressed_bytes

    def read_preview(self, max_px: int) -> tuple[Pixels, Valid]:
        """See `Raster.read_preview`; a JPEG not decoded yet is decoded at a fraction of its size."""
        shape = fit_shape(self.info.extent, max_px)
        if self._held is None and self._header.form is JPEG:
            draft = decode(self._header, draft_px=max_px)
            return resize(draft.pixels, shape, smooth=True).transpose(2, 0, 1), np.ones(shape, np.bool_)
        return self.read_with_valid(self.info.extent, out_shape=shape)

    def close(self) -> None:
        """See `Raster.close`; the pixels go with the last who holds them."""
        self._held = None

    def _photo(self) -> Decoded:
        if self._held is None:
            self._held = _shared(self._header)
        return self._held


def open_photo(path: Path, form: Format, *, as_indices: bool) -> PhotoRaster:
    """Read and judge the header of a photo; nothing is decoded yet.

    Raises:
        RasterError: Damaged, or larger than memory allows.
    """
    header = read_photo_header(path, form, as_indices=as_indices)
    return PhotoRaster(photo_info(header), header)


def decode(header: PhotoHeader, *, draft_px: int | None = None) -> Decoded:
    """Decode a photo, upright; a JPEG at a fraction of its size, at least `draft_px`, if that is given.

    Raises:
        RasterError: The file is damaged or incomplete.
    """
    pixels = _decode_deep(header) if header.mode == "deep" else _decode_plain(header, draft_px)
    if not header.has_alpha:
        return Decoded(pixels, None)
    return Decoded(np.ascontiguousarray(pixels[:, :, :-1]), pixels[:, :, -1] > 0)


def resize(pixels: Pixels, shape: tuple[int, int], *, smooth: bool) -> Pixels:
    """Resize (h, w, B): averages when shrinking if `smooth`, else the nearest pixel."""
    if pixels.shape[:2] == shape:
        return pixels
    if 0 in shape or 0 in pixels.shape[:2]:
        return np.zeros((*shape, pixels.shape[2]), pixels.dtype)
    shrinks = shape[0] <= pixels.shape[0] and shape[1] <= pixels.shape[1]
    how = cv2.INTER_AREA if smooth and shrinks else cv2.INTER_NEAREST
    resized: Pixels = cv2.resize(pixels, (shape[1], shape[0]), interpolation=how)
    return resized.reshape(*shape, -1)


def _shared(header: PhotoHeader) -> Decoded:
    stat = header.path.stat()
    key = str(header.path.absolute()), stat.st_mtime_ns, stat.st_size, header.mode
    with _decoding:
        found = _decoded.get(key)
        if found is None:
            found = _decoded[key] = decode(header)
        return found


def _decode_plain(header: PhotoHeader, draft_px: int | None) -> Pixels:
    mode = {"L": "LA", "RGB": "RGBA"}[header.mode] if header.has_alpha else header.mode
    with pillow_image(header.path, header.form, "decoded") as image:
        if draft_px is not None:
            image.draft(None, (draft_px, draft_px))
        image.load()
        upright, stored = _arrays(header, image.height, image.width)
        for top in range(0, image.height, _ROWS):
            rows = image.crop((0, top, image.width, min(top + _ROWS, image.height)))
            part = np.asarray(rows if rows.mode == mode else rows.convert(mode))
            stored[top : top + _ROWS] = part.reshape(*part.shape[:2], -1)
    return upright


def _decode_deep(header: PhotoHeader) -> Pixels:
    upright, stored = _arrays(header, header.height, header.width)
    path, driver = dataset_path(header.path), header.form.gdal_driver
    with reading(header.path.name, "decoded"):
        with quiet():
            file = rasterio.open(path, driver=driver)
        with file:
            # In strips from top to bottom: a PNG unpacks in that order only.
            for rows in Window(0, 0, 1, header.height).blocks(_ROWS):
                part = file.read(window=((rows.row_off, rows.row_end), (0, header.width)))
                stored[rows.row_off : rows.row_end] = part.transpose(1, 2, 0)
    return upright


def _arrays(header: PhotoHeader, height: int, width: int) -> tuple[Pixels, Pixels]:
    """An upright array (h, w, B) to be filled, and the same memory seen as the file stores it.

    EXIF 2.32, tag 274: 5 to 8 exchange rows and columns, then some go left to right, some up and down.
    """
    shape = (width, height) if header.is_turned else (height, width)
    upright: Pixels = np.empty((*shape, header.channels), header.dtype)
    stored = upright[::-1] if header.orientation in (3, 4, 7, 8) else upright
    stored = stored[:, ::-1] if header.orientation in (2, 3, 6, 7) else stored
    return upright, stored.transpose(1, 0, 2) if header.is_turned else stored
