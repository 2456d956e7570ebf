"""Classes are merged and deleted over all images as one edit, which one undo takes back everywhere."""

from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from segstudio.errors import ProjectError
from segstudio.mask.classes import UNLABELLED, SegmentationClass
from segstudio.mask.history import all_at_once
from segstudio.mask.origin import Origin
from segstudio.project.document import Document
from segstudio.project.project import Project
from segstudio.raster.window import Window

EXTENT = Window(0, 0, 700, 600)
LEFT, RIGHT = Window(480, 10, 60, 40), Window(600, 300, 50, 50)


def everything(document: Document) -> np.ndarray:
    return np.stack([document.mask.annotation.read(EXTENT), document.mask.origin.read(EXTENT)])


def fill(document: Document, window: Window, class_id: int) -> None:
    document.apply_edit("fill", "fill", window, np.full(window.shape, class_id, np.uint8), None)


def remove(document: Document, class_id: int, into: int | None = None):
    return all_at_once(document.remove_class_steps(class_id, into))


@pytest.fixture
def two(project, new_image) -> tuple[Document, Document]:
    """Two images with pixels of the classes 1 and 2."""
    documents = (
        project.open_document(1),
        project.open_document(project.add_image(new_image("b.tif", seed=2)).id),
    )
    for document in documents:
        fill(document, LEFT, 1)
        fill(document, RIGHT, 2)
    return documents


@pytest.mark.parametrize("into", [2, None])
def test_one_undo_takes_it_back_in_all_images_and_in_the_list(project, two, into, reopened):
    before, classes = [everything(each) for each in two], project.classes
    two[1].close()  # an image that is not open has its part too
    assert remove(two[0], 1, into).counts == ({1: -LEFT.area} | ({into: LEFT.area} if into else {}))
    after = everything(two[0])
    said = UNLABELLED if into is None else into
    assert (after[0][LEFT.slices_in(EXTENT)] == said).all()
    assert (after[1][LEFT.slices_in(EXTENT)] == (Origin.NOBODY if into is None else Origin.TOOL)).all()
    assert 1 not in project.classes.ids
    again = reopened(project)
    assert again.classes.ids == (0, 2)
    first, second = again.open_document(1), again.open_document(2)
    assert 1 not in first.counts() and 1 not in second.counts()
    first.undo()
    assert [everything(first).tolist(), everything(second).tolist()] == [each.tolist() for each in before]
    assert set(again.classes) == set(classes)
    assert second.counts() == second.mask.counts() == {1: LEFT.area, 2: RIGHT.area}
    second.redo()
    np.testing.assert_array_equal(everything(first), after)
    assert 1 not in again.classes.ids


def test_an_image_with_newer_edits_keeps_its_part_until_they_are_taken_back(project, two):
    first, second = two
    before = everything(second)
    remove(first, 1, 2)
    fill(second, Window(0, 0, 9, 9), 0)
    first.undo()
    assert first.counts() == {1: LEFT.area, 2: RIGHT.area}
    assert second.counts()[2] == LEFT.area + RIGHT.area
    assert 1 in project.classes.ids
    second.undo()
    second.undo()
    np.testing.assert_array_equal(everything(second), before)


def test_a_class_nobody_used_is_removed_and_comes_back_too(project, two):
    remove(two[0], 0)
    assert project.classes.ids == (1, 2)
    two[0].undo()
    assert set(project.classes.ids) == {0, 1, 2}
    two[0].redo()
    assert project.classes.ids == (1, 2)


def test_pixels_that_an_undo_brings_back_have_their_class(project, two):
    for document in two:
        fill(document, LEFT, 2)
    project.set_classes(project.classes.without(1))
    added = SegmentationClass(project.free_class_id, "pond", "#123456")
    assert added.id == 3
    project.set_classes(project.classes.with_class(added))
    two[0].undo()
    assert project.classes.by_id(1).name == "water"
    assert two[0].counts()[1] == LEFT.area


def test_a_name_taken_meanwhile_gets_a_number(project, two):
    remove(two[0], 1, 2)
    project.set_classes(project.classes.with_class(SegmentationClass(3, "Water", "#123456")))
    two[0].undo()
    assert project.classes.by_id(1).name == "water 2"


def test_what_cannot_be_merged_is_said(project, two):
    with pytest.raises(ProjectError, match="no class with the id 9"):
        remove(two[0], 9)
    with pytest.raises(ProjectError, match="into itself"):
        remove(two[0], 1, 1)
    project.set_classes(project.classes.with_class(replace(project.classes.by_id(1), locked=True)))
    with pytest.raises(ProjectError, match="'water' is locked"):
        remove(two[0], 1, 2)


def test_a_prediction_of_a_class_removed_since_is_not_accepted(two):
    document = two[0]
    document.set_prediction(EXTENT, np.full(EXTENT.shape, 1, np.uint8), None, None, "v1")
    remove(document, 1, 2)
    assert document.accept_prediction(EXTENT) is None


class TestStepByStep:
    @pytest.fixture(params=["accept", "merge", "undo", "go to"])
    def steps(self, request, two):
        document = two[0]
        if request.param == "accept":
            document.set_prediction(EXTENT, np.full(EXTENT.shape, 2, np.uint8), None, None, "v1")
            return document.accept_steps(EXTENT)
        if request.param == "merge":
            return document.remove_class_steps(1, 2)
        fill(document, EXTENT, 0)
        return document.undo_steps() if request.param == "undo" else document.go_to_steps(0)

    def test_closed_half_way_it_leaves_no_trace(self, project, two, steps, reopened):
        document = two[0]
        before, entries, classes = everything(document), document.edits(), project.classes
        with closing(steps):
            next(steps)
            next(steps)
        np.testing.assert_array_equal(everything(document), before)
        assert (document.edits(), project.classes) == (entries, classes)
        again = reopened(project).open_document(1)
        np.testing.assert_array_equal(everything(again), before)

    def test_nothing_else_is_changed_meanwhile(self, project, two, steps):
        next(steps)
        for change in (
            lambda: two[0].begin_stroke("brush", 0),
            lambda: two[1].accept_prediction(EXTENT),
            lambda: project.set_setting("a", 1),
            two[0].undo,
        ):
            with pytest.raises(ProjectError, match="still being written"):
                change()
        steps.close()
        project.set_setting("a", 1)

    def test_each_step_is_one_chunk_and_the_end_is_durable(self, project, two, steps):
        seen = list(steps)
        assert 1 <= len(seen) <= 20
        after = everything(two[0])
        with Project.open(project.folder, read_only=True) as beside:
            np.testing.assert_array_equal(everything(beside.open_document(1)), after)
