"""The history is made smaller only as far as it was asked for, and the masks stay."""

import numpy as np
from deeds import everything, scribble

from segstudio.mask.history import all_at_once


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
