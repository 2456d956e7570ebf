"""Depth targets in the window: a teacher speaks in the worker, its blocks are kept between two paints."""

import math
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from segstudio.jobs.depth_teachers import DepthBlock, DepthImage, DepthSource, depth_targets
from segstudio.jobs.steps import DepthStripped, ImageAnnotated, Progress
from segstudio.jobs.strip_depth import StripDepthRequest, strip_depth
from segstudio.mask.depth_filter import DepthFilter
from segstudio.project.images import ImageFile, examine
from segstudio.raster.address import Address
from segstudio.raster.window import Window
from segstudio.ui.desk import Desk
from segstudio.ui.job_control import JobControl
from segstudio.ui.words import translate

# Blocks read ahead of the window's thread, which keeps one after the other on disk.
_READ_AHEAD = 4
_WAIT_S = 0.2


class DepthControl(QObject):
    """Starts the job that asks a depth teacher, and keeps what it says as targets of the depth decoder."""

    def __init__(self, desk: Desk, jobs: JobControl) -> None:
        super().__init__(desk)
        self._desk = desk
        self._jobs = jobs
        self._taught: list[ImageAnnotated] = []
        self._written: set[int] = set()
        self._seen: dict[int, ImageFile] = {}
        self._room = threading.Semaphore(_READ_AHEAD)
        desk.job_result.connect(self._take)
        desk.job_changed.connect(self._follow)
        desk.job_done.connect(self._done)

    def start(self, source: DepthSource, *, all_images: bool = False) -> None:
        """Ask a teacher about the open image, or about all images of the project."""
        document, project = self._desk.document, self._desk.project
        if document is None or project is None:
            return
        entries = [each for each in project.images if all_images or each.id == document.image_id]
        images = [DepthImage(entry.id, entry.name, entry.path) for entry in entries]
        source = replace(source, device=self._jobs.device)
        room, seen = threading.Semaphore(_READ_AHEAD), dict[int, ImageFile]()
        title = translate("DepthControl", "Depth targets")
        if self._jobs.start(
            "depth", title, lambda: _one_by_one(images, source, room, seen), needs_torch=source.given is None
        ):
            self._room, self._taught, self._written, self._seen = room, [], set(), seen

    def strip(self, version_id: str) -> None:
        """Cut the depth decoder of a version off; what is left is a version beside it."""
        project = self._desk.project
        if project is None:
            return
        request = StripDepthRequest(version_id, versions_folder=project.versions.folder)
        title = translate("DepthControl", "Cutting off depth")
        self._jobs.start("strip_depth", title, lambda: strip_depth(request))

    def pick_at(self, col: float, row: float) -> None:
        """Set the end of the filter that is being picked; the other end is open."""
        end, plane = self._desk.depth_pick, self._desk.depth_plane
        if end is None or plane is None or not plane.extent.contains_pixel(int(col), int(row)):
            return
        value = float(plane.read(Window(int(col), int(row), 1, 1))[0, 0])
        if not math.isfinite(value):
            sentence = translate("DepthControl", "No depth is known here: click where there is some.")
            self._desk.notice.emit("info", sentence)
            return
        self._desk.pick_depth(None)
        self._desk.set_depth_filter(DepthFilter(low=value) if end == "low" else DepthFilter(high=value))

    def _take(self, step: object) -> None:
        project = self._desk.project
        if isinstance(step, DepthBlock) and project is not None:
            self._written.add(step.image_id)
            document = project.open_document(step.image_id, seen=self._seen.get(step.image_id))
            document.set_depth_target(step.window, step.depth)
            self._room.release()
        elif isinstance(step, ImageAnnotated) and step.kind == "depth":
            self._taught.append(step)
        elif isinstance(step, DepthStripped):
            self._desk.versions_changed.emit()
            sentence = translate(
                "DepthControl", "{version}: the same mask bit by bit, without depth; {before} became {after}."
            )
            sizes = {
                name: f"{size / 1e6:.1f} MB"
                for name, size in (("before", step.bytes_before), ("after", step.bytes_after))
            }
            self._desk.notice.emit("info", sentence.format(version=step.version_id, **sizes))

    def _follow(self, state: object) -> None:
        """The job is over, however it ended: let go of the documents it wrote into, show what is there."""
        if state is not None or not self._written or self._desk.project is None:
            return
        written, self._written = self._written, set()
        shown = self._desk.document
        for image_id in written:
            if shown is None or image_id != shown.image_id:
                self._desk.project.open_document(image_id, seen=self._seen.get(image_id)).close()
        if shown is not None and shown.image_id in written:
            self._desk.set_display(replace(self._desk.display, show_depth=True, depth_from="target"))
            self._desk.mask_changed.emit(shown.mask.extent)

    def _done(self, verb: str) -> None:
        if verb != "depth":
            return
        count = sum(1 for each in self._taught if each.pixels)
        if count:
            sentence = translate(
                "DepthControl",
                "Depth targets kept for {count} image(s): models with a depth decoder now learn them too.",
            )
            self._desk.notice.emit("info", sentence.format(count=count))


def _one_by_one(
    images: list[DepthImage], source: DepthSource, room: threading.Semaphore, seen: dict[int, ImageFile]
) -> Iterator[Any]:
    """The teacher's steps; waits before a block while there is no room for more.

    What lies at an image's address is `seen` here: the window's thread waits for no host.
    """
    seen |= {image.id: examine(image.path) for image in images if isinstance(image.path, Address)}
    said = Progress(0, 0, None, "Reading depth")
    with closing(depth_targets(images, source)) as steps:
        for step in steps:
            if isinstance(step, Progress):
                said = step
            while isinstance(step, DepthBlock) and not room.acquire(timeout=_WAIT_S):
                yield said
            yield step
