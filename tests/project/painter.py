"""Works on a project without end and acknowledges every step once it is done; made to be killed.

The steps of a seed are always the same, so that whoever reads along knows what must be on disk. `PlainWork`
does the same steps on plain arrays: what a project is by definition.
"""

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.dabs import disc, stroke_segment
from segstudio.mask.footprints import polygon
from segstudio.mask.history import all_at_once
from segstudio.mask.origin import Origin
from segstudio.models.input_spec import InputSpec
from segstudio.project import backups
from segstudio.project.document import Document
from segstudio.project.project import Project
from segstudio.raster.window import Window

EXTENT = Window(0, 0, 700, 600)
OFTEN = (
    *("brush", "brush", "brush", "eraser", "fill", "polygon", "import", "accept", "accept"),
    *("undo", "undo", "redo", "class", "predict", "predict", "flush", "model", "version"),
)
KINDS = (*OFTEN, *OFTEN, "go to", "go to", "go to", "compact")
AUTHORS = {
    "brush": Origin.BRUSH,
    "eraser": Origin.NOBODY,
    "accept": Origin.ACCEPTED,
    "import": Origin.IMPORTED,
}
CLASSES = (0, 1, 2)


@dataclass(frozen=True)
class Step:
    """One thing that happens."""

    number: int
    kind: str
    class_id: int
    into: int | None
    start: tuple[int, int]
    end: tuple[int, int]
    radius_px: int


def steps(seed: int) -> Iterator[Step]:
    """The endless steps of a seed."""
    rng, number = np.random.default_rng(seed), 0
    while True:
        kind = str(rng.choice(KINDS))
        col, row, col_end, row_end = (int(value) for value in rng.integers(0, 600, 4))
        class_id = UNLABELLED if kind == "eraser" else int(rng.integers(0, 3))
        into = int(rng.integers(0, 6))
        yield Step(
            number, kind, class_id, into, (col, row), (col_end, row_end), radius_px=int(rng.integers(1, 90))
        )
        number += 1


def footprint(step: Step) -> tuple[Window, np.ndarray]:
    """The pixels of a step."""
    if step.kind in ("brush", "eraser"):
        return stroke_segment(step.start, step.end, step.radius_px, EXTENT)
    if step.kind == "polygon":
        return polygon([step.start, step.end, (step.end[0], step.start[1])], EXTENT)
    if step.kind in ("import", "accept"):
        window = Window(0, step.start[1] // 2, EXTENT.width, 200)
        return window, (np.add.outer(np.arange(200), np.arange(EXTENT.width)) // step.radius_px) % 2 == 0
    return disc(*step.start, 2 * step.radius_px, EXTENT)


def merged_into(step: Step, ids: frozenset[int]) -> int | None:
    """The class that takes the pixels; None = nobody."""
    return step.into if step.into in ids and step.into != step.class_id else None


def is_possible(step: Step, ids: frozenset[int]) -> bool:
    """Whether the classes there are allow a step."""
    if step.kind == "class":
        return step.class_id in ids and len(ids) > 1
    return step.kind not in ("brush", "fill", "polygon", "import") or step.class_id in ids


def predicted(step: Step) -> tuple[int, int]:
    """What a prediction says everywhere: class id and doubt."""
    return step.number % 3, step.number % 251


def perform(project: Project, document: Document, step: Step) -> None:
    """Do one step."""
    if not is_possible(step, frozenset(project.classes.ids)):
        return
    window, where = footprint(step)
    values = np.full(window.shape, step.class_id, np.uint8)
    match step.kind:
        case "undo":
            document.undo()
        case "redo":
            document.redo()
        case "accept":
            document.accept_prediction(window)
        case "import":
            blocks = [(window, values, where)]
            document.apply_blocks("import", "import", iter(blocks), Origin.IMPORTED)
        case "fill" | "polygon":
            document.apply_edit(step.kind, step.kind, window, values, where, Origin.TOOL)
        case "class":
            into = merged_into(step, frozenset(project.classes.ids))
            all_at_once(document.remove_class_steps(step.class_id, into))
        case "predict":
            said, doubt = (np.full(EXTENT.shape, value, np.uint8) for value in predicted(step))
            document.set_prediction(EXTENT, said, doubt, None, f"v{step.number}")
        case "flush":
            project.flush()
        case "model":
            project.set_active_model(f"v{step.number}")
        case "version":
            add_version(project, f"v{step.number}")
        case "go to":
            moments = [0, *(edit.id for edit in document.edits())]
            all_at_once(document.go_to_steps(moments[step.radius_px % len(moments)]))
        case "compact":
            everything = project.plan_compaction(keep_bytes=-1)  # steps without pixels too
            all_at_once(project.compact_steps(everything))
        case _:
            document.begin_stroke(step.kind, step.class_id)
            document.paint(window, where)
            document.end_stroke()


def add_version(project: Project, name: str) -> None:
    """What a fine-tune leaves behind: a run and a version."""
    run = project.start_run("fine_tune", version_id=name)
    state = {"weight": np.arange(512, dtype=np.float32)}
    project.versions.add(
        card_id="mff-light", parent=None, state=state, classes=(), input=InputSpec(), in_bands=3, name=name
    )
    project.finish_run(run, "done")


@dataclass(frozen=True)
class State:
    """Annotation and origin, uint8 (2, 600, 700), and the ids of the classes."""

    planes: np.ndarray
    ids: frozenset[int]

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, State) and self.ids == other.ids and np.array_equal(self.planes, other.planes)
        )


