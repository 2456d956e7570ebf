from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from segstudio.errors import RasterError
from segstudio.raster import photo
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window
from tests.raster.images import gradient


def picture(height: int = 40, width: int = 60) -> np.ndarray:
    return np.ascontiguousarray(gradient(3, height, width).transpose(1, 2, 0))


@pytest.mark.parametrize("orientation", range(10))
def test_every_exif_orientation_shows_the_same_upright_scene(tmp_path: Path, orientation: int) -> None:
    upright = np.zeros((40, 60, 3), np.uint8)
    upright[:12, :25] = 255
    stored = {
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: upright.transpose(1, 0, 2)[::-1],
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: upright.transpose(1, 0, 2)[:, ::-1],
    }.get(orientation, upright)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "p.png", exif=exif)
    with open_raster(tmp_path / "p.png") as raster:
        assert (raster.info.width, raster.info.height) == (60, 40)
        assert (raster.read(raster.info.extent).transpose(1, 2, 0) == upright).all()


@pytest.mark.parametrize("name", ["p.png", "p.bmp", "p.webp", "p.ppm"])
def test_colours_come_back_exactly(tmp_path: Path, name: str) -> None:
    Image.fromarray(picture()).save(tmp_path / name, **({"lossless": True} if name == "p.webp" else {}))
    with open_raster(tmp_path / name) as raster:
        assert raster.info.is_photo and raster.info.display_bands == (0, 1, 2)
        part = raster.read(Window(5, 6, 30, 20), bands=[2, 0])
    assert (part == picture()[6:26, 5:35, [2, 0]].transpose(2, 0, 1)).all()


@pytest.mark.parametrize("bands", [1, 3, 4])
def test_sixteen_bits_are_kept(tmp_path: Path, bands: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 65535, (20, 30, bands)).astype(np.uint16)
    pixels[..., -1] |= 1
    cv2.imwrite(str(tmp_path / "deep.png"), pixels)
    with open_raster(tmp_path / "deep.png") as raster:
        read = raster.read(raster.info.extent).transpose(1, 2, 0)
        assert (raster.info.dtype, raster.info.has_alpha) == ("uint16", bands == 4)
    expected = pixels if bands == 1 else pixels[..., 2::-1]
    assert (read == expected).all()


def test_a_sixteen_bit_pgm_is_kept_with_comments_in_its_header(tmp_path: Path) -> None:
    pixels = np.arange(600, dtype=np.uint16).reshape(20, 30) * 99
    header = b"P5\n# made by a camera\n30 20\n# 16 bits\n65535\n"
    (tmp_path / "d.pgm").write_bytes(header + pixels.astype(">u2").tobytes())
    with open_raster(tmp_path / "d.pgm") as raster:
        assert (raster.read(raster.info.extent)[0] == pixels).all()


def test_transparent_pixels_say_nothing(tmp_path: Path) -> None:
    pixels = np.dstack([picture(), np.full((40, 60), 255, np.uint8)])
    pixels[:10, :, 3] = 0
    Image.fromarray(pixels).save(tmp_path / "p.png")
    with open_raster(tmp_path / "p.png") as raster:
        assert raster.info.band_count == 3 and raster.info.has_alpha
        assert (raster.read(raster.info.extent).transpose(1, 2, 0) == pixels[..., :3]).all()
        assert raster.read_valid(raster.info.extent).sum() == 30 * 60
        assert raster.read_valid(Window(0, 0, 60, 20), out_shape=(2, 6)).tolist() == [[False] * 6, [True] * 6]


def test_a_palette_photo_is_shown_in_its_colours_and_read_as_numbers_on_request(tmp_path: Path) -> None:
    ids = (np.arange(2400).reshape(40, 60) % 3).astype(np.uint8)
    image = Image.fromarray(ids)
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    image.save(tmp_path / "p.png", transparency=2)
    with open_raster(tmp_path / "p.png") as raster:
        assert raster.info.palette == ((255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255))
        assert raster.read(raster.info.extent)[:, 0, 1].tolist() == [0, 255, 0]
        assert (raster.read_valid(raster.info.extent) == (ids != 2)).all()
    with open_raster(tmp_path / "p.png", as_indices=True) as raster:
        assert (raster.read(raster.info.extent)[0] == ids).all()
        assert set(np.unique(raster.read(raster.info.extent, out_shape=(7, 11)))) <= {0, 1, 2}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "CMYK"])
