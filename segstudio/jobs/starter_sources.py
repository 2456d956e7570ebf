"""What starter weights learn from: procedural places, rendered once, and the permissive sets where given."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import DTypeLike

from segstudio.errors import RasterError
from segstudio.jobs import public_sets
from segstudio.mask.plane import Plane
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo
from segstudio.raster.write import create_geotiff
from segstudio.sample.scene import SceneSettings, write_scene
from segstudio.training.sources import SampleSource

HELD_OUT_SEED = 10_000

ATTRIBUTION_PLACES = "procedural scenes of segstudio itself"
ATTRIBUTION_SETS = (
    "MBRSC Dubai aerial imagery (CC0)",
    "GSI Japan road imagery (Geospatial Information Authority of Japan, Public Data License 1.0)",
    "OpenAerialMap tiles and OpenStreetMap/HOT buildings of Kampala (CC BY 4.0, (c) OpenStreetMap "
    "contributors)",
)


@dataclass(frozen=True, slots=True)
class Place:
    """One procedural place: which seed, how large, and where its files are kept."""

    seed: int
    size_px: int
    folder: Path

    def render(self) -> None:
        """Write its files; what an interrupted rendering left is written over."""
        write_scene(self.folder, place_settings(self.seed, self.size_px))

    def source(self, *, with_height: bool) -> SampleSource:
        """Its scene, truth and height as a sample source; rendered where it is not there yet."""
        scene, truth, height = (self.folder / f"{name}.tif" for name in ("scene", "truth", "height"))
        if not (scene.is_file() and truth.is_file() and height.is_file()):
            self.render()
        return SampleSource(
            str(scene),
            info_of(scene),
            read_plane(truth, np.uint8, 255),
            depth_target=read_plane(height, np.float32, np.nan) if with_height else None,
            name=self.folder.name,
        )


def place_settings(seed: int, size_px: int) -> SceneSettings:
    """A place, a camera and a day of their own for every seed."""
    rng = np.random.default_rng(seed)
    return SceneSettings(
        size=size_px, seed=seed, sensor=f"random:{seed}", gsd_m=float(np.round(rng.uniform(0.3, 0.9), 2))
    )


def places(folder: Path, *, count: int, size_px: int, first_seed: int = 0) -> list[Place]:
    """So many places kept under `folder`; each is rendered when its source is first asked for."""
    seeds = range(first_seed, first_seed + count)
    return [Place(seed, size_px, folder / f"{size_px}-{seed}") for seed in seeds]


@dataclass(frozen=True, slots=True)
class PublicSets:
    """The permissive sets, Dubai's left-out tiles apart."""

    dubai: tuple[SampleSource, ...]
    dubai_left_out: tuple[SampleSource, ...]
    roads: tuple[SampleSource, ...]
    buildings: tuple[SampleSource, ...]


def read_public_sets(folder: Path, *, leave_out: tuple[str, ...] = ()) -> PublicSets:
    """`dubai_mbrsc`, `gsi_roads_japan` and `hot_oam_buildings` under `folder`.

    Tiles of Dubai in `leave_out`, "Tile 6", teach nothing.

    Raises:
        RasterError: a set is missing or damaged, or there is no such tile.
    """
    parts = public_sets.dubai(folder / "dubai_mbrsc")
    left_out = {_tile(name, {part.tile for part in parts}) for name in leave_out}
    return PublicSets(
        dubai=tuple(part.source for part in parts if part.tile not in left_out),
        dubai_left_out=tuple(part.source for part in parts if part.tile in left_out),
        roads=tuple(public_sets.gsi_roads(folder / "gsi_roads_japan")),
        buildings=tuple(public_sets.hot_buildings(folder / "hot_oam_buildings")),
    )


def in_gray(sources: tuple[SampleSource, ...], folder: Path) -> Iterator[SampleSource]:
    """The same sources with one-band copies of their images, kept under `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        copy = folder / f"{Path(source.image_path).parent.name}-{source.name}.tif".replace(" ", "-")
        if not copy.is_file():
            copy_image(source, copy, gray=True)
        yield with_image(source, copy)


def copy_image(source: SampleSource, copy: Path, *, gray: bool) -> None:
    """Copy an image into a GeoTIFF, which is read tile by tile; in gray as ITU-R BT.601's luma."""
    with open_raster(source.image_path) as raster:
        pixels = raster.read(raster.info.extent, bands=(0, 1, 2))
        if gray:
            channel_last = np.ascontiguousarray(pixels.transpose(1, 2, 0))
            pixels = cv2.cvtColor(channel_last, cv2.COLOR_RGB2GRAY)[None]
        with create_geotiff(copy, info_like=raster.info, dtype=pixels.dtype, count=len(pixels)) as file:
            file.write(raster.info.extent, pixels)


def with_image(source: SampleSource, image: Path) -> SampleSource:
    """The same words about another file of the same image."""
    return replace(source, image_path=str(image), info=info_of(image))


def info_of(image: Path) -> RasterInfo:
    """An image's header."""
    with open_raster(image) as raster:
        return raster.info


def read_plane(path: Path, dtype: DTypeLike, fill: float) -> Plane:
    """The first band of a raster; of a palette image its numbers."""
    with open_raster(path, as_indices=True) as raster:
        plane = Plane(raster.info.width, raster.info.height, dtype=dtype, fill=fill)
        plane.write(raster.info.extent, raster.read(raster.info.extent, bands=(0,))[0].astype(dtype))
    return plane


def _tile(name: str, tiles: set[int]) -> int:
    number = name.strip().rpartition(" ")[2]
    if not number.isdecimal() or int(number) not in tiles:
        known = ", ".join(f"'Tile {tile}'" for tile in sorted(tiles))
        raise RasterError(f"there is no '{name}' to leave out: there are {known}")
    return int(number)
