"""A cloud-optimised GeoTIFF at an address: decoded by GDAL, its bytes fetched by us as GDAL asks for them."""

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

import rasterio
from rasterio.abc import MultiByteRangeResourceContainer
from rasterio.io import DatasetReader

from segstudio.errors import RasterError, SegstudioError
from segstudio.raster.address import Address
from segstudio.raster.formats import TIFF, recognise_beginning
from segstudio.raster.gdal import HEADER_TROUBLE, gdal_settings, quiet
from segstudio.raster.geotiff import GeotiffRaster, Layout
from segstudio.raster.header import judge_dataset, read_header
from segstudio.raster.raster import Pixels, RasterInfo, Valid
from segstudio.raster.remote import HEAD_BYTES, RemoteFile, known_or_asked
from segstudio.raster.remote_http import web_page
from segstudio.raster.sidecars import judge_references
from segstudio.raster.window import Window


class _Heard(threading.local):
    """What went wrong while GDAL asked for bytes: an exception would be lost on its way through C."""

    trouble: SegstudioError | None = None
    missing: tuple[tuple[int, int], ...] = ()

    def take_missing(self) -> tuple[tuple[int, int], ...]:
        """The ranges that were asked for and not in memory, once."""
        missing, self.missing = self.missing, ()
        return missing


_heard = _Heard()


def open_remote(address: Address, *, as_indices: bool = False) -> GeotiffRaster:
    """Open a GeoTIFF at an address; only its header is fetched, and nothing beside it.

    Raises:
        ConnectionLost: Its host does not answer.
        RasterError: Why it cannot be opened, and the way out.
    """
    file = known_or_asked(address)
    if file.beginning.lstrip()[:1] == b"<":
        raise RasterError(web_page(address))
    if recognise_beginning(address.name, file.beginning) is not TIFF:
        raise RasterError(f"{address.name} is no GeoTIFF: download the image and open the file")
    with _told(), gdal_settings():
        dataset = _dataset(file)
        try:
            judge_references(address, dataset)
            judge_dataset(address.name, dataset, cast(BinaryIO, RemoteStream(file)))
            info, layout = read_header(address, dataset, as_indices=as_indices)
        except RasterError:
            dataset.close()
            raise
        except HEADER_TROUBLE as error:
            dataset.close()
            raise RasterError(_damaged(address)) from error
    return RemoteRaster(info, layout, dataset, file)


class RemoteRaster(GeotiffRaster):
    """An open dataset at an address; a read that the network spoilt is an error and leaves nothing behind."""

    def __init__(self, info: RasterInfo, layout: Layout, dataset: DatasetReader, file: RemoteFile) -> None:
        super().__init__(info, layout, dataset)
        self._file = file
        self._is_spoilt = False

    def read(
        self, window: Window, *, out_shape: tuple[int, int] | None = None, bands: Sequence[int] | None = None
    ) -> Pixels:
        """See `Raster.read`; ConnectionLost if the host does not answer."""
        with self._fetching():
            return super().read(window, out_shape=out_shape, bands=bands)

    def read_valid(self, window: Window, *, out_shape: tuple[int, int] | None = None) -> Valid:
        """See `Raster.read_valid`; ConnectionLost if the host does not answer."""
        with self._fetching():
            return super().read_valid(window, out_shape=out_shape)

    def read_with_valid(
        self, window: Window, *, out_shape: tuple[int, int] | None = None, bands: Sequence[int] | None = None
    ) -> tuple[Pixels, Valid]:
        """See `Raster.read_with_valid`; ConnectionLost if the host does not answer."""
        with self._fetching():
            return super().read_with_valid(window, out_shape=out_shape, bands=bands)

    @contextmanager
    def _fetching(self) -> Iterator[None]:
        if self._is_spoilt:
            self._reopen()
        try:
            with _told():
                yield
        except RasterError:
            self._is_spoilt = True
            raise

    def _reopen(self) -> None:
        """GDAL takes a table of blocks that did not come for a sparse one, and keeps it."""
        self._dataset.close()
        with _told():
            self._dataset = _dataset(self._file)
        self._is_spoilt = False


