import threading
from collections.abc import Generator

import pytest

from segstudio.inference.ahead import ahead


def test_items_arrive_in_order_and_come_from_one_other_thread() -> None:
    def items() -> Generator[tuple[int, int], None, None]:
        for n in range(20):
            yield n, threading.get_ident()

    found = list(ahead(items))
    assert [n for n, _ in found] == list(range(20))
    assert len({thread for _, thread in found} - {threading.get_ident()}) == 1


def test_closing_early_runs_the_generators_finally_in_its_own_thread() -> None:
    ended: list[int] = []

    def items() -> Generator[int, None, None]:
        try:
            yield from range(1_000_000)
        finally:
            ended.append(threading.get_ident())

    numbers = ahead(items)
    assert next(numbers) == 0
    numbers.close()
    assert len(ended) == 1
    assert ended[0] != threading.get_ident()
    assert not [t for t in threading.enumerate() if t.name.startswith("segstudio-ahead")]


def test_an_error_of_the_generator_surfaces_where_the_item_is_missed() -> None:
    def items() -> Generator[int, None, None]:
        yield 1
        raise ValueError("the disk is gone")

    numbers = ahead(items)
    assert next(numbers) == 1
    with pytest.raises(ValueError, match="the disk is gone"):
        next(numbers)


def test_it_never_runs_further_ahead_than_told() -> None:
    made: list[int] = []

    def items() -> Generator[int, None, None]:
        for n in range(50):
            made.append(n)
            yield n

    for held in ahead(items, waiting=2):
        assert len(made) <= held + 3
