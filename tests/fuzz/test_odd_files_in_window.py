"""Every malformed or odd image beside the project, opened in the real window: shown, or one sentence."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.properties import REPOSITORY

pytestmark = [pytest.mark.shared_data, pytest.mark.soak, pytest.mark.timeout(1800)]

FOLDERS = (
    "fuzz/tiff", "fuzz/png", "fuzz/jpeg", "exif_orientation", "rasterio_tests", "rio_cogeo_tests",
    "spdatalarge",
)  # fmt: skip
MOST_MB = 1000
MOST_S = 20.0
AT_ONCE = 30
"""So many files for one process: its memory is measured over all of them."""


@pytest.mark.parametrize("name", FOLDERS)
def test_an_odd_file_is_shown_or_refused_by_the_window(tmp_path: Path, shared_data: Path, name: str) -> None:
    files = _copied(shared_data / name, tmp_path / "images")
    for start in range(0, len(files), AT_ONCE):
        for told in _opened(files[start : start + AT_ONCE], tmp_path):
            assert not told["errors"], told
            assert told["shown"] or told["sentences"], told
            assert all("\n" not in sentence for sentence in told["sentences"]), told
            assert told["seconds"] < MOST_S, told
            assert told["peak_mb"] < MOST_MB, told


def _copied(source: Path, target: Path) -> list[Path]:
    """The files in a folder of this test, since projects are made beside them."""
    shutil.copytree(source, target)
    return sorted(path for path in target.rglob("*") if path.is_file())


def _opened(files: list[Path], home: Path) -> list[dict[str, object]]:
    child = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.window_child", str(home / "home")],
        input="\n".join(map(str, files)),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"},
    )
    lines = [json.loads(line) for line in child.stdout.splitlines()]
    assert child.returncode == 0, f"{lines[-1:]} {child.stderr[-3000:]}"
    told = [line for line in lines if "path" in line]
    assert len(told) == len(files), lines[-1:]
    (home / "report.json").write_text(json.dumps(told))
    return told
