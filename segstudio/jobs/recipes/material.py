"""What teaches and what judges, read from the folders the papers' sets come in, or rendered."""

import os
import shutil
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import DTypeLike

from segstudio.errors import SegstudioError
from segstudio.jobs.public_sets import DUBAI_CLASSES, dubai
from segstudio.jobs.recipes.claims import claim
from segstudio.jobs.starter_sources import Place, place_settings, places
from segstudio.jobs.steps import Progress, Step
from segstudio.mask.plane import Plane
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window
from segstudio.raster.write import create_geotiff
from segstudio.sample.files import CLASSES
from segstudio.sample.scene import write_scene
from segstudio.training.holdout import Split
from segstudio.training.sources import SampleSource, extent_of

_DUBAI_JUDGES = frozenset({7, 8, 9})  # the lowest third of every tile
_TEACHING_SEED, _JUDGING_SEED = 20_000, 30_000  # neither taught nor judged our encoder
_PLACE_PX = 768
_CITYSCAPES = (
    "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign", "vegetation",
    "terrain", "sky", "person", "rider", "car", "truck", "bus", "train", "motorcycle", "bicycle",
)  # fmt: skip
_VOC = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip
_DEPTH_SUFFIXES = (".tif", ".tiff", ".png")
_WAIT_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Material:
    """Images and their masks; those with the numbers in `judges` are kept apart.

    Attributes:
        name: What it is, for the record.
        aerial: Whether any turn of an image is as likely.
    """

    name: str
    sources: tuple[SampleSource, ...]
    judges: frozenset[int]
    class_names: tuple[str, ...]
    in_bands: int
    aerial: bool

    @property
    def teaching_images(self) -> int:
        """How many images teach."""
        return len(self.sources) - len(self.judges)

    @property
    def split(self) -> Split:
        """No pixel of an image that judges teaches."""
        blocks = ((extent_of(s),) if n in self.judges else () for n, s in enumerate(self.sources))
        return Split(tuple(blocks), gap_px=0)

    def judged(self, side_px: int | None) -> tuple[tuple[int, Window], ...]:
        """One window of each image that judges, always the same; the whole image where no side is given."""
        return tuple((n, _judged_window(extent_of(self.sources[n]), side_px, n)) for n in sorted(self.judges))


Preparing = Generator[Step, None, Material]


def _judged_window(extent: Window, side_px: int | None, seed: int) -> Window:
    if side_px is None:
        return extent
    width, height = min(side_px, extent.width), min(side_px, extent.height)
    rng = np.random.default_rng(seed)
    col, row = int(rng.integers(extent.width - width + 1)), int(rng.integers(extent.height - height + 1))
    return Window(col, row, width, height)


def gray_dubai(data: Path, work: Path) -> Preparing:
    """The Dubai set as one band (ITU-R BT.601 luma)."""
    return (yield from _dubai(data, work / "gray", gray=True))


def streets_or_dubai(data: Path, work: Path) -> Preparing:
    """Cityscapes where the folder holds it, the Dubai set otherwise."""
    if (data / "leftImg8bit").is_dir():
        return (yield from _cityscapes(data))
    return (yield from _dubai(data, work / "rgb", gray=False))


def procedural_places(work: Path, *, teaching: int, judging: int) -> Preparing:
    """Places with their true height, rendered once; those that judge are never taught."""
    folder = work / "places"
    found = [
        *places(folder, count=teaching, size_px=_PLACE_PX, first_seed=_TEACHING_SEED),
        *places(folder, count=judging, size_px=_PLACE_PX, first_seed=_JUDGING_SEED),
    ]
    yield from _make_all({place.folder: _rendering(place) for place in found}, "Rendering places")
    return Material(
        f"{teaching} procedural places, {judging} others judge",
        tuple(place.source(with_height=True) for place in found),
        frozenset(range(teaching, len(found))),
        tuple(name for _, name, _ in CLASSES),
        in_bands=3,
        aerial=True,
    )


def voc(data: Path, depth: Path) -> Preparing:
    """VOC 2012's segmentation split with a depth raster for every image that teaches.

    Raises:
        SegstudioError: a folder or file of the set is missing.
    """
    names = {part: _listed(data / "ImageSets" / "Segmentation" / f"{part}.txt") for part in ("train", "val")}
    everything = [*names["train"], *names["val"]]
    sources = []
    for done, name in enumerate(everything):
        yield Progress(done, len(everything), None, "Reading VOC")
        mask = _existing(data / "SegmentationClass" / f"{name}.png")
        source = _labelled(_existing(data / "JPEGImages" / f"{name}.jpg"), mask, name)
        if done < len(names["train"]):
            source = replace(source, depth_target=_plane(_depth_file(depth, name), np.float32, np.nan))
        sources.append(source)
    judges = frozenset(range(len(names["train"]), len(everything)))
    return Material("VOC 2012, train teaches, val judges", tuple(sources), judges, _VOC, 3, aerial=False)


