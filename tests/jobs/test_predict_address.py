"""The command line over an address: the mask of the file, through breaks; where it stopped is said."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
import torch

from segstudio.cli.main import run
from tests.raster.images import write_tif_file
from tests.raster.range_server import Host, answers, drops, impatient, serving

SIDE = 640
MODEL = ("--model", "conv1x1", "--untrained", "--device", "cpu", "--patch", "128", "--batch", "1")


@pytest.fixture(autouse=True)
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with impatient(monkeypatch, attempts=3):
        yield


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(1, 255, (3, SIDE, SIDE), np.uint8)
    tiles = {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate"}
    return write_tif_file(tmp_path / "scene.tif", pixels, **tiles)


@pytest.fixture
def host(scene: Path):
    with serving(Host(files={"scene.tif": scene.read_bytes()})) as made:
        yield made


def segstudio(*arguments: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    torch.manual_seed(0)  # an untrained net is the same every time
    code = run([str(each) for each in arguments], open_window=lambda paths: 0, stdout=out, stderr=err)
    return code, out.getvalue(), err.getvalue()


def mask_of(path: Path) -> np.ndarray:
    with rasterio.open(path) as file:
        return file.read(1)


def test_an_address_gives_the_mask_of_the_file_through_breaks(
    host: Host, scene: Path, tmp_path: Path
) -> None:
    host.tricks = [None, drops, answers(503), None, drops]
    far, near = tmp_path / "far.tif", tmp_path / "near.tif"
    code, _, err = segstudio("predict", host.url("scene.tif"), "-o", far, *MODEL)
    assert code == 0, err
    assert segstudio("predict", scene, "-o", near, *MODEL)[0] == 0
    np.testing.assert_array_equal(mask_of(far), mask_of(near))


def test_a_host_lost_in_the_middle_is_one_sentence_that_says_where(host: Host, tmp_path: Path) -> None:
    def end_is_lost(handler, first, last, content) -> None:
        (drops if last > 0.75 * len(content) else type(handler).part)(handler, first, last, content)

    host.always = end_is_lost
    far = tmp_path / "far.tif"
    code, _, err = segstudio("predict", host.url("scene.tif"), "-o", far, *MODEL)
    assert code == 2 and "stopped after" in err and "broke off" in err and err.count("\n") == 1
    assert not far.exists()
    host.always = None
    assert segstudio("predict", host.url("scene.tif"), "-o", far, *MODEL)[0] == 0
    assert mask_of(far).shape == (SIDE, SIDE)


def test_info_tells_what_lies_at_an_address(host: Host) -> None:
    code, out, err = segstudio("info", host.url("scene.tif"), "--json")
    assert code == 0, err
    assert json.loads(out)["width"] == SIDE and json.loads(out)["path"] == host.url("scene.tif")
    code, _, err = segstudio("info", host.url("none.tif"))
    assert code == 2 and "has no none.tif" in err


def test_a_project_is_made_of_addresses(host: Host, tmp_path: Path) -> None:
    classes = tmp_path / "classes.json"
    classes.write_text(json.dumps([{"id": 0, "name": "road", "colour": "#6EC1E4"}]), encoding="utf-8")
    images = ("--images", host.url("scene.tif"))
    code, out, err = segstudio("project", "new", tmp_path / "p", *images, "--classes", classes, "--json")
    assert code == 0, err
    assert json.loads(out)["images"] == ["scene.tif"]


def test_an_address_alone_opens_the_window(host: Host) -> None:
    opened: list[str] = []
    url = host.url("scene.tif")
    assert run([url], open_window=lambda paths: opened.extend(paths) or 0) == 0
    assert opened == [url]
