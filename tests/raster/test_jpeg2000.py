"""A JPEG 2000 of a few kilobytes may claim tiles whose bookkeeping alone fills the memory."""

import io
import struct
from pathlib import Path

import pytest
import rasterio

from segstudio.errors import RasterError
from segstudio.raster.gdal import quiet
from segstudio.raster.jpeg2000 import judge_tiles
from segstudio.raster.open import open_raster
from tests.raster.images import gradient


@pytest.fixture(scope="module", params=["JP2", "J2K"])
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file of one tile of 96 x 96 pixels in code-blocks of 64 x 64."""
    path = tmp_path_factory.mktemp("jp2") / "sound.jp2"
    shape = {"width": 96, "height": 96, "count": 3, "dtype": "uint8"}
    with quiet(), rasterio.open(path, "w", driver="JP2OpenJPEG", CODEC=request.param, **shape) as file:
        file.write(gradient(3, 96, 96))
    return path.read_bytes()


def claiming(data: bytes, side: int, tile: int, *, exponent: int = 4) -> bytes:
    """The same file with another size of image, tiles and code-blocks (2 to the power of exponent + 2)."""
    claims = bytearray(data)
    start = data.index(b"\xff\x4f\xff\x51")
    claims[start + 8 : start + 16] = struct.pack(">II", side, side)
    claims[start + 24 : start + 32] = struct.pack(">II", tile, tile)
    style = data.index(b"\xff\x52", start)
    claims[style + 10 : style + 12] = bytes([exponent, exponent])
    if b"ihdr" in data:
        box = data.index(b"ihdr")
        claims[box + 4 : box + 12] = struct.pack(">II", side, side)
    return bytes(claims)


def test_a_sound_file_is_shown(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "scene.jp2"
    path.write_bytes(sound)
    with open_raster(path) as raster:
        assert raster.read(raster.info.extent).shape == (3, 96, 96)


@pytest.mark.parametrize(("side", "tile", "exponent"), [(200_000, 200_000, 4), (9_000, 9_000, 0)])
def test_tiles_of_millions_of_code_blocks_are_refused(
    tmp_path: Path, sound: bytes, side: int, tile: int, exponent: int
) -> None:
    path = tmp_path / "scene.jp2"
    path.write_bytes(claiming(sound, side, tile, exponent=exponent))
    with pytest.raises(RasterError, match=r"code-blocks, at most 1,000,000 .* tiled GeoTIFF"):
        open_raster(path)


@pytest.mark.parametrize(
    ("side", "tile", "exponent"), [(10_980, 10_980, 4), (200_000, 1024, 4), (200_000, 2048, 0)]
)
def test_large_scenes_in_tiles_or_large_code_blocks_are_let_be(
    sound: bytes, side: int, tile: int, exponent: int
) -> None:
    judge_tiles("scene.jp2", io.BytesIO(claiming(sound, side, tile, exponent=exponent)))


def test_code_blocks_that_a_tile_part_makes_smaller_count(sound: bytes) -> None:
    data = bytearray(claiming(sound, 9_000, 9_000))
    start = data.index(b"\xff\x4f\xff\x51")
    style = data.index(b"\xff\x52", start)
    own = bytearray(data[style : style + 2 + struct.unpack_from(">H", data, style + 2)[0]])
    own[10:12] = b"\0\0"
    part = data.index(b"\xff\x90", start)
    judge_tiles("scene.jp2", io.BytesIO(bytes(data)))
    data[part + 12 : part + 12] = own
    with pytest.raises(RasterError, match="code-blocks"):
        judge_tiles("scene.jp2", io.BytesIO(bytes(data)))


@pytest.mark.parametrize("length", [0, 3, 12, 40, 100, 150, 200])
def test_what_is_cut_off_is_left_to_the_reader(sound: bytes, length: int) -> None:
    judge_tiles(
        "scene.jp2", io.BytesIO(claiming(sound, 200_000, 200_000)[:length] if length < 40 else sound[:length])
    )
