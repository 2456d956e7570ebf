"""A document keeps every correction, and takes every one of them back exactly."""

import sqlite3

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine

from segstudio.errors import ProjectError
from segstudio.mask import edits
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.origin import Origin
from segstudio.mask.packing import pack
from segstudio.project import open_mask
from segstudio.project.document import Document
from segstudio.project.project import Project
from segstudio.raster.window import Window

EXTENT = Window(0, 0, 700, 600)
CORNER = Window(10, 20, 40, 30)
ACROSS = Window(450, 440, 130, 140)
seeds = st.integers(0, 2**32 - 1)
with_files = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def document(project) -> Document:
    return project.open_document(project.images[0].id)


@pytest.fixture(params=[1, 512])
def loaded_chunks(request, monkeypatch) -> None:
    """Whether chunks leave memory must not show."""
    monkeypatch.setattr(open_mask, "_LOADED_CHUNKS", request.param)
    monkeypatch.setattr(edits, "OPEN_CHUNKS", request.param)


def everything(document: Document) -> np.ndarray:
    return np.stack([document.mask.annotation.read(EXTENT), document.mask.origin.read(EXTENT)])


def all_of(window: Window) -> np.ndarray:
    return np.ones(window.shape, bool)


def fill(document: Document, window: Window, class_id: int) -> None:
    document.apply_edit("fill", "fill", window, np.full(window.shape, class_id, np.uint8), None)


def stroke(document: Document, window: Window, class_id: int) -> object:
    document.begin_stroke("brush", class_id)
    document.paint(window, all_of(window))
    return document.end_stroke()


def random_edit(document: Document, seed: int) -> object:
    rng = np.random.default_rng(seed)
    col, row = (int(value) for value in rng.integers(-50, 600, 2))
    window = Window(col, row, *(int(value) for value in rng.integers(1, 300, 2)))
    where = rng.random(window.shape) < rng.choice([0.02, 0.6])
    kind = int(rng.integers(0, 5))
    if kind == 0:
        values = rng.integers(0, 3, window.shape, dtype=np.uint8)
        return document.apply_edit("import", "import", window, values, where, Origin.IMPORTED)
    if kind == 1:
        return document.accept_prediction(window)
    if kind == 2:
        return document.clear_annotation(window)
    document.begin_stroke("brush", int(rng.choice([0, 1, UNLABELLED])))
    document.paint(window, where)
    document.paint(window.shifted(20, 10), where)
    return document.end_stroke()


@pytest.mark.usefixtures("loaded_chunks")
class TestUndo:
    @with_files
    @given(st.lists(seeds, min_size=1, max_size=5), st.data())
    def test_undo_and_redo_walk_along_exact_states_also_after_reopening(
        self, project, fresh_document, batch, data
    ):
        document = fresh_document()
        predicted = np.random.default_rng(batch[0]).integers(0, 3, EXTENT.shape, dtype=np.uint8)
        document.set_prediction(EXTENT, predicted, None, None, "v1")
        blank = everything(document)
        states = [blank]
        for seed in batch:
            if random_edit(document, seed):
                states.append(everything(document))
        document.close()
        document = project.open_document(document.image_id)
        np.testing.assert_array_equal(everything(document), states[-1])
        position = len(states) - 1
        for back in data.draw(st.lists(st.booleans(), max_size=8)):
            target = position - 1 if back else position + 1
            assert (document.can_undo if back else document.can_redo) == (0 <= target < len(states))
            moved = document.undo() if back else document.redo()
            assert (moved is not None) == (0 <= target < len(states))
            position = target if moved else position
            np.testing.assert_array_equal(everything(document), states[position])
        assert document.counts() == document.mask.counts()
        while document.undo():
            pass
        np.testing.assert_array_equal(everything(document), blank)
        assert document.counts() == {}

    def test_nothing_remains_on_disk_of_a_mask_taken_back(self, project, document):
        fill(document, EXTENT, 1)
        document.undo()
        project.close()
        with sqlite3.connect(project.folder / "project.db") as database:
            assert database.execute("SELECT count(*) FROM annotation_chunks").fetchone() == (0,)
            assert database.execute("SELECT count(*) FROM journal").fetchone() == (1,)
        database.close()


