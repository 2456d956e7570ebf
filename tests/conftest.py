"""Fixtures that every room shares."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Nothing is read from or left in the person's own folders: paces, exports, consent to plugins.
_data = tempfile.TemporaryDirectory(prefix="segstudio-tests-")
os.environ["XDG_DATA_HOME"] = _data.name

# The same examples every time, and no judgement by the clock of a busy machine.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def cache_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests keep what can be made again."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def nothing_is_left_in_the_persons_cache(cache_of_tests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nets exported for the fast engine stay apart from those of whoever runs the tests."""
    monkeypatch.setattr("segstudio.personal.cache_folder", lambda: cache_of_tests)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real images beside the project; the test is skipped where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real images beside the project are not here")
    return folder
