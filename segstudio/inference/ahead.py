"""A thread that makes the next items while the net is busy with this one."""

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from segstudio.inference.device import ARITHMETIC_THREADS
from segstudio.raster.stop import adopted_stop

T = TypeVar("T")


def ahead(start: Callable[[], Generator[T, None, None]], waiting: int = 2) -> Generator[T, None, None]:
    """Run a generator in a thread of its own, at most `waiting` items ahead of the consumer.

    The generator lives in that thread from its first line to its `finally`, so what it opens (a raster) never
    changes hands; its errors surface here. What it waits for on a network is given up when the consumer is.
    While the consumer holds an item, `waiting` more may exist: a generator that fills buffers in turn needs
    `waiting + 1` of them. `close()` returns when the thread is gone.
    """
    with (
        adopted_stop().child() as stop,
        ThreadPoolExecutor(
            1, thread_name_prefix=f"{ARITHMETIC_THREADS}-ahead", initializer=stop.adopt
        ) as pool,
    ):
        items = pool.submit(start).result()
        futures: deque[Future[T]] = deque(pool.submit(next, items) for _ in range(waiting))
        try:
            while True:
                try:
                    item = futures.popleft().result()
                except StopIteration:
                    return
                futures.append(pool.submit(next, items))
                yield item
        finally:
            stop.ask()
            for future in futures:
                future.cancel()
            with suppress(StopIteration):
                pool.submit(items.close).result()
