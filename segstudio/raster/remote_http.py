"""One part of a file over HTTP: redirects, every wrong answer as a sentence, connections used again."""

import http.client
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from segstudio.errors import RasterError
from segstudio.raster.address import Address
from segstudio.raster.remote_connection import Connections, basic
from segstudio.raster.stop import Stop


@dataclass(frozen=True, slots=True)
class RemoteSettings:
    """How long is waited, how often is asked, how much is fetched of a host that gives no parts."""

    connect_s: float = 6.0
    silence_s: float = 15.0
    slowest_bytes_s: int = 10_000
    attempts: int = 8
    first_attempts: int = 2
    first_wait_s: float = 0.5
    longest_wait_s: float = 15.0
    redirects: int = 5
    whole_bytes: int = 32 << 20


settings = RemoteSettings()

connections = Connections()
"""Shared by all files: many lie with one host."""

_CHUNK_BYTES = 1 << 18
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_MOVED = {301, 302, 303, 307, 308}
_AGENT = "segstudio"
_KEPT = "/%:@!$&'()*+,;=~?#[]"
"""What stays as it is in a URL (RFC 3986), and what is quoted already."""


class Broken(RasterError):
    """An answer did not come or came in part; asking once more may help, not before `wait_s`."""

    def __init__(self, sentence: str, wait_s: float = 0.0) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


class OtherRegion(RasterError):
    """A bucket lies in another region than was asked."""

    def __init__(self, region: str) -> None:
        super().__init__(f"the bucket lies in {region}")
        self.region = region


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of a file, and what the host says of the file: its length, its tag, when it was changed."""

    start: int
    body: bytes
    total: int
    etag: str
    modified: str


class Client:
    """Asks for parts of one file; any thread may."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._moved_to = ""

    def part(self, start: int, length: int, stop: Stop) -> Part:
        """Bytes from a place on, fewer at the file's end; all of a small file if its host gives no parts.

        Raises:
            Broken: Asking again may help.
            RasterError: It will not.
        """
        moved_to = self._moved_to
        if not moved_to:
            return self._follow(self.url(), start, length, stop)
        try:
            return self._follow(moved_to, start, length, stop)
        except RasterError:
            # where a host sends its visitors may hold for minutes only
            self._moved_to = ""
        return self._follow(self.url(), start, length, stop)

    def url(self) -> str:
        """What is asked for: the address with the query that lets in."""
        secret = self.address.secret.query
        return f"{self.address.text.partition('?')[0]}?{secret}" if secret else self.address.text

    def headers(self, to: SplitResult, asked: Mapping[str, str]) -> dict[str, str]:
        """What lets in where this is asked for; a login is told to its own host only."""
        own, login = urlsplit(self.address.text), self.address.secret.login
        is_own = (to.scheme, to.netloc) == (own.scheme, own.netloc)
        return {"Authorization": basic(login)} if login and is_own else {}

    def _follow(self, url: str, start: int, length: int, stop: Stop) -> Part:
        for _ in range(settings.redirects + 1):
            with self._asked(url, start, length, stop) as answer:
                if answer.status not in _MOVED:
                    part = self._judged(answer, start, length)
                    self._moved_to = "" if url == self.url() else url
                    return part
                url = self._next(url, answer)
        raise RasterError(
            f"{self.address.host} sends every visitor on and on: compare the address with the file's own"
        )

    def _next(self, url: str, answer: http.client.HTTPResponse) -> str:
        region = answer.headers.get("x-amz-bucket-region")
        if region and self.address.text.startswith("s3:"):
            raise OtherRegion(region)
        try:
            target = quote(urljoin(url, answer.headers.get("Location", "")), safe=_KEPT)
            parts = urlsplit(target)
            if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
                return target
        except ValueError:
            pass  # neither a host nor a port
        raise RasterError(
            f"{self.address.host} sends its visitors to what is no web address: download the image and open "
            "the file"
        )

    def _judged(self, answer: http.client.HTTPResponse, start: int, length: int) -> Part:
        _judge_status(answer, self.address)
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise RasterError(f"{self.address.host} packs the file on its way: download it and open that")
        said = {"etag": answer.headers.get("ETag", ""), "modified": answer.headers.get("Last-Modified", "")}
        if answer.status == 200:
            body = self._whole(answer)
            return Part(0, body, len(body), **said)
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        first, last, total = map(int, found.groups()) if found else (-1, -1, 0)
        if first != start or last != min(start + length, total) - 1:
            raise RasterError(
                f"{self.address.host} sends other parts of {self.address.name} than were asked for: "
                "download the image and open the file"
            )
        body = self._body(answer, last - first + 1)
        if len(body) < last - first + 1:
            raise Broken(f"{self.address.host} broke off")
        return Part(first, body, total, **said)

    def _whole(self, answer: http.client.HTTPResponse) -> bytes:
        """All of a small file."""
        length = answer.length
        if answer.headers.get_content_type() == "text/html":
            raise RasterError(web_page(self.address))
        if length is None or length > settings.whole_bytes:
            raise RasterError(
                f"{self.address.host} gives files only whole, not in parts: "
                f"download {self.address.name} and open the file"
            )
        body = self._body(answer, length)
        if len(body) < length:
            raise Broken(f"{self.address.host} broke off")
        return body

    def _body(self, answer: http.client.HTTPResponse, length: int) -> bytes:
        """At most so many bytes; a host that sends them one by one is given up."""
        last = time.monotonic() + settings.silence_s + length / settings.slowest_bytes_s
        pieces, left = [], length
        while left and (piece := answer.read1(min(left, _CHUNK_BYTES))):
            pieces.append(piece)
            left -= len(piece)
            if left and time.monotonic() > last:
                raise Broken(f"{self.address.host} answers too slowly")
        return b"".join(pieces)

    @contextmanager
    def _asked(self, url: str, start: int, length: int, stop: Stop) -> Iterator[http.client.HTTPResponse]:
        headers = {
            "Range": f"bytes={start}-{start + length - 1}",
            "Accept-Encoding": "identity",
            "User-Agent": _AGENT,
        }
        headers |= self.headers(urlsplit(url), headers)
        waits = {"connect_s": settings.connect_s, "silence_s": settings.silence_s}
        try:
            with connections.asking(url, headers, stop, **waits) as answer:
                yield answer
        except (OSError, http.client.HTTPException) as error:
            raise _trouble(error, self.address) from error


