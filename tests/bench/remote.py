"""A cloud-optimised GeoTIFF over loopback, against the same file on the disk and against GDAL's own reader."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import rasterio
from rasterio.shutil import copy
from rasterio.windows import Window as RasterioWindow

from segstudio.raster import named, remote
from segstudio.raster.address import parse_address
from segstudio.raster.gdal import gdal_settings
from segstudio.raster.open import open_raster
from segstudio.raster.raster import fit_shape
from segstudio.raster.stretch import default_stretch, read_display
from segstudio.raster.window import Window
from tests.bench.measure import Figure, each_ms, percentiles, seconds_of, show
from tests.bench.scenes import BLOCK, write_noise_scene

SCREEN = (1600, 1000)
JUMPS = 20
_sent: Counter[str] = Counter()


def run(folder: Path, size: int = 20_000) -> None:
    path = _write_cog(folder, size)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Of", (_Handler,), {"path_on_disk": path}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/cog.tif"
    named.name([parse_address(url)])
    show(f"a {size} x {size} x 3 COG at an address on loopback, limit: the file on the disk", [
        *first_view(path, url), *jumps(path, url, size)
    ])  # fmt: skip
    server.shutdown()


def first_view(path: Path, url: str) -> list[Figure]:
    """Open, find a stretch, read the whole scene for the screen, show-ready, with nothing in memory."""

    def ours(where: str | Path) -> None:
        remote.forget_all()
        with open_raster(where) as raster:
            stretch = default_stretch(raster)
            read_display(raster, raster.info.extent, fit_shape(raster.info.extent, SCREEN[1]), stretch)

    here_s = min(seconds_of(lambda: ours(path)) for _ in range(5))
    there_s = min(seconds_of(lambda: ours(url)) for _ in range(5))
    _sent.clear()
    ours(url)
    fetched, whole = _sent["bytes"] / 1e6, path.stat().st_size / 1e6
    note = f"of {whole:.0f} MB, {100 * fetched / whole:.1f} %"
    return [
        Figure("open to first full view", there_s * 1e3, "ms", here_s * 1e3),
        Figure("fetched for it", fetched, "MB", note=note),
    ]


def jumps(path: Path, url: str, size: int) -> list[Figure]:
    """Random full-resolution views: ours and GDAL's /vsicurl/ over loopback, rasterio from the disk."""
    corners = np.random.default_rng(1).integers(0, size - max(SCREEN), (JUMPS, 2))
    views = [Window(int(col), int(row), *SCREEN) for col, row in corners]
    with open_raster(url) as raster:
        ours = percentiles(each_ms(lambda v=v: raster.read(v) for v in views), 50)[0]
    bare = percentiles(_bare_ms(str(path), views), 50)[0]
    curl = percentiles(_bare_ms(f"/vsicurl/{url}", views), 50)[0]
    return [
        Figure("jump p50", ours, "ms", bare),
        Figure("jump p50, GDAL's /vsicurl/", curl, "ms", bare),
    ]


def _bare_ms(name: str, views: list[Window]) -> list[float]:
    with gdal_settings(), rasterio.open(name) as dataset:
        return each_ms(lambda w=_gdal(view): dataset.read(window=w) for view in views)


def _gdal(view: Window) -> RasterioWindow:
    return RasterioWindow(view.col_off, view.row_off, view.width, view.height)


def _write_cog(folder: Path, size: int) -> Path:
    plain = write_noise_scene(folder / "plain.tif", size, bands=3, dtype="uint8", overviews=True)
    settings = {
        "compress": "DEFLATE",
        "level": 1,
        "blocksize": BLOCK,
        "bigtiff": "IF_SAFER",
        "num_threads": 2,
    }
    copy(plain, folder / "cog.tif", driver="COG", overviews="FORCE_USE_EXISTING", **settings)
    plain.unlink()
    return folder / "cog.tif"


class _Handler(BaseHTTPRequestHandler):
    """Parts of one file, and nothing else."""

    protocol_version = "HTTP/1.1"
    path_on_disk: Path

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._head(200, self.path_on_disk.stat().st_size)

    def do_GET(self) -> None:
        size = self.path_on_disk.stat().st_size
        start, _, end = self.headers["Range"].removeprefix("bytes=").partition("-")
        first, last = int(start), min(int(end or size - 1), size - 1)
        self._head(206, last - first + 1, f"bytes {first}-{last}/{size}")
        with self.path_on_disk.open("rb") as file:
            file.seek(first)
            self.wfile.write(file.read(last - first + 1))
        _sent["bytes"] += last - first + 1

    def _head(self, status: int, length: int, content_range: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("Accept-Ranges", "bytes")
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()
