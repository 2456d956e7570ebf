"""The panel says what a prediction will take and where it goes on; a cancel keeps what is there."""

import numpy as np
import pytest

from segstudio.jobs.paces import MeasuredPace, PaceFile
from segstudio.jobs.steps import Progress
from segstudio.models.input_spec import InputSpec
from segstudio.raster.window import Window
from segstudio.ui.panels.model import ModelPanel

JOB_MS = 60_000


@pytest.fixture
def session(working):
    """The window with a tiny model in use, whose windows are small enough for many strips."""
    session = working.session
    session.set_model(tiny_version(session))
    session.jobs.patch = 64
    return session


@pytest.fixture
def rows(working, session):
    panel = working.findChild(ModelPanel)
    dock = panel
    while dock is not None:
        dock.show()
        dock = dock.parentWidget()
    panel.predicting.refresh()
    return panel.predicting


def tiny_version(session) -> str:
    """A version of the net of one convolution, whatever it says."""
    import torch

    from segstudio.models.registry import default_registry

    torch.manual_seed(0)
    classes = tuple(session.models.ref.classes)
    net = default_registry().create_model("conv1x1", class_count=len(classes))
    return session.project.versions.add(
        card_id="conv1x1",
        parent=None,
        state=net.state_dict(),
        classes=classes,
        input=InputSpec.for_dtype("uint8"),
        in_bands=3,
    ).id


def cancel_at(qtbot, session, share: float) -> list[str]:
    """Start the whole scene, cancel when so much is done; what was said."""
    said = []
    session.notice.connect(lambda _, sentence: said.append(sentence))

    def cancel(step):
        if isinstance(step, Progress) and step.done and step.fraction >= share:
            session.cancel_job()

    session.jobs.runner.step.connect(cancel)
    session.predict("scene")
    qtbot.waitUntil(lambda: session.job is None, timeout=JOB_MS)
    session.jobs.runner.step.disconnect(cancel)
    return said


def test_before_a_run_the_panel_says_what_it_will_take(session, rows):
    assert "about" in rows.times["view"].text()
    assert "about" in rows.times["scene"].text()
    assert "rough guess" in rows.memory.text()
    assert rows.start_over.isHidden()
    assert rows.times["area"].text() == ""
    session.set_area(Window(0, 0, 200, 200))
    rows.refresh()
    assert rows.times["area"].text() != ""


def test_what_was_measured_is_said_and_follows_the_area(session, rows, monkeypatch):
    monkeypatch.setattr(PaceFile, "find", lambda *_: MeasuredPace(60.0, 0.0, 1.0))
    session.set_area(Window(0, 0, 64, 64))
    rows.refresh()
    assert rows.times["area"].text() == "about 4 min"  # its rim is seen in context: 2 x 2 windows
    assert rows.times["scene"].text().endswith(" h")
    assert "as measured here" in rows.memory.text()


def test_more_than_there_is_of_memory_is_said_before(session, rows, monkeypatch):
    monkeypatch.setattr(PaceFile, "find", lambda *_: MeasuredPace(0.1, 0.0, 10_000_000.0))
    rows.refresh()
    assert not rows.short_of_memory.isHidden()
    assert "choose a lighter model" in rows.short_of_memory.text()


def test_a_cancelled_prediction_goes_on_and_ends_the_same(qtbot, session, rows):
    said = cancel_at(qtbot, session, 0.6)
    assert any("goes on from there" in sentence for sentence in said), said
    rows.refresh()
    assert "goes on at" in rows.goes_on.text()
    assert not rows.start_over.isHidden()
    seen = []
    session.job_changed.connect(lambda state: state and state.done and seen.append(state.fraction))
    with qtbot.waitSignal(session.job_done, timeout=JOB_MS):
        session.predict("scene")
    assert seen[0] > 0.3
    mask, extent = session.document.mask, session.extent
    resumed = mask.prediction.read(extent), mask.doubt.read(extent)
    rows.refresh()
    assert rows.start_over.isHidden()
    with qtbot.waitSignal(session.job_done, timeout=JOB_MS):
        session.predict("scene")
    np.testing.assert_array_equal(mask.prediction.read(extent), resumed[0])
    np.testing.assert_array_equal(mask.doubt.read(extent), resumed[1])


def test_starting_over_predicts_all_of_it(qtbot, session, rows):
    cancel_at(qtbot, session, 0.6)
    rows.refresh()
    seen = []
    session.job_changed.connect(lambda state: state and state.done and seen.append(state.fraction))
    with qtbot.waitSignal(session.job_done, timeout=JOB_MS):
        rows.start_over.click()
    assert seen[0] < 0.3


def test_the_view_predicted_in_between_takes_back_only_its_strips(qtbot, session):
    cancel_at(qtbot, session, 0.8)
    before = session.jobs.run_over(session.extent).share_done
    session.set_area(Window(0, 0, 640, 40))
    with qtbot.waitSignal(session.job_done, timeout=JOB_MS):
        session.predict("area")
    assert 0 < session.jobs.run_over(session.extent).share_done < before


def test_a_window_closed_while_it_predicts_asks_a_closed_project_for_nothing(qtbot, session):
    session.predict("scene")
    session.close()
    qtbot.waitUntil(lambda: session.job is None, timeout=JOB_MS)
