"""A small scene, a session and a real window; settings and documents lie in a temporary folder."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QSettings
from small_scenes import WAIT_MS, write_tif

from segstudio.ui.main_window import MainWindow
from segstudio.ui.session import Session


@pytest.fixture(autouse=True)
def remembered(qapp, tmp_path, monkeypatch):
    """Nothing is read from or left in the user's own folders."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    QCoreApplication.setOrganizationName("segstudio-tests")
    QCoreApplication.setApplicationName(f"segstudio-{tmp_path.name}")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture
def scene(tmp_path) -> Path:
    return write_tif(tmp_path / "scene.tif")


@pytest.fixture
def session(qapp):
    made = Session()
    yield made
    made.close()


@pytest.fixture
def opened(session, scene):
    """A session with the scene open."""
    session.open_path(scene)
    assert session.document is not None
    return session


@pytest.fixture
def window(qtbot, session):
    """The real window, shown, with nothing open yet."""
    made = MainWindow(session)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


@pytest.fixture
def working(qtbot, window, scene):
    """The real window with the scene open and its stretch found."""
    with qtbot.waitSignal(
        window.session.stretch_changed, timeout=WAIT_MS, check_params_cb=lambda s: s is not None
    ):
        window.session.open_path(scene)
    return window
