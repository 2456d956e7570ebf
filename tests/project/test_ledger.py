"""The ledger of finished strips: true at every moment, through failures of the disk too."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segstudio.mask.history import all_at_once
from segstudio.project.database import Database
from segstudio.project.prediction_entries import (
    ImageCleared,
    PredictionChunk,
    StripFinished,
    StripsOverwritten,
)
from segstudio.project.prediction_queue import PredictionQueue
from segstudio.project.prediction_writer import write_entries
from segstudio.project.predictions import PredictionStore
from segstudio.project.project import Project
from segstudio.project.reader import ProjectReader
from segstudio.project.schema import PREDICTIONS_APPLICATION, PREDICTIONS_MIGRATIONS, create_schema
from segstudio.raster.window import Window

WIDTH, HEIGHT = 700, 600
TOP, MIDDLE, BOTTOM = (Window(0, row, WIDTH, 200) for row in (0, 200, 400))
STRIPS = TOP, MIDDLE, BOTTOM


@pytest.fixture
def document(project):
    return project.open_document(1)


def predict(document, plan: str, strips=STRIPS, value: int = 1) -> None:
    for strip in strips:
        plane = np.full(strip.shape, value, np.uint8)
        all_at_once(document.set_strip(plan, strip, plane, plane, None, plan))


def test_a_finished_strip_is_known_at_once_and_after_reopening(document, project, reopened):
    predict(document, "a", STRIPS[:2])
    assert document.finished_strips("a") == {TOP, MIDDLE}
    document.flush()
    assert document.finished_strips("a") == {TOP, MIDDLE}
    again = reopened(project).open_document(1)
    assert again.finished_strips("a") == {TOP, MIDDLE}
    assert again.finished_strips("b") == set()
    assert (again.mask.prediction.read(TOP) == 1).all()


def test_a_strip_that_was_broken_off_is_not_finished(document):
    plane = np.zeros(TOP.shape, np.uint8)
    steps = document.set_strip("a", TOP, plane, plane, None, "a")
    next(steps)
    steps.close()
    assert document.finished_strips("a") == set()


def test_another_prediction_takes_back_only_the_strips_it_meets(document):
    predict(document, "a")
    predict(document, "b", [Window(10, 450, 50, 50)], value=2)
    assert document.finished_strips("a") == {TOP, MIDDLE}
    assert document.finished_strips("b") == {Window(10, 450, 50, 50)}
    document.set_prediction(Window(0, 0, 5, 5), np.zeros((5, 5), np.uint8), None, None, "c")
    assert document.finished_strips("a") == {MIDDLE}
    document.flush()
    assert document.finished_strips("a") == {MIDDLE}


def test_a_forgotten_plan_begins_anew_and_what_is_shown_stays(document, project, reopened):
    predict(document, "a")
    document.forget_plan("a")
    assert document.finished_strips("a") == set()
    predict(document, "a", [TOP])
    again = reopened(project).open_document(1)
    assert again.finished_strips("a") == {TOP}
    assert (again.mask.prediction.read(BOTTOM) == 1).all()


def test_a_cleared_prediction_has_no_finished_strips(document, project, reopened):
    predict(document, "a")
    document.clear_prediction()
    assert document.finished_strips("a") == set()
    assert reopened(project).open_document(1).finished_strips("a") == set()


def test_images_have_ledgers_of_their_own(project, new_image):
    other = project.open_document(project.add_image(new_image("other.tif", seed=1)).id)
    predict(project.open_document(1), "a", [TOP])
    predict(other, "a", [BOTTOM])
    other.clear_prediction()
    assert project.open_document(1).finished_strips("a") == {TOP}
    assert other.finished_strips("a") == set()


def test_a_file_of_the_time_before_the_ledger_gets_one(document, project):
    predict(document, "a")
    project.close()
    file = project.folder / "predictions.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript("DROP TABLE finished_strips; PRAGMA user_version=1;")
    with ProjectReader(project.folder) as looking:
        assert (looking.mask(1).prediction.read(TOP) == 1).all()
    with Project.open(project.folder) as again:
        assert again.open_document(1).finished_strips("a") == set()
        predict(again.open_document(1), "a", [TOP])
        assert again.open_document(1).finished_strips("a") == {TOP}


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from("ab"), st.integers(0, 2)),
        st.tuples(st.sampled_from(["take", "commit", "fail"]), st.integers(1, 4)),
        st.tuples(st.sampled_from(["clear", "over"]), st.just(0)),
    ),
    max_size=30,
)


A0, A1, B0, CLEAR, TAKE2, TAKE4, COMMIT, FAIL = (
    *(("a", 0), ("a", 1), ("b", 0), ("clear", 0)),
    *(("take", 2), ("take", 4), ("commit", 0), ("fail", 0)),
)


@settings(max_examples=200)
@given(actions=ACTIONS)
@example(actions=[A0, TAKE4, COMMIT, A1, B0, TAKE2, COMMIT])
@example(actions=[A0, TAKE4, CLEAR, A0, FAIL])
@example(actions=[A0, TAKE4, A1, FAIL, TAKE2, COMMIT])
@example(actions=[A0, TAKE4, B0, FAIL, TAKE4, COMMIT])
@example(actions=[A0, TAKE4, COMMIT, A1, TAKE4, B0, FAIL, TAKE2, COMMIT])
def test_the_file_never_claims_what_it_does_not_hold(actions):
    """Strips of three rows over chunks of four, two plans; cut into any transactions, any of them failing."""
    with closing(Database(Path(":memory:"), durable=False)) as database:
        with database.transaction():
            create_schema(database, PREDICTIONS_MIGRATIONS, PREDICTIONS_APPLICATION)
        desk = QueueDesk(database)
        for name, number in actions:
            desk.act(name, number)
        while len(desk.queue):
            desk.act("commit", 0)
            desk.act("take", 2)
        assert desk.stored == "".join(desk.rows)


class QueueDesk:
    """A queue and the file it goes to; after every transaction the two are compared."""

    def __init__(self, database: Database) -> None:
        self.queue = PredictionQueue()
        self.rows = ["."] * 12
        self._database = database
        self._taken = {}

    def act(self, name: str, number: int) -> None:
        match name:
            case "take":
                self._taken = self._taken or self.queue.take(number)
            case "fail":
                self.queue.give_back()
                self._taken = {}
            case "commit":
                write_entries(self._database, self._taken)
                self.queue.done()
                self._taken = {}
                self._compare()
            case "clear":
                self.queue.clear(1)
                self.rows = ["."] * 12
            case "over":
                self.queue.overwrite_strips(1, Window(0, 0, 1, 12), None)
            case _:
                self._predict(name, Window(0, 3 * number, 1, 3))

    def _predict(self, plan: str, strip: Window) -> None:
        self.queue.overwrite_strips(1, strip, plan)
        for row in range(strip.row_off, strip.row_end):
            self.rows[row] = plan
            self.queue.put((1, row // 4, 0), chunk("".join(self.rows[row // 4 * 4 :][:4])))
        self.queue.finish_strip(1, plan, strip)

    @property
    def stored(self) -> str:
        """A letter for every row: a chunk here is a stack of four, and its version is what they say."""
        said = dict(self._database.rows("SELECT row, version_id FROM prediction_chunks"))
        return "".join(said.get(row, "....") for row in range(3))

    def _compare(self) -> None:
        for plan, row_off, height in self._database.rows("SELECT plan, row_off, height FROM finished_strips"):
            assert self.stored[row_off : row_off + height] == plan * height


def chunk(text: str) -> PredictionChunk:
    plane = np.zeros((8, 8), np.uint8)
    return PredictionChunk(plane, plane, None, text)


def test_the_ledger_of_the_queue_is_that_of_the_file_to_be(tmp_path):
    store = PredictionStore(tmp_path / "predictions.db")
    store.put(1, (0, 0), chunk("a"))
    for strip in STRIPS:
        store.finish_strip(1, "a", strip)
    store.overwrite_strips(1, MIDDLE, but="b")
    now = store.finished_strips(1, "a")
    store.flush()
    assert store.finished_strips(1, "a") == now == {TOP, BOTTOM}
    store.close()


def test_notes_are_told_apart_though_they_say_the_same():
    for make in (
        lambda: ImageCleared(1),
        lambda: StripFinished(1, "a", TOP),
        lambda: StripsOverwritten(1, TOP),
    ):
        assert len({make(): None, make(): None}) == 2
