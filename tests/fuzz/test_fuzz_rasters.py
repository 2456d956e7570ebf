"""An image with broken bytes is shown or refused in a sentence, and leads to no other file."""

from pathlib import Path

import pytest

from segstudio.jobs.mask_files import MaskClass, MaskFile
from segstudio.raster.open import open_raster
from segstudio.raster.raster import fit_shape
from segstudio.raster.stretch import default_stretch, read_display
from segstudio.raster.window import Window
from tests.fuzz.confinement import confined_to
from tests.fuzz.images import IMAGE_NAMES, header_ranges, sound_images
from tests.fuzz.mutations import Changes, broken, mutations
from tests.fuzz.properties import Property, run_in_child, run_quick

_CLASSES = [MaskClass(0, "land", "#8429F6"), MaskClass(1, "water", "#E2A929")]


def show(path: Path) -> None:
    """What the window does with an image it has never seen."""
    with open_raster(path) as raster:
        extent = raster.info.extent
        raster.read_preview(300)
        corner = extent.intersection(Window(0, 0, 200, 200))
        read_display(raster, corner, corner.shape, default_stretch(raster))
        raster.read_with_valid(corner, out_shape=fit_shape(corner, 100))
        assert raster.info.pixel_size_m != 0


def show_as_mask(path: Path) -> None:
    with MaskFile(path, _CLASSES) as mask:
        mask.read(Window(0, 0, min(200, mask.width), min(200, mask.height)))


def shown_within(folder: Path, name: str) -> Property:
    ending, data = sound_images()[name]
    path = folder / f"image{ending}"

    def check(changes: Changes) -> None:
        path.write_bytes(broken(data, changes))
        with confined_to(folder):
            show(path)

    return Property(check, mutations(data, header_ranges(data)), quick=12, soak=4000)


def read_as_mask(folder: Path) -> Property:
    path = folder / "mask.tif"
    data = sound_images()["tiff-palette"][1]

    def check(changes: Changes) -> None:
        path.write_bytes(broken(data, changes))
        show_as_mask(path)

    return Property(check, mutations(data, header_ranges(data)))


def properties(folder: Path) -> dict[str, Property]:
    return {name: shown_within(folder, name) for name in IMAGE_NAMES} | {"mask": read_as_mask(folder)}


@pytest.mark.parametrize("name", IMAGE_NAMES)
def test_a_sound_image_is_shown(tmp_path: Path, name: str) -> None:
    ending, data = sound_images()[name]
    path = tmp_path / f"image{ending}"
    path.write_bytes(data)
    show(path)


@pytest.mark.parametrize("name", [*IMAGE_NAMES, "mask"])
def test_a_broken_image_is_shown_or_refused(tmp_path: Path, name: str) -> None:
    run_quick(properties(tmp_path)[name])


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", [*IMAGE_NAMES, "mask"])
def test_thousands_of_broken_images_are_shown_or_refused(name: str) -> None:
    run_in_child(__name__, name)
