"""Connections to hosts, used again and again; through the proxy that the environment names."""

import base64
import http.client
import socket
import ssl
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from segstudio.raster.stop import Stop

_IDLE_AT_MOST = 8
_DRAINED_BYTES = 1 << 16
"""What is left of an answer is read up to here, so that its connection can be used again."""


@dataclass(frozen=True, slots=True)
class _Link:
    """A connection, its socket (which http.client forgets early), and what a proxy wants to be told."""

    connection: http.client.HTTPConnection
    socket: socket.socket
    is_proxied: bool = False
    proxy_headers: Mapping[str, str] = field(default_factory=dict)

    def ask(self, parts: SplitResult, headers: Mapping[str, str], stop: Stop) -> http.client.HTTPResponse:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        target = f"http://{parts.netloc}{path}" if self.is_proxied else path
        with stop.cutting(self.socket):
            self.connection.request("GET", target, headers={**headers, **self.proxy_headers})
            return self.connection.getresponse()


class Connections:
    """Kept open between requests, at most a handful; any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[str, _Link]] = []

    @contextmanager
    def asking(
        self, url: str, headers: Mapping[str, str], stop: Stop, *, connect_s: float, silence_s: float
    ) -> Iterator[http.client.HTTPResponse]:
        """The answer to a GET; its connection is kept if the block reads it to the end.

        Raises:
            OSError, http.client.HTTPException: No answer.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        link, answer = self._ask_idle(origin, parts, headers, stop)
        if link is None or answer is None:
            if stop.is_asked:
                raise ConnectionAbortedError("given up")  # to connect may take seconds
            link = _connect(parts, connect_s, silence_s)
            try:
                answer = link.ask(parts, headers, stop)
            except BaseException:
                link.connection.close()
                raise
        try:
            with stop.cutting(link.socket):
                yield answer
                if answer.length is not None and answer.length <= _DRAINED_BYTES:
                    answer.read()
        except BaseException:
            answer.close()
            link.connection.close()
            raise
        self._keep(origin, link, answer)

    def close(self) -> None:
        """Close those that nobody is using."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, link in idle:
            link.connection.close()

    def _ask_idle(
        self, origin: str, parts: SplitResult, headers: Mapping[str, str], stop: Stop
    ) -> tuple[_Link | None, http.client.HTTPResponse | None]:
        link = self._take(origin)
        if link is None:
            return None, None
        try:
            return link, link.ask(parts, headers, stop)
        except (ConnectionError, http.client.RemoteDisconnected, ssl.SSLError):
            link.connection.close()  # the host had let go of it in the meantime
            return None, None

    def _take(self, origin: str) -> _Link | None:
        with self._lock:
            for number, (to, link) in enumerate(self._idle):
                if to == origin:
                    del self._idle[number]
                    return link
        return None

    def _keep(self, origin: str, link: _Link, answer: http.client.HTTPResponse) -> None:
        if answer.will_close or not answer.isclosed():
            answer.close()
            link.connection.close()
            return
        with self._lock:
            self._idle.append((origin, link))
            gone = [self._idle.pop(0)[1] for _ in self._idle[_IDLE_AT_MOST:]]
        for old in gone:
            old.connection.close()


def _connect(parts: SplitResult, connect_s: float, silence_s: float) -> _Link:
    proxy = _proxy_for(parts)
    at = proxy or parts
    host = at.hostname or ""
    if parts.scheme == "https":
        safe = http.client.HTTPSConnection(host, at.port, timeout=connect_s, context=_tls())
        if proxy is not None:
            safe.set_tunnel(parts.hostname or "", parts.port or 443, headers=_proxy_login(proxy))
        connection: http.client.HTTPConnection = safe
    else:
        connection = http.client.HTTPConnection(host, at.port, timeout=connect_s)
    connection.connect()
    connection.sock.settimeout(silence_s)
    if proxy is None or parts.scheme == "https":
        return _Link(connection, connection.sock)
    return _Link(connection, connection.sock, is_proxied=True, proxy_headers=_proxy_login(proxy))


def _proxy_for(parts: SplitResult) -> SplitResult | None:
    """The proxy of HTTP_PROXY, HTTPS_PROXY or the system's settings, unless NO_PROXY names the host."""
    found = urllib.request.getproxies().get(parts.scheme)
    if not found or urllib.request.proxy_bypass(parts.netloc):
        return None
    return urlsplit(found if "://" in found else f"http://{found}")


def _proxy_login(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    return {"Proxy-Authorization": basic(f"{unquote(proxy.username)}:{unquote(proxy.password or '')}")}


def basic(login: str) -> str:
    """The value of an Authorization header for "name:password" (RFC 7617)."""
    return f"Basic {base64.b64encode(login.encode()).decode('ascii')}"


def _tls() -> ssl.SSLContext:
    with _tls_lock:
        if not _tls_kept:
            _tls_kept.append(ssl.create_default_context())
        return _tls_kept[0]


_tls_lock = threading.Lock()
_tls_kept: list[ssl.SSLContext] = []
"""Reading the system's certificates takes some 20 ms: once."""
