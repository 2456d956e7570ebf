"""One file over HTTP: piece by piece, gone on with after a break, and there in full or not at all.

What has come so far lies beside the target as `<name>.part`, with what the server called its content in
`<name>.part.json`: a later download goes on where this one stopped, if the server still has the same content.
"""

import errno
import hashlib
import http
import http.client
import json
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from segstudio.errors import SegstudioError
from segstudio.jobs.steps import Progress
from segstudio.models.state_file import sync

_CHUNK_BYTES = 256 * 1024
_TIMEOUT_S = 15.0
"""Without a byte for so long the connection counts as dead; also the longest wait for a cancel."""
_ATTEMPTS = 4
"""A connection that breaks is taken up again so often, without a pause: the server's part is there."""
_LARGEST_BYTES = 2 * 1024**3
"""The largest published set here has 0.6 GB: a stream that does not end is stopped."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXT = "Fetching weights"


class DownloadError(SegstudioError):
    """A file did not come; `is_offline` where not even its server was reached."""

    def __init__(self, sentence: str, *, is_offline: bool = False) -> None:
        super().__init__(sentence)
        self.is_offline = is_offline


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that came whole: its SHA-256, and what the server said its SHA-256 is ("" = nothing)."""

    path: Path
    sha256: str
    stated: str


@dataclass(slots=True)
class _Part:
    """What has come of a file so far; `tag` is the server's name for the content, `stated` its SHA-256."""

    file: Path
    tag: str = ""
    stated: str = ""

    @property
    def size(self) -> int:
        return self.file.stat().st_size if self.file.is_file() else 0

    @property
    def _record(self) -> Path:
        return self.file.with_name(f"{self.file.name}.json")

    def read(self) -> None:
        """Take up what an earlier download left."""
        try:
            values = json.loads(self._record.read_text(encoding="utf-8"))
            self.tag, self.stated = str(values["tag"]), str(values["stated"])
        except (OSError, ValueError, KeyError, TypeError):
            # nobody can say whether it is a part of the same content
            self.file.unlink(missing_ok=True)

    def begin(self, tag: str, stated: str) -> None:
        """Another content: what was there is no part of it."""
        self.tag, self.stated = tag, stated
        self.file.unlink(missing_ok=True)
        self._record.write_text(json.dumps({"tag": tag, "stated": stated}), encoding="utf-8")

    def remove(self) -> None:
        self.file.unlink(missing_ok=True)
        self._record.unlink(missing_ok=True)

    def finish(self, target: Path) -> None:
        sync(self.file)
        self.file.replace(target)
        self._record.unlink(missing_ok=True)
        sync(target.parent)


def download(
    address: str, target: Path, *, sha256: str = "", timeout_s: float = _TIMEOUT_S
) -> Generator[Progress, None, Downloaded]:
    """Fetch a file to `target`; progress in bytes after every chunk, so that a cancel bites within one.

    Closing it, or a break, keeps what has come. `sha256` are the first digits of the checksum the content
    must have; without them the one that the server states is taken (the model hub does).

    Raises:
        DownloadError: it did not come, or something else came; says which and what to do.
    """
    part = _Part(target.with_name(f"{target.name}.part"))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.read()
        for _ in range(_ATTEMPTS):
            if (yield from _attempt(address, part, timeout_s)):
                break
        else:
            raise DownloadError(
                f"{_host(address)} broke off again and again: {_mb(part.size)} MB are kept, "
                "try again to go on from there"
            )
        found = yield from sha256_of(part.file)
        _check(found, sha256 or part.stated, part, address)
        part.finish(target)
    except OSError as error:
        raise _disk_error(error, target) from error
    return Downloaded(target, found, part.stated)


def sha256_of(path: Path) -> Generator[Progress, None, str]:
    """The checksum of a file, with progress in bytes."""
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            done += len(chunk)
            yield Progress(done, total, None, "Checking the weights")
    return digest.hexdigest()


def _attempt(address: str, part: _Part, timeout_s: float) -> Generator[Progress, None, bool]:
    """One connection; whether the file is whole afterwards."""
    redirects = _Redirects()
    try:
        answer = _open(address, part, redirects, timeout_s)
    except urllib.error.HTTPError as error:
        with error:
            return _is_whole_already(error, part, address)
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise _unreachable(address, part, error) from error
    with closing(answer):
        start, total = _range(answer)
        tag, stated = str(answer.headers.get("ETag", "")), redirects.stated or _stated(answer.headers)
        if start != part.size or (tag, stated) != (part.tag, part.stated):
            part.begin(tag, stated)
            if start:
                # the rest of another content: the next attempt asks for all of it
                return False
        _check_room(total, part)
        return (yield from _receive(answer, part, total))