def test_undo_and_redo_survive_a_restart(project, document, reopened):
    for class_id in (0, 1, 2):
        fill(document, CORNER.shifted(10 * class_id, 0), class_id)
    whole = everything(document)
    document.undo()
    document.undo()
    again = reopened(project).open_document(1)
    assert (again.can_undo, again.can_redo, again.undo_name) == (True, True, "fill")
    again.redo()
    again.redo()
    np.testing.assert_array_equal(everything(again), whole)
    assert again.redo() is None


def test_a_new_edit_forgets_what_was_undone(document):
    fill(document, CORNER, 0)
    fill(document, CORNER, 1)
    document.undo()
    fill(document, ACROSS, 2)
    assert not document.can_redo
    assert [edit.counts for edit in document.edits()] == [{0: CORNER.area}, {2: ACROSS.area}]


def test_ids_of_edits_only_grow(document):
    fill(document, CORNER, 0)
    first = document.edits()[-1].id
    document.undo()
    fill(document, CORNER, 1)
    assert document.edits()[-1].id > first


def test_a_stroke_is_on_disk_when_it_ends(project, document):
    edit = stroke(document, CORNER, 1)
    beside = sqlite3.connect(project.folder / "project.db")
    journal = beside.execute("SELECT id, tool, class_id FROM journal").fetchall()
    changes = beside.execute("SELECT count(*) FROM journal_changes").fetchone()
    beside.close()
    assert journal == [(edit.id, "brush", 1)]
    assert changes == (1,)


def test_strokes_are_committed_with_full_synchronisation(document):
    database = document._store.database
    assert database.row("PRAGMA journal_mode") == ("wal",)
    assert database.row("PRAGMA synchronous") == (2,)
    assert database.row("PRAGMA foreign_keys") == (1,)


def test_a_cancelled_stroke_leaves_no_trace(document):
    fill(document, ACROSS, 0)
    before = everything(document)
    document.begin_stroke("brush", 1)
    document.paint(ACROSS.shifted(5, 5), all_of(ACROSS))
    document.cancel_stroke()
    np.testing.assert_array_equal(everything(document), before)
    assert len(document.edits()) == 1


def test_painting_without_a_stroke_is_a_bug(document):
    with pytest.raises(RuntimeError, match="begin_stroke"):
        document.paint(CORNER, all_of(CORNER))


def test_a_stroke_begun_while_another_is_open_ends_that_one(document):
    document.begin_stroke("brush", 0)
    document.paint(CORNER, all_of(CORNER))
    document.begin_stroke("brush", 1)
    assert document.counts() == {0: CORNER.area}


def test_an_unknown_class_is_refused(document):
    with pytest.raises(ProjectError, match="no class with the id 77"):
        document.begin_stroke("brush", 77)


def test_undo_during_a_stroke_takes_this_stroke_back(document):
    document.begin_stroke("brush", 0)
    document.paint(CORNER, all_of(CORNER))
    assert document.can_undo
    assert document.undo() == CORNER
    assert document.counts() == {}


def test_origin_says_who_set_a_pixel(document):
    document.set_prediction(EXTENT, np.full(EXTENT.shape, 2, np.uint8), None, None, "v1")
    stroke(document, CORNER, 1)
    fill(document, CORNER.shifted(50, 0), 0)
    document.accept_prediction(CORNER.padded(60))
    origin = document.mask.origin.read(EXTENT)
    assert (origin[CORNER.slices_in(EXTENT)] == Origin.BRUSH).all()
    assert (origin[CORNER.shifted(50, 0).slices_in(EXTENT)] == Origin.TOOL).all()
    assert origin[5, 5] == Origin.ACCEPTED
    document.begin_stroke("eraser", UNLABELLED)
    document.paint(CORNER, all_of(CORNER))
    document.end_stroke()
    assert (document.mask.origin.read(CORNER) == Origin.NOBODY).all()


