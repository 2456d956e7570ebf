"""Files beside an image: overviews and masks of its own are read, references to anything else never."""

import math
from pathlib import Path

import rasterio

from segstudio.errors import RasterError
from segstudio.raster import limits
from segstudio.raster.address import Place
from segstudio.raster.crs import Affine
from segstudio.raster.formats import TIFF, is_of
from segstudio.raster.gdal import GDAL_TROUBLE, block_bytes, dataset_path, gdal_settings, quiet
from segstudio.raster.tiff_directories import judge_directories

# GDAL opens another file as overviews of this one where this domain of a TIFF's metadata names it.
_REFERENCES = "OVERVIEWS"
_SUFFIXES = (".ovr", ".msk")
# A mask of an overview, at most; deeper nesting is made by nobody.
_DEEPEST = 3
# Six short numbers; anything longer is no world file.
_WORLD_FILE_BYTES = 1000
# Descriptions by satellite vendors have some 10 KB.
_DESCRIPTION_BYTES = 1_000_000
_WORLD_FILES = {
    ".tif": (".tfw", ".tifw", ".TFW"),
    ".tiff": (".tfw", ".tiffw", ".TFW"),
    ".jpg": (".jgw", ".jpgw", ".JGW"),
    ".jpeg": (".jgw", ".jpegw", ".JGW"),
    ".png": (".pgw", ".pngw", ".PGW"),
    ".jp2": (".j2w", ".jp2w", ".J2W"),
}


def judge_references(path: Place, dataset: rasterio.io.DatasetReader) -> None:
    """Refuse an image whose own metadata sends the reader to another file.

    Raises:
        RasterError: It does.
    """
    if dataset.tags(ns=_REFERENCES):
        raise RasterError(
            f"{path.name} takes its overviews from another file: save it again without the reference"
        )


def has_own_files(path: Path) -> bool:
    """Whether overviews or a mask lie beside an image, all of them plain TIFFs that refer to nothing."""
    beside = list(_beside(path, depth=1))
    # Without .ovr GDAL would ask an .aux of ERDAS for overviews, which may lead on to other files.
    if not beside or (path.with_suffix(".aux").exists() and not Path(f"{path}.ovr").exists()):
        return False
    if any(_is_odd(path.with_suffix(ending)) for ending in (".xml", ".XML")):
        return False
    return all(_is_plain(file) for file in beside)


def world_transform(path: Path) -> Affine | None:
    """The affine transform of a world file beside an image, from outer pixel corner to map."""
    endings = (*_WORLD_FILES.get(path.suffix.lower(), ()), ".wld", ".WLD")
    for file in (path.with_suffix(ending) for ending in endings):
        if file.is_file():
            return _parse_world(file)
    return None


def _beside(path: Path, depth: int) -> list[Path]:
    """Own files of a file, and theirs."""
    found: list[Path] = []
    if depth > _DEEPEST:
        return found
    for suffix in _SUFFIXES:
        file = Path(f"{path}{suffix}")
        if file.is_file():
            found += [file, *_beside(file, depth + 1)]
    return found


def _is_plain(path: Path) -> bool:
    try:
        if not is_of(path, TIFF):
            return False
        with gdal_settings(), quiet(), rasterio.open(dataset_path(path), driver=TIFF.gdal_driver) as file:
            limits.judge_block(path.name, block_bytes(file))
            judge_directories(path)
            return not file.tags(ns=_REFERENCES)
    except (RasterError, *GDAL_TROUBLE):
        return False


def _is_odd(description: Path) -> bool:
    """GDAL reads a vendor's description beside an image as a whole: only a short text may lie there."""
    return description.exists() and not (
        description.is_file() and description.stat().st_size <= _DESCRIPTION_BYTES
    )


def _parse_world(path: Path) -> Affine | None:
    """Six numbers a d b e c f, the last two for the centre of the first pixel (ESRI world file)."""
    try:
        with path.open("rb") as file:
            words = file.read(_WORLD_FILE_BYTES).decode("ascii").replace(",", ".").split()
        a, d, b, e, x, y = (float(word) for word in words[:6])
    except (OSError, ValueError):
        return None
    if not all(map(math.isfinite, (a, d, b, e, x, y))) or a * e == b * d:
        return None
    return a, b, x - (a + b) / 2, d, e, y - (d + e) / 2
