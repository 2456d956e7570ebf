"""A whole scene as files, written block by block so that memory does not grow with its size."""

import json
import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.transform import Affine
from rasterio.windows import Window as FileWindow

from segstudio.errors import SegstudioError
from segstudio.raster.window import Window
from segstudio.sample.hashing import chance
from segstudio.sample.settings import SceneSettings

CLASSES: tuple[tuple[int, str, str], ...] = (
    (0, "building", "#3C1098"),
    (1, "land", "#8429F6"),
    (2, "road", "#6EC1E4"),
    (3, "vegetation", "#FEDD3A"),
    (4, "water", "#E2A929"),
)
"""Ids, names and colours of every scene."""
UNLABELLED = 255
BLOCK = 512
_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with finished and all blocks."""
Layers = tuple[NDArray[np.uint8] | NDArray[np.uint16], NDArray[np.uint8], NDArray[np.float32]]
"""Pixels (B, h, w), class ids (h, w), height in metres (h, w)."""


@dataclass(frozen=True, slots=True)
class ScenePaths:
    """The files of one scene."""

    scene: Path
    truth: Path
    height: Path
    classes: Path


def write_files(
    folder: Path, settings: SceneSettings, rendered: Callable[[Window], Layers], progress: Progress | None
) -> ScenePaths:
    """Write all files of a scene whose windows `rendered` gives.

    Raises:
        SegstudioError: the folder cannot be written.
    """
    paths = ScenePaths(*(folder / name for name in ("scene.tif", "truth.tif", "height.tif", "classes.json")))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_classes(paths.classes, CLASSES)
        _write_rasters(paths, settings, rendered, progress)
    except OSError as error:
        raise SegstudioError(f"the scene cannot be written to {folder}: {error.strerror or error}") from error
    _log.info("wrote a scene of %d x %d pixels to %s", settings.width, settings.height, folder)
    return paths


def write_classes(path: Path, classes: tuple[tuple[int, str, str], ...]) -> None:
    """The class list beside a scene or a folder of photos."""
    rows = [{"id": number, "name": name, "colour": colour} for number, name, colour in classes]
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def colour_table(classes: tuple[tuple[int, str, str], ...]) -> dict[int, tuple[int, int, int, int]]:
    """Class colours as a palette."""
    return {
        number: (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16), 255)
        for number, _, colour in classes
    }


def transform_of(settings: SceneSettings) -> Affine:
    """Where the scene lies: near Seoul, every seed somewhere else."""
    rng = chance(settings.seed, 505)
    east, north = 300_000 + 20 * rng.randrange(2000), 4_130_000 + 20 * rng.randrange(2000)
    return Affine(settings.gsd_m, 0.0, float(east), 0.0, -settings.gsd_m, float(north))


def _profile(settings: SceneSettings, **own: Any) -> dict[str, Any]:
    profile: dict[str, Any] = {
        "driver": "GTiff", "width": settings.width, "height": settings.height, "crs": CRS.from_epsg(32652),
        "transform": transform_of(settings), "tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK,
        "compress": "deflate", "zlevel": 4, "BIGTIFF": "IF_SAFER",
    }  # fmt: skip
    return profile | own


def _write_rasters(
    paths: ScenePaths,
    settings: SceneSettings,
    rendered: Callable[[Window], Layers],
    progress: Progress | None,
) -> None:
    photometric = {"photometric": "RGB", "interleave": "pixel"} if settings.bands == 3 else {}
    profiles = {
        paths.scene: _profile(
            settings, count=settings.bands, dtype=settings.dtype, predictor=2, **photometric
        ),
        paths.truth: _profile(settings, count=1, dtype="uint8", nodata=UNLABELLED),
        paths.height: _profile(settings, count=1, dtype="float32", predictor=3),
    }
    drafts = {path: path.with_name(path.stem + ".part.tif") for path in profiles}
    try:
        with ExitStack() as stack:
            files = [stack.enter_context(rasterio.open(drafts[p], "w", **profiles[p])) for p in profiles]
            _describe(files, settings)
            _write_blocks(files, settings, rendered, progress)
        for path, draft in drafts.items():
            _add_overviews(draft, nearest=path == paths.truth)
            draft.replace(path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def _describe(files: list[Any], settings: SceneSettings) -> None:
    scene, truth, height = files
    if settings.bands == 3:
        scene.colorinterp = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
        scene.descriptions = ("red", "green", "blue")
    else:
        scene.descriptions = ("panchromatic",)
    truth.write_colormap(1, colour_table(CLASSES))
    height.descriptions = ("height above ground",)
    height.set_band_unit(1, "metre")


def _write_blocks(
    files: list[Any],
    settings: SceneSettings,
    rendered: Callable[[Window], Layers],
    progress: Progress | None,
) -> None:
    blocks = list(settings.extent.blocks(BLOCK))
    for number, window in enumerate(blocks, 1):
        pixels, class_ids, height_m = rendered(window)
        place = FileWindow(window.col_off, window.row_off, window.width, window.height)
        files[0].write(pixels, window=place)
        files[1].write(class_ids, 1, window=place)
        files[2].write(height_m, 1, window=place)
        if progress is not None:
            progress(number, len(blocks))


def _add_overviews(path: Path, *, nearest: bool) -> None:
    with rasterio.open(path, "r+") as file:
        levels, level = [], 2
        while min(file.shape) // level >= 128:
            levels.append(level)
            level *= 2
        if levels:
            # class ids must not be averaged
            file.build_overviews(levels, Resampling.nearest if nearest else Resampling.average)
