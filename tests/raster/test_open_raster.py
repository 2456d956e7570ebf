import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image

from segstudio.errors import RasterError
from segstudio.raster import limits
from segstudio.raster.gdal import quiet
from segstudio.raster.open import open_raster
from segstudio.raster.stretch import band_ranges
from tests.raster.images import WriteTif, bare_tiff, gradient

SHORT, LONG = 3, 4


def refusal(path: Path) -> str:
    with pytest.raises(RasterError) as caught:
        open_raster(path)
    sentence = str(caught.value)
    assert "\n" not in sentence and ". " not in sentence and len(sentence) < 250
    return sentence


def claims(width: int, height: int, **tags: tuple[int, int, int]) -> dict[int, tuple[int, int, int]]:
    entries = {256: (LONG, 1, width), 257: (LONG, 1, height), 258: (SHORT, 1, 16), 259: (SHORT, 1, 1)}
    entries |= {262: (SHORT, 1, 1), 277: (SHORT, 1, 1)}
    return entries | {int(tag[1:]): entry for tag, entry in tags.items()}


@pytest.mark.parametrize(
    "entries",
    [
        claims(1_000_000, 1_000_000, t273=(LONG, 1, 8), t278=(LONG, 1, 1_000_000), t279=(LONG, 1, 100)),
        claims(1_000_000, 1_000_000, t273=(LONG, 1, 8), t278=(LONG, 1, 1), t279=(LONG, 1, 100)),
        claims(1_000_000, 1_000_000, t273=(LONG, 1, 8), t278=(LONG, 1, 90), t279=(LONG, 1, 100)),
        claims(1_000_000, 1_000_000, t273=(LONG, 1, 8), t279=(LONG, 1, 2**32 - 1)),
        claims(2**31 - 1, 1, t273=(LONG, 1, 8), t278=(LONG, 1, 1), t279=(LONG, 1, 100)),
        claims(1_000_000, 1_000_000, t322=(LONG, 1, 512), t323=(LONG, 1, 512), t324=(LONG, 1, 8)),
        claims(1_000_000, 1_000_000, t322=(LONG, 1, 2**20), t323=(LONG, 1, 2**20), t324=(LONG, 1, 8)),
    ],
    ids=["one strip", "a strip a row", "few strips", "no strip height", "one row", "tiles", "one tile"],
)
def test_a_header_that_claims_two_terabytes_is_refused(
    tmp_path: Path, entries: dict[int, tuple[int, int, int]]
) -> None:
    path = tmp_path / "huge.tif"
    path.write_bytes(bare_tiff(entries))
    assert path.stat().st_size < 150
    assert refusal(path).startswith("huge.tif")


def test_a_sparse_file_may_claim_much_and_hold_little(tmp_path: Path) -> None:
    path = tmp_path / "sparse.tif"
    profile = {"tiled": True, "blockxsize": 512, "blockysize": 512, "SPARSE_OK": True, "compress": "deflate"}
    with (
        quiet(),
        rasterio.open(
            path, "w", driver="GTiff", width=100_000, height=100_000, count=1, dtype="uint16", **profile
        ) as file,
    ):
        file.write(np.full((512, 512), 700, np.uint16), 1, window=rasterio.windows.Window(0, 0, 512, 512))
    with open_raster(path) as raster:
        assert raster.info.uncompressed_bytes == 20_000_000_000
        assert raster.read_preview(500)[0].shape == (1, 500, 500)
        assert band_ranges(raster, [0])[0] == (0.0,)


def test_one_compressed_strip_too_large_for_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "strip.tif"
    side = 1 + int((limits.MAX_BLOCK_BYTES / 2) ** 0.5)
    entries = claims(side, side, t273=(LONG, 1, 8), t278=(LONG, 1, side), t279=(LONG, 1, 100))
    path.write_bytes(bare_tiff(entries | {259: (SHORT, 1, 8)}))
    assert "save it as a tiled GeoTIFF" in refusal(path)


