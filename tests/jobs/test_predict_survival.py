"""A prediction that is killed at any moment goes on, and ends as one that was not."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import predicting
import pytest
import rasterio
from known_scenes import CLASSES as MODEL_CLASSES
from known_scenes import class_map, paint, write_scene

from segstudio.jobs.steps import Notice, PredictionKept
from segstudio.mask.classes import ClassList, SegmentationClass
from segstudio.project.project import Project

KILLS, LONG_RUNS = 3, 100
HEIGHT, WIDTH = 1300, 700
CLASSES = ClassList(
    tuple(SegmentationClass(k, each.name, each.colour) for k, each in enumerate(MODEL_CLASSES))
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """Scene, version and project; every run gets a copy."""
    folder = tmp_path_factory.mktemp("template")
    write_scene(folder / "scene.tif", paint(class_map(HEIGHT, WIDTH)))
    Project.create(folder / "town", classes=CLASSES, images=[folder / "scene.tif"]).close()
    return folder


@pytest.fixture
def place(template, version, tmp_path) -> Path:
    folder = tmp_path / "place"
    shutil.copytree(template, folder)
    shutil.copytree(version.folder, folder / "version")
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[str]]:
    """A process with torch in memory that forks the children."""
    command = [sys.executable, predicting.__file__]
    threads = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=threads
    ) as made:
        yield made
        made.stdin.close()


@pytest.mark.parametrize("kind", ["project", "file"])
def test_killed_a_few_times_it_ends_the_same(place, server, kind):
    kill_and_go_on(place, server, kind, seed=0)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["project", "file"])
@pytest.mark.parametrize("seed", range(1, 1 + LONG_RUNS))
def test_killed_many_times_it_ends_the_same(place, server, kind, seed):
    kill_and_go_on(place, server, kind, seed)


def kill_and_go_on(place: Path, server: subprocess.Popen[str], kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    whole = place.with_name("whole")
    shutil.copytree(place, whole)
    list(predicting.steps(kind, whole))
    for _ in range(KILLS):
        kill(server, place, kind, rng)
        if kind == "project":
            assert_ledger_holds(place, answers("project", whole))
    steps = list(predicting.steps(kind, place))
    for found, expected in zip(answers(kind, place), answers(kind, whole), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert went_on(steps[-1], steps)
    assert not (place / "mask.tif.partial").exists()


def kill(server: subprocess.Popen[str], place: Path, kind: str, rng: np.random.Generator) -> None:
    """Let a child predict and kill it at a random moment of its first half."""
    fifo = place / "said"
    os.mkfifo(fifo)
    server.stdin.write(f"{kind} {fifo} {place}\n")
    server.stdin.flush()
    child = int(server.stdout.readline())
    with fifo.open("rb", buffering=0) as said:
        for _ in range(int(rng.integers(12, 24))):
            said.read(1)
        time.sleep(float(rng.uniform(0, 0.01)))
        os.kill(child, signal.SIGKILL)
        said.readall()
    fifo.unlink()


def assert_ledger_holds(place: Path, whole: list[np.ndarray]) -> None:
    """Every strip that the file claims says what an unbroken run says there."""
    with Project.open(place / "town") as project:
        document = project.open_document(1)
        wanted = predicting.request(place / "scene.tif", place / "version")
        ids = {entry.name: entry.id for entry in project.classes}
        plan = replace(wanted, class_ids=ids).plan(document.info, document.content)
        for strip in document.finished_strips(plan.key):
            cut = strip.slices_in(document.mask.extent)
            np.testing.assert_array_equal(document.mask.prediction.read(strip), whole[0][cut])
            np.testing.assert_array_equal(document.mask.doubt.read(strip), whole[1][cut])


def answers(kind: str, place: Path) -> list[np.ndarray]:
    """Class ids and doubt."""
    if kind == "file":
        return [read(place / "mask.tif"), read(place / "doubt.tif")]
    with Project.open(place / "town") as project:
        mask = project.open_document(1).mask
        return [mask.prediction.read(mask.extent), mask.doubt.read(mask.extent)]


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as file:
        return file.read(1)


def went_on(last: object, steps: list[object]) -> bool:
    """Whether the last run had something to begin with."""
    if isinstance(last, PredictionKept):
        return last.went_on_at > 0
    return any("going on" in step.text for step in steps if isinstance(step, Notice))
