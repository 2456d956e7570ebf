"""Pages of files: cut back to what was asked for, fetched once, bounded."""

from hypothesis import given
from hypothesis import strategies as st

from segstudio.raster.pages import PAGE_BYTES, PageCache, cut, pages_of, runs, split

BODY = bytes(number % 251 for number in range(5 * PAGE_BYTES + 77))


@given(st.integers(0, len(BODY)), st.integers(0, len(BODY)))
def test_any_part_is_cut_back_out_of_its_pages(start: int, length: int) -> None:
    length = min(length, len(BODY) - start)
    pages = split(0, BODY)
    needed = {number: pages[number] for number in pages_of(start, length)}
    assert cut(needed, start, length) == BODY[start : start + length]


@given(st.sets(st.integers(0, 3000), max_size=300))
def test_runs_hold_every_page_once_and_hardly_any_other(numbers: set[int]) -> None:
    found = runs(numbers)
    fetched = [number for run in found for number in run]
    assert numbers <= set(fetched) and len(fetched) == len(set(fetched))
    assert len(fetched) <= 2 * len(numbers)
    assert all(len(run) <= 257 for run in found)


def test_the_least_recently_used_pages_go_first() -> None:
    cache = PageCache(budget_bytes=3 * PAGE_BYTES)
    pages = split(0, BODY)
    cache.keep(1, {number: pages[number] for number in (0, 1, 2)})
    assert cache.held(1, [0]) and not cache.held(2, [0])
    cache.keep(1, {3: pages[3]})
    assert set(cache.held(1, range(6))) == {0, 2, 3}
    assert cache.size_bytes == 3 * PAGE_BYTES
