"""Annotate from files: masks become annotation, depth rasters become targets of a depth decoder."""

import math
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from segstudio.errors import ProjectError, RasterError
from segstudio.jobs.mask_files import By, MaskClass, MaskFile, masks_by_stem
from segstudio.jobs.pace import Pace
from segstudio.jobs.project_images import find_image, nearest
from segstudio.jobs.steps import ImageAnnotated, Notice, Step
from segstudio.mask.classes import UNLABELLED, ClassList
from segstudio.mask.history import Block
from segstudio.mask.origin import Origin
from segstudio.project.document import Document
from segstudio.project.images import ImageEntry
from segstudio.project.project import Project
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster
from segstudio.raster.window import Window

Steps = Generator[Step, None, None]

# Rows of a depth raster read at once: whole rows of the project's chunks.
_DEPTH_ROWS = 512


@dataclass(frozen=True, slots=True)
class AnnotateRequest:
    """Files for the images of a project: one mask or depth raster for one image, or a folder of masks.

    A mask names classes by the project's ids or colours; 255, and whatever names no class, is not said and
    leaves the annotation as it is.
    """

    project_folder: Path
    image: str | None = None
    mask: Path | None = None
    masks_folder: Path | None = None
    depth: Path | None = None
    by: By | None = None


def annotate(request: AnnotateRequest) -> Steps:
    """Progress file by file, and an `ImageAnnotated` for each; every mask is one edit that can be undone.

    Raises:
        ProjectError: no such project or image, or it is open elsewhere.
        RasterError: a file cannot be read or has another size than its image.
    """
    with closing(Project.open(request.project_folder)) as project:
        if request.depth is not None:
            entry = find_image(project.images, request.image or "")
            yield from _import_depth(project, entry, request.depth)
        pairs, left_out = _pairs(project, request)
        if left_out:
            yield Notice(f"masks without an image of their stem, left out: {', '.join(left_out)}")
        pace = Pace(len(pairs), "Annotating")
        for number, (entry, path) in enumerate(pairs, start=1):
            yield from _import_mask(project, entry, path, request.by)
            yield pace.at(number)


def _pairs(project: Project, request: AnnotateRequest) -> tuple[list[tuple[ImageEntry, Path]], list[str]]:
    """Images with their masks, and the names of masks that belong to none."""
    if request.mask is not None:
        return [(find_image(project.images, request.image or ""), request.mask)], []
    if request.masks_folder is None:
        return [], []
    by_stem = masks_by_stem(request.masks_folder)
    paths = {entry.path.resolve() for entry in project.images}
    masks = [path for path in by_stem.values() if path.resolve() not in paths]
    of_stem = {path: [entry for entry in project.images if entry.path.stem == path.stem] for path in masks}
    pairs = [(nearest(images, path), path) for path, images in of_stem.items() if images]
    if not pairs:
        raise ProjectError(f"no mask in {request.masks_folder} has the stem of an image: rename the masks")
    return pairs, [path.name for path, images in of_stem.items() if not images]


def _import_mask(project: Project, entry: ImageEntry, path: Path, by: By | None) -> Steps:
    classes = mask_classes(project.classes)
    with closing(project.open_document(entry.id)) as document, MaskFile(path, classes, by) as mask:
        _check_size(entry, path, (mask.width, mask.height))
        said = _Said()
        document.apply_blocks(f"import {path.name}", "import", said.of(mask), Origin.IMPORTED)
        if not said.pixels:
            yield Notice(f"{path.name} says nothing about the project's classes: check --by and the classes")
        yield ImageAnnotated(entry.name, path, said.pixels)


class _Said:
    """Counts what a mask says while its blocks go by."""

    def __init__(self) -> None:
        self.pixels = 0

    def of(self, mask: MaskFile) -> Iterator[Block]:
        """The mask as blocks of an edit; what it does not say stays as it is."""
        for window, ids in mask.strips():
            where = ids != UNLABELLED
            self.pixels += int(where.sum())
            yield window, ids, where


def mask_classes(classes: ClassList) -> list[MaskClass]:
    """How masks may name the classes of a project."""
    return [MaskClass(entry.id, entry.name, entry.colour) for entry in classes]


def _import_depth(project: Project, entry: ImageEntry, path: Path) -> Steps:
    with closing(project.open_document(entry.id)) as document, open_raster(path) as raster:
        info = raster.info
        _check_size(entry, path, (info.width, info.height))
        if info.band_count != 1:
            raise RasterError(
                f"{path.name} has {info.band_count} bands: give a depth or height raster of one"
            )
        pace = Pace(math.ceil(info.height / _DEPTH_ROWS), "Reading depth")
        pixels = 0
        for number, row in enumerate(range(0, info.height, _DEPTH_ROWS), start=1):
            window = Window(0, row, info.width, min(_DEPTH_ROWS, info.height - row))
            pixels += _set_depth(document, raster, window)
            yield pace.at(number)
    yield ImageAnnotated(entry.name, path, pixels, kind="depth")


def _set_depth(document: Document, raster: Raster, window: Window) -> int:
    """Keep one strip; the number of pixels that say something."""
    values, valid = raster.read_with_valid(window)
    depth: npt.NDArray[np.float32] = values[0].astype(np.float32)
    depth[~valid] = np.nan
    document.set_depth_target(window, depth)
    return int(np.isfinite(depth).sum())


def _check_size(entry: ImageEntry, path: Path, size: tuple[int, int]) -> None:
    if size != (entry.width, entry.height):
        theirs = f"{path.name} has {size[0]} x {size[1]} pixels"
        raise RasterError(
            f"{theirs}, '{entry.name}' {entry.width} x {entry.height}: give the file made for it"
        )
