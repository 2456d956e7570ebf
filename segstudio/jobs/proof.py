"""Proof of an export: the file is read again and compared with what it should hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from segstudio.errors import RasterError
from segstudio.raster.crs import parse_crs
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster, RasterInfo
from segstudio.raster.window import Window

Counts = npt.NDArray[np.int64]

_ROWS = 512


@dataclass(frozen=True, slots=True)
class Expected:
    """Pixels by value (256,), the nodata value, and colours by value."""

    counts: Counts
    nodata: float | None
    colours: Mapping[int, tuple[int, int, int]]


def prove(path: Path, info: RasterInfo, expected: Expected) -> None:
    """Compare size, transform, CRS, nodata, colours and the number of pixels of every value.

    Args:
        path: The file that was written.
        info: The image it covers.
        expected: What went in.

    Raises:
        RasterError: the first thing that differs.
    """
    with open_raster(path, as_indices=True) as raster:
        found = raster.info
        checks = {
            "size": (found.width, found.height) == (info.width, info.height),
            "colours": _has_colours(found, expected),
        }
        if not found.is_photo:
            checks |= {
                "transform": found.transform == info.transform,
                "CRS": _same_crs(found, info),
                "nodata value": found.nodata == expected.nodata,
            }
        checks["pixels"] = bool((count(raster) == expected.counts).all())
    wrong = [name for name, is_right in checks.items() if not is_right]
    if wrong:
        raise RasterError(
            f"{path.name} does not hold what was exported ({', '.join(wrong)}): export it again"
        )


def count(raster: Raster) -> Counts:
    """Pixels of every value of a one-band uint8 raster, (256,)."""
    info = raster.info
    totals = np.zeros(256, np.int64)
    for row in range(0, info.height, _ROWS):
        strip = raster.read(Window(0, row, info.width, min(_ROWS, info.height - row)))
        totals += np.bincount(strip.ravel(), minlength=256)
    return totals


def _has_colours(found: RasterInfo, expected: Expected) -> bool:
    palette = found.palette or ()
    return all(
        value < len(palette) and palette[value][:3] == colour for value, colour in expected.colours.items()
    )


def _same_crs(found: RasterInfo, info: RasterInfo) -> bool:
    if found.crs_wkt is None or info.crs_wkt is None:
        return found.crs_wkt is info.crs_wkt
    return found.crs_wkt == info.crs_wkt or bool(parse_crs(found.crs_wkt) == parse_crs(info.crs_wkt))
