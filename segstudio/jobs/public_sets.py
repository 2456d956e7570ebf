"""The permissive sets our starter weights are taught with, read from folders laid out as they are published.

MBRSC Dubai (CC0): `Tile N/images/*_part_00M.jpg` and `masks/*.png`, nine parts to a tile, three by three.
GSI roads (Public Data License 1.0, Geospatial Information Authority of Japan): `images/*.png`, `masks/*.png`.
HOT/OpenAerialMap buildings (CC BY 4.0): map tiles `<name>-x-y-z.png` and polygons in `labels.geojson`.

The last two speak of one class only: what they leave out is "not road", "not building", never "land".
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from rasterio.features import rasterize

from segstudio.errors import RasterError
from segstudio.jobs.mask_files import MaskClass, MaskFile
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.plane import Plane
from segstudio.models.cards import ModelClass
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo
from segstudio.training.sources import SampleSource

DUBAI_CLASSES = (
    ModelClass("building", "#3C1098"),
    ModelClass("land", "#8429F6"),
    ModelClass("road", "#6EC1E4"),
    ModelClass("vegetation", "#FEDD3A"),
    ModelClass("water", "#E2A929"),
)
"""The five classes, channel by channel, with the masks' true colours; grey and black are not said."""

_BUILDING, _ROAD = 0, 2
_GSI_ROAD = MaskClass(_ROAD, "road", "#FF7850")
_SURE_NOT_M = (0.6, 30.0)  # so far from a building's outline the mappers looked and found none
_EQUATOR_M = 40_075_016.686
_TILE_PX = 256
_TILE_NAME = re.compile(r".*-(\d+)-(\d+)-(\d+)\.png")

Ids = npt.NDArray[np.uint8]
Ring = list[list[float]]


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One part of a Dubai tile; parts of one tile show one neighbourhood: split by tile."""

    name: str
    tile: int
    part: int
    source: SampleSource


def dubai(folder: Path) -> list[LabelledImage]:
    """Every part of every tile, in order.

    Raises:
        RasterError: the folder holds no such tiles, or a mask is missing or of another size.
    """
    classes = [MaskClass(n, each.name, each.colour) for n, each in enumerate(DUBAI_CLASSES)]
    images = sorted(folder.glob("Tile */images/*_part_*.jpg"))
    if not images:
        raise RasterError(f"{folder} holds no 'Tile N/images/*_part_*.jpg': name the MBRSC Dubai folder")
    return [_dubai_part(image, classes) for image in images]


def gsi_roads(folder: Path) -> list[SampleSource]:
    """Aerial images whose roads were drawn: road, or certainly not road.

    Raises:
        RasterError: the folder holds no such images, or a mask is missing or of another size.
    """
    images = _some_files(folder, "images/*.png", "GSI road")
    return [_gsi_source(image) for image in images]


def hot_buildings(folder: Path) -> list[SampleSource]:
    """Map tiles with the buildings that were mapped on them; near a building the rest is certainly none.

    Raises:
        RasterError: the folder holds no such tiles or no readable `labels.geojson`.
    """
    tiles = _some_files(folder, "*.png", "HOT building")
    rings = _rings(folder / "labels.geojson")
    return [_hot_source(tile, rings) for tile in tiles if _TILE_NAME.fullmatch(tile.name)]


def _some_files(folder: Path, pattern: str, what: str) -> list[Path]:
    found = sorted(folder.glob(pattern))
    if not found:
        raise RasterError(f"{folder} holds no {pattern}: name the folder of the {what} set")
    return found


def _dubai_part(image: Path, classes: Sequence[MaskClass]) -> LabelledImage:
    tile = int(image.parent.parent.name.rpartition(" ")[2])
    part = int(image.stem.rpartition("_")[2])
    name = f"tile {tile} part {part}"
    ids = _mask(image.parent.parent / "masks" / f"{image.stem}.png", classes)
    return LabelledImage(name, tile, part, _source(image, name, ids))


def _gsi_source(image: Path) -> SampleSource:
    ids = _mask(image.parent.parent / "masks" / image.name, [_GSI_ROAD])
    return _source(image, image.stem, ids, not_class=_said(ids != _ROAD, _ROAD))


def _mask(path: Path, classes: Sequence[MaskClass]) -> Ids:
    with MaskFile(path, classes, by="colour") as mask:
        return np.concatenate([ids for _, ids in mask.strips()])


def _hot_source(tile: Path, rings: Sequence[Ring]) -> SampleSource:
    found = _TILE_NAME.fullmatch(tile.name)
    assert found is not None
    column, row, zoom = (int(number) for number in found.groups())
    shapes = [_polygon(ring, column, row, zoom) for ring in rings]
    size = (_TILE_PX, _TILE_PX)
    inside = rasterize(((shape, 1) for shape in shapes), out_shape=size, dtype=np.uint8).astype(bool)
    metres = _EQUATOR_M / (_TILE_PX << zoom)  # the set lies on the equator
    away = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) * metres
    nearest, farthest = _SURE_NOT_M
    not_building = inside.any() & (away > nearest) & (away < farthest)
    return _source(
        tile, tile.stem, _said(inside, _BUILDING), not_class=_said(np.asarray(not_building), _BUILDING)
    )


def _rings(path: Path) -> list[Ring]:
    """Outer rings of a GeoJSON's polygons, in degrees."""
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return [each["geometry"]["coordinates"][0] for each in features]
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise RasterError(f"{path} is not a GeoJSON of polygons: {error!r}") from error


def _polygon(ring: Ring, column: int, row: int, zoom: int) -> dict[str, Any]:
    """A ring in the pixels of one Web Mercator tile."""
    points = list(_tile_pixels(ring, zoom))
    return {
        "type": "Polygon",
        "coordinates": [[(x - column * _TILE_PX, y - row * _TILE_PX) for x, y in points]],
    }


def _tile_pixels(ring: Ring, zoom: int) -> Iterator[tuple[float, float]]:
    whole = _TILE_PX << zoom
    for longitude, latitude in ring:
        north = math.asinh(math.tan(math.radians(latitude))) / math.pi
        yield (longitude + 180) / 360 * whole, (1 - north) / 2 * whole


def _said(where: npt.NDArray[np.bool_], class_id: int) -> Ids:
    return np.where(where, np.uint8(class_id), np.uint8(UNLABELLED))


def _source(image: Path, name: str, ids: Ids, not_class: Ids | None = None) -> SampleSource:
    with open_raster(image) as raster:
        info = raster.info
    if (info.height, info.width) != ids.shape:
        raise RasterError(f"{image} and its mask differ in size: fetch the set again")
    return SampleSource(
        str(image),
        info,
        _plane(ids, info),
        not_class=None if not_class is None else _plane(not_class, info),
        name=name,
    )


def _plane(ids: Ids, info: RasterInfo) -> Plane:
    plane = Plane(info.width, info.height)
    plane.write(info.extent, ids)
    return plane