def _open(address: str, part: _Part, redirects: "_Redirects", timeout_s: float) -> Any:
    headers = {"User-Agent": "segstudio", "Accept-Encoding": "identity"}
    if part.size:
        headers["Range"] = f"bytes={part.size}-"
        if part.tag.startswith('"'):
            headers["If-Range"] = part.tag
    if urlsplit(address).scheme not in ("http", "https"):
        raise DownloadError(f"'{address}' is no web address: give one that begins with https://")
    opener = urllib.request.build_opener(redirects)
    return opener.open(urllib.request.Request(address, headers=headers), timeout=timeout_s)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to http(s) only, never from https to http; remembers the checksum the hub states on the way."""

    def __init__(self) -> None:
        self.stated = ""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        self.stated = self.stated or _stated(headers)
        if urlsplit(newurl).scheme not in {"https", req.type}:
            raise urllib.error.URLError(f"it points to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _stated(headers: Any) -> str:
    """The SHA-256 a server gives: the hub's `X-Linked-Etag`, or an `ETag` that is one; else nothing."""
    for name in ("X-Linked-Etag", "ETag"):
        found = _SHA256.fullmatch(str(headers.get(name, "")).removeprefix("W/").strip('"').lower())
        if found:
            return found.group()
    return ""


def _range(answer: Any) -> tuple[int, int | None]:
    """First byte of the answer and length of the whole file."""
    if answer.status == http.HTTPStatus.PARTIAL_CONTENT:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
        if found:
            return int(found[1]), int(found[2]) if found[2] != "*" else None
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else None


def _receive(answer: Any, part: _Part, total: int | None) -> Generator[Progress, None, bool]:
    """Append what comes; whether it came to its end."""
    began, before = time.monotonic(), part.size
    with part.file.open("ab") as file:
        while chunk := _read(answer):
            file.write(chunk)
            done = file.tell()
            if done > (_LARGEST_BYTES if total is None else total):
                raise DownloadError(f"{_host(answer.url)} sends more than it said: try again later")
            pace = (time.monotonic() - began) / (done - before)
            yield Progress(done, total or 0, None if total is None else pace * (total - done), _TEXT)
    return chunk is not None and (total is None or part.size == total)


def _read(answer: Any) -> bytes | None:
    """The next chunk, b"" at the end, None where the connection broke."""
    try:
        return bytes(answer.read1(_CHUNK_BYTES))
    except (http.client.HTTPException, OSError, ValueError):
        return None


def _is_whole_already(error: urllib.error.HTTPError, part: _Part, address: str) -> bool:
    """What an answer that is no file means: the part is whole, or it is not one of this file, or no file."""
    if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and part.size:
        if error.headers.get("Content-Range", "") == f"bytes */{part.size}":
            return True
        part.remove()
        return False
    raise DownloadError(_refusal(error, address)) from error


def _refusal(error: urllib.error.HTTPError, address: str) -> str:
    host = _host(address)
    if error.code == http.HTTPStatus.TOO_MANY_REQUESTS:
        wait = error.headers.get("Retry-After", "")
        when = f"in {wait} s" if wait.isdecimal() else "in some minutes"
        return f"{host} has had too many requests (429): try again {when}"
    if error.code in (http.HTTPStatus.NOT_FOUND, http.HTTPStatus.GONE):
        return f"{address} is not there ({error.code}): the publisher has moved it"
    if error.code in (http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN):
        return f"{host} does not give {address} to everybody ({error.code})"
    return f"{host} answers {error.code} {error.reason}: try again later"


def _unreachable(address: str, part: _Part, error: Exception) -> DownloadError:
    reason = getattr(error, "reason", error)
    kept = f", {_mb(part.size)} MB are kept" if part.size else ""
    return DownloadError(f"{_host(address)} cannot be reached ({reason}){kept}", is_offline=True)


def _check(found: str, wanted: str, part: _Part, address: str) -> None:
    if not found.startswith(wanted.lower()):
        part.remove()
        raise DownloadError(
            f"what came from {_host(address)} is not the file that was asked for: its checksum begins with "
            f"{found[:8]}, not {wanted[:8]}; nothing of it was kept"
        )


def _check_room(total: int | None, part: _Part) -> None:
    if total is not None and total > _LARGEST_BYTES:
        raise DownloadError(f"the file has {total / 1e9:.0f} GB, more than any set of weights: it is another")
    free = shutil.disk_usage(part.file.parent).free
    if total is not None and free < total - part.size:
        raise DownloadError(
            f"{_mb(total - part.size)} MB are needed in {part.file.parent}, {_mb(free)} are free: make room"
        )


def _disk_error(error: OSError, target: Path) -> DownloadError:
    if error.errno == errno.ENOSPC:
        return DownloadError(f"the disk of {target.parent} is full: make room and try again to go on")
    return DownloadError(f"{target.parent} cannot be written to ({error.strerror or error}): check it")


def _host(address: str) -> str:
    return urlsplit(address).netloc or address


def _mb(size: float) -> str:
    return f"{size / 1e6:.1f}"