class TestPredictionAndAnnotation:
    @with_files
    @given(seeds, seeds)
    def test_a_prediction_never_changes_what_a_person_set(self, fresh_document, first, second):
        document = fresh_document()
        random_edit(document, first)
        before = everything(document)
        rng = np.random.default_rng(second)
        window = Window(int(rng.integers(-20, 600)), int(rng.integers(-20, 500)), 150, 90)
        predicted = rng.integers(0, 3, window.shape, dtype=np.uint8)
        document.set_prediction(window, predicted, None, None, "v1")
        np.testing.assert_array_equal(everything(document), before)
        shown, said = document.mask.shown(EXTENT), before[0]
        np.testing.assert_array_equal(shown[said != UNLABELLED], said[said != UNLABELLED])
        inside = window.intersection(EXTENT)
        cut, silent = inside.slices_in(EXTENT), said[inside.slices_in(EXTENT)] == UNLABELLED
        np.testing.assert_array_equal(shown[cut][silent], predicted[inside.slices_in(window)][silent])

    def test_accepting_says_yes_only_where_nobody_has_spoken(self, document):
        document.set_prediction(EXTENT, np.full(EXTENT.shape, 2, np.uint8), None, None, "v7")
        stroke(document, CORNER, 1)
        edit = document.accept_prediction(CORNER.padded(5))
        assert edit is not None
        assert edit.counts == {2: CORNER.padded(5).area - CORNER.area}
        assert edit.version_id == document.edits()[-1].version_id == "v7"
        assert (document.mask.annotation.read(CORNER) == 1).all()
        document.undo()
        assert document.counts() == {1: CORNER.area}

    def test_accepting_where_nothing_is_predicted_is_no_edit(self, document):
        assert document.accept_prediction(EXTENT) is None
        assert not document.can_undo

    def test_pixels_of_no_data_are_not_accepted(self, document):
        document.set_prediction(CORNER, np.full(CORNER.shape, UNLABELLED, np.uint8), None, None, "v1")
        assert document.accept_prediction(CORNER) is None


class TestLockedClasses:
    @pytest.fixture(autouse=True)
    def lock_water(self, project, document):
        fill(document, CORNER, 1)
        document.set_prediction(ACROSS, np.full(ACROSS.shape, 1, np.uint8), None, None, "v1")
        entry = project.classes.by_id(1)
        locked = type(entry)(entry.id, entry.name, entry.colour, locked=True)
        project.set_classes(project.classes.with_class(locked))

    @pytest.mark.parametrize("class_id", [0, UNLABELLED])
    def test_neither_brush_nor_eraser_touch_them(self, document, class_id):
        stroke(document, CORNER.padded(3), class_id)
        assert (document.mask.annotation.read(CORNER) == 1).all()

    def test_they_are_safe_where_they_are_only_predicted(self, document):
        fill(document, ACROSS.padded(3), 0)
        assert (document.mask.shown(ACROSS) == 1).all()
        assert document.counts()[0] == ACROSS.padded(3).area - ACROSS.area

    def test_they_can_still_be_painted_and_accepted(self, document):
        stroke(document, CORNER.shifted(100, 0), 1)
        document.accept_prediction(ACROSS)
        assert document.counts() == {1: 2 * CORNER.area + ACROSS.area}


