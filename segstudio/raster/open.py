"""The one door: a path or an address becomes an open image, or one sentence."""

from pathlib import Path

import rasterio
from rasterio.io import DatasetReader

from segstudio.errors import RasterError
from segstudio.raster.address import Address, place
from segstudio.raster.formats import Format, recognise
from segstudio.raster.gdal import HEADER_TROUBLE, dataset_path, gdal_settings, quiet
from segstudio.raster.geotiff import GeotiffRaster
from segstudio.raster.header import judge_dataset, read_header
from segstudio.raster.photo import open_photo
from segstudio.raster.raster import Raster
from segstudio.raster.sidecars import has_own_files, judge_references


def open_raster(path: str | Path | Address, *, as_indices: bool = False) -> Raster:
    """Open a GeoTIFF, JPEG 2000 or photo; its header is judged before a pixel is read.

    Args:
        path: A file on this machine, or the address of a GeoTIFF that a person has named.
        as_indices: Read a palette image's own numbers instead of its colours (masks).

    Raises:
        RasterError: Why it cannot be opened, and the way out.
    """
    path = place(path)
    if isinstance(path, Address):
        # what speaks over the network is loaded when somebody wants to
        from segstudio.raster.remote_raster import open_remote

        return open_remote(path, as_indices=as_indices)
    form = recognise(path)
    if form.is_photo:
        return open_photo(path, form, as_indices=as_indices)
    return _open_dataset(path, form, as_indices=as_indices)


def _open_dataset(path: Path, form: Format, *, as_indices: bool) -> GeotiffRaster:
    files_beside = has_own_files(path)
    with gdal_settings(files_beside=files_beside), quiet():
        dataset = _dataset(path, form)
        try:
            judge_references(path, dataset)
            with path.open("rb") as file:
                judge_dataset(path.name, dataset, file)
            info, layout = read_header(path, dataset, as_indices=as_indices)
        except RasterError:
            dataset.close()
            raise
        except HEADER_TROUBLE as error:
            dataset.close()
            raise RasterError(f"{path.name} has a damaged header: fetch the file again") from error
    return GeotiffRaster(info, layout, dataset)


def _dataset(path: Path, form: Format) -> DatasetReader:
    try:
        return rasterio.open(dataset_path(path), driver=form.gdal_driver, sharing=False)
    except HEADER_TROUBLE as error:
        raise RasterError(_refusal(path.name, form, str(error))) from error


def _refusal(name: str, form: Format, message: str) -> str:
    if "codec" in message or "Unsupported" in message:
        return f"{name} is packed in a way that cannot be read: save it again with Deflate or LZW compression"
    return f"{name} is not a whole {form.name} file, its header is damaged: fetch the file again"
