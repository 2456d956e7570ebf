"""Edits are exact in both directions, whatever their order and size."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.mask import edits
from segstudio.mask.changes import ChunkChange
from segstudio.mask.classes import UNLABELLED
from segstudio.mask.dabs import stroke_segment
from segstudio.mask.edits import EditBuilder, MaskEdit
from segstudio.mask.footprints import union
from segstudio.mask.history import History
from segstudio.mask.journal import MemoryJournal
from segstudio.mask.mask import Mask
from segstudio.mask.origin import Origin
from segstudio.mask.plane import Plane
from segstudio.raster.window import Window

WIDTH, HEIGHT, CHUNK = 70, 50, 16
EXTENT = Window(0, 0, WIDTH, HEIGHT)
seeds = st.integers(0, 2**32 - 1)
positions = st.tuples(st.integers(-5, WIDTH + 5), st.integers(-5, HEIGHT + 5))


def new_mask() -> Mask:
    return Mask(
        WIDTH,
        HEIGHT,
        annotation=Plane(WIDTH, HEIGHT, chunk_size=CHUNK),
        origin=Plane(WIDTH, HEIGHT, fill=0, chunk_size=CHUNK),
    )


def everything(mask: Mask) -> np.ndarray:
    return np.stack([mask.annotation.read(EXTENT), mask.origin.read(EXTENT)])


def draft(tool: str = "brush") -> MaskEdit:
    return MaskEdit(0, tool.title(), tool, None, Window(0, 0, 0, 0))


def unasked(key: tuple[int, int]) -> ChunkChange:
    raise AssertionError(f"chunk {key} was sealed and touched again")


def random_write(builder: EditBuilder, seed: int) -> None:
    rng = np.random.default_rng(seed)
    col, row = rng.integers(-10, WIDTH), rng.integers(-10, HEIGHT)
    window = Window(int(col), int(row), int(rng.integers(1, 50)), int(rng.integers(1, 50)))
    where = rng.random(window.shape) < rng.choice([0.05, 0.5, 1.0])
    values = rng.integers(0, 3, window.shape, dtype=np.uint8)
    values[rng.random(window.shape) < 0.1] = UNLABELLED
    one = int(rng.choice([0, 1, UNLABELLED]))
    builder.write(window, values if seed % 3 else one, where, Origin(int(rng.integers(1, 5))))
    builder.seal_left_behind()


@pytest.fixture(params=[(1, 16), (2, 0), (64, 1), (64, 16)])
def open_chunks(request, monkeypatch) -> None:
    """Sealing on the way must not show, so every test runs with few and with many chunks open."""
    monkeypatch.setattr(edits, "OPEN_CHUNKS", request.param[0])
    monkeypatch.setattr(edits, "LEFT_BEHIND", request.param[1])


@pytest.mark.usefixtures("open_chunks")
class TestHistory:
    @given(st.lists(st.lists(seeds, min_size=1, max_size=3), min_size=1, max_size=5), st.data())
    def test_undo_restores_every_pixel_and_redo_brings_it_back(self, batches, data):
        mask = new_mask()
        history = History(mask, MemoryJournal())
        states = [everything(mask)]
        for batch in batches:
            builder = EditBuilder(mask)
            for seed in batch:
                random_write(builder, seed)
            if history.record(draft(), builder):
                states.append(everything(mask))
        position = len(states) - 1
        for back in data.draw(st.lists(st.booleans(), max_size=12)):
            moved = history.undo() if back else history.redo()
            target = position - 1 if back else position + 1
            assert (moved is None) == (not 0 <= target < len(states))
            position = position if moved is None else target
            np.testing.assert_array_equal(everything(mask), states[position])

    @given(st.lists(seeds, min_size=1, max_size=4), st.lists(seeds, min_size=1, max_size=4))
    def test_a_cancelled_stroke_leaves_no_trace(self, first, second):
        mask = new_mask()
        builder = EditBuilder(mask)
        for seed in first:
            random_write(builder, seed)
        before, abandoned = everything(mask), EditBuilder(mask)
        for seed in second:
            random_write(abandoned, seed)
        abandoned.cancel()
        np.testing.assert_array_equal(everything(mask), before)

    @given(st.lists(seeds, min_size=1, max_size=5))
    def test_counts_follow_the_annotation(self, batch):
        mask = new_mask()
        history, totals = History(mask, MemoryJournal()), dict.fromkeys(range(3), 0)
        for seed in batch:
            builder = EditBuilder(mask)
            random_write(builder, seed)
            edit = history.record(draft(), builder)
            for class_id, gained in (edit.counts if edit else {}).items():
                totals[class_id] += gained
        assert {key: value for key, value in totals.items() if value} == mask.counts()

    @given(st.lists(seeds, min_size=1, max_size=4))
    def test_an_edit_may_be_written_block_by_block_while_it_is_recorded(self, batch):
        mask, twin = new_mask(), new_mask()
        blocks = []
        for seed in batch:
            rng = np.random.default_rng(seed)
            window = Window(int(rng.integers(0, 40)), int(rng.integers(0, 30)), 25, 20)
            blocks.append((window, rng.integers(0, 3, window.shape, dtype=np.uint8), None))
            twin.annotation.write(window, blocks[-1][1])
        history = History(mask, MemoryJournal())
        history.record(draft("import"), EditBuilder(mask), blocks=iter(blocks), origin=Origin.IMPORTED)
        np.testing.assert_array_equal(mask.annotation.read(EXTENT), twin.annotation.read(EXTENT))
        history.undo()
        assert (mask.annotation.read(EXTENT) == UNLABELLED).all()
        history.redo()
        np.testing.assert_array_equal(mask.annotation.read(EXTENT), twin.annotation.read(EXTENT))


def test_a_chunk_taken_back_within_its_own_edit_is_no_change(monkeypatch):
    monkeypatch.setattr(edits, "OPEN_CHUNKS", 1)
    mask = new_mask()
    history = History(mask, MemoryJournal())
    corner, elsewhere = Window(0, 0, 4, 4), Window(40, 30, 4, 4)
    blocks = [(corner, 1, None), (elsewhere, 1, None), (corner, UNLABELLED, None), (elsewhere, 2, None)]
    edit = history.record(draft(), EditBuilder(mask), blocks=blocks)
    assert edit is not None
    assert edit.window == elsewhere
    history.undo()
    history.redo()
    assert mask.counts() == {2: 16}


def test_a_stroke_that_changes_nothing_is_no_edit_and_keeps_what_can_be_redone():
    mask = new_mask()
    history = History(mask, MemoryJournal())
    builder = EditBuilder(mask)
    builder.write(Window(0, 0, 5, 5), 1, None, Origin.BRUSH)
    history.record(draft(), builder)
    history.undo()
    idle = EditBuilder(mask)
    idle.write(Window(0, 0, 5, 5), UNLABELLED, None, Origin.BRUSH)
    assert history.record(draft(), idle) is None
    assert history.redo() is not None


@given(st.lists(positions, min_size=2, max_size=6), st.integers(0, 12))
def test_a_stroke_of_many_dabs_is_the_union_of_their_footprints(points, radius):
    mask = new_mask()
    builder = EditBuilder(mask)
    whole = Window(0, 0, 0, 0), np.zeros((0, 0), bool)
    for start, end in pairwise(points):
        window, where = stroke_segment(start, end, radius, EXTENT)
        builder.write(window, 2, where, Origin.BRUSH)
        whole = union(whole, (window, where))
    expected = np.full(EXTENT.shape, UNLABELLED, np.uint8)
    expected[whole[0].slices_in(EXTENT)][whole[1]] = 2
    np.testing.assert_array_equal(mask.annotation.read(EXTENT), expected)
    np.testing.assert_array_equal(mask.origin.read(EXTENT) == Origin.BRUSH, expected == 2)


def test_erased_pixels_belong_to_nobody():
    mask = new_mask()
    EditBuilder(mask).write(EXTENT, 3, None, Origin.TOOL)
    EditBuilder(mask).write(Window(0, 0, 9, 9), UNLABELLED, None, Origin.BRUSH)
    assert (mask.origin.read(Window(0, 0, 9, 9)) == Origin.NOBODY).all()
    assert mask.origin.read(Window(10, 10, 1, 1)).tolist() == [[Origin.TOOL]]


def test_a_stroke_of_a_million_pixels_takes_few_bytes():
    mask = Mask(20_000, 20_000)
    recorded: list[ChunkChange] = []
    builder = EditBuilder(mask)
    builder.stream_to(recorded.append, unasked)
    window, where = stroke_segment((3000, 3000), (5000, 4000), 256, mask.extent)
    builder.write(window, 1, where, Origin.BRUSH)
    builder.seal_all()
    assert builder.counts()[1] > 1_000_000
    assert sum(len(change.to_bytes()) for change in recorded) < 60_000


def test_what_is_sealed_lives_in_the_journal_alone():
    mask, journal = new_mask(), MemoryJournal()
    builder = EditBuilder(mask)
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 5, EXTENT.shape, dtype=np.uint8)
    blocks = [(block, noise[block.slices_in(EXTENT)], None) for block in EXTENT.blocks(CHUNK)]
    edit = History(mask, journal).record(draft("import"), builder, blocks=blocks)
    assert builder._sealed == {}
    assert edit is not None and edit.window == EXTENT
    assert edit.counts == {class_id: int((noise == class_id).sum()) for class_id in range(5)}
    assert sum(len(change.to_bytes()) for change in journal.changes(edit.id)) > 2000


@given(seeds)
def test_a_change_survives_its_record(seed):
    recorded: list[ChunkChange] = []
    builder = EditBuilder(new_mask())
    builder.stream_to(recorded.append, unasked)
    random_write(builder, seed)
    builder.seal_all()
    for change in recorded:
        assert ChunkChange.from_bytes(change.row, change.col, change.to_bytes()) == change


def test_a_damaged_record_is_refused():
    recorded: list[ChunkChange] = []
    builder = EditBuilder(new_mask())
    builder.stream_to(recorded.append, unasked)
    builder.write(Window(0, 0, 5, 5), 1, None, Origin.BRUSH)
    builder.seal_all()
    data = recorded[0].to_bytes()
    for broken in (b"", data[:10], data[:-1], b"\x07" + data[1:]):
        with pytest.raises(ValueError, match="record of the journal"):
            ChunkChange.from_bytes(0, 0, broken)


def test_shown_is_the_annotation_where_there_is_one_else_the_prediction():
    mask = new_mask()
    mask.prediction.write_value(EXTENT, 4)
    mask.annotation.write_value(Window(10, 10, 5, 5), 1)
    shown = mask.shown(EXTENT)
    assert (shown[10:15, 10:15] == 1).all()
    assert (shown == 4).sum() == EXTENT.area - 25
    assert mask.shown(EXTENT, step=5).shape == (10, 14)
    assert (mask.shown_at(12, 12), mask.shown_at(0, 0)) == (1, 4)
