"""A scene on disk: where it lies, how it is stored, and that it says what was rendered."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.warp
import rasterio.windows
from rasterio.enums import ColorInterp

from segstudio.errors import SegstudioError
from segstudio.raster.window import Window
from segstudio.sample import files
from segstudio.sample.scene import ScenePaths, SceneSettings, render_window, write_scene

SETTINGS = SceneSettings(size=(700, 900), seed=5)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> ScenePaths:
    return write_scene(tmp_path_factory.mktemp("scene"), SETTINGS)


def test_the_files_lie_on_each_other_on_the_map(written: ScenePaths) -> None:
    places = []
    for path in (written.scene, written.truth, written.height):
        with rasterio.open(path) as file:
            places.append((file.crs.to_epsg(), file.transform, file.shape))
    assert len(set(places)) == 1
    epsg, transform, shape = places[0]
    assert (epsg, shape) == (32652, (700, 900))
    assert (transform.a, transform.e) == (0.5, -0.5)


def test_the_scene_lies_in_the_west_of_utm_zone_52(written: ScenePaths) -> None:
    with rasterio.open(written.scene) as file:
        west, south, east, north = rasterio.warp.transform_bounds(file.crs, "EPSG:4326", *file.bounds)
    assert 126 < west < east < 128
    assert 37 < south < north < 38.5


def test_scenes_are_tiled_compressed_and_have_overviews(written: ScenePaths) -> None:
    for path in (written.scene, written.truth, written.height):
        with rasterio.open(path) as file:
            assert file.block_shapes[0] == (512, 512)
            assert file.compression.value.lower() == "deflate"
            assert file.overviews(1) == [2, 4]


def test_what_is_written_is_what_was_rendered(written: ScenePaths) -> None:
    block = render_window(SETTINGS, Window(300, 200, 400, 350))
    place = rasterio.windows.Window(300, 200, 400, 350)
    with rasterio.open(written.scene) as scene, rasterio.open(written.truth) as truth:
        assert np.array_equal(scene.read(window=place), block.pixels)
        assert np.array_equal(truth.read(1, window=place), block.class_ids)
    with rasterio.open(written.height) as height:
        assert np.array_equal(height.read(1, window=place), block.height_m)
        assert height.dtypes == ("float32",)


def test_the_truth_carries_its_colours_and_says_what_is_unlabelled(written: ScenePaths) -> None:
    classes = json.loads(written.classes.read_text())
    assert [(c["id"], c["name"]) for c in classes] == [
        (0, "building"), (1, "land"), (2, "road"), (3, "vegetation"), (4, "water"),
    ]  # fmt: skip
    with rasterio.open(written.truth) as file:
        assert file.nodata == 255
        table = file.colormap(1)
        assert set(np.unique(file.read(1))) <= {0, 1, 2, 3, 4}
    assert "#{:02X}{:02X}{:02X}".format(*table[3][:3]) == classes[3]["colour"] == "#FEDD3A"


def test_three_bands_say_that_they_are_colours(written: ScenePaths) -> None:
    with rasterio.open(written.scene) as file:
        assert file.colorinterp == (ColorInterp.red, ColorInterp.green, ColorInterp.blue)


def test_one_band_of_sixteen_bits_is_written_as_such(tmp_path: Path) -> None:
    paths = write_scene(tmp_path, SceneSettings(size=300, seed=1, bands=1, dtype="uint16"))
    with rasterio.open(paths.scene) as file:
        assert (file.count, file.dtypes[0]) == (1, "uint16")
        assert file.read(1).max() > 255


def test_a_large_scene_is_rendered_a_block_at_a_time(tmp_path: Path) -> None:
    asked: list[Window] = []

    def blank(window: Window) -> files.Layers:
        asked.append(window)
        return (
            np.zeros((3, *window.shape), np.uint8),
            np.zeros(window.shape, np.uint8),
            np.zeros(window.shape, np.float32),
        )

    steps: list[tuple[int, int]] = []
    big = SceneSettings(size=(1200, 3000))
    files.write_files(tmp_path, big, blank, lambda done, total: steps.append((done, total)))
    assert max(w.area for w in asked) == 512 * 512
    assert sum(w.area for w in asked) == 1200 * 3000
    assert steps[-1] == (18, 18)


def test_a_broken_off_scene_leaves_no_half_files(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_scene(tmp_path, SceneSettings(size=64), progress=stop)
    assert not list(tmp_path.glob("*.tif"))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(SegstudioError, match="cannot be written"):
        write_scene(tmp_path / "taken" / "scene", SceneSettings(size=64))
