"""Small real images and projects over them."""

from collections.abc import Callable, Iterator
from itertools import count as counted
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from segstudio.mask.classes import ClassList, SegmentationClass
from segstudio.project.document import Document
from segstudio.project.project import Project

WIDTH, HEIGHT = 700, 600
CLASSES = ClassList(
    (
        SegmentationClass(0, "road", "#6EC1E4"),
        SegmentationClass(1, "water", "#E2A929"),
        SegmentationClass(2, "roof", "#3C1098"),
    )
)


def write_image(
    path: Path, *, width: int = WIDTH, height: int = HEIGHT, count: int = 1, seed: int = 0
) -> Path:
    """A georeferenced image of noise; another seed gives another image."""
    pixels = np.random.default_rng(seed).integers(0, 255, (count, height, width), dtype=np.uint8)
    place = {"crs": "EPSG:32640", "transform": Affine(0.5, 0, 300_000, 0, -0.5, 2_700_000)}
    shape = {"width": width, "height": height, "count": count, "dtype": "uint8"}
    with rasterio.open(path, "w", driver="GTiff", **shape, **place) as file:
        file.write(pixels)
    return path


@pytest.fixture
def new_image(tmp_path: Path) -> Callable[..., Path]:
    """Writes one more image into the test's folder."""
    return lambda name, **settings: write_image(tmp_path / name, **settings)


@pytest.fixture
def fresh_document(project: Project, new_image: Callable[..., Path]) -> Callable[[], Document]:
    """Opens a document nobody has touched, as often as it is asked: one for every example of a property."""
    numbers = counted(1)

    def fresh() -> Document:
        number = next(numbers)
        return project.open_document(project.add_image(new_image(f"{number}.tif", seed=number)).id)

    return fresh


@pytest.fixture
def classes() -> ClassList:
    return CLASSES


@pytest.fixture
def image(tmp_path: Path) -> Path:
    return write_image(tmp_path / "scene.tif")


@pytest.fixture
def project(tmp_path: Path, image: Path) -> Iterator[Project]:
    made = Project.create(tmp_path / "town", classes=CLASSES, images=[image])
    yield made
    made.close()


@pytest.fixture
def reopened(tmp_path: Path) -> Iterator[Callable[[Project], Project]]:
    """Closes a project and opens it again."""
    opened: list[Project] = []

    def again(project: Project) -> Project:
        project.close()
        opened.append(Project.open(project.folder))
        return opened[-1]

    yield again
    for each in opened:
        each.close()
