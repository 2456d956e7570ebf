"""`python -m tests.bench.range_host FILE`: parts of one file on loopback; says its port, counts bytes."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    """Parts of the file, and under /sent how many bytes that were."""

    protocol_version = "HTTP/1.1"
    path_on_disk = Path(sys.argv[-1])
    sent = 0

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._head(200, self.path_on_disk.stat().st_size)

    def do_GET(self) -> None:
        if self.path == "/sent":
            body = str(Handler.sent).encode()
            self._head(200, len(body))
            self.wfile.write(body)
            return
        size = self.path_on_disk.stat().st_size
        start, _, end = self.headers["Range"].removeprefix("bytes=").partition("-")
        first, last = int(start), min(int(end or size - 1), size - 1)
        Handler.sent += last - first + 1
        self._head(206, last - first + 1, f"bytes {first}-{last}/{size}")
        with self.path_on_disk.open("rb") as file:
            file.seek(first)
            self.wfile.write(file.read(last - first + 1))

    def _head(self, status: int, length: int, content_range: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("Accept-Ranges", "bytes")
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()


if __name__ == "__main__":
    ThreadingHTTPServer.daemon_threads = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
