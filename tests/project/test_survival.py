"""A full disk, a folder without write access, damaged pages, moved images: said and survived."""

import errno
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from painter import add_version

from segstudio.errors import ModelError, ProjectError
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.history import all_at_once
from segstudio.project import backups
from segstudio.project.backups import backups_of, make_backup, restore_backup
from segstudio.project.database import DamagedDatabase
from segstudio.project.images import ImageMissing
from segstudio.project.lock import OnlyReadable, ProjectInUse
from segstudio.project.project import Project
from segstudio.raster.window import Window

try:
    import resource
except ImportError:  # Windows
    resource = None

EXTENT = Window(0, 0, 700, 600)
CORNER = Window(0, 0, 40, 30)
PAGE = 4096


def fill(document, window: Window, class_id: int):
    return document.apply_edit("fill", "fill", window, np.full(window.shape, class_id, np.uint8), None)


def scribble(document, seed: int, class_ids: int = 3):
    """Noise: much to store."""
    values = np.random.default_rng(seed).integers(0, class_ids, EXTENT.shape, dtype=np.uint8)
    return document.apply_edit("import", "import", EXTENT, values, None)


def everything(document) -> np.ndarray:
    return np.stack([document.mask.annotation.read(EXTENT), document.mask.origin.read(EXTENT)])


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


