"""Of a damaged database what is whole opens, what is not is said, and the damaged file is kept."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from deeds import CORNER, EXTENT, PAGE, damage, everything, fill, pages_with, scribble

from segstudio.mask.classes import UNLABELLED
from segstudio.mask.history import all_at_once
from segstudio.project.database import DamagedDatabase
from segstudio.project.project import Project


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
