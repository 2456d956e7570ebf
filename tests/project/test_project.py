"""A project keeps what it was given, says who has it, and refuses what it cannot read."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import ProjectError, RasterError
from segstudio.mask.origin import Origin
from segstudio.project.images import examine
from segstudio.project.lock import ProjectInUse
from segstudio.project.project import Project
from segstudio.project.store import ProjectStore
from segstudio.raster.window import Window

CORNER = Window(0, 0, 40, 30)


def annotate(project: Project, class_id: int = 1) -> None:
    document = project.open_document(project.images[0].id)
    document.apply_edit("fill", "fill", CORNER, np.full(CORNER.shape, class_id, np.uint8), None)


def test_a_project_is_the_same_after_reopening(project, reopened, new_image):
    project.add_image(new_image("other.tif", seed=1, width=50))
    project.set_setting("brush", {"radius": 12})
    project.set_active_model("mff-light")
    run = project.start_run("fine_tune", version_id="v1", minutes=2)
    project.finish_run(run, "done", mean_iou=0.6)
    before = project.images, project.classes, project.runs
    again = reopened(project)
    assert (again.images, again.classes, again.runs) == before
    assert [entry.name for entry in again.images] == ["scene.tif", "other.tif"]
    assert again.setting("brush", None) == {"radius": 12}
    assert again.setting("never said", 7) == 7
    assert again.active_version_id == "mff-light"
    assert again.runs[0].details == {"minutes": 2, "mean_iou": 0.6}


def test_an_entry_says_what_the_lists_show(project):
    entry = project.images[0]
    assert (entry.width, entry.height, entry.has_georeference) == (700, 600, True)
    assert (entry.state, entry.annotated_px) == ("new", 0)
    annotate(project)
    assert (project.images[0].state, project.images[0].annotated_px) == ("started", CORNER.area)


def test_a_forgotten_setting_is_its_default_again(project):
    project.set_setting("last_image", 3)
    project.set_setting("last_image", None)
    assert project.setting("last_image", 0) == 0


def test_versions_lie_in_the_project_folder(project):
    assert project.versions.folder == project.folder / "versions"
    assert project.versions.all() == []


def test_a_project_is_not_made_over_another(project, classes):
    with pytest.raises(ProjectError, match="already"):
        Project.create(project.folder, classes=classes)
    # one that was made while the images of this one were looked at
    with pytest.raises(ProjectError, match="already"):
        ProjectStore.create(project.folder, classes)
    assert project.images


def test_nothing_is_made_when_an_image_cannot_be_opened(tmp_path, classes):
    (tmp_path / "broken.tif").write_bytes(b"no image")
    with pytest.raises(RasterError):
        Project.create(tmp_path / "p", classes=classes, images=[tmp_path / "broken.tif"])
    assert not (tmp_path / "p").exists()


def test_a_project_is_made_in_full_or_not_at_all(tmp_path, classes, image):
    file, folder = examine(image), tmp_path / "p"
    folder.mkdir()
    with pytest.raises(ProjectError, match="already"):
        ProjectStore.create(folder, classes, [file, file])
    assert list(folder.iterdir()) == []


def test_a_log_that_was_left_behind_is_no_part_of_a_new_project(tmp_path, classes, image, project):
    annotate(project)
    folder = tmp_path / "p"
    folder.mkdir()
    for name in ("project.db-wal", "project.db.new-wal"):
        shutil.copy(project.folder / "project.db-wal", folder / name)
    with Project.create(folder, classes=classes, images=[image]) as made:
        assert made.images[0].annotated_px == 0


def test_a_folder_without_a_project_is_refused(tmp_path):
    with pytest.raises(ProjectError, match="not a segstudio project"):
        Project.open(tmp_path)


def test_a_project_opens_by_its_database_too(project):
    project.close()
    with Project.open(project.folder / "project.db") as again:
        assert again.folder == project.folder


def test_the_same_image_is_not_added_twice(project, image):
    with pytest.raises(ProjectError, match="already"):
        project.add_image(image)


def test_images_of_the_same_name_are_told_apart(project, tmp_path, new_image):
    (tmp_path / "north").mkdir()
    added = project.add_image(new_image("north/scene.tif", seed=2))
    assert added.name == "north/scene.tif"
    assert project.image("scene.tif").id == project.images[0].id


def test_an_image_is_found_by_name_or_stem(project):
    assert project.image("scene") == project.images[0]
    with pytest.raises(ProjectError, match=r"scene\.tif"):
        project.image("sczene")


def test_a_class_with_pixels_is_not_removed(project):
    annotate(project, class_id=1)
    with pytest.raises(ProjectError, match=r"'water' still has 1,200"):
        project.set_classes(project.classes.without(1))
    project.set_classes(project.classes.without(2))
    assert project.classes.names == ("road", "water")


class TestImagesThatMoved:
    def test_a_project_moved_together_with_its_images_finds_them(self, project, tmp_path):
        project.close()
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        shutil.move(tmp_path / "scene.tif", elsewhere / "scene.tif")
        shutil.move(project.folder, elsewhere / "town")
        with Project.open(elsewhere / "town") as again:
            assert again.images[0].path == elsewhere / "scene.tif"
            assert again.open_document(1).info.width == 700

    def test_a_project_moved_alone_finds_its_images_where_they_were(self, project, tmp_path):
        project.close()
        (tmp_path / "a" / "b").mkdir(parents=True)
        shutil.move(project.folder, tmp_path / "a" / "b" / "town")
        with Project.open(tmp_path / "a" / "b" / "town") as again:
            assert again.open_document(1).info.path == str(tmp_path / "scene.tif")

    def test_a_missing_image_is_said_with_a_way_out(self, project, image):
        image.unlink()
        with pytest.raises(ProjectError, match=r"no longer at .*scene\.tif: put it back, or locate it"):
            project.open_document(1)

    def test_a_mask_is_never_shown_over_another_image(self, project, new_image):
        new_image("scene.tif", seed=9)
        with pytest.raises(ProjectError, match="has changed since its mask was made"):
            project.open_document(1)

    def test_an_image_touched_but_not_changed_is_the_same(self, project, image):
        os.utime(image, (1, 1))
        assert project.open_document(1).image_id == 1

    def test_a_moved_image_is_taken_back_by_its_content_only(self, project, image, new_image, tmp_path):
        annotate(project)
        project.open_document(1).close()
        image.rename(tmp_path / "renamed.tif")
        with pytest.raises(ProjectError, match="is not the image"):
            project.relocate_image(1, new_image("other.tif", seed=4))
        assert project.relocate_image(1, tmp_path / "renamed.tif").annotated_px == CORNER.area
        assert project.open_document(1).info.path.endswith("renamed.tif")

    def test_a_person_may_confirm_that_other_bytes_show_the_same(self, project, image, new_image):
        new_image("scene.tif", seed=4)
        project.relocate_image(1, image, confirmed=True)
        assert project.open_document(1).image_id == 1
        with pytest.raises(ProjectError, match="is not the image"):
            project.relocate_image(1, new_image("small.tif", width=10), confirmed=True)


class TestSecondOpener:
    def test_the_second_program_is_told_who_has_the_project(self, project):
        script = (
            "import sys; from pathlib import Path\n"
            "from segstudio.project.project import Project\n"
            "from segstudio.project.lock import ProjectInUse\n"
            "try: Project.open(Path(sys.argv[1]))\n"
            "except ProjectInUse as error: sys.exit(str(error))\n"
        )
        child = subprocess.run(
            [sys.executable, "-c", script, str(project.folder)], capture_output=True, text=True, check=False
        )
        assert child.returncode == 1
        assert f"process {os.getpid()}" in child.stderr
        assert "read-only" in child.stderr

    def test_the_second_one_may_look_but_not_change(self, project):
        annotate(project)
        with pytest.raises(ProjectInUse):
            Project.open(project.folder)
        with Project.open(project.folder, read_only=True) as second:
            document = second.open_document(1)
            assert (document.mask.annotation.read(CORNER) == 1).all()
            assert document.counts() == {1: CORNER.area}
            for change in (
                lambda: document.begin_stroke("brush", 0),
                lambda: document.accept_prediction(CORNER),
                lambda: document.set_tile_state(CORNER, "done"),
                lambda: second.set_setting("a", 1),
                document.undo,
            ):
                with pytest.raises(ProjectError, match="read-only"):
                    change()

    def test_a_lock_ends_with_its_holder(self, project):
        folder = project.folder
        project.close()
        assert (folder / "project.lock").exists()
        with Project.open(folder) as again:
            assert not again.read_only


class TestWhatCannotBeRead:
    def test_a_project_of_a_newer_program_is_refused(self, project):
        project.close()
        with sqlite3.connect(project.folder / "project.db") as database:
            database.execute("PRAGMA user_version=99")
        database.close()
        with pytest.raises(ProjectError, match=r"newer segstudio \(format 99.*update"):
            Project.open(project.folder)

    def test_a_foreign_database_is_refused(self, tmp_path):
        with sqlite3.connect(tmp_path / "project.db") as database:
            database.execute("CREATE TABLE recipes (name TEXT)")
        database.close()
        with pytest.raises(ProjectError, match="not part of a segstudio project"):
            Project.open(tmp_path)

    @pytest.mark.parametrize("content", [b"", b"x" * 5000, b"SQLite format 3\0" + b"\xff" * 5000])
    def test_a_damaged_project_says_so(self, project, content):
        project.close()
        (project.folder / "project.db").write_bytes(content)
        with pytest.raises(ProjectError, match=r"damaged beyond repair.*project restore"):
            Project.open(project.folder)
        assert (project.folder / "project.db").read_bytes() == content

    def test_a_refused_project_is_left_free_for_the_next_opener(self, project):
        project.close()
        path = project.folder / "project.db"
        whole = path.read_bytes()
        path.write_bytes(b"x" * 5000)
        with pytest.raises(ProjectError):
            Project.open(project.folder)
        path.write_bytes(whole)
        with Project.open(project.folder) as again:
            assert len(again.images) == 1

    def test_damaged_predictions_are_set_aside_and_start_anew(self, project):
        project.close()
        (project.folder / "predictions.db").write_bytes(b"x" * 5000)
        with Project.open(project.folder) as again:
            assert again.open_document(1).mask.prediction.written_chunks() == []
        assert (project.folder / "predictions-damaged-1.db").read_bytes() == b"x" * 5000


def test_closing_twice_and_closing_documents_late_does_no_harm(project):
    document = project.open_document(1)
    project.close()
    project.close()
    document.flush()
    document.close()
    with Project.open(project.folder) as again:
        assert [entry.id for entry in again.images] == [1]


def test_an_image_has_one_document_at_a_time(project):
    first = project.open_document(1)
    assert project.open_document(1) is first
    first.close()
    assert project.open_document(1) is not first


def test_closing_ends_the_stroke_under_way(project, reopened):
    document = project.open_document(1)
    document.begin_stroke("brush", 2, Origin.BRUSH)
    document.paint(CORNER, np.ones(CORNER.shape, bool))
    again = reopened(project).open_document(1)
    assert again.counts() == {2: CORNER.area}


def test_a_project_folder_that_cannot_be_made_is_said(tmp_path, classes):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ProjectError, match="cannot be made"):
        Project.create(Path(tmp_path / "file" / "p"), classes=classes)
