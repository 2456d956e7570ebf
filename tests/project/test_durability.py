"""Whatever was acknowledged is there after the program was killed, and undo is exact."""

import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import numpy as np
import painter
import pytest

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.origin import Origin
from segstudio.project.project import Project
from segstudio.raster.window import Window

EXTENT = Window(0, 0, 700, 600)
PREDICTED = 2


class PlainMask:
    """What a mask is by definition: two arrays, and whole copies of them for undo."""

    def __init__(self) -> None:
        blank = np.stack([np.full(EXTENT.shape, UNLABELLED, np.uint8), np.zeros(EXTENT.shape, np.uint8)])
        self.done = [blank]
        self.undone: list[np.ndarray] = []

    @property
    def now(self) -> np.ndarray:
        return self.done[-1]

    def perform(self, step: painter.Step) -> None:
        if step.kind == "undo":
            if len(self.done) > 1:
                self.undone.append(self.done.pop())
        elif step.kind == "redo":
            if self.undone:
                self.done.append(self.undone.pop())
        else:
            self._write(step)

    def _write(self, step: painter.Step) -> None:
        window, where = painter.footprint(step, EXTENT)
        new = self.now.copy()
        annotation, origin = (plane[window.slices_in(EXTENT)] for plane in new)
        chosen = annotation == UNLABELLED if step.kind == "accept" else where
        class_id = PREDICTED if step.kind == "accept" else step.class_id
        authors = {"eraser": Origin.NOBODY, "accept": Origin.ACCEPTED, "fill": Origin.TOOL}
        annotation[chosen], origin[chosen] = class_id, authors.get(step.kind, Origin.BRUSH)
        if not np.array_equal(new, self.now):
            self.done.append(new)
            self.undone.clear()


def paint_and_kill(folder: Path, seed: int, *, after: int, delay_s: float) -> int:
    """Let a child paint, kill it, and return how many steps it had acknowledged."""
    command = [sys.executable, str(Path(painter.__file__)), str(folder), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        acknowledged = list(islice(child.stdout, after))
        time.sleep(delay_s)
        child.kill()
        acknowledged += list(child.stdout)
    return sum(line.endswith("\n") for line in acknowledged)


def planes(document) -> np.ndarray:
    return np.stack([document.mask.annotation.read(EXTENT), document.mask.origin.read(EXTENT)])


@pytest.mark.parametrize("seed", range(5))
def test_nothing_acknowledged_is_lost_when_the_program_is_killed(project, seed):
    document = project.open_document(1)
    document.set_prediction(EXTENT, np.full(EXTENT.shape, PREDICTED, np.uint8), None, None, "v1")
    project.close()
    rng = np.random.default_rng(seed)
    after, delay_s = int(rng.integers(1, 40)), float(rng.uniform(0, 0.02))
    acknowledged = paint_and_kill(project.folder, seed, after=after, delay_s=delay_s)
    assert acknowledged >= after

    plain = PlainMask()
    coming = painter.steps(seed)
    for step in islice(coming, acknowledged):
        plain.perform(step)
    with Project.open(project.folder) as again:
        found = planes(again.open_document(1))
        if not np.array_equal(found, plain.now):
            plain.perform(next(coming))  # the step under way may have arrived, in full
        np.testing.assert_array_equal(found, plain.now)
        assert_history_is_exact(again.open_document(1), plain)


def assert_history_is_exact(document, plain: PlainMask) -> None:
    """Forward to the last step that can be redone, then back to the blank mask, state by state."""
    for expected in reversed(plain.undone):
        assert document.redo() is not None
        np.testing.assert_array_equal(planes(document), expected)
    assert document.redo() is None
    states = [*plain.done, *reversed(plain.undone)]
    for expected in reversed(states[:-1]):
        assert document.undo() is not None
        np.testing.assert_array_equal(planes(document), expected)
    assert document.undo() is None
    assert document.counts() == document.mask.counts() == {}
