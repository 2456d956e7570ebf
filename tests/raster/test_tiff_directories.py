"""Overviews and masks cost memory like the image, so their blocks are judged like its own."""

import struct
from pathlib import Path

import numpy as np
import pytest
import rasterio

from segstudio.errors import RasterError
from segstudio.raster import tiff_directories
from segstudio.raster.gdal import block_bytes, quiet
from segstudio.raster.open import open_raster
from segstudio.raster.tiff_directories import judge_directories
from tests.raster.images import WriteTif, gradient

SHORT, LONG = 3, 4
LARGE = 1 << 15  # a tile of 1 GB: a file of 5 MB can fill it with zeros


def chained(*directories: dict[int, tuple[int, int]], child: bool = False) -> bytes:
    """A TIFF of several directories and no pixels; entries are (type, value) by tag."""
    places = [8]
    for directory in directories:
        places.append(places[-1] + 2 + 12 * (len(directory) + child) + 4)
    data = struct.pack("<2sHI", b"II", 42, 8)
    for number, directory in enumerate(directories, start=1):
        following = places[number] if number < len(directories) else 0
        entries = dict(directory) | ({330: (LONG, following)} if child and following else {})
        data += struct.pack("<H", len(entries))
        data += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, (kind, value) in entries.items())
        data += struct.pack("<I", 0 if child else following)
    return data


def layer(kind: int, side: int, tile: int) -> dict[int, tuple[int, int]]:
    entries = {254: (LONG, kind), 256: (LONG, side), 257: (LONG, side), 258: (SHORT, 8), 259: (SHORT, 8)}
    return entries | {262: (SHORT, 1), 322: (LONG, tile), 323: (LONG, tile), 324: (LONG, 8), 325: (LONG, 8)}


@pytest.mark.parametrize("kind", [1, 4, 5], ids=["overview", "mask", "mask of an overview"])
@pytest.mark.parametrize("child", [False, True], ids=["next", "below"])
def test_a_layer_with_blocks_too_large_for_memory_is_refused(tmp_path: Path, kind: int, child: bool) -> None:
    path = tmp_path / "layers.tif"
    path.write_bytes(chained(layer(0, 64, 64), layer(kind, LARGE, LARGE), child=child))
    with pytest.raises(RasterError, match="blocks of 1,074 MB"):
        judge_directories(path)
    path.write_bytes(chained(layer(0, 64, 64), layer(kind, LARGE, 512), child=child))
    judge_directories(path)


def test_directories_that_point_in_a_circle_end(tmp_path: Path) -> None:
    path = tmp_path / "circle.tif"
    path.write_bytes(chained(layer(0, 64, 64))[:-4] + struct.pack("<I", 8))
    judge_directories(path)


def test_a_stack_of_countless_pages_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff_directories, "MAX_DIRECTORIES", 5)
    path = tmp_path / "stack.tif"
    path.write_bytes(chained(*[layer(0, 8, 16)] * 7))
    with pytest.raises(RasterError, match="more than 5 pages: save the one you need"):
        judge_directories(path)


@pytest.mark.parametrize("beginning", [b"", b"II*\0", b"II+\0\x08\0\0\0", b"II*\0\xff\xff\xff\xff" * 4])
def test_what_is_damaged_is_left_to_the_reader(tmp_path: Path, beginning: bytes) -> None:
    (tmp_path / "cut.tif").write_bytes(beginning)
    judge_directories(tmp_path / "cut.tif")


@pytest.mark.parametrize(
    "profile",
    [
        {"tiled": True, "blockxsize": 64, "blockysize": 32},
        {"tiled": True, "blockxsize": 64, "blockysize": 32, "interleave": "band"},
        {"tiled": True, "blockxsize": 16, "blockysize": 16, "BIGTIFF": "YES", "ENDIANNESS": "BIG"},
        {"compress": "lzw", "blockysize": 7},
        {"compress": "deflate", "blockysize": 100, "interleave": "band"},
    ],
)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_a_block_is_as_large_as_gdal_says(
    write_tif: WriteTif, profile: dict[str, object], dtype: str
) -> None:
    path = write_tif(gradient(3, 100, 100, dtype), **profile)
    with path.open("rb") as file:
        first = next(tiff_directories._blocks(file))
    with quiet(), rasterio.open(path) as dataset:
        assert first == block_bytes(dataset)


@pytest.mark.parametrize("suffix", [".ovr", ".msk"])
def test_a_file_beside_the_image_with_blocks_too_large_is_left_alone(
    write_tif: WriteTif, suffix: str
) -> None:
    image = write_tif(np.full((64, 64), 10, np.uint8))
    Path(f"{image}{suffix}").write_bytes(chained(layer(0, 32 if suffix == ".ovr" else 64, LARGE)))
    with open_raster(image) as raster:
        assert raster.info.overviews == ()
        assert raster.read_valid(raster.info.extent).all()
        assert (raster.read(raster.info.extent, out_shape=(32, 32)) == 10).all()