def png_header(width: int, height: int, depth: int, colour: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(9_000, 9_000), (12_000, 12_000), (40_000, 40_000), (2**31 - 1, 2**31 - 1)])
@pytest.mark.parametrize("kind", [(8, 2), (16, 2), (1, 0), (8, 3)])
def test_a_png_bomb_is_refused(tmp_path: Path, size: tuple[int, int], kind: tuple[int, int]) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(*size, *kind))
    assert refusal(path).startswith("bomb.png")


def test_a_jpeg_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jpg"
    Image.new("RGB", (16, 16)).save(path)
    data = bytearray(path.read_bytes())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 9_000, 9_000)
    path.write_bytes(bytes(data))
    assert "cannot hold them" in refusal(path)


def test_a_truly_flat_photo_is_no_bomb(tmp_path: Path) -> None:
    for name, options in (("flat.jpg", {"progressive": True, "optimize": True}), ("flat.png", {})):
        Image.new("RGB", (3000, 2000), "white").save(tmp_path / name, **options)
        with open_raster(tmp_path / name) as raster:
            assert (raster.read_preview(64)[0] > 250).all()


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("scene.vrt", b"<VRTDataset rasterXSize='5' rasterYSize='5'></VRTDataset>", "open the image itself"),
        ("scene.tif", b"<VRTDataset rasterXSize='5' rasterYSize='5'></VRTDataset>", "open the image itself"),
        ("notes.txt", b"hello there", "not an image"),
        ("empty.tif", b"", "is empty"),
        ("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "save it as JPEG"),
        ("cut.tif", b"II*\0\x08\0\0\0", "damaged"),
        ("cut.png", b"\x89PNG\r\n\x1a\n", "damaged"),
        ("cut.jpg", b"\xff\xd8\xff", "damaged"),
        ("cut.jp2", b"\0\0\0\x0cjP  \r\n\x87\n", "damaged"),
    ],
)
def test_what_is_no_image_gets_a_true_sentence(tmp_path: Path, name: str, content: bytes, word: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert word in refusal(tmp_path / name)


def test_a_missing_file_a_folder_and_an_address_get_their_own_sentence(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "gone.tif")
    assert "is a folder" in refusal(tmp_path)
    for address in ("ftp://example.org/scene.tif", "/vsicurl/https://example.org/scene.tif"):
        with pytest.raises(RasterError, match="begins with https://"):
            open_raster(address)


def test_the_first_bytes_decide_and_not_the_name(tmp_path: Path) -> None:
    Image.fromarray(gradient(3, 8, 8).transpose(1, 2, 0)).save(tmp_path / "photo.tif", format="PNG")
    with open_raster(tmp_path / "photo.tif") as raster:
        assert raster.info.driver == "PNG" and raster.info.is_photo


def test_a_tiff_is_opened_whatever_its_ending(write_tif: WriteTif) -> None:
    path = write_tif(gradient(1, 8, 8), "scene.gtif")
    with open_raster(str(path)) as raster:
        assert raster.info.driver == "GTiff" and not raster.info.is_photo
        assert raster.info.name == "scene.gtif"


def test_a_relative_path_with_a_colon_is_a_file(write_tif: WriteTif, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_tif(gradient(1, 8, 8), "GTIFF_DIR:1:scene.tif")
    monkeypatch.chdir(path.parent)
    with open_raster("GTIFF_DIR:1:scene.tif") as raster:
        assert raster.info.width == 8


def test_too_many_bands_are_refused(write_tif: WriteTif) -> None:
    path = write_tif(np.zeros((limits.MAX_BANDS + 1, 2, 2), np.uint8))
    assert "bands" in refusal(path)


def test_opening_leaves_nothing_beside_the_image(write_tif: WriteTif) -> None:
    path = write_tif(gradient(3, 40, 40))
    with open_raster(path) as raster:
        band_ranges(raster, [0, 1, 2])
    assert list(path.parent.iterdir()) == [path]
