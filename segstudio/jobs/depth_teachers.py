"""Teachers of depth: where the targets of a depth decoder come from (paper 3, "teacher").

A teacher is anything that says how deep an image is, block by block: a raster or a folder of given depth or
height here, a depth network in `depth_model`. None of them invents anything: where a teacher knows
nothing, the depth is NaN.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from segstudio.errors import ProjectError, RasterError
from segstudio.jobs.image_files import IMAGE_SUFFIXES
from segstudio.jobs.pace import Pace
from segstudio.jobs.steps import ImageAnnotated, Notice, Progress
from segstudio.mask.plane import CHUNK_SIZE
from segstudio.raster.address import Place
from segstudio.raster.aligned import AlignedRaster
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window

Floats = npt.NDArray[np.float32]
BlockSteps = Generator["Progress | Notice | tuple[Window, Floats]", None, None]

# Of a given raster so many columns are read at once: a striped file then unpacks each strip a few times only.
_READ_COLS = 8 * CHUNK_SIZE


@dataclass(frozen=True, slots=True)
class DepthBlock:
    """The depth of one chunk of an image: float32 (h, w), NaN = not said."""

    image_id: int
    window: Window
    depth: Floats


@dataclass(frozen=True, slots=True)
class DepthImage:
    """An image that wants depth targets."""

    id: int
    name: str
    path: Place


@dataclass(frozen=True, slots=True)
class DepthSource:
    """What a person chose; exactly one of `given` and `teacher` is set.

    Attributes:
        given: A raster, or a folder of rasters with the images' stems.
        teacher: A name of `depth_model.TEACHERS`, or a folder with a model's files.
        scale: Given values are multiplied by it: 0.001 makes metres of a depth camera's millimetres.
        missing: A given value that says nothing, besides the file's own nodata.
        device: Where a network runs: "auto", "cpu", "cuda", ...
    """

    given: Path | None = None
    teacher: str | None = None
    scale: float = 1.0
    missing: float | None = None
    device: str = "auto"


class DepthTeacher(Protocol):
    """Says how deep images are."""

    def blocks(self, image: DepthImage) -> BlockSteps:
        """Progress, and the depth of the image in blocks no larger than a chunk, each pixel once.

        Raises:
            RasterError: the image or its depth cannot be read, or they do not fit together.
        """
        ...

    def source_of(self, image: DepthImage) -> Path:
        """The file that is the teacher's word on an image, for the record."""
        ...


DepthSteps = Generator["Progress | Notice | DepthBlock | ImageAnnotated", None, None]


def depth_targets(images: Sequence[DepthImage], source: DepthSource) -> DepthSteps:
    """The depth of images block by block, and an `ImageAnnotated` after the last block of each.

    The consumer keeps the blocks; nothing is written here.

    Raises:
        ProjectError: no image has depth of its stem in the folder.
        RasterError: a file cannot be read or lies elsewhere.
        ModelError: the teacher is unknown or its files are not at hand.
    """
    wanted = list(images)
    teacher: DepthTeacher
    if source.given is not None:
        wanted, teacher, left_out = _given(images, source)
        if left_out:
            yield Notice(f"images without depth of their stem, left as they are: {', '.join(left_out)}")
    else:
        from segstudio.jobs.depth_model import NetworkTeacher

        teacher = NetworkTeacher(source.teacher or "", source.device)
    for image in wanted:
        pixels = 0
        with closing(teacher.blocks(image)) as steps:
            for step in steps:
                if isinstance(step, Progress | Notice):
                    yield step
                    continue
                pixels += int(np.isfinite(step[1]).sum())
                yield DepthBlock(image.id, *step)
        if not pixels:
            yield Notice(f"{teacher.source_of(image).name} says nothing about '{image.name}'")
        yield ImageAnnotated(image.name, teacher.source_of(image), pixels, kind="depth")


def _given(
    images: Sequence[DepthImage], source: DepthSource
) -> tuple[list[DepthImage], "GivenDepth", list[str]]:
    """The images that files are given for, the teacher, and the names of the others."""
    given = source.given or Path()
    if not given.is_dir():
        if len(images) != 1:
            raise ProjectError(f"{given.name} is one raster for {len(images)} images: say which image it is")
        files = {images[0].id: given}
    else:
        files = files_by_stem(images, given)
    wanted = [image for image in images if image.id in files]
    left_out = [image.name for image in images if image.id not in files]
    return wanted, GivenDepth(files, scale=source.scale, missing=source.missing), left_out


def files_by_stem(images: Sequence[DepthImage], folder: Path) -> dict[int, Path]:
    """The rasters of a folder that carry the images' stems, by image id.

    Raises:
        ProjectError: not one of them does.
        RasterError: two share a stem.
    """
    own = {image.path.resolve() for image in images}
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in IMAGE_SUFFIXES or path.resolve() in own:
            continue
        if path.stem in found:
            raise RasterError(f"{found[path.stem].name} and {path.name} share a stem: keep one of them")
        found[path.stem] = path
    files = {image.id: found[image.path.stem] for image in images if image.path.stem in found}
    if not files:
        raise ProjectError(f"no raster in {folder} has the stem of an image: rename the rasters")
    return files


class GivenDepth:
    """Depth or height that somebody measured: a DSM beside an orthophoto, the frames of a depth camera."""

    def __init__(
        self, files: Mapping[int, Path], *, scale: float = 1.0, missing: float | None = None
    ) -> None:
        self._files, self._scale = files, scale
        self._missing = missing

    def source_of(self, image: DepthImage) -> Path:
        """See `DepthTeacher.source_of`."""
        return self._files[image.id]

    def blocks(self, image: DepthImage) -> BlockSteps:
        """See `DepthTeacher.blocks`; reprojected where the grids differ."""
        with open_raster(image.path) as picture:
            info = picture.info
        with open_raster(self._files[image.id], as_indices=True) as raster:
            missing = self._missing_in(raster.info)
            aligned = AlignedRaster(raster, info, missing=missing)
            if aligned.how != "same":
                yield Notice(
                    f"{raster.info.name} has a grid of its own: it is brought to that of {info.name}"
                )
            runs = [run for row in _chunk_rows(info.extent) for run in _runs(row)]
            pace = Pace(len(runs), "Reading depth")
            for number, run in enumerate(runs, start=1):
                values = aligned.read(run) * np.float32(self._scale)
                for block in run.blocks(CHUNK_SIZE):
                    yield block, values[block.slices_in(run)]
                yield pace.at(number)

    def _missing_in(self, info: RasterInfo) -> float | None:
        """The value that says nothing: 16-bit frames of a depth camera hold 0 where it measured nothing."""
        if self._missing is None and info.is_photo and info.dtype == "uint16":
            return 0.0
        return self._missing


def _chunk_rows(extent: Window) -> list[Window]:
    return [
        extent.intersection(Window(0, row, extent.width, CHUNK_SIZE))
        for row in range(0, extent.height, CHUNK_SIZE)
    ]


def _runs(row: Window) -> list[Window]:
    return [
        row.intersection(Window(col, row.row_off, _READ_COLS, row.height))
        for col in range(0, row.width, _READ_COLS)
    ]
