import json
from contextlib import closing

import numpy as np
import pytest
from known_scenes import COLOURS, NAMES, class_map, paint, write_scene
from PIL import Image

from segstudio.errors import ProjectError, RasterError
from segstudio.jobs.annotate import AnnotateRequest, annotate
from segstudio.jobs.depth_teachers import DepthSource
from segstudio.jobs.steps import ImageAnnotated, Notice
from segstudio.mask.classes import ClassList
from segstudio.mask.origin import Origin
from segstudio.project.project import Project
from segstudio.raster.window import Window

EXTENT = Window(0, 0, 300, 200)


def class_list():
    return ClassList.from_json(
        json.dumps([{"id": k, "name": NAMES[k], "colour": COLOURS[k]} for k in COLOURS])
    )


@pytest.fixture
def project(tmp_path):
    """Two images of one size."""
    paths = [write_scene(tmp_path / f"{name}.tif", paint(class_map(200, 300))) for name in ("east", "west")]
    with closing(Project.create(tmp_path / "project", classes=class_list(), images=paths)) as made:
        return made.folder


def colour_png(path, ids):
    table = np.zeros((256, 3), np.uint8)
    for class_id, colour in COLOURS.items():
        table[class_id] = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    Image.fromarray(table[ids]).save(path)
    return path


def annotation_of(folder, name):
    with closing(Project.open(folder, read_only=True)) as project:
        document = project.open_document(project.image(name).id)
        mask = document.mask
        return mask.annotation.read(EXTENT), mask.origin.read(EXTENT), document.edits()


def test_a_mask_by_id_becomes_one_imported_edit(project, tmp_path):
    ids = class_map(200, 300, seed=9)
    ids[:30] = 255
    truth = write_scene(tmp_path / "truth.tif", ids[None])
    (*_, last) = (s for s in annotate(AnnotateRequest(project, image="east", mask=truth, by="id")))
    annotation, origin, edits = annotation_of(project, "east")
    np.testing.assert_array_equal(annotation, ids)
    assert set(np.unique(origin[30:])) == {Origin.IMPORTED}
    assert (origin[:30] == Origin.NOBODY).all()
    assert [edit.name for edit in edits] == ["import truth.tif"]
    assert last.fraction == 1.0


def test_an_import_can_be_undone(project, tmp_path):
    truth = write_scene(tmp_path / "truth.tif", class_map(200, 300)[None])
    list(annotate(AnnotateRequest(project, image="east", mask=truth)))
    with closing(Project.open(project)) as opened:
        document = opened.open_document(opened.image("east").id)
        document.undo()
        assert (document.mask.annotation.read(EXTENT) == 255).all()


def test_unknown_colours_leave_what_was_said_before(project, tmp_path):
    first = np.full((200, 300), 2, np.uint8)
    second = np.full((200, 300), 77, np.uint8)
    second[:, :100] = 1
    for ids, name in ((first, "first"), (second, "second")):
        path = colour_png(tmp_path / f"{name}.png", ids)
        list(annotate(AnnotateRequest(project, image="west", mask=path, by="colour")))
    annotation, _, edits = annotation_of(project, "west")
    assert (annotation[:, :100] == 1).all()
    assert (annotation[:, 100:] == 2).all()
    assert len(edits) == 2


def test_a_folder_of_masks_goes_by_stem_and_strangers_are_named(project, tmp_path):
    masks = tmp_path / "masks"
    masks.mkdir()
    ids = {name: class_map(200, 300, seed=k) for k, name in enumerate(("east", "west", "north"))}
    for name, values in ids.items():
        colour_png(masks / f"{name}.png", values)
    steps = list(annotate(AnnotateRequest(project, masks_folder=masks)))
    done = {step.image_name: step.pixels for step in steps if isinstance(step, ImageAnnotated)}
    assert done == {"east.tif": 60_000, "west.tif": 60_000}
    assert any("north.png" in step.text for step in steps if isinstance(step, Notice))
    for name in ("east", "west"):
        np.testing.assert_array_equal(annotation_of(project, name)[0], ids[name])


def test_masks_of_images_of_one_stem_go_to_the_nearest_folder(tmp_path):
    paths = []
    for tile in ("tile 1", "tile 2"):
        for kind in ("images", "masks"):
            (tmp_path / tile / kind).mkdir(parents=True)
        paths.append(write_scene(tmp_path / tile / "images" / "part.tif", paint(class_map(200, 300))))
    colour_png(tmp_path / "tile 2" / "masks" / "part.png", class_map(200, 300, seed=4))
    with closing(Project.create(tmp_path / "project", classes=class_list(), images=paths)) as made:
        second = made.images[1]
    masks = tmp_path / "tile 1" / ".." / "tile 2" / "masks"
    steps = list(annotate(AnnotateRequest(tmp_path / "project", masks_folder=masks)))
    assert [step.image_name for step in steps if isinstance(step, ImageAnnotated)] == [second.name]


def test_a_mask_of_another_size_is_refused_and_nothing_changes(project, tmp_path):
    truth = write_scene(tmp_path / "truth.tif", class_map(100, 300)[None])
    with pytest.raises(RasterError, match=r"300 x 100 pixels, 'east.tif' 300 x 200"):
        list(annotate(AnnotateRequest(project, image="east", mask=truth)))
    assert annotation_of(project, "east")[2] == []


def test_a_mask_that_says_nothing_is_told(project, tmp_path):
    truth = write_scene(tmp_path / "truth.tif", np.full((1, 200, 300), 99, np.uint8))
    steps = list(annotate(AnnotateRequest(project, image="east", mask=truth)))
    assert any("says nothing" in step.text for step in steps if isinstance(step, Notice))


def test_a_height_raster_becomes_the_depth_target(project, tmp_path):
    height = np.linspace(0, 30, 60_000, dtype=np.float32).reshape(200, 300)
    height[0, :5] = -9999
    path = write_scene(tmp_path / "height.tif", height[None], nodata=-9999)
    steps = list(annotate(AnnotateRequest(project, image="east", depth=DepthSource(given=path))))
    (done,) = (step for step in steps if isinstance(step, ImageAnnotated))
    assert (done.kind, done.pixels) == ("depth", 60_000 - 5)
    with closing(Project.open(project, read_only=True)) as opened:
        kept = opened.open_document(opened.image("east").id).mask.depth_target.read(EXTENT)
    assert np.isnan(kept[0, :5]).all()
    np.testing.assert_array_equal(kept[1:], height[1:])


def test_depth_of_three_bands_is_refused(project, tmp_path):
    path = write_scene(tmp_path / "rgb.tif", paint(class_map(200, 300)))
    with pytest.raises(RasterError, match="3 bands"):
        list(annotate(AnnotateRequest(project, image="east", depth=DepthSource(given=path))))


def test_an_unknown_image_is_answered_with_the_nearest_name(project, tmp_path):
    truth = write_scene(tmp_path / "truth.tif", class_map(200, 300)[None])
    with pytest.raises(ProjectError, match=r"did you mean .*east\.tif"):
        list(annotate(AnnotateRequest(project, image="eest.tif", mask=truth)))


def test_a_project_open_in_a_window_is_not_changed_beside_it(project, tmp_path):
    truth = write_scene(tmp_path / "truth.tif", class_map(200, 300)[None])
    with closing(Project.open(project)), pytest.raises(ProjectError, match="open in another window"):
        list(annotate(AnnotateRequest(project, image="east", mask=truth)))
