import numpy as np
import pytest
import rasterio
from PIL import Image

from segstudio.errors import ProjectError, RasterError
from segstudio.jobs.image_files import expand, pairs_by_stem
from segstudio.jobs.mask_files import MaskClass, MaskFile, masks_by_stem
from segstudio.raster.window import Window

CLASSES = (MaskClass(1, "road", "#6EC1E4"), MaskClass(4, "water", "#E2A929"))
IDS = np.array([[1, 4, 255], [4, 1, 9]], np.uint8)
SAID = np.array([[1, 4, 255], [4, 1, 255]], np.uint8)
COLOURS = {1: (0x6E, 0xC1, 0xE4), 4: (0xE2, 0xA9, 0x29), 255: (0x9B, 0x9B, 0x9B), 9: (0, 0, 0)}


def rgb(ids: np.ndarray) -> np.ndarray:
    table = np.zeros((256, 3), np.uint8)
    for class_id, colour in COLOURS.items():
        table[class_id] = colour
    return table[ids]


def read(path, by=None, classes=CLASSES):
    with MaskFile(path, classes, by) as mask:
        return mask.by, mask.read(Window(0, 0, mask.width, mask.height))


def write_tif(path, values, **profile):
    bands = values if values.ndim == 3 else values[None]
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=bands.shape[2],
        height=bands.shape[1],
        count=len(bands),
        dtype=bands.dtype,
        transform=rasterio.Affine(2, 0, 10, 0, -2, 50),
        **profile,
    ) as file:
        file.write(bands)
    return path


def test_ids_of_a_gray_png_are_read_and_unknown_ones_say_nothing(tmp_path):
    Image.fromarray(IDS).save(tmp_path / "m.png")
    by, ids = read(tmp_path / "m.png")
    assert by == "id"
    np.testing.assert_array_equal(ids, SAID)


def test_colours_of_an_rgb_png_are_read_and_unknown_ones_say_nothing(tmp_path):
    Image.fromarray(rgb(IDS)).save(tmp_path / "m.png")
    by, ids = read(tmp_path / "m.png")
    assert by == "colour"
    np.testing.assert_array_equal(ids, SAID)


def test_a_palette_png_with_arbitrary_indices_is_read_by_its_colours(tmp_path):
    Image.fromarray(rgb(IDS)).quantize(8).save(tmp_path / "m.png")
    by, ids = read(tmp_path / "m.png")
    assert by == "colour"
    np.testing.assert_array_equal(ids, SAID)


def test_a_palette_png_in_other_colours_is_read_by_its_indices(tmp_path):
    image = Image.fromarray(IDS, mode=None).convert("P")
    image.putpalette([7 * (k % 36) for k in range(768)])
    image.save(tmp_path / "m.png")
    by, ids = read(tmp_path / "m.png")
    assert by == "id"
    np.testing.assert_array_equal(ids, SAID)


def test_transparent_pixels_say_nothing(tmp_path):
    alpha = np.array([[0, 255, 255], [255, 255, 255]], np.uint8)
    Image.fromarray(np.dstack([rgb(IDS), alpha])).save(tmp_path / "m.png")
    _, ids = read(tmp_path / "m.png")
    assert ids[0, 0] == 255
    np.testing.assert_array_equal(ids[1], SAID[1])


def test_geotiff_by_id_by_palette_and_by_colour_agree(tmp_path):
    plain = write_tif(tmp_path / "id.tif", IDS, nodata=255)
    colours = write_tif(tmp_path / "rgb.tif", rgb(IDS).transpose(2, 0, 1))
    table = write_tif(tmp_path / "table.tif", IDS)
    with rasterio.open(table, "r+") as file:
        file.write_colormap(1, {k: (*v, 255) for k, v in COLOURS.items()})
    for path in (plain, colours, table):
        np.testing.assert_array_equal(read(path)[1], SAID)


def test_wide_types_are_ids_where_they_are_whole(tmp_path):
    values = np.array([[1.0, 4.0, 1.5], [-1.0, 300.0, np.nan]], np.float32)
    _, ids = read(write_tif(tmp_path / "m.tif", values))
    np.testing.assert_array_equal(ids, [[1, 4, 255], [255, 255, 255]])


def test_nodata_says_nothing_even_if_it_is_a_class_id(tmp_path):
    _, ids = read(write_tif(tmp_path / "m.tif", IDS, nodata=4))
    np.testing.assert_array_equal(ids, [[1, 255, 255], [255, 1, 255]])


def test_colours_read_by_id_are_refused_and_the_other_way_round(tmp_path):
    Image.fromarray(rgb(IDS)).save(tmp_path / "m.png")
    with pytest.raises(RasterError, match="--by colour"):
        read(tmp_path / "m.png", "id")
    with pytest.raises(RasterError, match="--by id"):
        read(write_tif(tmp_path / "m.tif", IDS.astype(np.uint16)), "colour")


def test_classes_of_one_colour_cannot_be_read_by_colour(tmp_path):
    Image.fromarray(rgb(IDS)).save(tmp_path / "m.png")
    twins = (MaskClass(0, "a", "#6EC1E4"), MaskClass(1, "b", "#6ec1e4"))
    with pytest.raises(ProjectError, match="share a colour"):
        read(tmp_path / "m.png", classes=twins)


def test_strips_cover_the_mask_once(tmp_path):
    values = np.random.default_rng(0).choice([1, 4], (1500, 40)).astype(np.uint8)
    with MaskFile(write_tif(tmp_path / "m.tif", values), CLASSES) as mask:
        parts = [ids for _, ids in mask.strips()]
    np.testing.assert_array_equal(np.concatenate(parts), values)


def test_pairs_have_the_same_stem_and_the_rest_is_named(tmp_path):
    for name in ("a.jpg", "b.jpg", "c.txt"):
        (tmp_path / name).write_bytes(b"")
    masks = tmp_path / "masks"
    masks.mkdir()
    (masks / "a.png").write_bytes(b"")
    pairs, left_out = pairs_by_stem(tmp_path, masks)
    assert pairs == [(tmp_path / "a.jpg", masks / "a.png")]
    assert left_out == ["b.jpg"]


def test_images_and_masks_may_share_a_folder(tmp_path):
    for name in ("a.jpg", "a.png"):
        (tmp_path / name).write_bytes(b"")
    assert pairs_by_stem(tmp_path, tmp_path)[0] == [(tmp_path / "a.jpg", tmp_path / "a.png")]


def test_folders_that_cannot_be_used_are_refused(tmp_path):
    with pytest.raises(RasterError, match="holds no mask"):
        masks_by_stem(tmp_path)
    with pytest.raises(RasterError, match="not a folder"):
        masks_by_stem(tmp_path / "none")
    with pytest.raises(RasterError, match="is not there"):
        expand([tmp_path / "none.tif"])
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "a.tif").write_bytes(b"")
    with pytest.raises(RasterError, match="share a stem"):
        masks_by_stem(tmp_path)


def test_folders_expand_to_their_images_each_once(tmp_path):
    for name in ("b.tif", "a.jpg", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert expand([tmp_path / "b.tif", tmp_path]) == [tmp_path / "b.tif", tmp_path / "a.jpg"]
