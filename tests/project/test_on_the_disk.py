"""A stroke that was acknowledged was given to the disk before: the calls to the system say so."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STROKES = 6
WORK = """
import os, sys
from pathlib import Path
import numpy as np
from segstudio.project.project import Project
from segstudio.raster.window import Window

with Project.open(Path(sys.argv[1])) as project:
    document, window = project.open_document(1), Window(0, 0, 40, 30)
    said = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT)
    for number in range(int(sys.argv[3])):
        document.begin_stroke("brush", number % 2)
        document.paint(window, np.ones(window.shape, bool))
        document.end_stroke()
        os.write(said, b"stroke")
"""


@pytest.fixture
def calls(project, tmp_path) -> list[tuple[str, str]]:
    """Writes and synchronisations of a program that paints, each with the file's name, in their order."""
    if shutil.which("strace") is None:
        pytest.skip("no strace here")
    project.close()
    trace, said = tmp_path / "trace", tmp_path / "said"
    watch = ["strace", "-f", "-y", "--seccomp-bpf", "-e", "trace=write,pwrite64,fsync,fdatasync", "-o", trace]
    work = [sys.executable, "-c", WORK, project.folder, said, str(STROKES)]
    if subprocess.run([*watch, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no program may be watched here")
    subprocess.run([*watch, *work], check=True, capture_output=True)
    found = re.findall(r"(\w+)\(\d+<([^>]+)>", trace.read_text(errors="replace"))
    return [(call, Path(path).name) for call, path in found]


def test_the_log_is_synchronised_between_the_last_write_of_a_stroke_and_its_acknowledgement(calls):
    until, acknowledged = [], 0
    for call, name in calls:
        if name == "project.db-wal":
            until.append(call)
        elif (call, name) == ("write", "said"):
            acknowledged += 1
            assert "pwrite64" in until
            assert until[-1] in ("fdatasync", "fsync")
            until = []
    assert acknowledged == STROKES


def test_the_log_is_on_the_disk_before_a_page_of_it_goes_into_the_database(calls):
    dirty = {"project.db": False, "project.db-wal": False}
    for call, name in calls:
        if name not in dirty:
            continue
        if call == "pwrite64" and name == "project.db":
            assert not dirty["project.db-wal"]
        dirty[name] = call == "pwrite64"
    assert not any(dirty.values())
