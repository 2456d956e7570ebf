"""Strips reach the document whole, in small pieces."""

import threading
import time

import numpy as np
from small_scenes import SIZE, WAIT_MS

from segstudio.jobs.steps import StripReady
from segstudio.raster.window import Window
from segstudio.ui.strip_feed import StripFeed


def strip_of(window: Window, image_id: int) -> StripReady:
    rows, cols = np.mgrid[window.row_off : window.row_end, window.col_off : window.col_end]
    class_ids = ((rows + cols) % 5).astype(np.uint8)
    return StripReady(image_id, window, class_ids, class_ids * 10, None, "model")


def test_a_strip_arrives_pixel_by_pixel(qtbot, opened):
    feed, window = StripFeed(), Window(0, 100, SIZE, 500)
    strip = strip_of(window, opened.document.image_id)
    with qtbot.waitSignal(feed.drained, timeout=WAIT_MS):
        feed.add(opened.document, strip)
    assert (opened.document.mask.prediction.read(window) == strip.class_ids).all()
    assert (opened.document.mask.doubt.read(window) == strip.doubt).all()
    assert feed.is_empty


def test_what_is_repainted_covers_the_strip(qtbot, opened):
    feed, window, seen = StripFeed(), Window(0, 0, SIZE, SIZE), []
    feed.changed.connect(lambda _, changed: seen.append(changed))
    with qtbot.waitSignal(feed.drained, timeout=WAIT_MS):
        feed.add(opened.document, strip_of(window, opened.document.image_id))
    whole = seen[0]
    for part in seen:
        whole = whole.union(part)
    assert whole == window


def test_while_too_many_strips_wait_the_worker_waits(qtbot, opened):
    feed, extent = StripFeed(), Window(0, 0, SIZE, SIZE)
    strips = [strip_of(extent, opened.document.image_id) for _ in range(16)]
    given = []

    def work():
        for strip in feed.paced(strip for strip in strips):
            given.append(strip)

    for strip in strips:
        feed.add(opened.document, strip)
    worker = threading.Thread(target=work)
    worker.start()
    assert given == []
    with qtbot.waitSignal(feed.drained, timeout=WAIT_MS):
        pass
    worker.join()
    assert given == strips


def test_a_turn_of_the_feed_is_short(opened):
    feed = StripFeed()
    for _ in range(4):
        feed.add(opened.document, strip_of(Window(0, 0, SIZE, SIZE), opened.document.image_id))
    began = time.thread_time()
    feed._put_some()
    assert time.thread_time() - began < 0.05
    feed.clear()
