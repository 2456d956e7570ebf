"""Annotate from files: masks become annotation, depth rasters become targets of a depth decoder."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import ProjectError
from segstudio.jobs.depth_teachers import DepthBlock, DepthImage, DepthSource, depth_targets
from segstudio.jobs.mask_files import By, masks_by_stem
from segstudio.jobs.mask_import import MaskImport
from segstudio.jobs.pace import Pace
from segstudio.jobs.project_images import find_image, nearest
from segstudio.jobs.steps import ImageAnnotated, Notice, Step
from segstudio.project.images import ImageEntry
from segstudio.project.project import Project

Steps = Generator[Step, None, None]


@dataclass(frozen=True, slots=True)
class AnnotateRequest:
    """Files for the images of a project: a mask for one image or a folder of masks, and depth from a teacher.

    A mask names classes by the project's ids or colours; 255, and whatever names no class, is not said and
    leaves the annotation as it is. Depth is for one image where one is named, else for all of them.
    """

    project_folder: Path
    image: str | None = None
    mask: Path | None = None
    masks_folder: Path | None = None
    depth: DepthSource | None = None
    by: By | None = None


def annotate(request: AnnotateRequest) -> Steps:
    """Progress file by file, and an `ImageAnnotated` for each; every mask is one edit that can be undone.

    Raises:
        ProjectError: no such project or image, or it is open elsewhere.
        RasterError: a file cannot be read or does not fit its image.
        ModelError: the depth teacher is unknown or its files are not at hand.
    """
    with closing(Project.open(request.project_folder)) as project:
        if request.depth is not None:
            yield from _import_depth(project, request.image, request.depth)
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
    said = MaskImport(path, project.classes, by)
    pace = Pace(entry.height, f"Annotating {entry.name}")
    with closing(project.open_document(entry.id)) as document:
        for changed in said.steps(document):
            if not changed.is_empty:
                yield pace.at(said.rows_done)
        if not said.pixels:
            yield Notice(f"{path.name} says nothing about the project's classes: check --by and the classes")
        yield ImageAnnotated(entry.name, path, said.pixels)


def _import_depth(project: Project, image: str | None, source: DepthSource) -> Steps:
    entries = project.images if image is None else [find_image(project.images, image)]
    images = [DepthImage(entry.id, entry.name, entry.path) for entry in entries]
    with closing(depth_targets(images, source)) as steps:
        for step in steps:
            if isinstance(step, DepthBlock):
                project.open_document(step.image_id).set_depth_target(step.window, step.depth)
                continue
            if isinstance(step, ImageAnnotated):
                project.open_document(find_image(entries, step.image_name).id).close()
            yield step