class TestBackups:
    @pytest.fixture
    def database(self, project) -> Path:
        return project.folder / "project.db"

    def test_the_last_good_ones_are_kept_and_counted_on(self, project, database, monkeypatch):
        document = project.open_document(1)
        for number in range(4):
            fill(document, CORNER.shifted(number, 0), number % 2)
            make_backup(database, kept=2)
        assert [each.number for each in backups_of(project.folder)] == [4, 3]
        assert sorted(path.name for path in (project.folder / "backups").iterdir()) == [
            "project-000003.db",
            "project-000004.db",
        ]

    def test_one_is_made_beside_the_work_after_some_edits(self, project, database, monkeypatch):
        monkeypatch.setattr(backups, "EDITS_BETWEEN", 3)
        document = project.open_document(1)
        for number in range(3):
            fill(document, CORNER.shifted(number, 0), 1)
        fill(document, EXTENT, 2)
        project.close()
        (made,) = backups_of(project.folder)
        with closing(sqlite3.connect(made.path)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute("SELECT count(*) FROM journal").fetchone()[0] >= 3

    def test_without_a_change_none_is_made(self, project):
        assert not project.backups.start()
        project.open_document(1)
        assert not project.backups.start()

    def test_restoring_goes_back_and_keeps_what_was_replaced(self, project, database):
        document = project.open_document(1)
        fill(document, CORNER, 1)
        then = everything(document)
        make_backup(database, kept=5)
        fill(document, EXTENT, 2)
        now = everything(document)
        with pytest.raises(ProjectInUse):
            restore_backup(project.folder)
        project.close()
        backup, aside = restore_backup(project.folder)
        assert backup.number == 1
        with Project.open(project.folder) as again:
            np.testing.assert_array_equal(everything(again.open_document(1)), then)
        shutil.copy(aside, database)
        with Project.open(project.folder) as again:
            np.testing.assert_array_equal(everything(again.open_document(1)), now)

    def test_the_newest_is_the_newest_though_the_clock_went_back(self, project, database):
        document = project.open_document(1)
        for number in range(3):
            fill(document, CORNER.shifted(number, 0), number)
            os.utime(make_backup(database, kept=2).path, (1e9 - number, 1e9 - number))
        project.close()
        assert [each.number for each in backups_of(project.folder)] == [3, 2]
        assert restore_backup(project.folder)[0].number == 3

    def test_a_damaged_copy_is_passed_over(self, project, database):
        document = project.open_document(1)
        for class_id in (1, 2):
            fill(document, CORNER, class_id)
            make_backup(database, kept=5)
        project.close()
        newest = backups_of(project.folder)[0].path
        newest.write_bytes(newest.read_bytes()[: PAGE * 3])
        assert restore_backup(project.folder)[0].number == 1
        with pytest.raises(ProjectError, match="no whole backup number 2"):
            restore_backup(project.folder, 2)

    def test_a_damaged_database_pushes_no_good_copy_out(self, project, database):
        scribble(project.open_document(1), 1)
        make_backup(database, kept=1)
        project.close()
        damage(database, [database.stat().st_size // PAGE // 2])
        with pytest.raises(ProjectError, match="damage"):
            make_backup(database, kept=1)
        assert [each.number for each in backups_of(project.folder)] == [1]

    def test_another_number_may_be_kept(self, project, reopened):
        assert project.backups_kept == 5
        project.set_backups_kept(2)
        assert reopened(project).backups.kept == 2


def damage(database: Path, pages: list[int]) -> None:
    """Overwrite whole pages with noise."""
    with database.open("r+b") as file:
        for page in pages:
            file.seek(page * PAGE)
            file.write(np.random.default_rng(page).bytes(PAGE))


def pages_with(database: Path, text: bytes) -> list[int]:
    """The pages that hold a text."""
    data = database.read_bytes()
    return [at // PAGE for at in range(0, len(data), PAGE) if text in data[at : at + PAGE]]


class TestDamagedPages:
    @pytest.fixture
    def worked(self, project) -> tuple[Project, list[np.ndarray]]:
        document = project.open_document(1)
        states = [everything(document)]
        for seed in range(3):
            scribble(document, seed)
            fill(document, CORNER.shifted(50 * seed, 500), 1)
            states.append(everything(document))
        project.close()
        return project, states

    @pytest.mark.parametrize("seed", range(6))
    def test_what_is_whole_opens_and_what_is_not_is_said(self, worked, seed):
        project, states = worked
        database = project.folder / "project.db"
        whole = database.read_bytes()
        rng = np.random.default_rng(seed)
        pages = sorted(int(page) for page in rng.integers(1, len(whole) // PAGE, 1 + seed % 3))
        damage(database, pages)
        damaged = database.read_bytes()
        try:
            again = Project.open(project.folder)
        except DamagedDatabase as error:
            assert "restore" in str(error)
            assert "the table" in str(error.__cause__)  # of images or classes
            assert database.read_bytes() == damaged
            return
        with again:
            self.look(again, states[-1])
            if again.rescued is not None:
                assert again.rescued.aside.read_bytes() == damaged
                assert again.rescued.aside.name in again.rescued.sentence
            document = again.open_document(1)
            while document.undo():
                assert document.counts() == document.mask.counts()
            assert fill(document, EXTENT, 2) is not None

    @staticmethod
    def look(project: Project, expected: np.ndarray) -> None:
        """Every chunk is as it was, or blank and said to be lost."""
        found = everything(project.open_document(1))
        lost = {(row, col) for _, row, col in project.rescued.lost_chunks} if project.rescued else set()
        for block in EXTENT.blocks(512):
            key = block.row_off // 512, block.col_off // 512
            cut = (slice(None), *block.slices_in(EXTENT))
            if key in lost:
                assert (found[cut][0] == UNLABELLED).all()
            else:
                np.testing.assert_array_equal(found[cut], expected[cut])

    @pytest.mark.parametrize("which", [0, -1])
    def test_steps_that_are_lost_leave_the_mask_and_an_undo_that_is_exact(self, worked, which):
        project, states = worked
        database = project.folder / "project.db"
        with Project.open(project.folder) as again:
            document = again.open_document(1)
            for number in range(40):
                fill(document, CORNER.shifted(9 * number, 200), number % 3)
                states.append(everything(document))
        damage(database, pages_with(database, b"fillfill")[which:][:1])
        with Project.open(project.folder) as again:
            assert again.rescued.lost_steps > 0
            assert again.rescued.lost_chunks == ()
            document = again.open_document(1)
            np.testing.assert_array_equal(everything(document), states[-1])
            for expected in reversed(states[:-1]):
                if document.undo() is None:
                    break
                np.testing.assert_array_equal(everything(document), expected)
            now = everything(document)
            fill(document, EXTENT, 2)
            document.undo()
            np.testing.assert_array_equal(everything(document), now)

    def test_a_damaged_chunk_is_made_again_from_the_history(self, worked):
        project, states = worked
        database = project.folder / "project.db"
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute(
                "UPDATE annotation_chunks SET annotation = zeroblob(900) WHERE row = 0 AND col = 1"
            )
            connection.execute("DELETE FROM class_counts")
        with Project.open(project.folder) as first:
            first.close()
            rescued = _rescued(project.folder)
        assert (rescued.rebuilt, rescued.lost_chunks, rescued.lost_steps) == (1, (), 0)
        with Project.open(project.folder) as again:
            document = again.open_document(1)
            np.testing.assert_array_equal(everything(document), states[-1])
            assert document.counts() == document.mask.counts()
            while document.undo():
                pass
            np.testing.assert_array_equal(everything(document), states[0])

    def test_without_its_history_it_is_left_out_and_said(self, worked):
        project, _ = worked
        database = project.folder / "project.db"
        with Project.open(project.folder) as again:
            all_at_once(again.compact_steps(again.plan_compaction(0)))
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("UPDATE annotation_chunks SET origin = x'00' WHERE row = 0 AND col = 1")
        rescued = _rescued(project.folder)
        assert rescued.lost_chunks == (("scene.tif", 0, 1),)
        assert "lost are the tiles scene.tif row 0 column 1" in rescued.sentence


def _rescued(folder: Path):
    from segstudio.project.rescue import rescue

    return rescue(folder, folder / "project.db")


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


class TestCompaction:
    def test_the_oldest_steps_go_and_the_masks_stay(self, project, reopened):
        document = project.open_document(1)
        for seed in range(6):
            scribble(document, seed)
        document.undo()
        now, room = everything(document), project.history_room()
        plan = project.plan_compaction(room.size_bytes // 2)
        assert 0 < plan.steps < 5
        assert len(document.edits()) == 6  # a plan changes nothing
        all_at_once(project.compact_steps(plan))
        project.shrink()
        assert project.history_room().size_bytes <= room.size_bytes // 2
        document = reopened(project).open_document(1)
        np.testing.assert_array_equal(everything(document), now)
        left = 5 - plan.steps
        assert [document.undo() is not None for _ in range(left + 1)] == [True] * left + [False]
        assert [document.redo() is not None for _ in range(left + 2)] == [True] * (left + 1) + [False]

    def test_nothing_is_forgotten_that_was_not_asked_for(self, project):
        document = project.open_document(1)
        scribble(document, 1)
        room = project.history_room()
        assert project.plan_compaction(room.size_bytes).steps == 0
        all_at_once(project.compact_steps(project.plan_compaction(room.size_bytes)))
        assert project.history_room() == room

    def test_its_room_goes_back_to_the_disk(self, project):
        document = project.open_document(1)
        for seed in range(8):
            scribble(document, seed)
        database = project._store.database
        pages = database.row("PRAGMA page_count")[0]
        all_at_once(project.compact_steps(project.plan_compaction(0)))
        assert database.row("PRAGMA page_count")[0] < pages / 2


def test_predictions_with_a_damaged_page_are_said_once_and_start_anew(project):
    noise = np.random.default_rng(0).integers(0, 3, EXTENT.shape, dtype=np.uint8)
    project.open_document(1).set_prediction(EXTENT, noise, noise, None, "v1")
    project.close()
    database = project.folder / "predictions.db"
    damage(database, list(range(8, database.stat().st_size // PAGE, 8)))
    with pytest.raises(DamagedDatabase, match="close the project and open it again"):  # noqa: SIM117
        with Project.open(project.folder) as again:
            again.open_document(1).set_prediction(EXTENT, noise, noise, None, "v2")
    assert (project.folder / "predictions-damaged-1.db").exists()
    with Project.open(project.folder) as again:
        document = again.open_document(1)
        assert document.mask.prediction.written_chunks() == []
        document.set_prediction(EXTENT, noise, noise, None, "v2")
    with Project.open(project.folder) as again:
        np.testing.assert_array_equal(again.open_document(1).mask.prediction.read(EXTENT), noise)
