"""Paints without end and says after every step that it is done; made to be killed.

Run as `painter.py PROJECT SEED`. The steps of a seed are always the same, so that whoever reads along knows
what must be on disk.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.footprints import disc, stroke_segment
from segstudio.mask.origin import Origin
from segstudio.project.document import Document
from segstudio.project.project import Project
from segstudio.raster.window import Window

KINDS = ("brush", "brush", "brush", "eraser", "fill", "accept", "undo", "undo", "redo")


@dataclass(frozen=True)
class Step:
    """One thing a person does."""

    kind: str
    class_id: int
    start: tuple[int, int]
    end: tuple[int, int]
    radius_px: int


def steps(seed: int) -> Iterator[Step]:
    """The endless steps of a seed."""
    rng = np.random.default_rng(seed)
    while True:
        kind = str(rng.choice(KINDS))
        col, row, col_end, row_end = (int(value) for value in rng.integers(0, 600, 4))
        class_id = UNLABELLED if kind == "eraser" else int(rng.integers(0, 3))
        yield Step(kind, class_id, (col, row), (col_end, row_end), int(rng.integers(1, 90)))


def footprint(step: Step, extent: Window) -> tuple[Window, np.ndarray]:
    """The pixels of a step."""
    if step.kind in ("brush", "eraser"):
        return stroke_segment(step.start, step.end, step.radius_px, extent)
    return disc(*step.start, 2 * step.radius_px, extent)


def perform(document: Document, step: Step) -> None:
    """Do one step."""
    window, where = footprint(step, document.mask.extent)
    if step.kind == "undo":
        document.undo()
    elif step.kind == "redo":
        document.redo()
    elif step.kind == "accept":
        document.accept_prediction(window)
    elif step.kind == "fill":
        values = np.full(window.shape, step.class_id, np.uint8)
        document.apply_edit("fill", "fill", window, values, where, Origin.TOOL)
    else:
        document.begin_stroke(step.kind, step.class_id)
        document.paint(window, where)
        document.end_stroke()


def main(folder: str, seed: str) -> None:
    """Paint until killed."""
    document = Project.open(Path(folder)).open_document(1)
    for number, step in enumerate(steps(int(seed))):
        perform(document, step)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
