"""Whatever was acknowledged is there after the program was killed, and undo is exact."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import painter
import pytest
from conftest import write_image
from painter import EXTENT, PlainWork, State

from segstudio.mask.classes import ClassList, SegmentationClass
from segstudio.project.backups import backups_of, problem_of
from segstudio.project.document import Document
from segstudio.project.project import Project

KILLS = 25
LONG_KILLS = 500


pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A folder with an image and a project nobody has worked on; every child gets a copy."""
    folder = tmp_path_factory.mktemp("template")
    classes = ClassList(tuple(SegmentationClass(i, f"class {i}", f"#00000{i}") for i in painter.CLASSES))
    Project.create(folder / "town", classes=classes, images=[write_image(folder / "scene.tif")]).close()
    return folder


@pytest.fixture(scope="module")
def server(template) -> Iterator[subprocess.Popen[str]]:
    """A process with everything loaded that forks the children."""
    command = [sys.executable, str(Path(painter.__file__)), str(template / "town")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as made:
        yield made
        made.stdin.close()


@pytest.mark.parametrize("seed", range(KILLS))
def test_nothing_acknowledged_is_lost_when_the_program_is_killed(template, server, tmp_path, seed):
    kill_and_look(template, server, tmp_path, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(KILLS, KILLS + LONG_KILLS))
def test_nor_when_it_is_killed_five_hundred_times(template, server, tmp_path, seed):
    kill_and_look(template, server, tmp_path, seed)


def kill_and_look(template: Path, server: subprocess.Popen[str], folder: Path, seed: int) -> None:
    shutil.copytree(template, folder, dirs_exist_ok=True)
    rng = np.random.default_rng(seed)
    acknowledged = work_and_kill(server, folder / "town", seed, rng)
    plain, coming = PlainWork(), painter.steps(seed)
    for step in islice(coming, acknowledged):
        plain.perform(step)
    with Project.open(folder / "town") as project:
        document = project.open_document(1)
        under_way = next(coming)
        if not is_all_there(project, document, plain):
            plain.perform(under_way)  # it may have arrived, in full
        assert_all_there(project, document, plain)
        assert_predictions_are_whole(document, plain, under_way)
        assert_history_is_exact(project, document, plain)
        assert project.rescued is None
        assert project._store.database.row("PRAGMA integrity_check") == ("ok",)
        assert not any(problem_of(backup.path) for backup in backups_of(project.folder))


def work_and_kill(server: subprocess.Popen[str], folder: Path, seed: int, rng: np.random.Generator) -> int:
    """Let a child work, kill it at a random moment, and return how many steps it had acknowledged."""
    fifo = folder.parent / "acknowledged"
    os.mkfifo(fifo)
    server.stdin.write(f"{seed} {fifo} {folder}\n")
    server.stdin.flush()
    child = int(server.stdout.readline())
    with fifo.open("rb", buffering=0) as acknowledgements:
        after = int(rng.integers(0, 35))
        acknowledged = sum(len(acknowledgements.read(1)) for _ in range(after))
        time.sleep(float(rng.uniform(0, 0.02)))
        os.kill(child, signal.SIGKILL)
        return acknowledged + len(acknowledgements.readall())


def state_of(project: Project, document: Document) -> State:
    planes = [plane.read(EXTENT) for plane in (document.mask.annotation, document.mask.origin)]
    return State(np.stack(planes), frozenset(project.classes.ids))


def position_of(document: Document) -> tuple[int, int]:
    """How many edits are done, and how many undone."""
    done = sum(edit.id <= document.cursor for edit in document.edits())
    return done, len(document.edits()) - done


def is_all_there(project: Project, document: Document, plain: PlainWork) -> bool:
    versions = {version.id for version in project.versions.all()}
    return (
        state_of(project, document) == plain.now
        and position_of(document) == (len(plain.done) - 1, len(plain.undone))
        and project.active_version_id == plain.models[-1]
        and versions == set(plain.versions)
    )


def assert_all_there(project: Project, document: Document, plain: PlainWork) -> None:
    found = state_of(project, document)
    assert found.ids == plain.now.ids
    np.testing.assert_array_equal(found.planes, plain.now.planes)
    assert project.active_version_id == plain.models[-1]
    # the last fine-tune may have been killed between its run and its version
    assert {version.id for version in project.versions.all()} >= set(plain.versions)
    assert project.versions.broken() == []
    finished = {run.version_id for run in project.runs if run.state == "done"}
    assert finished >= set(plain.versions[:-1])
    assert document.counts() == document.mask.counts()


def assert_predictions_are_whole(document: Document, plain: PlainWork, under_way: painter.Step) -> None:
    """Every chunk is of one prediction, none older than the last one known to be on disk."""
    mask = document.mask
    coming = [under_way] if under_way.kind == "predict" else []
    made = [*plain.predictions[max(0, plain.flushed - 1) :], *coming]
    possible = [painter.predicted(step) for step in made]
    possible += [(255, 0)] if not plain.flushed else []
    for block in EXTENT.blocks(512):
        pairs = {(int(a), int(b)) for a, b in zip(*map(np.unique, planes_of(mask, block)), strict=True)}
        assert len(pairs) == 1
        assert pairs <= set(possible)


def planes_of(mask, block) -> tuple[np.ndarray, np.ndarray]:
    return mask.prediction.read(block), mask.doubt.read(block)


def assert_history_is_exact(project: Project, document: Document, plain: PlainWork) -> None:
    """Forward to the last step that can be redone, then back to the oldest one kept, state by state."""
    for expected in reversed(plain.undone):
        assert document.redo() is not None
        assert state_of(project, document) == expected
    assert document.redo() is None
    states = [*plain.done, *reversed(plain.undone)]
    for expected in reversed(states[:-1]):
        assert document.undo() is not None
        assert state_of(project, document) == expected
    assert document.undo() is None
    assert document.counts() == document.mask.counts()
