"""Pages of files on other machines, kept in memory: the least recently used go first."""

import threading
from collections import OrderedDict
from collections.abc import Iterable

PAGE_BYTES = 1 << 14
"""A compressed block of 256 pixels takes one to four of these."""

BUDGET_BYTES = 64 << 20
"""For all files together: the compressed blocks of some forty screens."""

_RUN_PAGES = 256
"""Fetched in one answer at most (4 MB): longer ones come faster side by side."""

_GAP_PAGES = 1
"""Fetched though nobody asked for it, where that saves a request."""


class PageCache:
    """Keeps at most `budget_bytes`; any thread may ask. A file is known by a number of its own."""

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self.budget_bytes = budget_bytes
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._bytes = 0

    @property
    def size_bytes(self) -> int:
        """What the pages take."""
        return self._bytes

    def held(self, file: int, numbers: Iterable[int]) -> dict[int, bytes]:
        """Those of the pages that are here, by number."""
        with self._lock:
            found = {}
            for number in numbers:
                page = self._pages.get((file, number))
                if page is not None:
                    self._pages.move_to_end((file, number))
                    found[number] = page
            return found

    def keep(self, file: int, pages: dict[int, bytes]) -> None:
        """Keep pages, dropping old ones beyond the budget."""
        with self._lock:
            for number, page in pages.items():
                before = self._pages.pop((file, number), b"")
                self._pages[file, number] = page
                self._bytes += len(page) - len(before)
            while self._bytes > self.budget_bytes:
                self._bytes -= len(self._pages.popitem(last=False)[1])

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0


def pages_of(start: int, length: int) -> range:
    """The numbers of the pages that hold these bytes."""
    return range(start // PAGE_BYTES, -(-(start + length) // PAGE_BYTES)) if length > 0 else range(0)


def split(start: int, body: bytes) -> dict[int, bytes]:
    """Bytes from the beginning of a page on, by page."""
    first = start // PAGE_BYTES
    return {
        first + number: body[at : at + PAGE_BYTES]
        for number, at in enumerate(range(0, len(body), PAGE_BYTES))
    }


def cut(pages: dict[int, bytes], start: int, length: int) -> bytes:
    """Bytes of a file out of its pages, which are all there."""
    pieces = [pages[number] for number in pages_of(start, length)]
    if not pieces:
        return b""
    first, last = start % PAGE_BYTES, (start + length - 1) % PAGE_BYTES + 1
    pieces[-1] = pieces[-1][:last]
    pieces[0] = pieces[0][first:]
    return b"".join(pieces)


def runs(numbers: Iterable[int]) -> list[range]:
    """Pages gathered into what is fetched in one answer each."""
    found: list[range] = []
    for number in sorted(numbers):
        near = found and number - found[-1].stop <= _GAP_PAGES and number - found[-1].start < _RUN_PAGES
        if near:
            found[-1] = range(found[-1].start, number + 1)
        else:
            found.append(range(number, number + 1))
    return found
