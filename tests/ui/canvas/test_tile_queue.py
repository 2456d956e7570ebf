import threading

from segstudio.raster.stretch import Stretch
from segstudio.raster.tiles import TileKey
from segstudio.ui.canvas.tile_queue import PreviewWanted, TileBatch, TileQueue

STRETCH = Stretch((0,), (0.0,), (255.0,))


def batch(*cols: int, number: int = 1) -> TileBatch:
    return TileBatch(tuple(TileKey(0, col, 0) for col in cols), STRETCH, number)


def test_a_newer_view_replaces_what_was_not_begun() -> None:
    queue = TileQueue()
    queue.replace([batch(1), batch(2)], 1)
    queue.replace([batch(3), batch(4)], 1)
    assert [queue.take(), queue.take()] == [batch(3), batch(4)]


def test_a_tile_being_read_is_not_handed_out_twice() -> None:
    queue = TileQueue()
    queue.replace([batch(1, 2)], 1)
    queue.take()
    queue.replace([batch(1, 2, 3)], 1)
    assert queue.take() == batch(3)


def test_a_tile_being_read_in_an_old_stretch_is_read_again() -> None:
    queue = TileQueue()
    queue.replace([batch(1)], 1)
    queue.take()
    queue.replace([batch(1, number=2)], 2)
    assert queue.take() == batch(1, number=2)


def test_work_nobody_wants_any_more_can_be_given_up() -> None:
    queue = TileQueue()
    queue.replace([batch(1)], 1)
    taken = queue.take()
    assert isinstance(taken, TileBatch) and queue.is_wanted(taken)
    queue.replace([batch(7)], 1)
    assert not queue.is_wanted(taken)


def test_given_up_tiles_wait_again_when_the_view_came_back() -> None:
    queue = TileQueue()
    queue.replace([batch(1)], 1)
    taken = queue.take()
    assert isinstance(taken, TileBatch)
    queue.replace([batch(1)], 1)
    queue.done(taken, unread=taken.keys)
    assert queue.take() == batch(1)


def test_read_tiles_do_not_wait_again() -> None:
    queue = TileQueue()
    queue.replace([batch(1)], 1)
    taken = queue.take()
    assert isinstance(taken, TileBatch)
    queue.done(taken)
    assert queue.is_idle


def test_the_preview_comes_before_tiles() -> None:
    queue = TileQueue()
    queue.replace([batch(1)], 1)
    queue.ask_preview(PreviewWanted(STRETCH, 1))
    assert queue.take() == PreviewWanted(STRETCH, 1)


def test_closing_wakes_a_waiting_reader() -> None:
    queue, taken = TileQueue(), []
    reader = threading.Thread(target=lambda: taken.append(queue.take()))
    reader.start()
    queue.close()
    reader.join(5)
    assert taken == [None]


def test_a_queue_is_idle_only_when_the_preview_was_read_too() -> None:
    queue = TileQueue()
    queue.ask_preview(PreviewWanted(STRETCH, 1))
    assert not queue.is_idle
    queue.take()
    assert not queue.is_idle
    queue.preview_done()
    assert queue.is_idle
