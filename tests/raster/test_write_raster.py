import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from segstudio.errors import RasterError
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window
from segstudio.raster.write import create_geotiff, write_indexed_png
from tests.raster.images import gradient, info_of

REPOSITORY = Path(__file__).resolve().parents[2]


@settings(max_examples=25)
@given(st.data())
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    dtype = data.draw(st.sampled_from(["uint8", "uint16", "int16", "float32"]))
    count, height, width = (data.draw(st.integers(1, top)) for top in (3, 600, 600))
    seed = data.draw(st.integers(0, 99))
    pixels = np.random.default_rng(seed).integers(0, 200, (count, height, width)).astype(dtype)
    path = tmp_path_factory.mktemp("write") / "mask.tif"
    info = info_of(height, width)
    with create_geotiff(path, info_like=info, dtype=dtype, count=count) as writer:
        for block in info.extent.blocks(data.draw(st.sampled_from([100, 256, 512]))):
            writer.write(block, pixels[:, *block.slices_in(info.extent)])
    with open_raster(path) as raster:
        assert raster.info.transform == info.transform
        assert (raster.read(raster.info.extent) == pixels).all()


def test_georeference_nodata_and_colours_go_with_the_pixels(tmp_path: Path) -> None:
    info = info_of(40, 30, transform=(1.2, -1.6, 3e5, 1.6, 1.2, 4.1e6))
    ids = (np.arange(1200).reshape(40, 30) % 3).astype(np.uint8)
    colours = {0: (60, 16, 152), 1: (132, 41, 246), 2: (110, 193, 228)}
    with create_geotiff(
        tmp_path / "m.tif", info_like=info, dtype="uint8", nodata=255, colours=colours
    ) as writer:
        writer.write(info.extent, ids)
    with rasterio.open(tmp_path / "m.tif") as file:
        assert file.crs.to_epsg() == 32652
        assert tuple(file.transform)[:6] == pytest.approx(info.transform)
        assert file.nodata == 255
        assert file.colormap(1)[1] == (132, 41, 246, 255)
        assert (file.read(1) == ids).all()
        assert file.compression.name == "deflate"


def test_an_image_without_georeference_is_written_without(tmp_path: Path) -> None:
    info = info_of(8, 8, crs_wkt=None, transform=None)
    with create_geotiff(tmp_path / "m.tif", info_like=info, dtype="uint8") as writer:
        writer.write(info.extent, np.ones((8, 8), np.uint8))
    with open_raster(tmp_path / "m.tif") as raster:
        assert raster.info.transform is None and raster.info.crs_wkt is None


def test_the_final_name_appears_only_when_the_file_is_complete(tmp_path: Path) -> None:
    path, info = tmp_path / "m.tif", info_of(8, 8)
    path.write_bytes(b"older")
    writer = create_geotiff(path, info_like=info, dtype="uint8")
    writer.write(info.extent, np.ones((8, 8), np.uint8))
    assert path.read_bytes() == b"older"
    writer.close()
    writer.close()
    assert [file.name for file in tmp_path.iterdir()] == ["m.tif"]
    with open_raster(path) as raster:
        assert raster.read(raster.info.extent).all()


def test_an_exception_on_the_way_leaves_the_older_file(tmp_path: Path) -> None:
    path, info = tmp_path / "m.tif", info_of(8, 8)
    path.write_bytes(b"older")
    with pytest.raises(ZeroDivisionError), create_geotiff(path, info_like=info, dtype="uint8") as writer:
        writer.write(info.extent, np.ones((8, 8), np.uint8))
        raise ZeroDivisionError
    assert [file.name for file in tmp_path.iterdir()] == ["m.tif"]
    assert path.read_bytes() == b"older"


BROKEN_OFF = """
import os, sys
from segstudio.raster.write import create_geotiff
from tests.raster.images import info_of

writer = create_geotiff(sys.argv[1], info_like=info_of(8, 8), dtype="uint8")
os._exit(9)
"""


