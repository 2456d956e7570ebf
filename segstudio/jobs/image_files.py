"""Which files of a folder are images, and which mask belongs to which."""

from collections.abc import Iterable
from pathlib import Path

from segstudio.errors import RasterError
from segstudio.jobs.mask_files import masks_by_stem
from segstudio.raster.address import Address, Place

# What `open_raster` reads, by the usual endings.
IMAGE_SUFFIXES = (".tif", ".tiff", ".jp2", ".jpg", ".jpeg", ".png", ".webp", ".bmp", ".pgm", ".ppm")

Pair = tuple[Path, Path]


def images_in(folder: Path) -> list[Path]:
    """The images of a folder by name, its subfolders left out.

    Raises:
        RasterError: it is no folder or holds none.
    """
    if not folder.is_dir():
        raise RasterError(f"{folder} is not a folder: name one that holds images")
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)
    if not found:
        raise RasterError(f"{folder} holds no image: images end in {', '.join(IMAGE_SUFFIXES)}")
    return found


def expand(paths: Iterable[Place]) -> list[Place]:
    """Files and addresses as they are, folders as the images in them, each once.

    Raises:
        RasterError: a path is not there, or a folder holds no image.
    """
    found: dict[Place, None] = {}
    for path in paths:
        if isinstance(path, Address):
            found[path] = None
            continue
        if not path.exists():
            raise RasterError(f"{path} is not there: check the name")
        found |= dict.fromkeys(images_in(path) if path.is_dir() else [path])
    return list(found)


def pairs_by_stem(images: Path, masks: Path) -> tuple[list[Pair], list[str]]:
    """Images with the masks of the same stem, and the names of images that have none.

    Raises:
        RasterError: not one image has a mask.
    """
    by_stem = masks_by_stem(masks)
    known = set(by_stem.values())
    candidates = [path for path in images_in(images) if path not in known]
    pairs = [(path, by_stem[path.stem]) for path in candidates if path.stem in by_stem]
    if not pairs:
        raise RasterError(f"no image in {images} has a mask of the same stem in {masks}: rename the masks")
    return pairs, [path.name for path in candidates if path.stem not in by_stem]
