"""Street photos with class ids and depth: the other kind of picture people bring."""

import logging
import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rasterio.errors import NotGeoreferencedWarning

from segstudio.errors import SegstudioError
from segstudio.sample.files import colour_table, write_classes
from segstudio.sample.hashing import array_chance, chance
from segstudio.sample.street import camera_of, hazed, paint_street, sky, street_of, vignette
from segstudio.sample.street_view import SKY, View

PHOTO_CLASSES: tuple[tuple[int, str, str], ...] = (
    (0, "sky", "#7FB2E5"),
    (1, "building", "#B0563B"),
    (2, "road", "#5B4B8A"),
    (3, "pavement", "#D9A5C4"),
    (4, "tree", "#3F8F4F"),
    (5, "car", "#F2C14E"),
)
"""Ids, names and colours of every street photo."""
FARTHEST_M = 200.0
"""Depth of grazing planes is cut here."""
CameraName = Literal["a", "b"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StreetPhoto:
    """Picture (h, w, 3) and class ids (h, w), uint8; depth along the lens axis in metres, NaN in the sky."""

    pixels: NDArray[np.uint8]
    class_ids: NDArray[np.uint8]
    depth_m: NDArray[np.float32]


def render_street(seed: int, size: tuple[int, int] = (480, 640), camera: CameraName = "a") -> StreetPhoto:
    """One street seen by one of two cameras: "b" is wider, higher, cooler, softer and noisier.

    Raises:
        SegstudioError: for a camera there is not.
    """
    if camera not in ("a", "b"):
        raise SegstudioError(f"no camera is called '{camera}': choose a or b")
    rng = chance(seed, 600)
    street = street_of(rng)
    view = View(camera_of(rng, size, wide=camera == "b"))
    paint_street(view, street, seed)
    empty = view.class_ids == SKY
    with np.errstate(divide="ignore"):
        depth = np.where(empty, np.float32(np.nan), np.minimum(1 / view.inverse_depth, FARTHEST_M)).astype(
            np.float32
        )
    pixels = np.where(empty[..., None], sky(view.camera, street, seed), view.pixels.astype(np.float32))
    pixels = hazed(pixels.astype(np.float32), depth, street)
    return StreetPhoto(_developed(pixels, camera, seed), view.class_ids, depth)


def _developed(pixels: NDArray[np.float32], camera: CameraName, seed: int) -> NDArray[np.uint8]:
    """Lens and sensor: softness, corners, colour, curve, noise."""
    rng, soft = chance(seed, 602), 0.55 if camera == "a" else 1.0
    out = cv2.GaussianBlur(pixels, (0, 0), soft).astype(np.float32)
    out *= vignette(pixels.shape[0], pixels.shape[1], 0.16 if camera == "a" else 0.34)
    warm = rng.uniform(-0.03, 0.05) if camera == "a" else rng.uniform(-0.14, -0.07)
    out *= np.array((1 + warm, 1.0, 1 - warm), np.float32) * np.float32(rng.uniform(0.86, 1.08))
    x = np.clip(out / 255, 0, 1)
    strength = 0.35 if camera == "a" else 0.1
    x += (x * x * (3 - 2 * x) - x) * np.float32(strength)
    noise = array_chance(seed, 65).standard_normal(out.shape, dtype=np.float32)
    x += noise * np.float32(0.009 if camera == "a" else 0.026)
    return np.clip(x * 255 + np.float32(0.5), 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class PhotoPaths:
    """The files of a set of photos; the lists run side by side."""

    photos: tuple[Path, ...]
    masks: tuple[Path, ...]
    depths: tuple[Path, ...]
    classes: Path


def write_photos(
    out_dir: str | Path,
    count: int,
    seed: int = 0,
    camera: CameraName = "a",
    *,
    size: tuple[int, int] = (480, 640),
) -> PhotoPaths:
    """Write photos/NAME.jpg, masks/NAME.png (ids, palette), depth/NAME.tif (float32 metres) and classes.json.

    Raises:
        SegstudioError: the folder cannot be written.
    """
    folder = Path(out_dir)
    try:
        for name in ("photos", "masks", "depth"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        write_classes(folder / "classes.json", PHOTO_CLASSES)
        sets = [_write_photo(folder, seed, number, camera, size) for number in range(count)]
    except OSError as error:
        raise SegstudioError(
            f"the photos cannot be written to {folder}: {error.strerror or error}"
        ) from error
    _log.info("wrote %d photos to %s", count, folder)
    photos, masks, depths = (tuple(files[k] for files in sets) for k in range(3))
    return PhotoPaths(photos, masks, depths, folder / "classes.json")


def _write_photo(
    folder: Path, seed: int, number: int, camera: CameraName, size: tuple[int, int]
) -> tuple[Path, Path, Path]:
    photo = render_street(seed * 100_003 + number, size, camera)
    name = f"street_{seed}{camera}_{number:03d}"
    paths = (
        folder / "photos" / f"{name}.jpg",
        folder / "masks" / f"{name}.png",
        folder / "depth" / f"{name}.tif",
    )
    _write_jpeg(paths[0], photo.pixels, camera, seed, number)
    mask = Image.fromarray(photo.class_ids, mode="P")
    mask.putpalette([part for rgba in colour_table(PHOTO_CLASSES).values() for part in rgba[:3]])
    mask.save(paths[1])
    _write_depth(paths[2], photo.depth_m)
    return paths


def _write_jpeg(path: Path, pixels: NDArray[np.uint8], camera: CameraName, seed: int, number: int) -> None:
    taken = datetime(2025, 5, 4, 9, 30) + timedelta(days=seed % 300, minutes=7 * number)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "segstudio", f"procedural camera {camera}"
    exif[0x0112] = 1
    exif[0x0132] = taken.strftime("%Y:%m:%d %H:%M:%S")
    exif.get_ifd(0x8769)[0x9003] = exif[0x0132]
    Image.fromarray(pixels).save(path, quality=92, exif=exif)


def _write_depth(path: Path, depth_m: NDArray[np.float32]) -> None:
    rows, cols = depth_m.shape
    profile = {
        "driver": "GTiff", "width": cols, "height": rows, "count": 1, "dtype": "float32",
        "nodata": float("nan"), "compress": "deflate", "predictor": 3,
    }  # fmt: skip
    with warnings.catch_warnings():
        # a photo has no place on the map, and nobody needs to be warned of it
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", **profile) as file:
            file.write(depth_m, 1)
            file.set_band_unit(1, "metre")
