"""The sample: made once with progress, then opened."""

from small_scenes import WAIT_MS

from segstudio import personal
from segstudio.sample.settings import SceneSettings
from segstudio.ui import sample_project
from segstudio.ui.sample_project import SampleImage, make_sample, sample_folder, sample_is_there

SMALL = (SampleImage("town", SceneSettings(size=256, seed=3)),)


def test_the_sample_is_made_and_opened(qtbot, window, monkeypatch):
    monkeypatch.setattr(sample_project, "make_sample", lambda: make_sample(SMALL))
    with qtbot.waitSignal(window.session.document_changed, timeout=6 * WAIT_MS):
        window.open_sample()
    assert window.session.project.folder == sample_folder()
    assert [entry.name for entry in window.session.project.images] == ["town.tif"]
    assert (sample_folder().parent / "town height.tif").is_file()


def test_a_sample_that_is_there_is_not_made_again(qtbot, window, monkeypatch):
    for _ in make_sample(SMALL):
        pass
    monkeypatch.setattr(sample_project, "make_sample", lambda: (_ for _ in ()).throw(AssertionError))
    window.open_sample()
    assert window.session.document is not None


def test_a_sample_given_up_half_way_leaves_nothing(remembered):
    steps = make_sample(SMALL)
    next(steps)
    steps.close()
    assert not sample_is_there()
    assert not list(personal.data_folder().glob("sample*"))
