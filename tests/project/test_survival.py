"""A full disk, a folder without write access, a moved image: said and survived."""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from deeds import CORNER, PAGE, everything, fill, scribble
from painter import add_version

from segstudio.errors import ModelError, ProjectError
from segstudio.project.backups import make_backup
from segstudio.project.images import ImageMissing
from segstudio.project.lock import OnlyReadable, ProjectInUse, ProjectLock
from segstudio.project.project import Project

try:
    import resource
except ImportError:  # Windows
    resource = None


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 4 MB, where the system lets us have one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if os.name != "posix" or shutil.which("mount") is None:
        pytest.skip("no tmpfs here")
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_on_a_full_disk_a_stroke_is_refused_and_work_goes_on_after_room_was_made(small_disk, image, classes):
    with Project.create(small_disk / "town", classes=classes, images=[image]) as project:
        document = project.open_document(1)
        fill(document, CORNER, 1)
        ballast = small_disk / "ballast"
        ballast.write_bytes(b"\0" * (os.statvfs(small_disk).f_bavail * PAGE - 40 * 1024))
        before = everything(document)
        for seed in range(3):
            with pytest.raises(ProjectError, match="no room left on the disk"):
                scribble(document, seed)
            np.testing.assert_array_equal(everything(document), before)
        with pytest.raises(ProjectError, match=r"make room|no room"):
            make_backup(project.folder / "project.db", kept=2)
        with pytest.raises(ModelError, match="make room there"):
            add_version(project, "v1")
        assert project.versions.all() == project.versions.broken() == []
        ballast.unlink()
        assert scribble(document, 0) is not None
        after = everything(document)
    with Project.open(small_disk / "town") as again:
        document = again.open_document(1)
        np.testing.assert_array_equal(everything(document), after)
        document.undo()
        np.testing.assert_array_equal(everything(document), before)
        document.undo()
        assert document.mask.counts() == {}


@pytest.mark.skipif(resource is None, reason="no limits on files here")
def test_where_files_may_not_grow_a_stroke_is_refused_and_work_goes_on_after(project, reopened):
    document = project.open_document(1)
    fill(document, CORNER, 1)
    before = everything(document)
    with files_up_to((project.folder / "project.db-wal").stat().st_size + 10 * PAGE):
        for seed in range(2):
            with pytest.raises(ProjectError, match=r"project\.db in .* cannot be used"):
                scribble(document, seed)
            np.testing.assert_array_equal(everything(document), before)
    assert scribble(document, 0) is not None
    after = everything(document)
    document = reopened(project).open_document(1)
    np.testing.assert_array_equal(everything(document), after)
    document.undo()
    np.testing.assert_array_equal(everything(document), before)


@pytest.mark.skipif(resource is None, reason="no limits on files here")
def test_a_lock_is_taken_and_released_where_not_even_a_name_fits(tmp_path):
    with files_up_to(0):
        lock = ProjectLock(tmp_path)
        with pytest.raises(ProjectInUse):
            ProjectLock(tmp_path)
        lock.release()
        ProjectLock(tmp_path).release()


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file of this process may grow beyond a size meanwhile."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@pytest.fixture
def read_only_town(small_disk, project):
    """Makes a folder that cannot be written to: as a killed program left it, or closed before."""
    fill(project.open_document(1), CORNER, 1)

    def make(*, closed: bool, without: str = "") -> Path:
        town = shutil.copytree(project.folder, small_disk / "town")
        if closed:
            Project.open(town).close()
        if without:
            (town / without).unlink()
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        return town

    return make


@pytest.mark.parametrize("closed", [True, False])
def test_on_a_disk_without_write_access_one_may_still_look(read_only_town, closed):
    town = read_only_town(closed=closed)
    with pytest.raises(OnlyReadable, match="open it read-only"):
        Project.open(town)
    with Project.open(town, read_only=True) as looking:
        assert (looking.open_document(1).mask.annotation.read(CORNER) == 1).all()


def test_a_log_that_cannot_be_read_is_said_and_not_passed_over(read_only_town):
    town = read_only_town(closed=False, without="project.db-shm")
    with pytest.raises(ProjectError, match="copy the folder elsewhere and open it there"):
        Project.open(town, read_only=True)


def test_a_disk_that_knows_no_locks_is_said(project, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    project.close()

    def unknown(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unknown)
    with pytest.raises(OnlyReadable, match=r"cannot keep two programs apart.*read-only"):
        Project.open(project.folder)


@pytest.mark.skipif(os.name != "posix", reason="needs a folder without write access")
def test_in_a_folder_that_cannot_be_written_to_one_may_still_look(project, monkeypatch):
    fill(project.open_document(1), CORNER, 1)
    project.close()
    (project.folder / "project.lock").unlink()

    def refuse(self, *args, **settings):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        with pytest.raises(ProjectError, match="open it read-only"):
            Project.open(project.folder)
    with Project.open(project.folder, read_only=True) as looking:
        assert (looking.open_document(1).mask.annotation.read(CORNER) == 1).all()


class TestImagesThatMoved:
    def test_a_moved_image_is_found_again_by_its_bytes(self, project, image, tmp_path, reopened):
        fill(project.open_document(1), CORNER, 1)
        project.open_document(1).close()
        (tmp_path / "elsewhere").mkdir()
        image.rename(tmp_path / "elsewhere" / "renamed.tif")
        document = project.open_document(1)
        assert document.info.path.endswith("renamed.tif")
        assert document.counts() == {1: CORNER.area}
        assert reopened(project).images[0].path.name == "renamed.tif"

    def test_another_image_under_the_old_name_is_never_taken(self, project, image, new_image, tmp_path):
        status = image.stat()
        (tmp_path / "far" / "away").mkdir(parents=True)
        image.rename(tmp_path / "far" / "away" / "scene.tif")
        new_image("scene.tif", seed=9)
        assert image.stat().st_size == status.st_size
        # an archive or a copy sets times: the bytes decide
        os.utime(image, ns=(status.st_atime_ns, status.st_mtime_ns))
        with pytest.raises(ImageMissing, match="has changed") as caught:
            project.open_document(1)
        assert (caught.value.image_id, caught.value.has_changed) == (1, True)

    def test_one_changed_byte_is_another_image(self, project, image):
        data = bytearray(image.read_bytes())
        data[len(data) * 3 // 4] ^= 1
        image.write_bytes(data)
        with pytest.raises(ImageMissing):
            project.open_document(1)
