"""Any moment of the history can be looked at, and gone to, exactly."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segstudio.mask.history import all_at_once
from segstudio.project import disk_journal
from segstudio.project.document import Document
from segstudio.raster.window import Window

EXTENT = Window(0, 0, 700, 600)


def fill(document: Document, window: Window, class_id: int):
    return document.apply_edit("fill", "fill", window, np.full(window.shape, class_id, np.uint8), None)


def random_fills(document: Document, seed: int, count: int) -> list[tuple[int, np.ndarray]]:
    """The ids of some edits, with the annotation as each one left it; the first is the blank mask."""
    rng = np.random.default_rng(seed)
    states = [(0, document.mask.annotation.read(EXTENT))]
    for _ in range(count):
        col, row, side = (int(value) for value in rng.integers(0, 500, 3))
        edit = fill(document, Window(col, row, side + 1, side + 1), int(rng.integers(0, 3)))
        if edit is not None:
            states.append((edit.id, document.mask.annotation.read(EXTENT)))
    return states


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32 - 1), st.data())
def test_every_moment_is_shown_and_gone_to_exactly(fresh_document, seed, data):
    document = fresh_document()
    states = random_fills(document, seed, 6)
    for _ in range(3):
        edit_id, expected = data.draw(st.sampled_from(states))
        then = document.mask_at(edit_id)
        np.testing.assert_array_equal(then.annotation.read(EXTENT), expected)
        np.testing.assert_array_equal(then.annotation.read(EXTENT, step=8), expected[::8, ::8])
        all_at_once(document.go_to_steps(edit_id))
        assert document.cursor == edit_id
        np.testing.assert_array_equal(document.mask.annotation.read(EXTENT), expected)
        assert document.counts() == document.mask.counts()
    all_at_once(document.go_to_steps(states[-1][0]))
    for _, expected in reversed(states[:-1]):
        document.undo()
        np.testing.assert_array_equal(document.mask.annotation.read(EXTENT), expected)


def test_moments_tell_edits_and_models_in_order(project, reopened):
    project.set_active_model("v1")
    document = project.open_document(1)
    first = fill(document, Window(0, 0, 9, 9), 1)
    project.set_active_model("v2")
    project.set_active_model("v2")
    fill(document, Window(0, 0, 9, 9), 2)
    document.undo()
    found = reopened(project).open_document(1).moments()
    assert [(each.name, each.is_mark, each.version_id, each.is_done) for each in found] == [
        ("model", True, "v1", True),
        ("fill", False, None, True),
        ("model", True, "v2", False),
        ("fill", False, None, False),
    ]
    assert found[1].id == first.id


def test_before_this_model_is_the_edit_before_it_came_into_use(project):
    document = project.open_document(1)
    assert document.before_model("v1") is None
    before = fill(document, Window(0, 0, 9, 9), 1)
    project.set_active_model("v1")
    fill(document, Window(0, 0, 9, 9), 2)
    assert document.before_model("v1") == before.id


def test_a_model_that_was_only_accepted_counts_from_there(project):
    document = project.open_document(1)
    document.set_prediction(EXTENT, np.full(EXTENT.shape, 2, np.uint8), None, None, "v7")
    document.accept_prediction(EXTENT)
    assert document.before_model("v7") == 0
    assert document.before_model("v") is None


def test_a_clock_that_goes_backwards_changes_no_order(project, reopened, monkeypatch):
    times = iter(f"20{99 - number:02}-01-01T00:00:00.000+00:00" for number in range(90))
    monkeypatch.setattr(disk_journal, "_now", lambda: next(times))
    document = project.open_document(1)
    states = random_fills(document, 1, 5)
    document = reopened(project).open_document(1)
    stamps = [edit.at for edit in document.edits()]
    assert stamps == sorted(stamps, reverse=True)
    for _, expected in reversed(states[:-1]):
        document.undo()
        np.testing.assert_array_equal(document.mask.annotation.read(EXTENT), expected)
