"""The header of a GDAL dataset, judged and put into our words before a pixel is read."""

import math
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
from rasterio.enums import ColorInterp
from rasterio.errors import CRSError
from rasterio.io import DatasetReader

from segstudio.errors import RasterError
from segstudio.raster import limits
from segstudio.raster.address import Place
from segstudio.raster.crs import Affine
from segstudio.raster.gdal import block_bytes
from segstudio.raster.geotiff import Layout, has_own_mask
from segstudio.raster.jpeg2000 import judge_tiles
from segstudio.raster.raster import Colour, RasterInfo
from segstudio.raster.sidecars import world_transform
from segstudio.raster.tiff_directories import judge_listed

_RGB = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
_PLAIN = {ColorInterp.gray, ColorInterp.undefined, ColorInterp.palette, ColorInterp.alpha}


def judge_dataset(name: str, dataset: DatasetReader, file: BinaryIO) -> None:
    """Refuse what cannot be shown or would not fit into memory; `file` are the dataset's own bytes.

    Raises:
        RasterError: With the reason and the way out.
    """
    limits.judge_size(name, dataset.width, dataset.height, dataset.count)
    if any(np.dtype(_numpy_name(dtype)).kind not in "uif" for dtype in dataset.dtypes):
        raise RasterError(
            f"{name} holds complex numbers, which cannot be shown: "
            "save amplitude or phase as a raster of its own"
        )
    if len(set(dataset.dtypes)) > 1:
        raise RasterError(f"{name} mixes data types among its bands: save them as one type")
    limits.judge_block(name, block_bytes(dataset))
    if dataset.driver == "GTiff":
        limits.judge_table(name, dataset.shape, dataset.block_shapes[0], file.seek(0, os.SEEK_END))
        judge_listed(name, file)
    elif dataset.driver == "JP2OpenJPEG":
        judge_tiles(name, file)


def read_header(at: Place, dataset: DatasetReader, *, as_indices: bool) -> tuple[RasterInfo, Layout]:
    """Header and layout of a judged dataset; `as_indices` leaves palette numbers as they are."""
    palette = None if as_indices else _palette(dataset)
    layout = _layout(dataset, palette)
    count = 3 if palette else len(layout.values)
    names = ("Red", "Green", "Blue") if palette else _band_names(dataset, layout)
    return RasterInfo(
        path=str(at),
        width=dataset.width,
        height=dataset.height,
        band_count=count,
        dtype="uint8" if palette else _numpy_name(dataset.dtypes[layout.values[0] - 1]),
        band_names=names,
        crs_wkt=_crs_wkt(dataset),
        transform=_transform(dataset) or (world_transform(at) if isinstance(at, Path) else None),
        nodata=None if palette else _nodata(dataset),
        has_alpha=layout.alpha is not None,
        palette=palette or _palette(dataset),
        overviews=tuple(sorted(factor for factor in dataset.overviews(layout.values[0]) if factor > 1)),
        block_shape=tuple(dataset.block_shapes[0]),
        is_photo=False,
        driver=dataset.driver,
        display_bands=(0, 1, 2) if palette else _display_bands(dataset, layout),
    ), layout


def _numpy_name(name: str) -> str:
    """GDAL knows a complex type of whole numbers that NumPy does not."""
    return "complex64" if name.startswith("complex") else name


def _layout(dataset: DatasetReader, palette: tuple[Colour, ...] | None) -> Layout:
    alpha = [
        band
        for band, kind in zip(dataset.indexes, dataset.colorinterp, strict=True)
        if kind == ColorInterp.alpha
    ]
    values = tuple(band for band in dataset.indexes if band not in alpha) or tuple(dataset.indexes)
    transparency = alpha[0] if alpha and len(values) < dataset.count else None
    mask = has_own_mask(dataset)
    if palette is None:
        return Layout(values, transparency, mask)
    size = np.iinfo(dataset.dtypes[0]).max + 1
    table = np.zeros((size, 4), np.uint8)
    table[: len(palette)] = palette[:size]
    shows = table[:, 3] > 0
    nodata = _nodata(dataset)
    if nodata is not None:
        shows[int(nodata)] = False
    return Layout(values[:1], transparency, mask, colours=np.ascontiguousarray(table[:, :3]), shows=shows)


def _palette(dataset: DatasetReader) -> tuple[Colour, ...] | None:
    """Colours by index where the first band is a palette of whole numbers from 0."""
    if dataset.colorinterp[0] != ColorInterp.palette or dataset.dtypes[0] not in ("uint8", "uint16"):
        return None
    try:
        table = dataset.colormap(1)
    except ValueError:
        return None  # marked as a palette, but none is stored
    return tuple(table.get(index, (0, 0, 0, 0)) for index in range(max(table) + 1)) if table else None


def _nodata(dataset: DatasetReader) -> float | None:
    """The nodata value as the bands can hold it; None where they cannot."""
    value = dataset.nodatavals[0]
    kind = np.dtype(dataset.dtypes[0])
    if value is None:
        return None
    if kind.kind == "f":
        with np.errstate(over="ignore"):
            return float(kind.type(value))
    limit = np.iinfo(kind)
    return float(value) if limit.min <= value <= limit.max and value == int(value) else None


def _transform(dataset: DatasetReader) -> Affine | None:
    """The affine transform; None where there is none, or one that is no map."""
    affine = dataset.transform
    if affine.is_identity or not all(map(math.isfinite, affine)) or affine.determinant == 0:
        return None
    return affine.a, affine.b, affine.c, affine.d, affine.e, affine.f


def _crs_wkt(dataset: DatasetReader) -> str | None:
    try:
        return str(dataset.crs.to_wkt()) if dataset.crs else None
    except CRSError:
        return None


def _band_names(dataset: DatasetReader, layout: Layout) -> tuple[str, ...]:
    names = []
    for number, band in enumerate(layout.values, start=1):
        kind = dataset.colorinterp[band - 1]
        colour = f"Band {number}" if kind in _PLAIN else kind.name.replace("_", " ").capitalize()
        names.append(dataset.descriptions[band - 1] or colour)
    return tuple(names)


def _display_bands(dataset: DatasetReader, layout: Layout) -> tuple[int, ...]:
    """Red, green and blue as the file or its band names say; else the first three; else the first."""
    kinds = [dataset.colorinterp[band - 1] for band in layout.values]
    if all(kind in kinds for kind in _RGB):
        return tuple(kinds.index(kind) for kind in _RGB)
    names = [name.strip().lower() for name in _band_names(dataset, layout)]
    if all(colour in names for colour in ("red", "green", "blue")):
        return tuple(names.index(colour) for colour in ("red", "green", "blue"))
    return (0, 1, 2) if len(layout.values) >= 3 else (0,)