class RemoteStream(io.RawIOBase):
    """The bytes of a file in order, as GDAL reads a header; what fails is told by `_told`, not raised."""

    def __init__(self, file: RemoteFile, *, fetches: bool = True) -> None:
        super().__init__()
        self.fetches = fetches
        self._file = file
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go elsewhere, also beyond the end."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Bytes from here on."""
        length = self._file.size - self._at if size < 0 else size
        found = self.get_byte_ranges([self._at], [length])[0]
        self._at += len(found)
        return found

    def get_byte_ranges(self, offsets: Sequence[int], sizes: Sequence[int]) -> list[bytes]:
        """Several pieces at once, as GDAL asks for the blocks of a window."""
        if _heard.trouble is not None:
            return [b"" for _ in offsets]  # GDAL asks once more, block by block
        ranges = list(zip(offsets, sizes, strict=True))
        try:
            found = self._file.read_many(ranges) if self.fetches else self._file.held(ranges)
            if found is not None:
                return found
            _heard.missing += tuple(ranges)
        except SegstudioError as error:
            _heard.trouble = error
        return [b"" for _ in offsets]


class _OneFile(MultiByteRangeResourceContainer):  # type: ignore[misc]  # rasterio has no types
    """A folder with this file and nothing beside it, as GDAL looks for overviews and world files."""

    def __init__(self, file: RemoteFile) -> None:
        self._file = file
        self._streams: list[RemoteStream] = []

    def fetch_from_now_on(self) -> None:
        """The header is here: what GDAL asks for now may be waited for."""
        for stream in self._streams:
            stream.fetches = True

    def open(self, path: str, mode: str = "r", **_: Any) -> RemoteStream:
        if path != _NAME or "w" in mode or "+" in mode or "a" in mode:
            raise FileNotFoundError(path)
        self._streams.append(RemoteStream(self._file, fetches=False))
        return self._streams[-1]

    def isfile(self, path: str) -> bool:
        return path == _NAME

    def isdir(self, path: str) -> bool:
        return False

    def ls(self, path: str) -> list[str]:
        return []

    def mtime(self, path: str) -> int:
        return 0

    def rm(self, path: str) -> None:
        raise PermissionError(path)

    def size(self, path: str) -> int:
        return self._file.size


_NAME = "remote.tif"
_MOST_TRIES = 40
"""A header lies in one piece, or in a few; each try brings at least one."""


def _dataset(file: RemoteFile) -> DatasetReader:
    """GDAL's dataset; what its header needs is fetched between two tries.

    Everybody waits for whoever silences warnings, so nobody may wait for a host meanwhile.
    """
    for _ in range(_MOST_TRIES):
        opener = _OneFile(file)
        dataset, error = _try_to_open(opener)
        missing = _heard.take_missing()
        if not missing and dataset is not None:
            opener.fetch_from_now_on()
            return dataset
        if not missing:
            raise RasterError(_damaged(file.address)) from error
        if dataset is not None:
            dataset.close()
        file.read_many([(start, max(length, HEAD_BYTES)) for start, length in missing])
    raise RasterError(_damaged(file.address))


def _try_to_open(opener: _OneFile) -> tuple[DatasetReader | None, Exception | None]:
    try:
        with gdal_settings(), quiet():
            return rasterio.open(_NAME, opener=opener, driver=TIFF.gdal_driver, sharing=False), None
    except HEADER_TROUBLE as error:
        return None, error


def _damaged(address: Address) -> str:
    return f"{address.name} is not a whole TIFF file, its header is damaged: look where it comes from"


@contextmanager
def _told() -> Iterator[None]:
    """Say what went wrong on the network instead of what GDAL made of it, even where GDAL was content."""
    _heard.trouble, _heard.missing = None, ()
    try:
        yield
    except RasterError as error:
        _raise_heard(error)
        raise
    _raise_heard(None)


def _raise_heard(cause: RasterError | None) -> None:
    if _heard.trouble is not None and _heard.trouble is not cause:
        raise _heard.trouble from cause