def test_what_a_dead_process_has_left_goes_with_the_next_run(tmp_path: Path) -> None:
    for name in ("[m].tif", "other.tif"):
        command = [sys.executable, "-c", BROKEN_OFF, str(tmp_path / name)]
        assert subprocess.run(command, cwd=REPOSITORY, timeout=60, check=False).returncode == 9
    writers = [create_geotiff(tmp_path / "[m].tif", info_like=info_of(8, 8), dtype="uint8") for _ in range(2)]
    for writer in writers:
        writer.close()
    (left,) = {file.name for file in tmp_path.iterdir()} - {"[m].tif"}
    assert left.startswith(".other.tif.")


def test_overviews_of_a_replaced_file_go_with_it(tmp_path: Path) -> None:
    info = info_of(8, 8)
    (tmp_path / "m.tif.ovr").write_bytes(b"of the older file")
    with create_geotiff(tmp_path / "m.tif", info_like=info, dtype="uint8") as writer:
        writer.write(info.extent, np.ones((8, 8), np.uint8))
    assert [file.name for file in tmp_path.iterdir()] == ["m.tif"]


def test_overviews_are_built_on_request(tmp_path: Path) -> None:
    info = info_of(1500, 1100)
    ids = np.repeat(np.repeat(gradient(1, 375, 275)[0], 4, axis=0), 4, axis=1)
    with create_geotiff(tmp_path / "m.tif", info_like=info, dtype="uint8", overviews="nearest") as writer:
        writer.write(info.extent, ids)
    with open_raster(tmp_path / "m.tif") as raster:
        assert raster.info.overviews == (2, 4, 8)
        assert raster.info.block_shape == (512, 512)
        small = raster.read(raster.info.extent, out_shape=(375, 275))
    assert (small[0] == ids[::4, ::4]).mean() > 0.99


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "m.tif"
    with pytest.raises(RasterError, match=r"^m\.tif cannot be written"):
        create_geotiff(path, info_like=info_of(8, 8), dtype="uint8")
    with pytest.raises(RasterError, match=r"^m\.png cannot be written"):
        write_indexed_png(path.with_suffix(".png"), np.zeros((4, 4), np.uint8), np.zeros((2, 3), np.uint8))


def test_pixels_that_do_not_fill_their_window_are_the_callers_bug(tmp_path: Path) -> None:
    with create_geotiff(tmp_path / "m.tif", info_like=info_of(8, 8), dtype="uint8") as writer:
        for window in (Window(0, 0, 8, 7), Window(4, 4, 8, 8)):
            with pytest.raises(ValueError, match="does not fill"):
                writer.write(window, np.zeros((8, 8), np.uint8))


FULL_DISK = """
import resource, signal, sys
import numpy as np
from segstudio.errors import RasterError
from segstudio.raster.write import create_geotiff
from tests.raster.images import info_of

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
info = info_of(1024, 1024)
noise = np.random.default_rng(0).integers(0, 255, (1024, 1024)).astype(np.uint8)
try:
    with create_geotiff(sys.argv[1], info_like=info, dtype="uint8") as writer:
        writer.write(info.extent, noise)
except RasterError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are a POSIX matter")
def test_a_full_disk_is_one_sentence_and_leaves_nothing_behind(tmp_path: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "m.tif")],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert child.stdout.startswith("m.tif cannot be written to")
    assert "Traceback" not in child.stderr
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=25)
@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=50)))
def test_an_indexed_png_keeps_every_id(tmp_path_factory: pytest.TempPathFactory, ids: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("png") / "mask.png"
    palette = np.random.default_rng(1).integers(0, 255, (256, 3)).astype(np.uint8)
    write_indexed_png(path, ids, palette, transparent=255)
    with open_raster(path, as_indices=True) as raster:
        assert (raster.read(raster.info.extent)[0] == ids).all()
    with open_raster(path) as raster:
        assert (raster.read(raster.info.extent).transpose(1, 2, 0) == palette[ids]).all()
        assert (raster.read_valid(raster.info.extent) == (ids != 255)).all()


def test_an_indexed_png_opens_elsewhere_as_a_palette(tmp_path: Path) -> None:
    palette = np.array([[60, 16, 152], [132, 41, 246]], np.uint8)
    write_indexed_png(tmp_path / "m.png", np.array([[0, 1]], np.uint8), palette)
    with Image.open(tmp_path / "m.png") as image:
        assert image.mode == "P"
        assert np.asarray(image.convert("RGB"))[0].tolist() == palette.tolist()
    assert [file.name for file in tmp_path.iterdir()] == ["m.png"]