class TestImport:
    def test_a_mask_is_imported_strip_by_strip_as_one_edit(self, document):
        rng = np.random.default_rng(3)
        truth = rng.integers(0, 4, EXTENT.shape, dtype=np.uint8)
        truth[truth == 3] = UNLABELLED
        strips = [Window(0, row, 700, min(70, 600 - row)) for row in range(0, 600, 70)]
        blocks = [(strip, truth[strip.slices_in(EXTENT)], None) for strip in strips]
        edit = document.apply_blocks("import", "import", iter(blocks), Origin.IMPORTED)
        np.testing.assert_array_equal(document.mask.annotation.read(EXTENT), truth)
        np.testing.assert_array_equal(
            document.mask.origin.read(EXTENT) == Origin.IMPORTED, truth != UNLABELLED
        )
        assert document.counts() == edit.counts == document.mask.counts()
        document.undo()
        assert document.mask.counts() == {}

    def test_an_import_that_fails_half_way_leaves_nothing(self, document):
        fill(document, CORNER, 1)
        before = everything(document)

        def broken():
            yield Window(0, 0, 700, 300), 0, None
            raise OSError("the mask file ends here")

        with pytest.raises(OSError, match="ends here"):
            document.apply_blocks("import", "import", broken(), Origin.IMPORTED)
        np.testing.assert_array_equal(everything(document), before)
        assert document.counts() == {1: CORNER.area}
        assert document.undo() == CORNER


class TestFullDisk:
    def test_a_stroke_that_finds_no_room_says_so_and_the_mask_is_as_on_disk(self, document):
        fill(document, CORNER, 1)
        before = everything(document)
        database = document._store.database
        pages = database.row("PRAGMA page_count")[0]
        database.execute(f"PRAGMA max_page_count={pages + 2}")
        noise = np.random.default_rng(0).integers(0, 3, EXTENT.shape, dtype=np.uint8)
        with pytest.raises(ProjectError, match="no room left on the disk"):
            document.apply_edit("fill", "fill", EXTENT, noise, None)
        np.testing.assert_array_equal(everything(document), before)
        database.execute("PRAGMA max_page_count=100000")
        assert document.apply_edit("fill", "fill", EXTENT, noise, None) is not None
        document.undo()
        np.testing.assert_array_equal(everything(document), before)


