"""A program killed while it predicts and fine-tunes for real: strokes, versions and predictions are whole."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import analyst
import numpy as np
import pytest
from analyst import EXTENT
from conftest import CLASSES, write_image
from safetensors.numpy import load_file

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.origin import Origin
from segstudio.project.document import Document
from segstudio.project.project import Project
from segstudio.raster.window import Window

KILLS = 5
LONG_KILLS = 50

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A folder with an image and a project in which enough is said to learn from."""
    folder = tmp_path_factory.mktemp("template")
    image = write_image(folder / "scene.tif", width=EXTENT.width, height=EXTENT.height, count=3)
    with Project.create(folder / "town", classes=CLASSES, images=[image]) as project:
        project.open_document(1).apply_edit("import", "import", EXTENT, said_before(), None, Origin.IMPORTED)
    return folder


def said_before() -> np.ndarray:
    """Stripes of two classes, uint8 (256, 256)."""
    return np.broadcast_to((np.arange(EXTENT.width) // 16 % 2).astype(np.uint8), EXTENT.shape).copy()


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[str]]:
    """A process with torch loaded that forks the children."""
    command = [sys.executable, str(Path(analyst.__file__))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as made:
        yield made
        made.stdin.close()


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_program_killed_in_its_jobs_loses_nothing_it_had_acknowledged(template, server, tmp_path, seed):
    kill_and_look(template, server, tmp_path, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(KILLS, KILLS + LONG_KILLS))
def test_nor_one_killed_in_its_jobs_again_and_again(template, server, tmp_path, seed):
    kill_and_look(template, server, tmp_path, seed)


def kill_and_look(template: Path, server: subprocess.Popen[str], folder: Path, seed: int) -> None:
    shutil.copytree(template, folder, dirs_exist_ok=True)
    acknowledged = work_and_kill(server, folder / "town", seed)
    with Project.open(folder / "town") as project:
        document = project.open_document(1)
        assert project.rescued is None
        assert_strokes_are_there(document, seed, acknowledged.count(b"s"))
        assert_versions_are_whole(project, acknowledged.count(b"v"))
        assert_predictions_are_whole(project, document, flushed=b"f" in acknowledged)
        assert project._store.database.row("PRAGMA integrity_check") == ("ok",)


def work_and_kill(server: subprocess.Popen[str], folder: Path, seed: int) -> bytes:
    """Let a child work, kill it at a random moment, and return what it had acknowledged."""
    rng, fifo = np.random.default_rng(seed), folder.parent / "acknowledged"
    os.mkfifo(fifo)
    server.stdin.write(f"{seed} {fifo} {folder}\n")
    server.stdin.flush()
    child = int(server.stdout.readline())
    with fifo.open("rb", buffering=0) as acknowledgements:
        read = b"".join(acknowledgements.read(1) for _ in range(int(rng.integers(0, 60))))
        time.sleep(float(rng.uniform(0, 0.03)))
        os.kill(child, signal.SIGKILL)
        return read + acknowledgements.readall()


def everything(document: Document) -> np.ndarray:
    """Annotation and origin, uint8 (2, 256, 256)."""
    return np.stack([plane.read(EXTENT) for plane in (document.mask.annotation, document.mask.origin)])


def assert_strokes_are_there(document: Document, seed: int, count: int) -> None:
    """Those acknowledged, perhaps the one under way, and undo back through all of them."""
    states = [np.stack([said_before(), np.full(EXTENT.shape, Origin.IMPORTED, np.uint8)])]
    for class_id, window, where in islice(analyst.strokes(seed), count):
        states = painted(states, class_id, window, where)
    if not np.array_equal(everything(document), states[-1]):
        states = painted(states, *next(islice(analyst.strokes(seed), count, None)))
    assert len(document.edits()) == len(states)
    assert document.counts() == document.mask.counts()
    for expected in reversed(states):
        np.testing.assert_array_equal(everything(document), expected)
        document.undo()
    assert document.mask.counts() == {}


def painted(states: list[np.ndarray], class_id: int, window: Window, where: np.ndarray) -> list[np.ndarray]:
    """The states with one more, if the stroke changes anything, and be it only who said so."""
    now = states[-1].copy()
    for plane, value in zip(now, (class_id, Origin.BRUSH), strict=True):
        plane[window.slices_in(EXTENT)][where] = value
    return states if np.array_equal(now, states[-1]) else [*states, now]


def assert_versions_are_whole(project: Project, acknowledged: int) -> None:
    versions = project.versions.all()
    assert project.versions.broken() == []
    assert acknowledged <= len(versions) <= acknowledged + 1
    for version in versions:
        assert all(np.isfinite(tensor).all() for tensor in load_file(version.weights_file).values())
    used = [version.id for version in versions][-2:]
    assert project.active_version_id in (used if acknowledged else [None, *used])


def assert_predictions_are_whole(project: Project, document: Document, *, flushed: bool) -> None:
    """Every chunk is of a model that is there, and what was flushed is there too."""
    known = {analyst.MODEL, *(version.id for version in project.versions.all())}
    assert set(project._predictions.versions(1).values()) <= known
    assert not (flushed and (document.mask.prediction.read(EXTENT) == UNLABELLED).any())
