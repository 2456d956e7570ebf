"""A plane behaves like one large array, whatever its chunks are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.mask.plane import OVERVIEW_STEP, ChunkKey, Plane
from segstudio.raster.window import Window

WIDTH, HEIGHT, CHUNK = 75, 53, 16

windows = st.builds(
    Window, st.integers(-20, WIDTH), st.integers(-20, HEIGHT), st.integers(0, 60), st.integers(0, 60)
)
seeds = st.integers(0, 2**32 - 1)


class DictSource:
    """Chunks that lie ready elsewhere; counts how often it is asked."""

    def __init__(self, chunks: dict[ChunkKey, np.ndarray], *, with_overviews: bool = False) -> None:
        self.chunks = chunks
        self.with_overviews = with_overviews
        self.asked: list[ChunkKey] = []

    def keys(self) -> list[ChunkKey]:
        return list(self.chunks)

    def load(self, row: int, col: int) -> np.ndarray | None:
        self.asked.append((row, col))
        found = self.chunks.get((row, col))
        return None if found is None else found.copy()

    def overviews(self) -> dict[ChunkKey, np.ndarray]:
        step = OVERVIEW_STEP
        return {key: a[::step, ::step] for key, a in self.chunks.items()} if self.with_overviews else {}


def new_plane(**settings) -> Plane:
    return Plane(WIDTH, HEIGHT, chunk_size=CHUNK, **settings)


def scribble(plane: Plane, model: np.ndarray, window: Window, seed: int) -> None:
    """The same random write into the plane and into the array that stands for it."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 255, window.shape, dtype=np.uint8)
    where = rng.random(window.shape) < 0.5 if seed % 2 else None
    plane.write(window, values, where)
    inside = window.intersection(plane.extent)
    cut, target = inside.slices_in(window), inside.slices_in(plane.extent)
    if not inside.is_empty:
        model[target] = values[cut] if where is None else np.where(where[cut], values[cut], model[target])


def read_from(model: np.ndarray, window: Window, step: int) -> np.ndarray:
    framed = np.full((HEIGHT + 200, WIDTH + 200), 255, model.dtype)
    framed[50 : 50 + HEIGHT, 50 : 50 + WIDTH] = model
    rows = slice(50 + window.row_off, 50 + window.row_end, step)
    return framed[rows, 50 + window.col_off : 50 + window.col_end : step]


@given(st.lists(st.tuples(windows, seeds), max_size=5), windows, st.integers(1, 40))
def test_a_plane_reads_like_one_array(writes, window, step):
    plane, model = new_plane(), np.full((HEIGHT, WIDTH), 255, np.uint8)
    for written, seed in writes:
        scribble(plane, model, written, seed)
    np.testing.assert_array_equal(plane.read(window, step=step), read_from(model, window, step))
    np.testing.assert_array_equal(plane.read(plane.extent), model)


@given(st.lists(st.tuples(windows, seeds), min_size=1, max_size=4), windows, seeds)
def test_a_snapshot_never_changes_and_never_leaks_back(writes, window, seed):
    plane, model = new_plane(), np.full((HEIGHT, WIDTH), 255, np.uint8)
    for written, value in writes:
        scribble(plane, model, written, value)
    frozen, twin_model = plane.snapshot(), model.copy()
    scribble(plane, model, window, seed)
    np.testing.assert_array_equal(frozen.read(frozen.extent), twin_model)
    scribble(frozen, twin_model, window, seed + 1)
    np.testing.assert_array_equal(plane.read(plane.extent), model)


