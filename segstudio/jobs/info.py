"""What an image is, from its header alone."""

from typing import Any

from segstudio.models.registry import default_registry
from segstudio.raster.address import Place
from segstudio.raster.georeference import to_lonlat
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo

# torch and the libraries around it once loaded (peak of a process that only imports them).
_PROGRAM_MB = 600
# A strip of scores is two patches high and at most so wide; 8 classes and their weights as float32.
_STRIP_WIDTH, _STRIP_ROWS, _PLANES = 8192, 1024, 9
_LIGHT_MODEL = "mff-light"


def describe_image(path: Place) -> dict[str, Any]:
    """Size, bands, type, place, nodata, overviews and estimated memory; no pixel is read.

    Raises:
        RasterError: why it cannot be opened.
    """
    with open_raster(path) as raster:
        info = raster.info
    return {
        "path": info.path,
        "driver": info.driver,
        "width": info.width,
        "height": info.height,
        "bands": info.band_count,
        "band_names": list(info.band_names),
        "dtype": info.dtype,
        "crs": _crs_name(info),
        "crs_wkt": info.crs_wkt,
        "transform": info.transform,
        "pixel_size_m": info.pixel_size_m,
        "centre_lonlat": to_lonlat(info, info.width / 2, info.height / 2),
        "nodata": info.nodata,
        "has_alpha": info.has_alpha,
        "palette_colours": len(info.palette) if info.palette else 0,
        "overviews": list(info.overviews),
        "block_shape": list(info.block_shape),
        "display_bands": list(info.display_bands),
        "is_photo": info.is_photo,
        "uncompressed_mb": info.uncompressed_bytes / 1e6,
        "predict_memory_mb": predict_memory_mb(info),
    }


def sentence_of(values: dict[str, Any]) -> str:
    """The same as lines a person reads."""
    lines = [
        f"{values['path']}",
        f"  size        {values['width']} x {values['height']} px, {values['dtype']}",
        f"  bands       {values['bands']}: {', '.join(values['band_names'])}",
        f"  place       {_place(values)}",
        f"  nodata      {_nodata(values)}",
        f"  storage     {values['driver']}, blocks {values['block_shape'][1]} x {values['block_shape'][0]}, "
        f"overviews {', '.join(map(str, values['overviews'])) or 'none'}",
        f"  memory      {values['uncompressed_mb']:,.0f} MB uncompressed, "
        f"about {values['predict_memory_mb']:,.0f} MB to predict with {_LIGHT_MODEL}",
    ]
    return "\n".join(lines)


def predict_memory_mb(info: RasterInfo) -> float:
    """About how much a process takes that predicts this image; does not grow with the scene's height."""
    net_mb = default_registry().card(_LIGHT_MODEL).memory_mb
    width = min(info.width, _STRIP_WIDTH)
    strip = width * min(info.height, _STRIP_ROWS) * _PLANES * 4
    photo = info.uncompressed_bytes if info.is_photo else 0
    return _PROGRAM_MB + net_mb + (strip + photo) / 1e6


def _place(values: dict[str, Any]) -> str:
    if values["crs"] is None:
        return "no georeference"
    size = f", {values['pixel_size_m']:g} m per pixel" if values["pixel_size_m"] else ""
    at = values["centre_lonlat"]
    return f"{values['crs']}{size}" + (f", centre {at[0]:.5f} {at[1]:.5f}" if at else "")


def _nodata(values: dict[str, Any]) -> str:
    found = "none" if values["nodata"] is None else f"{values['nodata']:g}"
    return f"{found}, with transparency" if values["has_alpha"] else found


def _crs_name(info: RasterInfo) -> str | None:
    """The EPSG code, else the name the CRS gives itself."""
    if info.crs_wkt is None:
        return None
    from rasterio.crs import CRS

    crs = CRS.from_wkt(info.crs_wkt)
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(info.crs_wkt.split('"')[1])
