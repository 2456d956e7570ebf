"""A host on loopback that serves parts of files, and goes wrong in every way a test asks for."""

import hashlib
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from segstudio.raster import named, remote, remote_http

Trick = Callable[["Handler", int, int, bytes], None]


@dataclass
class Host:
    """Files by path, and what happens to the next requests.

    `tricks` are taken one per request, the first first; None serves as it should. `always` is done when none
    is left.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    tricks: list[Trick | None] = field(default_factory=list)
    always: Trick | None = None
    base: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    sent: Counter = field(default_factory=Counter)
    released: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"{self.base}/{path}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host: Host

    def log_message(self, format, *args):
        pass

    def handle(self):
        # whoever asked has gone, or wants no connection with this certificate
        with suppress(ssl.SSLError, ConnectionError):
            super().handle()

    def do_GET(self):
        host, path = self.host, self.path.lstrip("/").partition("?")[0]
        host.asked.append((path, self.headers.get("Range", "")))
        host.headers.append(dict(self.headers))
        content = host.files.get(path)
        if content is None:
            return self.plain(404)
        start, _, end = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        first, last = int(start), min(int(end or len(content)), len(content) - 1)
        trick = host.tricks.pop(0) if host.tricks else host.always
        if trick is not None:
            return trick(self, first, last, content)
        self.part(first, last, content)

    def part(self, first, last, content, *, total=None, length=None, tag=None):
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{total or len(content)}")
        self.send_header("Content-Length", str(length or last - first + 1))
        self.send_header("ETag", tag or f'"{hashlib.md5(content).hexdigest()}"')
        self.end_headers()
        self.send(content[first : last + 1])

    def plain(self, status, headers=None, body=b""):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.send(body)

    def send(self, body):
        self.host.sent[self.path] += len(body)
        self.wfile.write(body)


def answers(status: int, body: bytes = b"", **headers: str) -> Trick:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, first, last, content: handler.plain(status, named, body)


def drops(handler, first, last, content):
    """Half of what was promised, and the connection is gone."""
    handler.close_connection = True
    half = (last - first + 1) // 2
    handler.send_response(206)
    handler.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
    handler.send_header("Content-Length", str(last - first + 1))
    handler.end_headers()
    handler.send(content[first : first + half])


def stalls(handler, first, last, content):
    """Nothing at all, until the test lets go."""
    handler.close_connection = True
    handler.host.released.wait(30)


def whole(handler, first, last, content):
    """A host that knows no parts."""
    handler.plain(200, body=content)


def lies(total: int) -> Trick:
    """Says the file has another length."""
    return lambda handler, first, last, content: handler.part(first, last, content, total=total)


@contextmanager
def impatient(monkeypatch: pytest.MonkeyPatch, *, attempts: int = 2) -> Iterator[None]:
    """Nobody has named a host, nothing waits for long, and what was fetched is forgotten at the end."""
    monkeypatch.setattr(named, "_named", set())
    patience = replace(remote_http.settings, first_wait_s=0.001, longest_wait_s=0.002, attempts=attempts)
    monkeypatch.setattr(remote_http, "settings", patience)
    yield
    remote.forget_all()


@contextmanager
def serving(host: Host, certificate: Path | None = None) -> Iterator[Host]:
    """Serve on a free port, with a certificate over TLS; `host.base` is its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"host": host}))
    host.base = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        host.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