def blank() -> State:
    """Nobody has spoken."""
    planes = np.stack([np.full(EXTENT.shape, UNLABELLED, np.uint8), np.zeros(EXTENT.shape, np.uint8)])
    return State(planes, frozenset(CLASSES))


@dataclass
class PlainWork:
    """The steps on plain arrays, with whole copies for undo."""

    done: list[State] = field(default_factory=lambda: [blank()])
    undone: list[State] = field(default_factory=list)
    predictions: list[Step] = field(default_factory=list)
    flushed: int = 0
    models: list[str | None] = field(default_factory=lambda: [None])
    versions: list[str] = field(default_factory=list)

    @property
    def now(self) -> State:
        return self.done[-1]

    def perform(self, step: Step) -> None:
        """Do one step."""
        if not is_possible(step, self.now.ids):
            return
        match step.kind:
            case "undo":
                if len(self.done) > 1:
                    self.undone.append(self.done.pop())
            case "redo":
                if self.undone:
                    self.done.append(self.undone.pop())
            case "predict":
                self.predictions.append(step)
            case "flush":
                self.flushed = len(self.predictions)
            case "model":
                self.models.append(f"v{step.number}")
            case "version":
                self.versions.append(f"v{step.number}")
            case "go to":
                moments = [*self.done, *reversed(self.undone)]
                place = step.radius_px % len(moments)
                self.done, self.undone = moments[: place + 1], moments[:place:-1]
            case "compact":
                self.done = [self.now]
            case _:
                self._write(step)

    def _write(self, step: Step) -> None:
        planes, ids = self.now.planes.copy(), self.now.ids
        annotation, origin = planes
        chosen = self._chosen(step)
        if step.kind == "class":
            into = merged_into(step, ids)
            ids -= {step.class_id}
            annotation[chosen] = UNLABELLED if into is None else into
            if into is None:
                origin[chosen] = Origin.NOBODY
        else:
            annotation[chosen] = self._said(step)
            origin[chosen] = AUTHORS.get(step.kind, Origin.TOOL)
        new = State(planes, ids)
        if new != self.now:
            self.done.append(new)
            self.undone.clear()

    def _said(self, step: Step) -> int:
        if step.kind != "accept":
            return step.class_id
        return predicted(self.predictions[-1])[0] if self.predictions else UNLABELLED

    def _chosen(self, step: Step) -> np.ndarray:
        """The pixels a step changes, bool (600, 700)."""
        annotation, chosen = self.now.planes[0], np.zeros(EXTENT.shape, bool)
        window, where = footprint(step)
        if step.kind == "class":
            return annotation == step.class_id
        if step.kind == "accept":
            if self._said(step) in self.now.ids:
                chosen[window.intersection(EXTENT).slices_in(EXTENT)] = True
            return chosen & (annotation == UNLABELLED)
        chosen[window.slices_in(EXTENT)] = where
        return chosen


def work(folder: Path, seed: int, acknowledge: int) -> None:
    """Work until killed; one byte for every step that is done."""
    project = Project.open(folder)
    document = project.open_document(1)
    for step in steps(seed):
        perform(project, document, step)
        os.write(acknowledge, b".")


def serve(template: Path) -> None:
    """Fork a child for every line "SEED FIFO FOLDER" and say its id; loaded and warm once for all of them."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    backups.EDITS_BETWEEN, backups.LEAST_BETWEEN_S = 5, 0.0
    with Project.open(template) as project:
        project.open_document(1).close()
    for line in sys.stdin:
        seed, fifo, folder = line.split(maxsplit=2)
        child = os.fork()
        if child == 0:
            work(Path(folder.strip()), int(seed), os.open(fifo, os.O_WRONLY))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
