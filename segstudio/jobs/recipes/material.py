"""What teaches and what judges: the Dubai set, procedural places, Cityscapes or VOC."""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from segstudio.jobs.public_sets import DUBAI_CLASSES, dubai
from segstudio.jobs.recipes import street_sets
from segstudio.jobs.recipes.claims import claim
from segstudio.jobs.starter_sources import copy_image, places, with_image
from segstudio.jobs.steps import Progress, Step
from segstudio.raster.window import Window
from segstudio.sample.files import CLASSES
from segstudio.training.holdout import Split
from segstudio.training.sources import SampleSource, extent_of

_DUBAI_JUDGES = frozenset({7, 8, 9})  # the lowest third of every tile
_TEACHING_SEED, _JUDGING_SEED = 20_000, 30_000  # neither taught nor judged our encoder
_PLACE_PX = 768
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
    if not street_sets.is_cityscapes(data):
        return (yield from _dubai(data, work / "rgb", gray=False))
    teach = yield from street_sets.cityscapes(data, "train")
    judge = yield from street_sets.cityscapes(data, "val")
    return _photos("Cityscapes, train teaches, val judges", teach, judge, street_sets.CITYSCAPES_CLASSES)


def voc(data: Path, depth: Path) -> Preparing:
    """VOC 2012's segmentation split with a depth raster for every image that teaches."""
    teach = yield from street_sets.voc(data, "train", depth)
    judge = yield from street_sets.voc(data, "val")
    return _photos("VOC 2012, train teaches, val judges", teach, judge, street_sets.VOC_CLASSES)


def procedural_places(work: Path, *, teaching: int, judging: int) -> Preparing:
    """Places with their true height, rendered once; those that judge are never taught."""
    folder = work / "places"
    found = [
        *places(folder, count=teaching, size_px=_PLACE_PX, first_seed=_TEACHING_SEED),
        *places(folder, count=judging, size_px=_PLACE_PX, first_seed=_JUDGING_SEED),
    ]
    # of a place's files the height gets its name last
    yield from _make_all({place.folder / "height.tif": place.render for place in found}, "Rendering places")
    return Material(
        f"{teaching} procedural places, {judging} others judge",
        tuple(place.source(with_height=True) for place in found),
        frozenset(range(teaching, len(found))),
        tuple(name for _, name, _ in CLASSES),
        in_bands=3,
        aerial=True,
    )


def _photos(
    name: str, teach: Sequence[SampleSource], judge: Sequence[SampleSource], class_names: tuple[str, ...]
) -> Material:
    judges = frozenset(range(len(teach), len(teach) + len(judge)))
    return Material(name, (*teach, *judge), judges, class_names, in_bands=3, aerial=False)


def _dubai(data: Path, folder: Path, *, gray: bool) -> Preparing:
    images = dubai(data)
    copies = [folder / f"{image.name.replace(' ', '-')}.tif" for image in images]
    makers = {
        copy: partial(copy_image, image.source, copy, gray=gray)
        for image, copy in zip(images, copies, strict=True)
    }
    yield from _make_all(makers, "Reading Dubai")
    return Material(
        f"MBRSC Dubai{' in gray' if gray else ''}, parts 1-6 of every tile teach, parts 7-9 judge",
        tuple(with_image(image.source, copy) for image, copy in zip(images, copies, strict=True)),
        frozenset(n for n, image in enumerate(images) if image.part in _DUBAI_JUDGES),
        tuple(each.name for each in DUBAI_CLASSES),
        in_bands=1 if gray else 3,
        aerial=True,
    )


def _make_all(makers: Mapping[Path, Callable[[], None]], text: str) -> Generator[Step, None, None]:
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
