"""A cloud-optimised GeoTIFF over loopback, against the same file on the disk and GDAL's own reader."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
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


def run(folder: Path, size: int = 20_000) -> None:
    path = _write_cog(folder, size)
    with _host(path) as url:
        named.name([parse_address(url)])
        show(f"a {size} x {size} x 3 COG at an address on loopback, limit: the file on the disk", [
            *first_view(path, url), *jumps(path, url, size)
        ])  # fmt: skip


@contextmanager
def _host(path: Path) -> Iterator[str]:
    """The file at an address; in a process of its own, as no interpreter is shared with a host."""
    command = [sys.executable, "-m", "tests.bench.range_host", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
        try:
            yield f"http://127.0.0.1:{(host.stdout.readline() if host.stdout else '').strip()}/cog.tif"
        finally:
            host.terminate()


def first_view(path: Path, url: str) -> list[Figure]:
    """Open, find a stretch, read the whole scene for the screen, show-ready, with nothing in memory."""

    def ours(where: str | Path) -> None:
        remote.forget_all()
        with open_raster(where) as raster:
            stretch = default_stretch(raster)
            read_display(raster, raster.info.extent, fit_shape(raster.info.extent, SCREEN[1]), stretch)

    here_s = min(seconds_of(lambda: ours(path)) for _ in range(5))
    there_s = min(seconds_of(lambda: ours(url)) for _ in range(5))
    before = _sent(url)
    ours(url)
    fetched, whole = (_sent(url) - before) / 1e6, path.stat().st_size / 1e6
    note = f"of {whole:.0f} MB, {100 * fetched / whole:.1f} %"
    return [
        Figure("open to first full view", there_s * 1e3, "ms", here_s * 1e3),
        Figure("fetched for it", fetched, "MB", note=note),
    ]


def _sent(url: str) -> int:
    with urllib.request.urlopen(url.replace("cog.tif", "sent")) as answer:
        return int(answer.read())


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
        return each_ms(lambda w=window: dataset.read(window=w) for window in map(_gdal, views))


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
