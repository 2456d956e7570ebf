"""Sample: a procedural scene with truth, height and classes, written beside whoever listens."""

import queue
import threading
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import Cancelled
from segstudio.jobs.pace import Pace
from segstudio.jobs.steps import SampleWritten, Step
from segstudio.sample.scene import ScenePaths, SceneSettings, write_scene

Steps = Generator[Step, None, None]


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """Which scene, and the folder it goes to."""

    out_dir: Path
    settings: SceneSettings


def sample(request: SampleRequest) -> Steps:
    """Progress block by block, and a `SampleWritten` at the end; closing removes what was half written.

    Raises:
        SegstudioError: the folder cannot be written.
    """
    done: queue.Queue[tuple[int, int] | None] = queue.Queue()
    stop = threading.Event()

    def told(number: int, total: int) -> None:
        done.put((number, total))
        if stop.is_set():
            raise Cancelled("cancelled")

    # The scene is written by a function that calls back; a thread of its own turns that into steps.
    with ThreadPoolExecutor(1, thread_name_prefix="segstudio-sample") as pool:
        paths = pool.submit(write_scene, request.out_dir, request.settings, progress=told)
        paths.add_done_callback(lambda _: done.put(None))
        try:
            yield from _progress(done)
        finally:
            stop.set()
        yield _written(paths)


def _progress(done: "queue.Queue[tuple[int, int] | None]") -> Steps:
    pace: Pace | None = None
    while (told := done.get()) is not None:
        pace = pace or Pace(told[1], "Building a place")
        yield pace.at(told[0])


def _written(paths: "Future[ScenePaths]") -> SampleWritten:
    made = paths.result()
    return SampleWritten(made.scene, made.truth, made.height, made.classes)
