import json
from contextlib import closing

import numpy as np
import pytest
import rasterio
from known_scenes import COLOURS, NAMES, TRANSFORM, class_map, paint, write_scene
from PIL import Image

from segstudio.errors import ProjectError, RasterError
from segstudio.jobs.export import ExportRequest, export
from segstudio.jobs.proof import Expected, prove
from segstudio.jobs.steps import ImageExported, Notice
from segstudio.mask.classes import ClassList
from segstudio.mask.origin import Origin
from segstudio.project.project import Project
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window

IDS = class_map(700, 600)
PREDICTED = class_map(700, 600, seed=1)
SPOKEN = Window(100, 50, 300, 500)


@pytest.fixture
def project(tmp_path):
    """A scene with a prediction and an imported window, a photo with a stroke, an image without a word."""
    scene = write_scene(tmp_path / "scene.tif", paint(IDS))
    silent = write_scene(tmp_path / "silent.tif", paint(class_map(64, 64)))
    photo = tmp_path / "street.jpg"
    Image.fromarray(np.ascontiguousarray(paint(class_map(90, 120)).transpose(1, 2, 0))).save(photo)
    text = json.dumps([{"id": k, "name": NAMES[k], "colour": COLOURS[k]} for k in COLOURS])
    folder, classes = tmp_path / "project", ClassList.from_json(text)
    with closing(Project.create(folder, classes=classes, images=[scene, photo, silent])) as made:
        first = made.open_document(made.images[0].id)
        first.set_prediction(Window(0, 0, 600, 700), PREDICTED, None, None, "v1")
        cut = SPOKEN.slices_in(Window(0, 0, 600, 700))
        first.apply_edit("import", "import", SPOKEN, IDS[cut], None, Origin.IMPORTED)
        second = made.open_document(made.images[1].id)
        second.begin_stroke("brush", 2)
        second.paint(Window(10, 10, 40, 20), np.ones((20, 40), bool))
        second.end_stroke()
    return folder


def expected(what):
    mask = PREDICTED.copy() if what == "shown" else np.full_like(PREDICTED, 255)
    cut = SPOKEN.slices_in(Window(0, 0, 600, 700))
    mask[cut] = IDS[cut]
    return mask


@pytest.mark.parametrize("what", ["shown", "annotation"])
def test_a_scene_leaves_with_its_place_nodata_and_colours(project, tmp_path, what):
    steps = list(export(ExportRequest(project, tmp_path / "out", ("scene",), what)))
    with rasterio.open(tmp_path / "out" / "scene.tif") as file:
        assert (file.transform, file.crs.to_epsg(), file.nodata) == (TRANSFORM, 32640, 255)
        assert file.block_shapes == [(512, 512)]
        assert file.colormap(1)[1] == (0x1E, 0xC8, 0x1E, 255)
        np.testing.assert_array_equal(file.read(1), expected(what))
    last = steps[-1]
    assert isinstance(last, ImageExported)
    assert sum(last.counts.values()) == (expected(what) != 255).sum()


def test_authorship_leaves_beside_the_mask(project, tmp_path):
    list(export(ExportRequest(project, tmp_path / "out", ("scene",))))
    with rasterio.open(tmp_path / "out" / "scene_origin.tif") as file:
        assert (file.transform, file.crs.to_epsg()) == (TRANSFORM, 32640)
        origin = file.read(1)
    assert (origin == Origin.IMPORTED).sum() == SPOKEN.area
    assert (origin == Origin.NOBODY).sum() == 700 * 600 - SPOKEN.area


def test_all_images_that_somebody_spoke_about_are_exported(project, tmp_path):
    steps = list(export(ExportRequest(project, tmp_path / "new" / "out")))
    names = {path.name for path in (tmp_path / "new" / "out").iterdir()}
    assert names == {"scene.tif", "scene_origin.tif", "street.png", "street_origin.tif"}
    assert any("silent.tif" in step.text for step in steps if isinstance(step, Notice))
    with Image.open(tmp_path / "new" / "out" / "street.png") as image:
        assert image.mode == "P"
        values = np.asarray(image)
    assert (values[10:30, 10:50] == 2).all()
    assert (values == 255).sum() == 90 * 120 - 800


def test_a_silent_image_is_exported_when_it_is_named(project, tmp_path):
    list(export(ExportRequest(project, tmp_path / "mask.tif", ("silent",))))
    with rasterio.open(tmp_path / "mask.tif") as file:
        assert (file.read(1) == 255).all()


def test_several_masks_do_not_fit_into_one_file(project, tmp_path):
    with pytest.raises(ProjectError, match="name a folder"):
        list(export(ExportRequest(project, tmp_path / "mask.tif")))


def test_the_image_itself_is_never_overwritten(project, tmp_path):
    before = (tmp_path / "scene.tif").read_bytes()
    with pytest.raises(RasterError, match="is the image itself"):
        list(export(ExportRequest(project, tmp_path, ("scene",))))
    assert (tmp_path / "scene.tif").read_bytes() == before


def test_a_missing_image_does_not_keep_the_others_from_being_exported(project, tmp_path):
    (tmp_path / "scene.tif").unlink()
    with pytest.raises(ProjectError, match=r"not exported: scene\.tif"):
        list(export(ExportRequest(project, tmp_path / "out")))
    assert (tmp_path / "out" / "street.png").is_file()


def test_a_window_may_have_the_project_open_meanwhile(project, tmp_path):
    with closing(Project.open(project)):
        list(export(ExportRequest(project, tmp_path / "out", ("scene",))))
    assert (tmp_path / "out" / "scene.tif").is_file()


def test_a_cancelled_export_leaves_no_half_file(project, tmp_path):
    steps = export(ExportRequest(project, tmp_path / "out", ("scene",)))
    next(steps)
    steps.close()
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"values": np.zeros((700, 600), np.uint8)}, "pixels"),
        ({"transform": rasterio.Affine(1, 0, 0, 0, -1, 9)}, "transform"),
        ({"crs": rasterio.CRS.from_epsg(32641)}, "CRS"),
        ({"nodata": 7}, "nodata"),
        ({"colours": {0: (1, 2, 3, 255)}}, "colours"),
    ],
)
def test_the_proof_finds_what_differs(tmp_path, changes, what):
    with open_raster(write_scene(tmp_path / "scene.tif", paint(IDS))) as raster:
        info = raster.info
    given = {"values": IDS, "transform": TRANSFORM, "crs": rasterio.CRS.from_epsg(32640), "nodata": 255}
    given = {**given, "colours": {0: (200, 30, 30, 255)}, **changes}
    values, colours = given.pop("values"), given.pop("colours")
    profile = {"driver": "GTiff", "width": 600, "height": 700, "count": 1, "dtype": "uint8", **given}
    with rasterio.open(tmp_path / "mask.tif", "w", **profile) as file:
        file.write(values, 1)
        file.write_colormap(1, colours)
    right = Expected(np.bincount(IDS.ravel(), minlength=256), 255, {0: (200, 30, 30)})
    with pytest.raises(RasterError, match=what):
        prove(tmp_path / "mask.tif", info, right)
