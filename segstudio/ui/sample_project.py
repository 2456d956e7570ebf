"""The sample project: a made-up town in colour and as a one-band 16-bit scene, made once per user."""

import shutil
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from segstudio import personal
from segstudio.jobs.sample import SampleRequest, sample
from segstudio.jobs.steps import Progress, SampleWritten, Step
from segstudio.mask.classes import default_classes
from segstudio.project.project import Project
from segstudio.sample.settings import SceneSettings
from segstudio.ui.opening import PROJECT_SUFFIX, is_project


@dataclass(frozen=True, slots=True)
class SampleImage:
    """One image of the sample project."""

    name: str
    settings: SceneSettings


# The second is what an old satellite gives: one band, 16 bits, another place.
SAMPLE_IMAGES = (
    SampleImage("town", SceneSettings(size=3072, seed=11)),
    SampleImage("old town 16-bit", SceneSettings(size=2048, seed=12, bands=1, dtype="uint16")),
)


def sample_folder() -> Path:
    """Where the sample project lies, or will lie."""
    return personal.data_folder() / "sample" / f"sample{PROJECT_SUFFIX}"


def sample_is_there() -> bool:
    """Whether the sample project was made before."""
    return is_project(sample_folder())


def make_sample(images: tuple[SampleImage, ...] = SAMPLE_IMAGES) -> Generator[Step, None, None]:
    """Render the scenes and make the project; what is half made is removed when this is closed."""
    folder = sample_folder().parent
    making = folder.with_name("sample.making")
    shutil.rmtree(making, ignore_errors=True)
    try:
        for number, image in enumerate(images):
            yield from _render(making, image, number, len(images))
        shutil.rmtree(folder, ignore_errors=True)
        making.replace(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    paths = [folder / f"{image.name}.tif" for image in images]
    Project.create(sample_folder(), classes=default_classes(), images=paths).close()


def _render(folder: Path, image: SampleImage, number: int, count: int) -> Generator[Step, None, None]:
    """Render one scene beside the others; each is told as its share of the whole."""
    with closing(sample(SampleRequest(folder / image.name, image.settings))) as steps:
        for step in steps:
            if isinstance(step, Progress):
                yield Progress(number * step.total + step.done, count * step.total, None, step.text)
            elif isinstance(step, SampleWritten):
                _take_out(folder, image.name, step)


def _take_out(folder: Path, name: str, written: SampleWritten) -> None:
    written.scene.replace(folder / f"{name}.tif")
    written.height.replace(folder / f"{name} height.tif")
    written.truth.replace(folder / f"{name} truth.tif")
    shutil.rmtree(folder / name)
