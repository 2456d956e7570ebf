"""How GDAL is called: its settings, and its errors as sentences."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.enums import Interleaving
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader

from segstudio.errors import RasterError

# A scene 20,000 px wide keeps one row of windows of three 16-bit bands (60 MB), and a
# whole-scene prediction still fits into its 1.2 GB.
CACHE_MB = 64

_SETTINGS: dict[str, Any] = {
    # rasterio hands the number on as bytes, whatever GDAL says about small ones
    "GDAL_CACHEMAX": CACHE_MB * 2**20,
    # Neither list the folder (thousands of photos on a network drive) nor look for files beside the image.
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    # No .aux.xml: it may name other files, and nothing is ever written beside a user's image.
    "GDAL_PAM_ENABLED": "NO",
    # Decoders do not start threads of their own: readers already run side by side, and what such threads
    # complain about bypasses the log.
    "GDAL_NUM_THREADS": "1",
    "PROJ_NETWORK": "OFF",
}
_BESIDE = {"GDAL_DISABLE_READDIR_ON_OPEN": "TRUE"}

# warnings.catch_warnings swaps process-wide state: one thread at a time.
_WARNINGS = threading.RLock()

GDAL_TROUBLE = (RasterioError, CPLE_BaseError, OSError)
# Damaged headers also surface as values that rasterio cannot make sense of.
HEADER_TROUBLE = (*GDAL_TROUBLE, ValueError)


def keep_blocks(size_bytes: int) -> None:
    """Let GDAL keep so many decoded bytes, of all files together, from the next read on."""
    _SETTINGS["GDAL_CACHEMAX"] = size_bytes


@contextmanager
def gdal_settings(*, files_beside: bool = False) -> Iterator[None]:
    """Our settings in force for this thread; GDAL's messages go to the log instead of stderr.

    Args:
        files_beside: Let GDAL look for `.ovr` and `.msk` by name, once they have been judged.
    """
    with rasterio.Env(**(_SETTINGS | _BESIDE if files_beside else _SETTINGS)):
        yield


@contextmanager
def reading(name: str, doing: str) -> Iterator[None]:
    """Our settings in force, and any failure inside said as one sentence about `name`."""
    try:
        with gdal_settings():
            yield
    except MemoryError as error:
        raise RasterError(f"there is not enough memory to read {name}: close other programs") from error
    except HEADER_TROUBLE as error:
        raise RasterError(f"{name} cannot be {doing}: it is damaged or incomplete, fetch it again") from error


@contextmanager
def quiet(*categories: type[Warning]) -> Iterator[None]:
    """Silence warnings that only tell what our own values say anyway; for moments, other threads wait."""
    with _WARNINGS, warnings.catch_warnings():
        for category in categories or (NotGeoreferencedWarning,):
            warnings.simplefilter("ignore", category)
        yield


def block_bytes(dataset: DatasetReader) -> int:
    """What one block unpacks to; all bands of it where they are stored pixel by pixel."""
    height, width = dataset.block_shapes[0]
    stored = dataset.count if dataset.interleaving == Interleaving.pixel else 1
    return int(height * width * stored * np.dtype(dataset.dtypes[0]).itemsize)


def dataset_path(path: Path) -> str:
    """The path as GDAL takes it for a file and nothing else: absolute, so that no prefix is a protocol."""
    return str(path.absolute())