def _dubai(data: Path, folder: Path, *, gray: bool) -> Preparing:
    images = dubai(data)
    paths = {image.name: folder / f"{image.name.replace(' ', '-')}.tif" for image in images}
    makers = {paths[each.name]: _copying(each.source, paths[each.name], gray=gray) for each in images}
    yield from _make_all(makers, "Reading Dubai")
    return Material(
        f"MBRSC Dubai{' in gray' if gray else ''}, parts 1-6 of every tile teach, parts 7-9 judge",
        tuple(_at(image.source, paths[image.name]) for image in images),
        frozenset(n for n, image in enumerate(images) if image.part in _DUBAI_JUDGES),
        tuple(each.name for each in DUBAI_CLASSES),
        in_bands=1 if gray else 3,
        aerial=True,
    )


def _cityscapes(data: Path) -> Preparing:
    sources: list[SampleSource] = []
    judges: set[int] = set()
    for part in ("train", "val"):
        images = sorted((data / "leftImg8bit" / part).glob("*/*_leftImg8bit.png"))
        if not images:
            raise SegstudioError(f"{data} holds no leftImg8bit/{part}/*/*_leftImg8bit.png: fetch Cityscapes")
        for done, image in enumerate(images):
            yield Progress(done, len(images), None, f"Reading Cityscapes {part}")
            if part == "val":
                judges.add(len(sources))
            stem = image.name.removesuffix("_leftImg8bit.png")
            mask = data / "gtFine" / part / image.parent.name / f"{stem}_gtFine_labelTrainIds.png"
            sources.append(_labelled(image, _existing(mask), stem))
    name = "Cityscapes, train teaches, val judges"
    return Material(name, tuple(sources), frozenset(judges), _CITYSCAPES, 3, aerial=False)


def _make_all(makers: dict[Path, Callable[[], None]], text: str) -> Generator[Step, None, None]:
    """Make what is missing, side by side with other processes that want the same."""
    missing = [path for path in makers if not path.exists()]
    for folder in {path.parent for path in missing}:
        folder.mkdir(parents=True, exist_ok=True)
    while missing:
        yield Progress(len(makers) - len(missing), len(makers), None, text)
        if not any(_make(path, makers[path]) for path in missing):
            time.sleep(_WAIT_SECONDS)
        missing = [path for path in missing if not path.exists()]


def _make(path: Path, maker: Callable[[], None]) -> bool:
    with claim(path.with_name(f"{path.name}.lock")) as mine:
        if mine and not path.exists():
            maker()
        return mine


def _rendering(place: Place) -> Callable[[], None]:
    """Render a place under another name, so that its folder is whole when it is there."""

    def make() -> None:
        temporary = place.folder.with_name(f".{place.folder.name}.{os.getpid()}")
        try:
            write_scene(temporary, place_settings(place.seed, place.size_px))
            temporary.rename(place.folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    return make


def _copying(source: SampleSource, path: Path, *, gray: bool) -> Callable[[], None]:
    """Copy a photo into tiles that are read one by one, which a photo's file does not allow."""

    def make() -> None:
        with open_raster(source.image_path) as raster:
            pixels = raster.read(raster.info.extent, bands=(0, 1, 2))
            if gray:
                pixels = cv2.cvtColor(np.ascontiguousarray(pixels.transpose(1, 2, 0)), cv2.COLOR_RGB2GRAY)[
                    None
                ]
            with create_geotiff(path, info_like=raster.info, dtype=pixels.dtype, count=len(pixels)) as file:
                file.write(raster.info.extent, pixels)

    return make


def _at(source: SampleSource, path: Path) -> SampleSource:
    with open_raster(path) as raster:
        return replace(source, image_path=str(path), info=raster.info)


def _labelled(image: Path, mask: Path, name: str) -> SampleSource:
    with open_raster(image) as raster:
        info = raster.info
    return SampleSource(str(image), info, _plane(mask, np.uint8, 255), name=name)


def _plane(path: Path, dtype: DTypeLike, fill: float) -> Plane:
    with open_raster(path, as_indices=True) as raster:
        plane = Plane(raster.info.width, raster.info.height, dtype=np.dtype(dtype), fill=fill)
        plane.write(raster.info.extent, raster.read(raster.info.extent)[0].astype(dtype))
    return plane


def _listed(path: Path) -> Sequence[str]:
    return _existing(path).read_text(encoding="utf-8").split()


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
