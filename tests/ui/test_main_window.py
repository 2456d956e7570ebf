"""The real window: it paints before torch, lives on after failures, and comes back as it was."""

import subprocess
import sys
import textwrap

import pytest
from PySide6.QtWidgets import QApplication
from small_scenes import WAIT_MS

from segstudio.errors import CannotTrain
from segstudio.ui.main_window import MainWindow
from segstudio.ui.session import Session
from segstudio.ui.theme import current_theme

HEAVY = ("torch", "torchvision", "timm", "segmentation_models_pytorch")


def test_the_window_is_painted_without_torch(scene, tmp_path):
    program = textwrap.dedent(
        f"""
        import sys
        from PySide6.QtCore import QTimer
        from segstudio.ui.app import make_app, open_paths
        from segstudio.ui.main_window import MainWindow
        from segstudio.ui.session import Session
        app = make_app()
        window = MainWindow(Session())
        window.show()
        window.session.stretch_changed.connect(lambda found: found and QTimer.singleShot(0, done))
        def done():
            assert not window.grab().isNull()
            window.close()
            print([name for name in {HEAVY!r} if name in sys.modules])
            app.quit()
        QTimer.singleShot(0, lambda: open_paths(window, [{str(scene)!r}]))
        app.exec()
        """
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stdout.strip() == "[]", ran.stderr


def test_a_failing_job_gives_a_sentence_and_the_window_lives_on(qtbot, working):
    def steps():
        yield 1
        raise CannotTrain("approve 3 more tiles")

    with qtbot.waitSignal(working.session.offer, timeout=WAIT_MS):
        working.session.jobs.start("fine_tune", "Fine-tuning", steps, needs_torch=False)
    assert working.notices.isVisible()
    assert working.notices.sentence.text() == "approve 3 more tiles"
    qtbot.waitUntil(lambda: working.session.job is None, timeout=WAIT_MS)
    assert working.actions_["predict-view"].isEnabled()
    assert not working.status.job.isVisible()


def test_while_a_job_runs_it_is_shown_and_can_be_cancelled(qtbot, working):
    def steps():
        while True:
            yield "working"

    working.session.jobs.start("predict", "Predicting", steps, needs_torch=False)
    assert working.status.job.isVisible()
    assert not working.actions_["predict-view"].isEnabled()
    with qtbot.waitSignal(
        working.session.job_changed, timeout=WAIT_MS, check_params_cb=lambda state: state is None
    ):
        working.status.job.cancel.click()
    assert not working.status.job.isVisible()


def test_another_project_is_not_opened_under_a_running_job(qtbot, working, tmp_path):
    project = working.session.project

    def steps():
        while True:
            yield "working"

    working.session.jobs.start("predict", "Predicting", steps, needs_torch=False)
    working.session.open_path(tmp_path)
    assert working.session.project is project
    assert "cancel it or wait" in working.notices.sentence.text()
    working.session.cancel_job()
    qtbot.waitUntil(lambda: working.session.job is None, timeout=WAIT_MS)


def test_docks_come_back_as_they_were(qtbot, working, scene):
    working.docks["layers"].close()
    working.docks["fine-tune"].raise_()
    working.close()
    session = Session()
    again = MainWindow(session)
    again.show()
    session.open_path(scene)
    assert again.docks["layers"].isHidden()
    assert not again.docks["images"].isHidden()
    again.close()


def test_nothing_is_open_at_first_and_the_welcome_page_has_the_window(window):
    assert window.welcome.isVisible()
    assert not any(dock.isVisible() for dock in window.docks.all)
    assert not window.actions_["predict-view"].isEnabled()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_a_theme_is_worn_and_remembered(working, name):
    from segstudio.ui import settings

    working.use_theme(name)
    assert current_theme().name == name
    assert settings.text("theme", "") == name
    assert QApplication.palette().window().color().name() == current_theme().window


def test_no_word_of_the_docks_is_wider_than_its_dock(qtbot, working):
    working.resize(1440, 900)
    QApplication.processEvents()
    for dock in working.docks.all:
        if dock.isVisible():
            assert dock.widget().minimumSizeHint().width() <= dock.width()
    assert working.minimumSizeHint().height() <= 760


def test_the_predict_button_follows_its_action(working):
    from PySide6.QtWidgets import QToolButton

    button = working.toolbar.widgetForAction(working.actions_["predict-view"])
    assert isinstance(button, QToolButton)
    assert button.isEnabled() == working.actions_["predict-view"].isEnabled() is True
