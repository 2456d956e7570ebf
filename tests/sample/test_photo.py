"""Street photos: the same by seed, true depth, files a photo loop can open."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.errors import NotGeoreferencedWarning

from segstudio.errors import SegstudioError
from segstudio.sample.photo import PHOTO_CLASSES, StreetPhoto, render_street, write_photos

SKY, BUILDING, ROAD, PAVEMENT, TREE, CAR = range(6)


@pytest.fixture(scope="module")
def photos() -> list[StreetPhoto]:
    return [render_street(seed, (240, 320)) for seed in range(8)]


def test_a_street_is_the_same_every_time(photos: list[StreetPhoto]) -> None:
    again = render_street(3, (240, 320))
    assert np.array_equal(photos[3].pixels, again.pixels)
    assert np.array_equal(photos[3].depth_m, again.depth_m, equal_nan=True)


def test_streets_show_all_their_classes(photos: list[StreetPhoto]) -> None:
    shares = np.mean(
        [np.bincount(p.class_ids.ravel(), minlength=6) / p.class_ids.size for p in photos], axis=0
    )
    assert shares.shape == (6,)
    assert (shares > 0.01).all()


def test_depth_is_missing_in_the_sky_and_only_there(photos: list[StreetPhoto]) -> None:
    for photo in photos:
        assert np.array_equal(np.isnan(photo.depth_m), photo.class_ids == SKY)
        assert np.nanmin(photo.depth_m) > 0


def test_the_road_comes_nearer_towards_the_lower_edge(photos: list[StreetPhoto]) -> None:
    for photo in photos:
        column = np.where(photo.class_ids == ROAD, photo.depth_m, np.nan)[150:, 160]
        seen = column[~np.isnan(column)]
        assert (np.diff(seen) <= 1e-3).all()


def test_the_second_camera_sees_the_same_street_differently() -> None:
    a, b = (render_street(2, (240, 320), camera) for camera in ("a", "b"))
    assert np.abs(a.pixels.astype(int).mean(axis=(0, 1)) - b.pixels.astype(int).mean(axis=(0, 1))).max() > 4
    assert (a.class_ids != b.class_ids).mean() > 0.05


def test_a_camera_there_is_not_is_refused() -> None:
    with pytest.raises(SegstudioError, match="choose a or b"):
        render_street(0, (64, 64), "c")  # type: ignore[arg-type]


def test_photos_are_written_with_masks_depths_and_a_date(tmp_path: Path) -> None:
    paths = write_photos(tmp_path, 2, seed=4, size=(96, 128))
    assert [p.stem for p in paths.photos] == [p.stem for p in paths.masks] == [p.stem for p in paths.depths]
    with Image.open(paths.photos[0]) as photo, Image.open(paths.masks[0]) as mask:
        assert photo.size == mask.size == (128, 96)
        assert photo.getexif()[0x0132].startswith("2025:")
        assert mask.mode == "P"
        assert mask.getpalette()[3:6] == [0xB0, 0x56, 0x3B]
        ids = np.asarray(mask)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # photos have no place on the map
        depth = rasterio.open(paths.depths[0])
    with depth:
        assert depth.dtypes == ("float32",)
        assert np.array_equal(np.isnan(depth.read(1)), ids == SKY)
    assert [c["name"] for c in json.loads(paths.classes.read_text())] == [
        name for _, name, _ in PHOTO_CLASSES
    ]
