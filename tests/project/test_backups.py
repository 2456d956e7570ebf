"""The last good copies are kept, whole and counted, and come back when they are asked for."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from deeds import CORNER, EXTENT, PAGE, damage, everything, fill, scribble

from segstudio.errors import ProjectError
from segstudio.project import backups
from segstudio.project.backups import backups_of, make_backup, restore_backup
from segstudio.project.lock import ProjectInUse
from segstudio.project.project import Project


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
