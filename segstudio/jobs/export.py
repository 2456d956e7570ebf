"""Export: the masks of a project as files that prove themselves by being read again."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from segstudio.errors import Cancelled, ProjectError, RasterError, SegstudioError
from segstudio.jobs.mask_writer import Colours, Sink, judge_path, open_mask, open_plane
from segstudio.jobs.pace import Pace
from segstudio.jobs.project_images import export_stems, find_image
from segstudio.jobs.proof import Counts, Expected, prove
from segstudio.jobs.steps import ImageExported, Notice, Step
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.mask import Mask
from segstudio.mask.origin import Origin
from segstudio.project.images import ImageEntry
from segstudio.project.reader import ProjectReader
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window

Steps = Generator[Step, None, None]
What = Literal["shown", "annotation"]
ClassIds = npt.NDArray[np.uint8]

_ROWS = 512
_MASK_SUFFIXES = (".tif", ".tiff", ".png")
# What each origin looks like in a viewer that shows the colour table.
_ORIGIN_COLOURS: Colours = {
    Origin.NOBODY: (0, 0, 0),
    Origin.ACCEPTED: (0x56, 0xB4, 0xE9),
    Origin.BRUSH: (0xE6, 0x9F, 0x00),
    Origin.TOOL: (0x00, 0x9E, 0x73),
    Origin.IMPORTED: (0xCC, 0x79, 0xA7),
}


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Which masks go where.

    Attributes:
        project_folder: Read through a connection of our own, beside a window that has it open.
        output: A folder (made if need be); or a file, for one image.
        images: Names of images; None = all that somebody or some model has spoken about.
        what: "shown" (annotation over prediction) or "annotation" alone.
    """

    project_folder: Path
    output: Path
    images: tuple[str, ...] | None = None
    what: What = "shown"


def export(request: ExportRequest) -> Steps:
    """Progress strip by strip, and an `ImageExported` for each image once its files have proved themselves.

    A scene becomes `<stem>.tif`, a photo `<stem>.png`; `<stem>_origin.tif` beside it says who set each pixel.

    Raises:
        ProjectError: no such project or image, or an image could not be exported (the others were).
        RasterError: a file cannot be written, or does not hold what it should.
    """
    with ProjectReader(request.project_folder) as project:
        chosen = _chosen(project, request)
        targets = _targets(project, request, chosen)
        failed = []
        for entry in chosen:
            try:
                yield from _export_image(project, entry, targets[entry.id], request)
            except SegstudioError as error:
                if len(chosen) == 1 or isinstance(error, Cancelled):
                    raise
                failed.append(entry.name)
                yield Notice(str(error))
    if failed:
        raise ProjectError(
            f"not exported: {', '.join(failed)}: do what the lines above say, then export again"
        )


def _chosen(project: ProjectReader, request: ExportRequest) -> list[ImageEntry]:
    images = project.images
    if request.images is not None:
        return [find_image(images, name) for name in request.images]
    if not images:
        raise ProjectError("the project has no image: add one first")
    return images


def _targets(project: ProjectReader, request: ExportRequest, chosen: list[ImageEntry]) -> dict[int, Path]:
    """Where each image's mask goes, without an ending where the image shall decide."""
    output = request.output
    if output.suffix.lower() in _MASK_SUFFIXES and not output.is_dir():
        if len(chosen) != 1:
            raise ProjectError(f"{len(chosen)} masks do not fit into {output.name}: name a folder")
        return {chosen[0].id: output}
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RasterError(f"the folder {output} cannot be made ({error.strerror}): choose another") from error
    stems = export_stems(project.images)
    return {entry.id: output / stems[entry.id] for entry in chosen}


def _export_image(project: ProjectReader, entry: ImageEntry, target: Path, request: ExportRequest) -> Steps:
    mask = project.mask(entry.id)
    if request.images is None and not _speaks(mask, request.what):
        yield Notice(f"'{entry.name}' is left out: nobody has said anything about it yet")
        return
    with open_raster(project.image_path(entry.id)) as raster:
        info = raster.info
    mask_path = _with_ending(target, info)
    origin_path = mask_path.with_name(f"{mask_path.stem}_origin.tif")
    for path in (mask_path, origin_path):
        judge_path(path, info)
    colours = {each.id: each.rgb for each in project.classes}
    pace = Pace(2 * -(-info.height // _ROWS), f"Exporting {entry.name}")
    read = mask.shown if request.what == "shown" else mask.annotation.read
    counts = yield from _write(open_mask(mask_path, info, colours), info, read, pace)
    authors = yield from _write(
        open_plane(origin_path, info, _ORIGIN_COLOURS), info, mask.origin.read, pace, second=True
    )
    prove(mask_path, info, Expected(counts, UNLABELLED, colours))
    prove(origin_path, info, Expected(authors, None, _ORIGIN_COLOURS))
    spoken = {class_id: int(n) for class_id, n in enumerate(counts) if n and class_id != UNLABELLED}
    yield ImageExported(entry.name, (mask_path, origin_path), spoken)


def _write(
    sink: Sink, info: RasterInfo, read: Callable[[Window], ClassIds], pace: Pace, *, second: bool = False
) -> Generator[Step, None, Counts]:
    """Write one plane strip by strip; the number of pixels of each value, (256,)."""
    counts = np.zeros(256, np.int64)
    done = pace.total // 2 if second else 0
    try:
        for number, row in enumerate(range(0, info.height, _ROWS), start=1):
            window = Window(0, row, info.width, min(_ROWS, info.height - row))
            values = read(window)
            sink.add(window, values)
            counts += np.bincount(values.ravel(), minlength=256)
            yield pace.at(done + number)
        sink.complete()
    finally:
        sink.discard()
    return counts


def _speaks(mask: Mask, what: What) -> bool:
    planes = [mask.annotation] + ([mask.prediction] if what == "shown" else [])
    return any(plane.written_chunks() for plane in planes)


def _with_ending(target: Path, info: RasterInfo) -> Path:
    """As named; else indexed PNG for photos and GeoTIFF for everything that may lie on a map."""
    if target.suffix.lower() in _MASK_SUFFIXES:
        return target
    return target.with_name(f"{target.name}{'.png' if info.is_photo else '.tif'}")
