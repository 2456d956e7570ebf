from pathlib import Path

import numpy as np
import pytest
import rasterio

from segstudio.raster import sampling, stretch
from segstudio.raster.geotiff import GeotiffRaster
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster
from segstudio.raster.window import Window
from tests.raster.images import WriteTif

SIDE = 1024


def slope(dtype: str = "uint16") -> np.ndarray:
    """Two bands that rise to the right and downwards."""
    rows, cols = np.mgrid[0:SIDE, 0:SIDE]
    return np.stack([cols * 8 + 100, rows * 4 + 50]).astype(dtype)


def tiles(side: int = 32) -> dict[str, object]:
    return {"tiled": True, "blockxsize": side, "blockysize": side, "compress": "deflate"}


@pytest.fixture
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget that this small image exceeds as a scene of a gigabyte exceeds the real one."""
    monkeypatch.setattr(sampling, "COARSE_BUDGET_BYTES", 400_000)
    monkeypatch.setattr(stretch, "SAMPLE_BUDGET_BYTES", 400_000)


def count_pixels(raster: Raster, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Pixels of every read from here on."""
    asked: list[int] = []
    read = GeotiffRaster._values

    def counted(self: GeotiffRaster, window: Window, *rest: object) -> np.ndarray:
        asked.append(window.area)
        return read(self, window, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(GeotiffRaster, "_values", counted)
    return asked


@pytest.mark.usefixtures("small_budget")
@pytest.mark.parametrize("layout", [tiles(), tiles(64), {"blockysize": 1}, {"blockysize": 16}])
def test_a_coarse_look_is_near_the_true_average(write_tif: WriteTif, layout: dict[str, object]) -> None:
    with open_raster(write_tif(slope(), **layout)) as raster:
        pixels, valid = raster.read_preview(64)
    exact = slope().reshape(2, 64, 16, 64, 16).mean(axis=(2, 4))
    assert pixels.shape == (2, 64, 64) and pixels.dtype == np.uint16 and valid.all()
    inner = np.s_[:, 6:-6, 6:-6]
    assert abs(pixels[inner] - exact[inner]).max() < 0.05 * np.ptp(exact)


@pytest.mark.usefixtures("small_budget")
def test_a_coarse_look_reads_a_small_part_of_the_file(
    write_tif: WriteTif, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_raster(write_tif(slope(), **tiles())) as raster:
        asked = count_pixels(raster, monkeypatch)
        raster.read_preview(64)
        assert 0 < sum(asked) <= SIDE * SIDE / 8
        asked.clear()
        stretch.band_ranges(raster, [0, 1])
        assert 0 < sum(asked) <= SIDE * SIDE / 8


@pytest.mark.usefixtures("small_budget")
def test_a_range_from_a_sample_is_near_the_true_one_and_always_the_same(write_tif: WriteTif) -> None:
    with open_raster(write_tif(slope(), **tiles())) as raster:
        ranges = [stretch.band_ranges(raster, [0, 1]) for _ in range(2)]
    assert ranges[0] == ranges[1]
    low, high = ranges[0]
    for band, (found_low, found_high) in enumerate(zip(low, high, strict=True)):
        exact_low, exact_high = np.percentile(slope()[band], (2, 98))
        assert abs(found_low - exact_low) < 0.05 * np.ptp(slope()[band])
        assert abs(found_high - exact_high) < 0.05 * np.ptp(slope()[band])


@pytest.mark.usefixtures("small_budget")
def test_nodata_neither_colours_a_coarse_look_nor_shows_in_it(write_tif: WriteTif) -> None:
    pixels = np.full((1, SIDE, SIDE), 500, np.uint16)
    pixels[:, :, : SIDE // 2] = 0
    pixels[:, ::2, SIDE // 2 :: 3] = 0
    with open_raster(write_tif(pixels, nodata=0, **tiles())) as raster:
        coarse, valid = raster.read_preview(64)
    assert not valid[:, :24].any() and valid[:, 40:].all()
    assert (coarse[0][valid] == 500).all()


@pytest.mark.usefixtures("small_budget")
def test_overviews_make_a_coarse_look_exact(write_tif: WriteTif) -> None:
    path = write_tif(slope(), **tiles())
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4, 8, 16], rasterio.enums.Resampling.average)
    with open_raster(path) as raster:
        exact = raster.read(raster.info.extent, out_shape=(64, 64))
        assert (raster.read_preview(64)[0] == exact).all()
        assert raster.decoded_bytes(raster.info.extent, (64, 64)) < raster.info.uncompressed_bytes / 100


@pytest.mark.usefixtures("small_budget")
def test_a_coarse_look_at_a_part_shows_that_part(write_tif: WriteTif) -> None:
    with open_raster(write_tif(slope(), **tiles())) as raster:
        pixels, _ = raster.read_coarse(Window(512, 0, 512, 512), out_shape=(32, 32), bands=[0])
    assert pixels.shape == (1, 32, 32)
    assert pixels.min() >= 100 + 512 * 8 and pixels.max() <= 100 + 1023 * 8


def test_a_small_image_is_read_exactly(write_tif: WriteTif) -> None:
    with open_raster(write_tif(slope(), **tiles())) as raster:
        assert (raster.read_preview(SIDE)[0] == slope()).all()


def write_sparse(path: Path, **more: object) -> Path:
    """Sixteen times as large as `slope`, and nothing in it."""
    profile = {"driver": "GTiff", "width": 4 * SIDE, "height": 4 * SIDE, "count": 1, "dtype": "uint16"}
    place = rasterio.Affine(0.5, 0, 0, 0, -0.5, 0)
    with rasterio.open(path, "w", **profile, **tiles(), SPARSE_OK=True, transform=place, **more):
        return path


@pytest.mark.usefixtures("small_budget")
@pytest.mark.parametrize("nodata", [None, 0])
def test_of_a_sparse_file_what_is_there_is_looked_at(tmp_path: Path, nodata: int | None) -> None:
    path = write_sparse(tmp_path / "sparse.tif", nodata=nodata)
    with rasterio.open(path, "r+") as file:
        file.write(slope()[:1, :512, :512], window=rasterio.windows.Window(1536, 2048, 512, 512))
    with open_raster(path) as raster:
        assert raster.is_left_out(Window(0, 0, 512, 512))
        assert not raster.is_left_out(Window(1024, 2048, 600, 512))
        low, high = stretch.band_ranges(raster, [0])
        pixels, valid = raster.read_preview(64)
    assert 100 <= low[0] < 1000 and 3000 < high[0] <= 4196
    assert pixels[0, 35, 28] > 1000 and valid[35, 28]


@pytest.mark.usefixtures("small_budget")
def test_a_file_that_holds_nothing_has_a_range_and_a_preview(tmp_path: Path) -> None:
    with open_raster(write_sparse(tmp_path / "sparse.tif")) as raster:
        assert stretch.band_ranges(raster, [0]) == ((0.0,), (65535.0,))
        assert raster.read_preview(64)[0].shape == (1, 64, 64)