def test_other_colour_models_become_gray_or_colour(tmp_path: Path, mode: str) -> None:
    name = "p.jpg" if mode == "CMYK" else "p.png"
    Image.fromarray(picture()).convert(mode).save(tmp_path / name)
    with open_raster(tmp_path / name) as raster:
        assert raster.info.band_count == (3 if mode == "CMYK" else 1)
        pixels = raster.read(raster.info.extent)
    assert pixels.dtype == np.uint8 and np.ptp(pixels) > 150


def test_shrinking_averages(tmp_path: Path) -> None:
    pixels = np.zeros((8, 8), np.uint8)
    pixels[::2] = 200
    Image.fromarray(pixels).save(tmp_path / "p.png")
    with open_raster(tmp_path / "p.png") as raster:
        assert (raster.read(raster.info.extent, out_shape=(4, 4)) == 100).all()
        assert raster.read(raster.info.extent, out_shape=(16, 16)).shape == (1, 16, 16)
        assert raster.read(Window(0, 0, 0, 5)).shape == (1, 5, 0)


def test_a_photo_is_decoded_once_however_many_threads_hold_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.fromarray(picture()).save(tmp_path / "p.png")
    decoded: list[object] = []
    decode = photo.decode

    def counted(header: photo.PhotoHeader) -> photo.Decoded:
        decoded.append(header)
        return decode(header)

    monkeypatch.setattr(photo, "decode", counted)

    def read(_: int) -> int:
        with open_raster(tmp_path / "p.png") as raster:
            return int(raster.read(raster.info.extent).sum())

    with open_raster(tmp_path / "p.png") as held, ThreadPoolExecutor(4) as pool:
        assert not decoded
        total = held.read(held.info.extent).sum()
        assert list(pool.map(read, range(8))) == [total] * 8
    assert len(decoded) == 1


def test_a_changed_photo_is_decoded_again(tmp_path: Path) -> None:
    Image.fromarray(picture()).save(tmp_path / "p.png")
    with open_raster(tmp_path / "p.png") as old:
        before = old.read(old.info.extent)
        Image.fromarray(255 - picture(30, 20)).save(tmp_path / "p.png")
        with open_raster(tmp_path / "p.png") as new:
            assert new.read(new.info.extent).shape == (3, 30, 20)
        assert (old.read(old.info.extent) == before).all()


def test_a_preview_of_a_jpeg_looks_like_the_photo(tmp_path: Path) -> None:
    rows, cols = np.mgrid[0:900, 0:1200]
    pixels = np.stack([rows * 255 / 900, cols * 255 / 1200, rows * 0 + 90], axis=-1).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "p.jpg", quality=95, exif=exif)
    with open_raster(tmp_path / "p.jpg") as raster:
        preview, valid = raster.read_preview(100)
        exact = raster.read(raster.info.extent, out_shape=(100, 75))
    assert preview.shape == (3, 100, 75) and valid.all()
    assert abs(preview.astype(int) - exact).max() <= 4


def test_a_photo_cut_short_is_refused_in_a_sentence_and_never_shown_half(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (80, 80, 3)).astype(np.uint8)
    for name in ("p.jpg", "p.png"):
        Image.fromarray(noise).save(tmp_path / name)
        data = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(data[: len(data) // 2])
        with open_raster(tmp_path / name) as raster, pytest.raises(RasterError, match="incomplete"):
            raster.read(raster.info.extent)


def test_damaged_exif_counts_as_upright(tmp_path: Path) -> None:
    Image.fromarray(picture()).save(tmp_path / "p.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage")
    with open_raster(tmp_path / "p.jpg") as raster:
        assert (raster.info.width, raster.info.height) == (60, 40)