@given(st.lists(st.tuples(windows, seeds), min_size=1, max_size=4), windows, st.integers(1, 5))
def test_stored_chunks_read_the_same_through_overviews(writes, window, factor):
    plane, model = new_plane(), np.full((HEIGHT, WIDTH), 255, np.uint8)
    for written, value in writes:
        scribble(plane, model, written, value)
    chunks = {key: plane.shared_chunk(*key) for key in plane.written_chunks()}
    source = DictSource(chunks, with_overviews=True)
    aligned = Window(window.col_off // 8 * 8, window.row_off // 8 * 8, window.width, window.height)
    reopened = new_plane(source=source)
    step = factor * OVERVIEW_STEP
    np.testing.assert_array_equal(reopened.read(aligned, step=step), read_from(model, aligned, step))
    assert source.asked == []


def test_a_chunk_never_written_takes_no_room_and_reads_as_fill():
    plane = Plane(40_000, 40_000)
    assert plane.written_chunks() == []
    assert (plane.read(Window(39_990, 39_990, 20, 20)) == 255).all()
    assert plane.chunk(3, 3) is None


def test_a_depth_plane_reads_nan_where_nothing_was_said():
    plane = Plane(100, 100, dtype=np.float16, fill=float("nan"))
    plane.write(Window(2, 3, 2, 1), np.array([[1.5, 2.5]], np.float16))
    assert np.isnan(plane.read(plane.extent)).sum() == 100 * 100 - 2
    assert plane.read(Window(2, 3, 2, 1)).tolist() == [[1.5, 2.5]]


def test_stored_chunks_load_on_first_touch_only():
    zeros, ones = np.zeros((CHUNK, CHUNK), np.uint8), np.ones((CHUNK, CHUNK), np.uint8)
    source = DictSource({(0, 0): zeros, (2, 1): ones})
    plane = new_plane(source=source)
    assert plane.written_chunks() == [(0, 0), (2, 1)]
    plane.read(Window(0, 0, 4, 4))
    plane.read(Window(0, 0, 4, 4))
    assert source.asked == [(0, 0)]


def test_writing_into_a_stored_chunk_keeps_its_other_pixels():
    plane = new_plane(source=DictSource({(0, 0): np.zeros((CHUNK, CHUNK), np.uint8)}))
    plane.write_value(Window(0, 0, 1, 1), 9)
    assert plane.read(Window(0, 0, 2, 2)).tolist() == [[9, 0], [0, 0]]


def test_only_chunks_that_the_source_can_give_back_leave_memory():
    chunks = {(0, col): np.full((CHUNK, CHUNK), col, np.uint8) for col in range(4)}
    source = DictSource(chunks)
    plane = new_plane(source=source, max_loaded=2)
    plane.write_value(Window(0, 0, 1, 1), 77)
    for col in range(4):
        plane.read(Window(col * CHUNK, 0, 1, 1))
    assert plane.read(Window(0, 0, 1, 1)).tolist() == [[77]]
    plane.read(Window(CHUNK, 0, 1, 1))
    assert source.asked.count((0, 0)) == 1
    assert source.asked.count((0, 1)) == 2


def test_a_chunk_marked_stored_may_leave_and_comes_back_from_the_source():
    source = DictSource({})
    plane = new_plane(source=source, max_loaded=1)
    for col in range(3):
        plane.write_value(Window(col * CHUNK, 0, CHUNK, CHUNK), col)
        source.chunks[0, col] = np.array(plane.chunk(0, col))
        plane.mark_stored(0, col)
    assert plane.read(Window(0, 0, 1, 1)).tolist() == [[0]]
    assert (0, 0) in source.asked


def test_a_dropped_chunk_still_shows_its_newest_pixels_in_an_overview():
    source = DictSource({(0, 0): np.zeros((CHUNK, CHUNK), np.uint8)}, with_overviews=True)
    plane = new_plane(source=source, max_loaded=1)
    assert plane.read(plane.extent, step=8)[0, 0] == 0
    plane.write_value(Window(0, 0, CHUNK, CHUNK), 5)
    source.chunks[0, 0] = np.array(plane.chunk(0, 0))
    plane.mark_stored(0, 0)
    plane.write_value(Window(CHUNK, 0, 1, 1), 1)
    plane.mark_stored(0, 1)
    assert plane.read(plane.extent, step=8)[0, 0] == 5


def test_forgetting_a_chunk_brings_back_what_is_stored():
    plane = new_plane(source=DictSource({(0, 0): np.zeros((CHUNK, CHUNK), np.uint8)}))
    plane.write_value(Window(0, 0, 1, 1), 9)
    plane.forget(0, 0, stored=True)
    assert plane.read(Window(0, 0, 1, 1)).tolist() == [[0]]
    plane.forget(0, 0, stored=False)
    assert plane.read(Window(0, 0, 1, 1)).tolist() == [[255]]


def test_a_chunk_to_look_at_refuses_writes_and_wrong_shapes_are_refused():
    plane = new_plane()
    plane.write_value(Window(0, 0, 1, 1), 1)
    view = plane.chunk(0, 0)
    assert view is not None
    with pytest.raises(ValueError, match="read-only"):
        view[0, 0] = 3
    with pytest.raises(ValueError, match="must be uint8"):
        plane.set_chunk(0, 0, np.zeros((3, 3), np.uint8))


def test_a_shared_chunk_stays_as_it_was():
    plane = new_plane()
    plane.write_value(Window(0, 0, 2, 2), 1)
    kept = plane.shared_chunk(0, 0)
    plane.write_value(Window(0, 0, 2, 2), 2)
    assert kept[0, 0] == 1
    assert plane.read(Window(0, 0, 1, 1)).tolist() == [[2]]


def test_a_chunk_laid_ready_is_like_any_other():
    plane = Plane(1000, 1000, fill=7)
    plane.prepare()
    for window in Window(0, 0, 1000, 1000).blocks(512):
        plane.write_value(Window(window.col_off, window.row_off, 2, 2), 1)
    expected = np.full((1000, 1000), 7, np.uint8)
    for row in (0, 512):
        for col in (0, 512):
            expected[row : row + 2, col : col + 2] = 1
    np.testing.assert_array_equal(plane.read(plane.extent), expected)
