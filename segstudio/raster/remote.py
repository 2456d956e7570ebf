"""A file on another machine: what it is known by, its pages as needed, and patience with the network.

Over HTTP of our own and not through GDAL's /vsicurl/. Both were measured equally fast, but GDAL follows
redirects to other protocols, mixes blocks of a file that changes while it is open, cannot be told to stop,
and says of every trouble that the file is not recognised or cannot be read.
"""

import hashlib
import itertools
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from segstudio.errors import ConnectionLost, RasterError
from segstudio.raster import remote_http
from segstudio.raster.address import Address
from segstudio.raster.links import links
from segstudio.raster.named import judge_named
from segstudio.raster.pages import PAGE_BYTES, PageCache, cut, pages_of, runs, split
from segstudio.raster.remote_http import Broken, Client, Part
from segstudio.raster.remote_s3 import BucketClient
from segstudio.raster.stop import Stop, adopted_stop

HEAD_BYTES = 4 * PAGE_BYTES
"""The header of most files, in one answer; also what a file is known by."""

_BEGINNING_BYTES = 64

_MOST_BYTES = 1 << 30
"""For one read of GDAL's: no block is allowed to be so large, and no table of a sane file is."""

_AT_ONCE = 4
"""So many parts are fetched side by side for one read."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_pages = PageCache()
_numbers = itertools.count()


class RemoteFile:
    """One state of a file; a part of another state is refused, so that no two are ever mixed."""

    def __init__(self, address: Address, client: Client, head: Part) -> None:
        self.address = address
        self.size = head.total
        self.modified = head.modified
        self.beginning = head.body[:_BEGINNING_BYTES]
        self.fingerprint = _fingerprint(head)
        self._tag = _tag(head)
        self._client = client
        self._number = next(_numbers)
        _pages.keep(self._number, split(0, head.body))

    def read(self, start: int, length: int) -> bytes:
        """Bytes from a place on, fewer at the file's end; see `read_many`."""
        return self.read_many([(start, length)])[0]

    def read_many(self, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Several ranges (start, length); what is not in memory is fetched side by side.

        Raises:
            ConnectionLost: The host does not answer.
            RasterError: It gives no such part, or the file has changed.
        """
        inside, wanted = self._inside(ranges)
        pages = _pages.held(self._number, wanted)
        stop = adopted_stop()
        for part in _side_by_side(runs(wanted - pages.keys()), lambda run: self._fetch(run, stop)):
            fetched = split(part.start, part.body)
            _pages.keep(self._number, fetched)
            pages |= fetched
        return [cut(pages, *each) for each in inside]

    def held(self, ranges: Sequence[tuple[int, int]]) -> list[bytes] | None:
        """The same without asking anybody: None unless all of it is in memory."""
        inside, wanted = self._inside(ranges)
        pages = _pages.held(self._number, wanted)
        return [cut(pages, *each) for each in inside] if wanted <= pages.keys() else None

    def _inside(self, ranges: Sequence[tuple[int, int]]) -> tuple[list[tuple[int, int]], set[int]]:
        """Ranges without what lies beyond the end, and the pages they lie on."""
        inside = [(start, max(0, min(length, self.size - start))) for start, length in ranges]
        if sum(length for _, length in inside) > _MOST_BYTES:
            raise RasterError(f"{self.address.name} has parts too large to be fetched: download it first")
        return inside, {number for each in inside for number in pages_of(*each)}

    def _fetch(self, run: range, stop: Stop) -> Part:
        start, end = run.start * PAGE_BYTES, min(run.stop * PAGE_BYTES, self.size)
        part = _patiently(self._client, start, end - start, stop, remote_http.settings.attempts)
        if part.total != self.size or _tag(part) != self._tag:
            raise RasterError(f"{self.address.name} has changed at {self.address.host}: open it again")
        return part


def _fingerprint(head: Part) -> str:
    """What tells a state from others: its length, its tag and its first bytes."""
    digest = hashlib.blake2b(f"{head.total}\n{_tag(head)}\n".encode(), digest_size=16)
    digest.update(head.body[:HEAD_BYTES])
    return f"address:{digest.hexdigest()}"


def _tag(part: Part) -> str:
    """What the host calls this state of the file, else when it was changed."""
    return part.etag or part.modified


_files: dict[Address, RemoteFile] = {}
_clients: dict[Address, Client] = {}
_lock = threading.Lock()


def ask_for(address: Address) -> RemoteFile:
    """The file as it is now: its host is asked, also where the file is known.

    Raises:
        AddressNotNamed: Nobody has named it; nothing was contacted.
        ConnectionLost: Its host does not answer.
        RasterError: There is no such file, or it cannot be had in parts.
    """
    judge_named(address)
    with _lock:
        client = _clients.setdefault(address, _client_of(address))
        known = _files.get(address)
    settings = remote_http.settings
    attempts = settings.attempts if known else settings.first_attempts
    found = RemoteFile(address, client, _patiently(client, 0, HEAD_BYTES, adopted_stop(), attempts))
    with _lock:
        if known is None or known.fingerprint != found.fingerprint:
            _files[address] = found
        return _files[address]


def known_or_asked(address: Address) -> RemoteFile:
    """The file as it was when it was asked for last; see `ask_for`."""
    judge_named(address)
    return _files.get(address) or ask_for(address)


def forget_all() -> None:
    """Let go of connections and pages, and of what files were; open ones go on."""
    with _lock:
        _clients.clear()
        _files.clear()
    remote_http.connections.close()
    _pages.clear()


def _client_of(address: Address) -> Client:
    return BucketClient(address) if address.text.startswith("s3:") else Client(address)


def _patiently(client: Client, start: int, length: int, stop: Stop, attempts: int) -> Part:
    """A part, asked for again after ever longer waits.

    Raises:
        ConnectionLost: It did not come.
    """
    settings, host = remote_http.settings, client.address.host
    for attempt in range(1, attempts + 1):
        try:
            part = client.part(start, length, stop)
        except Broken as error:
            wait = min(settings.longest_wait_s, max(error.wait_s, settings.first_wait_s * 2 ** (attempt - 1)))
            if stop.is_asked:
                raise ConnectionLost(f"reading {client.address.name} was given up") from error
            if attempt == attempts:
                sentence = f"{error}: check the connection, or try again later"
                raise ConnectionLost(sentence, host=host, reason=str(error), wait_s=wait) from error
            links.lost(host, str(error), wait)
            stop.wait(wait)
        else:
            links.back(host)
            return part
    raise AssertionError("at least one attempt")


def _side_by_side(items: Sequence[Item], work: Callable[[Item], Answer]) -> list[Answer]:
    """The answers in order, a few at once; the first error surfaces when those under way have ended."""
    answers: dict[int, Answer] = {}
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            answers[number] = work(items[number])
        except BaseException as error:
            errors.append(error)

    for at in range(0, len(items), _AT_ONCE):
        last = min(at + _AT_ONCE, len(items)) - 1
        # daemons: a program that ends waits for no host
        threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(at, last)]
        for thread in threads:
            thread.start()
        run(last)
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
    return [answers[number] for number in range(len(items))]
