"""The sample project: a made-up town in colour and as a one-band 16-bit scene, made once per user."""

import queue
import shutil
import threading
from collections.abc import Generator
from pathlib import Path

from segstudio.errors import Cancelled
from segstudio.jobs.steps import Progress
from segstudio.mask.classes import default_classes
from segstudio.project.project import Project
from segstudio.ui.opening import PROJECT_SUFFIX, data_folder, is_project

SAMPLE_PATH = "sample:"
"""Stands for the sample project wherever a path is expected."""

# name, size in pixels, bands, dtype, seed: the second is what an old satellite gives
_SCENES = (("town", 3072, 3, "uint8", 11), ("old town 16-bit", 2048, 1, "uint16", 12))
_POLL_S = 0.1


def sample_folder() -> Path:
    """Where the sample project lies, or will lie."""
    return data_folder() / "sample" / f"sample{PROJECT_SUFFIX}"


def sample_is_there() -> bool:
    """Whether the sample project was made before."""
    return is_project(sample_folder())


def ensure_sample_project() -> Path:
    """Make the sample project if it is not there; gives its folder."""
    if not sample_is_there():
        for _ in make_sample():
            pass
    return sample_folder()


def make_sample() -> Generator[Progress, None, None]:
    """Render the scenes and make the project; what is half made is removed when this is closed."""
    folder = sample_folder()
    making = folder.parent.with_name("sample.making")
    shutil.rmtree(making, ignore_errors=True)
    try:
        yield from _render(making)
        shutil.rmtree(folder.parent, ignore_errors=True)
        making.replace(folder.parent)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    images = [folder.parent / f"{name}.tif" for name, *_ in _SCENES]
    Project.create(folder, classes=default_classes(), images=images).close()


def _render(folder: Path) -> Generator[Progress, None, None]:
    """Render in a thread of its own, so that every block can be told of and a cancel is heard in between."""
    told: queue.SimpleQueue[Progress | BaseException | None] = queue.SimpleQueue()
    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(folder, told, stop), name="sample", daemon=True)
    worker.start()
    try:
        while True:
            try:
                news = told.get(timeout=_POLL_S)
            except queue.Empty:
                yield Progress(0, 0, None, "")
                continue
            if news is None:
                return
            if isinstance(news, BaseException):
                raise news
            yield news
    finally:
        stop.set()
        worker.join()


def _work(
    folder: Path, told: "queue.SimpleQueue[Progress | BaseException | None]", stop: threading.Event
) -> None:
    try:
        _write_scenes(folder, told, stop)
        told.put(None)
    except Exception as error:  # handed over to the job's thread, which tells a sentence from a bug
        told.put(error)


def _write_scenes(
    folder: Path, told: "queue.SimpleQueue[Progress | BaseException | None]", stop: threading.Event
) -> None:
    from segstudio.sample.scene import SceneSettings, write_scene

    total = sum(size**2 for _, size, *_ in _SCENES)
    before = 0
    for name, size, bands, dtype, seed in _SCENES:

        def tell(done: int, blocks: int, before: int = before, size: int = size) -> None:
            if stop.is_set():
                raise Cancelled("The sample was not made.")
            told.put(Progress(before + size**2 * done // max(1, blocks), total, None, "Rendering"))

        written = write_scene(
            folder / name, SceneSettings(size=size, seed=seed, bands=bands, dtype=dtype), progress=tell
        )
        written.scene.replace(folder / f"{name}.tif")
        written.height.replace(folder / f"{name} height.tif")
        written.truth.replace(folder / f"{name} truth.tif")
        shutil.rmtree(folder / name)
        before += size**2
