"""A height model on the pixels of an image, whatever its own grid."""

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine

from segstudio.errors import RasterError
from segstudio.raster.aligned import AlignedRaster
from segstudio.raster.gdal import quiet
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window

PLACE = Affine(0.5, 0, 300_000, 0, -0.5, 4_160_000)
SIZE = 120


def write(path, values, transform=PLACE, crs="EPSG:32652", nodata=None):
    place = {} if transform is None else {"transform": transform, "crs": crs}
    profile = {"driver": "GTiff", "height": values.shape[-2], "width": values.shape[-1], "nodata": nodata}
    bands = values if values.ndim == 3 else values[None]
    with quiet(), rasterio.open(path, "w", count=len(bands), dtype=values.dtype, **profile, **place) as file:
        file.write(bands)
    return path


def plane(rows, cols, transform):
    """A height that is linear on the map: its value at any place is known."""
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    x, y = transform @ (col, row)
    return (0.1 * (x - 300_000) - 0.2 * (y - 4_160_000)).astype(np.float32)


@pytest.fixture
def image(tmp_path):
    path = write(tmp_path / "image.tif", np.zeros((SIZE, SIZE), np.uint8))
    with open_raster(path) as raster:
        return raster.info


def test_on_the_same_grid_pixels_are_as_they_are(tmp_path, image):
    values = np.random.default_rng(0).normal(size=(SIZE, SIZE)).astype(np.float32)
    values[3, 4] = -9999
    with open_raster(write(tmp_path / "dsm.tif", values, nodata=-9999)) as raster:
        aligned = AlignedRaster(raster, image)
        found = aligned.read(Window(2, 1, 20, 10))
    assert aligned.how == "same"
    assert np.isnan(found[2, 2])
    known = np.isfinite(found)
    np.testing.assert_array_equal(found[known], values[1:11, 2:22][known])


@pytest.mark.parametrize("step", [0.2, 0.5, 1.25])
def test_another_grid_and_resolution_is_reprojected(tmp_path, image, step):
    place = Affine(step, 0, 299_990.3, 0, -step, 4_160_010.7)
    side = round(90 / step)
    with open_raster(write(tmp_path / "dsm.tif", plane(side, side, place), place)) as raster:
        found = AlignedRaster(raster, image).read(Window(10, 20, 60, 50))
    wanted = plane(SIZE, SIZE, PLACE)[20:70, 10:70]
    assert np.abs(found - wanted).max() < 0.05 * max(1, step)


def test_another_coordinate_system_is_reprojected(tmp_path, image):
    xs, ys = rasterio.warp.transform("EPSG:32652", "EPSG:4326", [299_990, 300_080], [4_160_010, 4_159_920])
    side = 400
    place = Affine((xs[1] - xs[0]) / side, 0, xs[0], 0, (ys[1] - ys[0]) / side, ys[0])
    col, row = np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5)
    lon, lat = place @ (col, row)
    x, y = rasterio.warp.transform("EPSG:4326", "EPSG:32652", lon.ravel(), lat.ravel())
    height = (0.1 * (np.array(x) - 300_000) - 0.2 * (np.array(y) - 4_160_000)).reshape(side, side)
    path = write(tmp_path / "dsm.tif", height.astype(np.float32), place, crs="EPSG:4326")
    with open_raster(path) as raster:
        found = AlignedRaster(raster, image).read(Window(0, 0, SIZE, SIZE))
    assert np.nanmax(np.abs(found - plane(SIZE, SIZE, PLACE))) < 0.1
    assert np.isfinite(found).mean() > 0.95


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 90), st.integers(0, 90), st.integers(5, 30), st.integers(5, 30))
def test_a_window_reads_as_the_whole_does(tmp_path_factory, col, row, width, height):
    folder = tmp_path_factory.mktemp("aligned")
    place = Affine(0.8, 0, 299_990, 0, -0.8, 4_160_010)
    values = np.random.default_rng(1).normal(size=(110, 110)).astype(np.float32)
    path = write(folder / "image.tif", np.zeros((SIZE, SIZE), np.uint8))
    with open_raster(path) as picture:
        info = picture.info
    with open_raster(write(folder / "dsm.tif", values, place)) as raster:
        aligned = AlignedRaster(raster, info)
        whole = aligned.read(Window(0, 0, SIZE, SIZE))
        part = aligned.read(Window(col, row, width, height))
    np.testing.assert_allclose(part, whole[row : row + height, col : col + width], atol=2e-3)


def test_beside_the_given_raster_and_in_its_nodata_nothing_is_known(tmp_path, image):
    place = Affine(1, 0, 300_010, 0, -1, 4_160_000)
    values = np.full((100, 100), 7, np.float32)
    values[20:40] = -1
    with open_raster(write(tmp_path / "dsm.tif", values, place, nodata=-1)) as raster:
        found = AlignedRaster(raster, image).read(Window(0, 0, SIZE, SIZE))
    assert np.isnan(found[:, :18]).all()
    assert np.isnan(found[44:76, 40:]).all()
    assert set(np.unique(found[np.isfinite(found)])) == {7.0}


def test_frames_without_a_map_are_enlarged_by_the_nearest_pixel(tmp_path, image):
    values = np.arange(60 * 60, dtype=np.uint16).reshape(60, 60)
    with open_raster(write(tmp_path / "frame.tif", values, None)) as raster:
        aligned = AlignedRaster(raster, image, missing=0)
        found = aligned.read(Window(0, 0, SIZE, SIZE))
        part = aligned.read(Window(33, 7, 11, 20))
    assert np.isnan(found[:2, :2]).all()
    np.testing.assert_array_equal(found[2:], values.repeat(2, 0).repeat(2, 1)[2:])
    np.testing.assert_array_equal(part, found[7:27, 33:44])


@pytest.mark.parametrize(
    ("shape", "transform", "words"),
    [
        ((3, SIZE, SIZE), PLACE, "3 bands"),
        ((60, 90), None, "no map says how they lie"),
        ((50, 50), Affine(0.5, 0, 900_000, 0, -0.5, 4_160_000), "does not touch"),
    ],
)
def test_what_cannot_fit_is_refused_in_a_sentence(tmp_path, image, shape, transform, words):
    path = write(tmp_path / "dsm.tif", np.zeros(shape, np.float32), transform)
    with open_raster(path) as raster, pytest.raises(RasterError, match=words):
        AlignedRaster(raster, image)