class TestDamage:
    @pytest.mark.parametrize("content", [b"", b"ZB", pack(np.zeros((3, 3), np.uint8)), b"\xff" * 300])
    def test_a_damaged_chunk_is_left_out_and_the_rest_is_shown(self, project, document, content, caplog):
        fill(document, EXTENT, 1)
        document.close()
        column = "annotation = ?, overview"
        sql = f"UPDATE annotation_chunks SET {column} = ? WHERE row = 0 AND col = 0"
        project._store.database.execute(sql, (content, content))
        again = project.open_document(1)
        for step in (8, 1):
            shown = again.mask.shown(EXTENT, step)
            assert (shown[: 512 // step, : 512 // step] == UNLABELLED).all()
            assert (shown[:, 512 // step :] == 1).all()
        assert "left out" in caplog.text

    @pytest.mark.parametrize("content", [b"", b"\x01\x00" + b"\xff" * 60])
    def test_a_damaged_step_is_said_and_changes_nothing(self, document, content):
        fill(document, EXTENT, 1)
        before = everything(document)
        sql = "UPDATE journal_changes SET change = ? WHERE row = 1"
        document._store.database.execute(sql, (content,))
        with pytest.raises(ProjectError, match=r"step 1 of the history is damaged"):
            document.undo()
        np.testing.assert_array_equal(everything(document), before)
        assert document.can_undo

    def test_a_step_of_another_place_is_refused(self, document):
        fill(document, Window(0, 0, 20, 20), 1)
        fill(document, EXTENT, 0)
        moved = (
            "UPDATE OR REPLACE journal_changes SET row = 1, col = 1 WHERE edit_id = 2 AND row = 0 AND col = 0"
        )
        document._store.database.execute(moved)
        with pytest.raises(ProjectError, match="is damaged"):
            document.undo()


class TestReview:
    def test_tiles_and_then_the_image_are_done(self, project, document):
        document.set_tile_state(Window(0, 0, 512, 512), "done")
        assert document.tile_state(0, 0) == "done"
        assert document.tile_state(0, 1) == "new"
        assert project.images[0].state == "started"
        document.set_tile_state(EXTENT, "done")
        assert project.images[0].state == "done"
        document.set_tile_state(Window(512, 0, 188, 512), "new")
        assert project.images[0].state == "started"

    def test_a_tile_covered_in_part_is_not_done(self, document):
        document.set_tile_state(Window(0, 0, 700, 511), "done")
        assert document.tile_states() == {}

    def test_review_survives_reopening(self, project, document, reopened):
        document.set_tile_state(Window(512, 512, 188, 88), "done")
        assert reopened(project).open_document(1).tile_states() == {(1, 1): "done"}


class TestSnapshots:
    def test_a_snapshot_never_changes(self, document):
        fill(document, ACROSS, 1)
        taken = document.annotation_snapshot()
        before = everything(document)
        fill(document, EXTENT, 2)
        np.testing.assert_array_equal(taken.annotation.read(EXTENT), before[0])
        np.testing.assert_array_equal(taken.origin.read(EXTENT), before[1])
        assert (taken.info, taken.name, taken.depth_target) == (document.info, "scene.tif", None)

    def test_snapshots_of_all_images_are_read_beside_the_open_project(self, project, document, new_image):
        other = project.add_image(new_image("other.tif", seed=5))
        fill(document, CORNER, 1)
        document.begin_stroke("brush", 0)
        document.paint(ACROSS, all_of(ACROSS))
        first, second = project.annotation_snapshots()
        assert (first.image_id, second.image_id) == (1, other.id)
        assert (first.annotation.read(CORNER) == 1).all()
        assert (first.annotation.read(ACROSS) == UNLABELLED).all()
        assert second.annotation.written_chunks() == []

    def test_a_missing_image_stops_snapshots_only_if_someone_spoke_about_it(
        self, project, document, new_image
    ):
        other = new_image("other.tif", seed=5)
        project.add_image(other)
        other.unlink()
        assert [taken.name for taken in project.annotation_snapshots()] == ["scene.tif"]
        fill(document, CORNER, 1)
        new_image("scene.tif", seed=99)
        with pytest.raises(ProjectError, match="has changed"):
            project.annotation_snapshots()

    def test_depth_targets_travel_with_the_snapshot(self, project, document, reopened):
        depth = np.full(ACROSS.shape, np.nan, np.float32)
        depth[5:9, 5:9] = 12.5
        document.set_depth_target(ACROSS, depth)
        taken = reopened(project).open_document(1).annotation_snapshot()
        np.testing.assert_array_equal(taken.depth_target.read(ACROSS), depth)
        np.testing.assert_array_equal(project.annotation_snapshots()[0].depth_target.read(ACROSS), depth)


def test_a_scene_of_forty_thousand_pixels_a_side_costs_what_was_painted(tmp_path, classes):
    path = tmp_path / "huge.tif"
    tiled = {"tiled": True, "blockxsize": 512, "blockysize": 512, "sparse_ok": True}
    shape = {"width": 40_000, "height": 40_000, "count": 1, "dtype": "uint8", "crs": "EPSG:3857"}
    place = Affine(1, 0, 500, 0, -1, 500)
    rasterio.open(path, "w", driver="GTiff", transform=place, **shape, **tiled).close()
    with Project.create(tmp_path / "p", classes=classes, images=[path]) as project:
        document = project.open_document(1)
        fill(document, Window(39_000, 39_000, 1000, 1000), 1)
        assert document.mask.shown(document.mask.extent, 64).shape == (625, 625)
        assert document.undo() == Window(39_000, 39_000, 1000, 1000)
        assert document.mask.annotation.written_chunks() == []
