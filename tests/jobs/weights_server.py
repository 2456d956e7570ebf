"""A stand-in of the model hub on loopback: real HTTP with ranges, and every way a server can go wrong."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Hub:
    """What is kept under which path, and how the server behaves.

    `breaks_after` are the bytes each connection sends before it is cut, one entry per connection. `hub_like`
    answers with a redirect that states the checksum, as the model hub does; the file lies under /cdn.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    breaks_after: list[int] = field(default_factory=list)
    status: int = 200
    retry_after: str = ""
    claims_more: int = 0
    hub_like: bool = False
    states_checksum: bool = True
    ignores_ranges: bool = False
    base: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def sha256(self, path: str) -> str:
        return hashlib.sha256(self.files[path]).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, format, *args):
        pass

    def do_GET(self):
        hub, path = self.hub, self.path.lstrip("/")
        self.close_connection = True
        hub.asked.append((path, self.headers.get("Range", "")))
        if hub.status != 200:
            return self._plain(hub.status, {"Retry-After": hub.retry_after} if hub.retry_after else {})
        if path.removeprefix("cdn/") not in hub.files:
            return self._plain(404, {})
        if hub.hub_like and not path.startswith("cdn/"):
            stated = {"X-Linked-Etag": f'"{hub.sha256(path)}"'} if hub.states_checksum else {}
            return self._plain(302, {"Location": f"/cdn/{path}", **stated})
        return self._file(path.removeprefix("cdn/"))

    def _plain(self, status, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "0", "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()

    def _file(self, path):
        content = self.hub.files[path]
        tag = f'"{hashlib.md5(content).hexdigest()}"'
        start = self._start(tag)
        if start is not None and start >= len(content):
            return self._plain(416, {"Content-Range": f"bytes */{len(content)}"})
        self.send_response(200 if start is None else 206)
        body = content[start or 0 :]
        if start is not None:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(body) + self.hub.claims_more))
        self.send_header("ETag", tag)
        self.send_header("Connection", "close")
        self.end_headers()
        end = self.hub.breaks_after.pop(0) if self.hub.breaks_after else len(body)
        self.wfile.write(body[:end])

    def _start(self, tag):
        wanted, only_if = self.headers.get("Range"), self.headers.get("If-Range")
        if not wanted or self.hub.ignores_ranges or (only_if and only_if != tag):
            return None
        return int(wanted.removeprefix("bytes=").partition("-")[0])


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve a hub on a free port; `hub.base` is its address."""
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = False
    hub.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
