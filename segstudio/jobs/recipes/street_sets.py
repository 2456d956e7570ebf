"""Cityscapes and VOC 2012 as they are published: thousands of images, whose masks are read when needed."""

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from segstudio.errors import SegstudioError
from segstudio.jobs.starter_sources import info_of, read_plane
from segstudio.jobs.steps import Progress, Step
from segstudio.mask.plane import Array, ChunkKey, Plane
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window
from segstudio.training.sources import UNSAID, SampleSource

CITYSCAPES_CLASSES = (
    "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign", "vegetation",
    "terrain", "sky", "person", "rider", "car", "truck", "bus", "train", "motorcycle", "bicycle",
)  # fmt: skip
VOC_CLASSES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip
_IMAGE, _MASK = "_leftImg8bit.png", "_gtFine_labelTrainIds.png"
_DEPTH_SUFFIXES = (".tif", ".tiff", ".png")
_CHUNK_PX = 256  # a plane keeps the last one it gave: 64 KiB of each of 3,475 Cityscapes masks
_PLANES_KEPT = 32

Reading = Generator[Step, None, list[SampleSource]]


def is_cityscapes(data: Path) -> bool:
    """Whether the folder looks like Cityscapes."""
    return (data / "leftImg8bit").is_dir()


def cityscapes(data: Path, part: str) -> Reading:
    """One part ("train", "val"), its masks those with train ids: 0 to 18, 255 says nothing.

    Raises:
        SegstudioError: there is no such part, or a mask is missing or of another size.
    """
    images = sorted((data / "leftImg8bit" / part).glob(f"*/*{_IMAGE}"))
    if not images:
        raise SegstudioError(f"{data} holds no leftImg8bit/{part}/*/*{_IMAGE}: name Cityscapes by --data")
    sources = []
    for done, image in enumerate(images):
        yield Progress(done, len(images), None, f"Reading Cityscapes {part}")
        stem = image.name.removesuffix(_IMAGE)
        mask = data / "gtFine" / part / image.parent.name / f"{stem}{_MASK}"
        if not mask.is_file():
            raise SegstudioError(
                f"{mask} is missing: make it by csCreateTrainIdLabelImgs of cityscapesScripts"
            )
        sources.append(_labelled(image, mask, stem))
    return sources


def voc(data: Path, part: str, depth: Path | None = None) -> Reading:
    """One part ("train", "val") of the segmentation split; with `depth` a raster of that folder for each.

    Raises:
        SegstudioError: a file is missing, or differs in size from its image.
    """
    names = _existing(data / "ImageSets" / "Segmentation" / f"{part}.txt").read_text(encoding="utf-8").split()
    sources = []
    for done, name in enumerate(names):
        yield Progress(done, len(names), None, f"Reading VOC {part}")
        mask = _existing(data / "SegmentationClass" / f"{name}.png")
        source = _labelled(_existing(data / "JPEGImages" / f"{name}.jpg"), mask, name)
        if depth is not None:
            target = _plane_on(source.info, _depth_file(depth, name), "float32", np.nan)
            source = replace(source, depth_target=target)
        sources.append(source)
    return sources


@dataclass(frozen=True, slots=True)
class RasterChunks:
    """A raster file as the store of a plane: it is read when a chunk of it is first asked for."""

    path: Path
    extent: Window
    dtype: str
    fill: float

    def keys(self) -> Iterable[ChunkKey]:
        """All chunks of the image."""
        blocks = self.extent.blocks(_CHUNK_PX)
        return [(block.row_off // _CHUNK_PX, block.col_off // _CHUNK_PX) for block in blocks]

    def load(self, row: int, col: int) -> Array:
        """One chunk.

        Raises:
            RasterError: the file cannot be read.
        """
        window = Window(col * _CHUNK_PX, row * _CHUNK_PX, _CHUNK_PX, _CHUNK_PX).intersection(self.extent)
        return _recent_plane(self.path, self.dtype, self.fill).read(window)

    def overviews(self) -> Mapping[ChunkKey, Array]:
        """None: the files of a set hold no smaller copies."""
        return {}


# an image is asked for its mask chunk by chunk: it is unpacked once for all of them
_recent_plane = lru_cache(maxsize=_PLANES_KEPT)(read_plane)


def _labelled(image: Path, mask: Path, name: str) -> SampleSource:
    info = info_of(image)
    return SampleSource(str(image), info, _plane_on(info, mask, "uint8", UNSAID), name=name)


def _plane_on(image: RasterInfo, path: Path, dtype: str, fill: float) -> Plane:
    """The words of a file on an image, of which little stays in memory."""
    if info_of(path).extent != image.extent:
        raise SegstudioError(f"{path} and its image differ in size: fetch the set again")
    chunks = RasterChunks(path, image.extent, dtype, fill)
    return Plane(
        image.width, image.height, dtype=dtype, fill=fill, chunk_size=_CHUNK_PX, source=chunks, max_loaded=0
    )


def _depth_file(folder: Path, stem: str) -> Path:
    for suffix in _DEPTH_SUFFIXES:
        if (folder / f"{stem}{suffix}").is_file():
            return folder / f"{stem}{suffix}"
    raise SegstudioError(
        f"{folder} holds no depth raster for {stem} ({', '.join(_DEPTH_SUFFIXES)}): "
        "name a folder with one for every image that teaches by --depth"
    )


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise SegstudioError(f"{path} is missing: name the set's folder as it is published by --data")
    return path
