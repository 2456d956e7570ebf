"""Cityscapes and VOC as they are published, in miniature."""

import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest
from drained import drained
from PIL import Image

from segstudio.errors import SegstudioError
from segstudio.jobs.recipes import material, street_sets

PALETTE = [0, 0, 0, 128, 0, 0, 0, 128, 0, *([0] * 756), 224, 224, 192]


def ids_of(seed: int, shape: tuple[int, int], count: int) -> np.ndarray:
    ids = np.random.default_rng(seed).integers(0, count, shape).astype(np.uint8)
    ids[:4] = 255
    return ids


def photo(path: Path, shape: tuple[int, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((*shape, 3), 90, np.uint8))


def cityscapes_image(folder: Path, part: str, name: str, ids: np.ndarray) -> Path:
    city = name.split("_")[0]
    photo(folder / "leftImg8bit" / part / city / f"{name}_leftImg8bit.png", ids.shape)
    mask = folder / "gtFine" / part / city / f"{name}_gtFine_labelTrainIds.png"
    mask.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(mask), ids)
    return mask


@pytest.fixture
def cityscapes(tmp_path: Path) -> Path:
    for number, name in enumerate(("aachen_000000_000019", "aachen_000001_000019", "zurich_000000_000019")):
        cityscapes_image(tmp_path, "train", name, ids_of(number, (64, 128), 19))
    cityscapes_image(tmp_path, "val", "lindau_000000_000019", ids_of(9, (64, 128), 19))
    return tmp_path


@pytest.fixture
def voc(tmp_path: Path) -> Path:
    folder = tmp_path / "VOCdevkit" / "VOC2012"
    listing = folder / "ImageSets" / "Segmentation"
    listing.mkdir(parents=True)
    (folder / "SegmentationClass").mkdir()
    for number, name in enumerate(("2007_000032", "2007_000039", "2007_000033")):
        photo(folder / "JPEGImages" / f"{name}.jpg", (60, 90))
        mask = Image.frombytes("P", (90, 60), ids_of(number, (60, 90), 21).tobytes())
        mask.putpalette(PALETTE)
        mask.save(folder / "SegmentationClass" / f"{name}.png")
    (listing / "train.txt").write_text("2007_000032\n2007_000039\n", encoding="utf-8")
    (listing / "val.txt").write_text("2007_000033\n", encoding="utf-8")
    return folder


@pytest.fixture
def depth(tmp_path: Path) -> Path:
    """One depth as a picture of 16 bits, one as floats."""
    folder = tmp_path / "depth"
    folder.mkdir()
    ramp = np.linspace(1, 60000, 60 * 90).reshape(60, 90)
    assert cv2.imwrite(str(folder / "2007_000032.png"), ramp.astype(np.uint16))
    assert cv2.imwrite(str(folder / "2007_000039.tif"), ramp.astype(np.float32))
    return folder


def test_cityscapes_train_teaches_and_val_judges(cityscapes: Path) -> None:
    found = drained(material.streets_or_dubai(cityscapes, cityscapes / "work"))
    assert (found.in_bands, found.aerial, len(found.class_names)) == (3, False, 19)
    assert [source.name for source in found.sources][:2] == ["aachen_000000_000019", "aachen_000001_000019"]
    assert (found.teaching_images, found.judges) == (3, {3})
    ((index, window),) = found.judged(None)
    np.testing.assert_array_equal(found.sources[index].annotation.read(window), ids_of(9, (64, 128), 19))


def test_voc_masks_are_their_palettes_numbers(voc: Path, depth: Path) -> None:
    found = drained(material.voc(voc, depth))
    assert (found.teaching_images, found.judges, len(found.class_names)) == (2, {2}, 21)
    for number, source in enumerate(found.sources):
        plane = source.annotation
        np.testing.assert_array_equal(plane.read(plane.extent), ids_of(number, (60, 90), 21))


def test_voc_depth_is_taught_and_not_judged(voc: Path, depth: Path) -> None:
    first, second, judge = drained(material.voc(voc, depth)).sources
    assert judge.depth_target is None
    for source in (first, second):
        ramp = source.depth_target.read(source.depth_target.extent)
        assert ramp.dtype == np.float32
        assert (ramp[0, 0], ramp[-1, -1]) == (1, 60000)


def test_a_mask_is_read_when_it_is_asked_for(cityscapes: Path) -> None:
    sources = drained(street_sets.cityscapes(cityscapes, "train"))
    later = ids_of(77, (64, 128), 19)
    cityscapes_image(cityscapes, "train", "zurich_000000_000019", later)
    np.testing.assert_array_equal(sources[-1].annotation.read(sources[-1].annotation.extent), later)


def test_masks_that_were_read_do_not_stay_in_memory(tmp_path: Path) -> None:
    ids = np.zeros((1024, 1024), np.uint8)
    for number in range(3):
        cityscapes_image(tmp_path, "train", f"ulm_{number:06}_000019", ids)
    sources = drained(street_sets.cityscapes(tmp_path, "train"))
    tracemalloc.start()
    try:
        for source in sources:
            assert not source.annotation.read(source.annotation.extent).any()
        street_sets._recent_plane.cache_clear()
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < ids.nbytes


def test_a_mask_without_train_ids_is_named_with_the_way_out(cityscapes: Path) -> None:
    next((cityscapes / "gtFine" / "val").rglob("*.png")).unlink()
    with pytest.raises(SegstudioError, match="csCreateTrainIdLabelImgs"):
        drained(material.streets_or_dubai(cityscapes, cityscapes / "work"))


def test_a_mask_of_another_size_is_refused(cityscapes: Path) -> None:
    mask = next((cityscapes / "gtFine" / "val").rglob("*.png"))
    assert cv2.imwrite(str(mask), np.zeros((64, 64), np.uint8))
    with pytest.raises(SegstudioError, match="differ in size"):
        drained(street_sets.cityscapes(cityscapes, "val"))


def test_missing_parts_are_named(voc: Path, cityscapes: Path, depth: Path) -> None:
    with pytest.raises(SegstudioError, match="--data"):
        drained(street_sets.cityscapes(cityscapes, "test"))
    (depth / "2007_000039.tif").unlink()
    with pytest.raises(SegstudioError, match=r"2007_000039.*--depth"):
        drained(material.voc(voc, depth))
    (voc / "JPEGImages" / "2007_000033.jpg").unlink()
    with pytest.raises(SegstudioError, match=r"2007_000033\.jpg is missing"):
        drained(street_sets.voc(voc, "val"))
