"""How GDAL is called: settings, the formats it may open, and its errors as sentences."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from segstudio.errors import RasterError

# A scene 20,000 px wide keeps one row of windows of three 16-bit bands (60 MB) with room to spare, and a whole-scene
# prediction still fits into its 1.2 GB.
CACHE_MB = 192

_SETTINGS: dict[str, Any] = {
    "GDAL_CACHEMAX": CACHE_MB,
    # Look for .ovr, .msk and world files by name; do not list the folder (thousands of photos on a network drive).
    "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
    # No .aux.xml: it may name other files as overviews, and nothing is ever written beside a user's image.
    "GDAL_PAM_ENABLED": "NO",
    # A reader of pixels has no business on the network.
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "PROJ_NETWORK": "OFF",
}

# warnings.catch_warnings swaps process-wide state: one thread at a time.
_WARNINGS = threading.Lock()

GDAL_TROUBLE = (RasterioError, CPLE_BaseError, OSError, ValueError, MemoryError)


@contextmanager
def gdal_settings() -> Iterator[None]:
    """Our settings in force for this thread; GDAL's messages go to the log instead of stderr."""
    with rasterio.Env(**_SETTINGS):
        yield


@contextmanager
def reading(name: str, doing: str) -> Iterator[None]:
    """Our settings in force, and any failure inside said as one sentence about `name`."""
    try:
        with gdal_settings():
            yield
    except GDAL_TROUBLE as error:
        raise RasterError(f"{name} cannot be {doing}: it is damaged or incomplete, fetch it again") from error


@contextmanager
def quiet(*categories: type[Warning]) -> Iterator[None]:
    """Silence warnings that only tell what our own values say anyway."""
    with _WARNINGS, warnings.catch_warnings():
        for category in categories or (NotGeoreferencedWarning,):
            warnings.simplefilter("ignore", category)
        yield
