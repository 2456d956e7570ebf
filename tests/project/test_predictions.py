"""Predictions are seen at once, reach the disk by and by, and an error on the way is never lost."""

import sqlite3
import threading

import numpy as np
import pytest

from segstudio.errors import ProjectError
from segstudio.mask.classes import UNLABELLED
from segstudio.project import open_mask, prediction_writer
from segstudio.project.database import Database
from segstudio.project.prediction_entries import PredictionChunk
from segstudio.project.prediction_writer import PredictionWriter
from segstudio.project.predictions import PredictionStore
from segstudio.project.reader import ProjectReader
from segstudio.raster.window import Window

EXTENT = Window(0, 0, 700, 600)
STRIP = Window(0, 200, 700, 300)


def some_prediction(window: Window, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    class_ids = rng.integers(0, 3, window.shape, dtype=np.uint8)
    doubt = rng.integers(0, 256, window.shape, dtype=np.uint8)
    return class_ids, doubt, rng.normal(size=window.shape).astype(np.float16)


def chunk(value: int, version_id: str = "v1", *, depth: bool = False) -> PredictionChunk:
    plane = np.full((512, 512), value, np.uint8)
    return PredictionChunk(plane, plane, plane.astype(np.float16) if depth else None, version_id)


@pytest.fixture
def document(project):
    return project.open_document(1)


@pytest.fixture
def store(tmp_path):
    made = PredictionStore(tmp_path / "predictions.db")
    yield made
    made.close()


def assert_holds(document, window, class_ids, doubt, depth):
    np.testing.assert_array_equal(document.mask.prediction.read(window), class_ids)
    np.testing.assert_array_equal(document.mask.doubt.read(window), doubt)
    np.testing.assert_array_equal(document.mask.depth.read(window), depth)


@pytest.mark.parametrize("loaded_chunks", [1, 512])
def test_a_prediction_is_there_at_once_and_after_reopening(project, reopened, monkeypatch, loaded_chunks):
    monkeypatch.setattr(open_mask, "_LOADED_CHUNKS", loaded_chunks)
    monkeypatch.setattr(open_mask, "_LOADED_DEPTH", loaded_chunks)
    document, said = project.open_document(1), some_prediction(STRIP)
    assert document.set_prediction(STRIP, *said, "v1") == STRIP
    assert_holds(document, STRIP, *said)
    again = reopened(project).open_document(1)
    assert_holds(again, STRIP, *said)
    assert (again.mask.prediction.read(Window(0, 0, 700, 200)) == UNLABELLED).all()


def test_strips_that_share_chunks_are_put_together(document, project, reopened):
    class_ids, doubt, depth = some_prediction(EXTENT)
    for row in range(0, 600, 90):
        strip = Window(0, row, 700, min(90, 600 - row))
        cut = strip.slices_in(EXTENT)
        document.set_prediction(strip, class_ids[cut], doubt[cut], depth[cut], "v1")
    assert_holds(reopened(project).open_document(1), EXTENT, class_ids, doubt, depth)


def test_an_overview_shows_what_is_still_on_its_way(project, document, monkeypatch):
    class_ids, doubt, depth = some_prediction(EXTENT)
    document.set_prediction(EXTENT, class_ids, doubt, depth, "v1")
    document.close()
    again = project.open_document(1)
    np.testing.assert_array_equal(again.mask.prediction.read(EXTENT, step=8), class_ids[::8, ::8])
    project.flush()
    np.testing.assert_array_equal(
        project.open_document(1).mask.doubt.read(EXTENT, step=16), doubt[::16, ::16]
    )


def test_a_prediction_without_depth_takes_the_old_depth_away(document, project, reopened):
    class_ids, doubt, depth = some_prediction(EXTENT)
    document.set_prediction(EXTENT, class_ids, doubt, depth, "v1")
    document.set_prediction(STRIP, class_ids[STRIP.slices_in(EXTENT)], None, None, "v2")
    again = reopened(project).open_document(1)
    assert np.isnan(again.mask.depth.read(STRIP)).all()
    assert (again.mask.doubt.read(STRIP) == 0).all()
    assert not np.isnan(again.mask.depth.read(Window(0, 0, 700, 200))).any()


def test_a_cleared_prediction_is_gone_for_good(document, project, reopened):
    document.set_prediction(STRIP, *some_prediction(STRIP), "v1")
    document.flush()
    assert document.clear_prediction() == EXTENT
    assert (document.mask.prediction.read(EXTENT) == UNLABELLED).all()
    document.set_prediction(Window(0, 0, 5, 5), np.zeros((5, 5), np.uint8), None, None, "v2")
    again = reopened(project).open_document(1)
    assert again.mask.prediction.written_chunks() == [(0, 0)]
    assert (again.mask.prediction.read(Window(0, 0, 5, 5)) == 0).all()


def test_predictions_are_not_in_the_file_of_what_people_said(document, project):
    document.set_prediction(STRIP, *some_prediction(STRIP), "v1")
    project.close()
    with sqlite3.connect(project.folder / "project.db") as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    database.close()
    assert "prediction_chunks" not in names
    (project.folder / "predictions.db").unlink()


def test_a_thrown_away_file_is_made_again(document, project, reopened):
    document.set_prediction(STRIP, *some_prediction(STRIP), "v1")
    project.close()
    (project.folder / "predictions.db").unlink()
    again = reopened(project).open_document(1)
    assert again.mask.prediction.written_chunks() == []


def test_the_queue_keeps_one_entry_per_chunk_the_newest(store):
    for value in range(50):
        store.put(1, (0, 0), chunk(value))
    assert store.backlog <= 2
    assert store.source(1, "prediction").load(0, 0)[0, 0] == 49
    store.flush()
    assert store.backlog == 0
    assert store.source(1, "prediction").load(0, 0)[0, 0] == 49


def test_images_do_not_mix(store):
    store.put(1, (0, 0), chunk(1))
    store.put(2, (0, 0), chunk(2, "v2"))
    store.clear(1)
    store.flush()
    assert store.source(1, "prediction").keys() == []
    assert store.source(2, "prediction").keys() == [(0, 0)]
    assert store.versions(2) == {(0, 0): "v2"}


def test_planes_a_model_does_not_know_have_no_chunks(store):
    store.put(1, (0, 0), chunk(1))
    store.put(1, (0, 1), chunk(1, depth=True))
    assert store.source(1, "depth").keys() == [(0, 1)]
    store.flush()
    assert store.source(1, "depth").keys() == [(0, 1)]
    assert store.source(1, "depth").load(0, 0) is None
    assert list(store.source(1, "depth").overviews()) == [(0, 1)]


def test_with_much_waiting_chunks_are_stored_in_haste_but_rightly(store, monkeypatch):
    monkeypatch.setattr(prediction_writer, "_QUICK_FROM", 0)
    noise = np.random.default_rng(0).integers(0, 256, (512, 512), dtype=np.uint8)
    for col in range(40):
        store.put(1, (0, col), PredictionChunk(noise, noise, None, "v1"))
    store.flush()
    np.testing.assert_array_equal(store.source(1, "doubt").load(0, 39), noise)


class SmallDisk(Database):
    """A database on a disk with room for little; `grow` makes more."""

    pages = 12

    def execute(self, sql, values=()):
        if sql.startswith("BEGIN"):
            super().execute(f"PRAGMA max_page_count={self.pages}")
        return super().execute(sql, values)


def test_an_error_while_writing_is_said_at_the_next_call_and_nothing_is_lost(store, tmp_path, monkeypatch):
    monkeypatch.setattr(prediction_writer, "Database", SmallDisk)
    monkeypatch.setattr(SmallDisk, "pages", 12)
    noise = np.random.default_rng(0).integers(0, 256, (512, 512), dtype=np.uint8)
    store.put(1, (0, 0), PredictionChunk(noise, noise, None, "v1"))
    with pytest.raises(ProjectError, match="no room left on the disk"):
        store.flush()
    np.testing.assert_array_equal(store.source(1, "doubt").load(0, 0), noise)
    assert store.backlog == 1
    monkeypatch.setattr(SmallDisk, "pages", 10_000)
    store.flush()
    assert store.backlog == 0
    np.testing.assert_array_equal(store.source(1, "doubt").load(0, 0), noise)


def test_a_writer_that_cannot_finish_says_so_on_closing(tmp_path, monkeypatch):
    monkeypatch.setattr(prediction_writer, "Database", SmallDisk)
    monkeypatch.setattr(SmallDisk, "pages", 12)
    store = PredictionStore(tmp_path / "predictions.db")
    noise = np.random.default_rng(0).integers(0, 256, (512, 512), dtype=np.uint8)
    store.put(1, (0, 0), PredictionChunk(noise, noise, None, "v1"))
    with pytest.raises(ProjectError, match="no room left"):
        store.close()
    assert "predictions" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_writer_that_breaks_leaves_nobody_waiting(tmp_path, monkeypatch):
    def broken(*_args, **_settings):
        raise RuntimeError("a bug")

    monkeypatch.setattr(PredictionChunk, "write", broken)
    store = PredictionStore(tmp_path / "predictions.db")
    with pytest.raises(ProjectError, match="no longer written"):
        store.put(1, (0, 0), chunk(1))
        store.flush()
    with pytest.raises(ProjectError, match="no longer written"):
        store.put(1, (0, 0), chunk(1))
    with pytest.raises(ProjectError, match="no longer written"):
        store.close()


def test_whoever_outruns_the_writer_waits_for_it(tmp_path, monkeypatch):
    monkeypatch.setattr(prediction_writer, "_AT_MOST", 2)
    PredictionStore(tmp_path / "predictions.db").close()
    writer = PredictionWriter(tmp_path / "predictions.db")
    for col in range(30):
        writer.put((1, 0, col), chunk(1))
        assert writer._queue.waiting <= 2
    writer.close()


def test_a_job_reads_beside_the_window(document, project):
    class_ids, doubt, depth = some_prediction(EXTENT)
    document.set_prediction(EXTENT, class_ids, doubt, depth, "v1")
    document.apply_edit("fill", "fill", STRIP, np.full(STRIP.shape, 2, np.uint8), None)
    document.flush()
    found = {}

    def job():
        with ProjectReader(project.folder) as reader:
            mask = reader.mask(reader.images[0].id)
            found["shown"] = mask.shown(EXTENT)
            found["names"] = reader.classes.names
            found["path"] = reader.image_path(1)

    thread = threading.Thread(target=job)
    thread.start()
    thread.join()
    class_ids[STRIP.slices_in(EXTENT)] = 2
    np.testing.assert_array_equal(found["shown"], class_ids)
    assert found["names"] == project.classes.names
    assert found["path"] == project.images[0].path
