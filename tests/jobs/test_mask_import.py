"""A mask becomes one edit of an open image, block by block, and leaves no trace when it is given up."""

import json
import threading
from contextlib import closing

import numpy as np
import pytest
import rasterio
from known_scenes import COLOURS, NAMES, class_map, paint, write_scene
from rasterio.transform import Affine

from segstudio.errors import RasterError
from segstudio.jobs import mask_import
from segstudio.jobs.annotate import AnnotateRequest, annotate
from segstudio.jobs.mask_files import MaskFile
from segstudio.jobs.mask_import import MaskImport, mask_classes
from segstudio.jobs.steps import Progress
from segstudio.mask.classes import ClassList
from segstudio.mask.history import all_at_once
from segstudio.mask.origin import Origin
from segstudio.project.project import Project

HEIGHT, WIDTH = 1100, 1300


@pytest.fixture
def project(tmp_path):
    classes = ClassList.from_json(
        json.dumps([{"id": k, "name": NAMES[k], "colour": COLOURS[k]} for k in COLOURS])
    )
    image = write_scene(tmp_path / "town.tif", paint(class_map(HEIGHT, WIDTH)))
    with closing(Project.create(tmp_path / "project", classes=classes, images=[image])) as made:
        yield made


@pytest.fixture
def document(project):
    with closing(project.open_document(1)) as opened:
        yield opened


@pytest.fixture
def truth(tmp_path):
    """Class ids in most places, silence in the first rows."""
    ids = class_map(HEIGHT, WIDTH, seed=9)
    ids[:600] = 255
    return write_scene(tmp_path / "truth.tif", ids[None]), ids


def imported(document, project, path):
    said = MaskImport(path, project.classes)
    return said, all_at_once(said.steps(document))


def readers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("segstudio-mask")]


def test_a_mask_is_one_edit_that_can_be_undone(project, document, truth):
    path, ids = truth
    said, edit = imported(document, project, path)
    np.testing.assert_array_equal(document.mask.annotation.read(document.info.extent), ids)
    origins = document.mask.origin.read(document.info.extent)
    assert (origins[600:] == Origin.IMPORTED).all() and (origins[:600] == Origin.NOBODY).all()
    assert said.pixels == sum(edit.counts.values()) == (ids != 255).sum()
    assert [entry.name for entry in document.edits()] == ["import truth.tif"]
    document.undo()
    assert document.mask.annotation.written_chunks() == []
    assert readers() == []


def test_an_import_given_up_leaves_no_trace_and_no_thread(project, document, truth):
    steps = MaskImport(truth[0], project.classes).steps(document)
    while next(steps).is_empty:
        pass
    assert document.mask.annotation.written_chunks()
    steps.close()
    assert document.mask.annotation.written_chunks() == [] and document.edits() == []
    assert readers() == []


def test_the_reader_never_runs_far_ahead(project, document, truth, monkeypatch):
    monkeypatch.setattr(mask_import, "_AHEAD", 1)
    read = []
    blocks = MaskFile.blocks

    def watched(mask):
        for block in blocks(mask):
            read.append(block[0])
            yield block

    monkeypatch.setattr(MaskFile, "blocks", watched)
    steps = MaskImport(truth[0], project.classes).steps(document)
    next(steps)
    steps.close()
    assert len(read) < 9


def test_what_breaks_in_the_reader_is_heard(project, document, truth, monkeypatch):
    def broken(mask):
        raise KeyError("a bug")

    monkeypatch.setattr(MaskFile, "blocks", broken)
    with pytest.raises(KeyError, match="a bug"):
        imported(document, project, truth[0])
    assert readers() == [] and document.edits() == []


def test_blocks_are_the_strips_in_squares(project, truth):
    with MaskFile(truth[0], mask_classes(project.classes)) as mask:
        found = np.full((HEIGHT, WIDTH), 7, np.uint8)
        for window, ids in mask.blocks():
            assert window.width <= 512 and window.height <= 512
            found[window.slices_in(mask.info.extent)] = ids
    np.testing.assert_array_equal(found, truth[1])


def moved(path, *, crs=None, east_m=0.0):
    with rasterio.open(path, "r+") as dataset:
        a, b, left, *rest = dataset.transform[:6]
        dataset.transform = Affine(a, b, left + east_m, *rest)
        if crs:
            dataset.crs = crs
    return path


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"east_m": 30.0}, "lies [0-9.]+ pixels beside 'town.tif'"),
        ({"crs": "EPSG:32651"}, "different coordinate"),
    ],
)
def test_a_mask_from_elsewhere_is_refused(project, document, truth, change, sentence):
    with pytest.raises(RasterError, match=sentence):
        imported(document, project, moved(truth[0], **change))
    assert document.edits() == []


def test_a_mask_a_rounding_beside_the_image_fits(project, document, truth):
    imported(document, project, moved(truth[0], east_m=1e-6))
    assert len(document.edits()) == 1


def test_the_command_line_tells_how_far_it_is_and_can_be_stopped(project, truth):
    folder = project.folder
    project.close()
    steps = annotate(AnnotateRequest(folder, image="town", mask=truth[0]))
    first = next(step for step in steps if isinstance(step, Progress))
    assert 0 < first.done < first.total == HEIGHT
    steps.close()
    with closing(Project.open(folder)) as again, closing(again.open_document(1)) as document:
        assert document.edits() == [] and document.mask.annotation.written_chunks() == []
