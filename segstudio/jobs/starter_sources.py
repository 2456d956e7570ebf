"""What starter weights learn from: procedural places, rendered once, and the permissive sets where given."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from segstudio.errors import RasterError
from segstudio.jobs import public_sets
from segstudio.mask.plane import Plane
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window
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

    def source(self, *, with_height: bool) -> SampleSource:
        """Its scene, truth and height as a sample source; rendered where it is not there yet."""
        paths = {name: self.folder / f"{name}.tif" for name in ("scene", "truth", "height")}
        if not all(path.is_file() for path in paths.values()):
            write_scene(self.folder, place_settings(self.seed, self.size_px))
        truth = _read_plane(paths["truth"], np.dtype(np.uint8), 255)
        height = _read_plane(paths["height"], np.dtype(np.float32), np.nan) if with_height else None
        info = _info(paths["scene"])
        return SampleSource(str(paths["scene"]), info, truth, depth_target=height, name=self.folder.name)


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
    """The same sources with one-band copies of their images (luma of BT.601), kept under `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        copy = folder / f"{Path(source.image_path).parent.name}-{source.name}.png".replace(" ", "-")
        if not copy.is_file():
            _write_gray(Path(source.image_path), source.info, copy)
        yield replace(source, image_path=str(copy), info=_info(copy))


def _tile(name: str, tiles: set[int]) -> int:
    number = name.strip().rpartition(" ")[2]
    if not number.isdecimal() or int(number) not in tiles:
        known = ", ".join(f"'Tile {tile}'" for tile in sorted(tiles))
        raise RasterError(f"there is no '{name}' to leave out: there are {known}")
    return int(number)


def _write_gray(image: Path, info: RasterInfo, copy: Path) -> None:
    with open_raster(image) as raster:
        bands = raster.read(Window(0, 0, info.width, info.height), bands=(0, 1, 2))
    cv2.imwrite(str(copy), cv2.cvtColor(np.ascontiguousarray(bands.transpose(1, 2, 0)), cv2.COLOR_RGB2GRAY))


def _info(path: Path) -> RasterInfo:
    with open_raster(path) as raster:
        return raster.info


def _read_plane(path: Path, dtype: np.dtype, fill: float) -> Plane:
    with open_raster(path, as_indices=True) as raster:
        plane = Plane(raster.info.width, raster.info.height, dtype=dtype, fill=fill)
        plane.write(raster.info.extent, raster.read(raster.info.extent)[0].astype(dtype))
    return plane