def web_page(address: Address) -> str:
    """What is said where a page comes instead of a file."""
    return (
        f"{address.host} answers with a web page, not with {address.name}: is it the address of a page about "
        "the file, or is a login needed?"
    )


def _judge_status(answer: http.client.HTTPResponse, address: Address) -> None:
    """Nothing where the answer is a part or a whole.

    Raises:
        RasterError: Why there is nothing, and the way out.
    """
    status, host, name = answer.status, address.host, address.name
    if status in (200, 206):
        return
    if status in _BUSY:
        raise Broken(f"{host} is in trouble (HTTP {status})", _seconds(answer.headers.get("Retry-After")))
    if status in (401, 403):
        raise RasterError(f"{host} keeps {name} to itself (HTTP {status}): {_login_way_out(address)}")
    if status in (404, 410):
        raise RasterError(f"{host} has no {name} (HTTP {status}): compare the address with the file's own")
    if status == 416 and answer.headers.get("Content-Range", "").endswith("*/0"):
        raise RasterError(f"{name} is empty at {host}: compare the address with the file's own")
    if status == 416:
        raise RasterError(f"{name} is shorter than it was: it has changed at {host}, open it again")
    raise RasterError(f"{host} refuses to give {name} (HTTP {status}): download the image and open the file")


def _login_way_out(address: Address) -> str:
    if address.text.startswith("s3:"):
        return "name a profile in AWS_PROFILE or the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    return "open the address with its signature, or as https://name:password@host/..."


def _seconds(text: str | None) -> float:
    """Retry-After in seconds (its other form, a date, is for longer breaks than ours)."""
    return float(text) if text and text.isdigit() and len(text) < 6 else 0.0


def _trouble(error: OSError | http.client.HTTPException, address: Address) -> RasterError:
    """What went wrong on the way, as a sentence."""
    host = address.host
    if isinstance(error, ssl.SSLCertVerificationError):
        return RasterError(
            f"the certificate of {host} cannot be trusted ({error.verify_message}): check the address and "
            "this machine's clock, or download the image and open the file"
        )
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return RasterError(
            f"no safe connection to {host} can be made ({error.reason}): does its address begin with http://?"
        )
    if isinstance(error, socket.gaierror):
        return Broken(f"{host} is not found")
    if isinstance(error, TimeoutError):
        return Broken(f"{host} does not answer")
    if isinstance(error, ConnectionRefusedError):
        return Broken(f"{host} takes no connections")
    return Broken(f"{host} broke off")
