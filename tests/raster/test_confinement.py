"""An image is read from itself and from plain overviews, masks and world files of its own: nothing else."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image

from segstudio.errors import RasterError
from segstudio.raster.open import open_raster
from segstudio.raster.raster import fit_shape
from segstudio.raster.stretch import default_stretch, read_display
from tests.fuzz.confinement import OpenedFiles, confined_to
from tests.raster.images import WriteTif, gradient, write_tif_file

needs_inotify = pytest.mark.skipif(not OpenedFiles.is_possible, reason="Linux's inotify sees below Python")

VRT = """<VRTDataset rasterXSize="{side}" rasterYSize="{side}"><VRTRasterBand dataType="Byte" band="1">
<SimpleSource><SourceFilename>{source}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>
</VRTRasterBand></VRTDataset>"""
AUX = """<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">{source}</MDI></Metadata>
</PAMDataset>"""
GTI = "<GDALTileIndexDataset><IndexDataset>{source}</IndexDataset></GDALTileIndexDataset>"
# what GDAL's drivers look for beside a file, by what is added to its name or put in place of its ending
ADDED = (
    ".aux.xml", ".ovr", ".msk", ".rrd", ".vat.dbf", ".xml", ".prj", ".ovr.aux.xml", ".ovr.msk", ".msk.ovr",
    ".msk.aux.xml", ".ovr.xml", ".gti", ".vrt",
)  # fmt: skip
INSTEAD = (
    ".aux", ".rrd", ".IMD", ".RPB", "_RPC.TXT", "_rpc.txt", ".tab", ".hdr", ".prj", ".map", ".pvl", ".eph",
    "_metadata.txt", ".XML", "_MTL.txt", "-browse.jpg", ".til", ".att", ".lbl", ".dim", ".rsc",
)  # fmt: skip
WORLD_FILES = {".tfw", ".wld", ".pgw", ".jgw", ".j2w"}


def look(path: Path) -> None:
    """All that the window asks an image for."""
    with open_raster(path) as raster:
        extent = raster.info.extent
        raster.read_preview(40)
        read_display(raster, extent, fit_shape(extent, 30), default_stretch(raster))
        raster.read_valid(extent)


def surround(image: Path, sources: list[str]) -> None:
    """Put files beside an image that send the reader on to others."""
    names = [f"{image}{ending}" for ending in ADDED]
    names += [str(image.with_suffix("")) + ending for ending in INSTEAD]
    for number, name in enumerate(names):
        source = sources[number % len(sources)]
        forms = (AUX, VRT, GTI)
        chosen = AUX if "aux" in name else forms[number % len(forms)]
        if not Path(name).exists():
            Path(name).write_text(chosen.format(source=source, side=32))


@contextmanager
def nobody_calls() -> Iterator[str]:
    """The address of a server on this machine; AssertionError if anybody connects to it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"/vsicurl/http://127.0.0.1:{server.getsockname()[1]}/other.tif"
        server.settimeout(0.02)
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A sound image in a folder of its own, that nothing may be led to."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return write_tif_file(folder / "other.tif", np.full((32, 32), 99, np.uint8))


def write_own(image: Path, suffix: str) -> None:
    """Overviews or a mask of the image's own, as GDAL would write them."""
    bands, side = (3, 32) if suffix == ".ovr" else (1, 64)
    write_tif_file(Path(f"{image}{suffix}"), np.full((bands, side, side), 255, np.uint8))


def made(folder: Path, name: str) -> Path:
    path = folder / name
    if path.suffix == ".tif":
        return write_tif_file(path, gradient(3, 64, 64), tiled=True, blockxsize=16, blockysize=16)
    if path.suffix == ".jp2":
        return write_tif_file(path, gradient(3, 64, 64), driver="JP2OpenJPEG")
    if name == "deep.png":
        return write_tif_file(path, gradient(1, 64, 64, "uint16"), driver="PNG", crs=None, transform=None)
    Image.fromarray(gradient(3, 64, 64).transpose(1, 2, 0)).save(path)
    return path


@needs_inotify
@pytest.mark.parametrize("own", [(), (".ovr",), (".ovr", ".msk")], ids=["none", "overviews", "both"])
@pytest.mark.parametrize("name", ["scene.tif", "scene.jp2", "photo.jpg", "photo.png", "deep.png"])
def test_files_beside_an_image_lead_nowhere(
    tmp_path: Path, other: Path, name: str, own: tuple[str, ...]
) -> None:
    (tmp_path / "home").mkdir()
    image = made(tmp_path / "home", name)
    for suffix in own:
        write_own(image, suffix)
    with nobody_calls() as address, confined_to(tmp_path / "home"):
        surround(image, [str(other), "../elsewhere/other.tif", address, f"GTIFF_DIR:1:{other}"])
        beside, elsewhere = OpenedFiles(image.parent), OpenedFiles(other.parent)
        look(image)
        assert not elsewhere.names()
        # what may be overviews and masks of its own is looked at, to see whether they are plain
        allowed = {f"{image.name}{suffix}" for suffix in ("", ".ovr", ".msk", ".ovr.msk", ".msk.ovr")}
        read = {opened for opened in beside.names() if Path(opened).suffix not in WORLD_FILES}
        assert read <= allowed, read - allowed
        beside.close()
        elsewhere.close()


@needs_inotify
@pytest.mark.parametrize("suffix", [".ovr", ".msk"])
def test_own_overviews_and_masks_are_read_and_lead_nowhere_either(
    tmp_path: Path, other: Path, suffix: str
) -> None:
    image = made(tmp_path, "scene.tif")
    write_own(image, suffix)
    with nobody_calls() as address:
        surround(image, [str(other), address])
        for judged in {".ovr", ".msk", ".ovr.msk", ".msk.ovr"} - {suffix}:
            Path(f"{image}{judged}").unlink()
        image.with_suffix(".aux").unlink()  # with it, no mask beside is read
        beside, elsewhere = OpenedFiles(tmp_path), OpenedFiles(other.parent)
        look(image)
        assert not elsewhere.names()
        read = {opened for opened in beside.names() if Path(opened).suffix not in WORLD_FILES}
        # GDAL reads what a satellite's vendor tells in a short text, where one lies there
        assert read - {"scene.xml", "scene.XML"} == {image.name, f"{image.name}{suffix}"}
        beside.close()
        elsewhere.close()


@needs_inotify
@pytest.mark.parametrize(
    "domain", ["OVERVIEWS", "DERIVED_SUBDATASETS", "SUBDATASETS", "xml:VRT", "GEOLOCATION"]
)
def test_metadata_within_an_image_leads_nowhere(write_tif: WriteTif, other: Path, domain: str) -> None:
    image = write_tif(np.full((64, 64), 10, np.uint8))
    with nobody_calls() as address, confined_to(image.parent):
        for source in (str(other), address):
            with rasterio.open(image, "r+") as file:
                named = dict.fromkeys(("OVERVIEW_FILE", "SUBDATASET_1_NAME", "X_DATASET", "SRS"), source)
                file.update_tags(ns=domain, **named)
            elsewhere = OpenedFiles(other.parent)
            with suppress(RasterError):
                look(image)
            assert not elsewhere.names()
            elsewhere.close()


@pytest.mark.parametrize("ending", ["", ".xml", ".XML"])
def test_a_description_beside_an_image_too_large_for_one_is_not_read(tmp_path: Path, ending: str) -> None:
    image = made(tmp_path, "scene.tif")
    write_own(image, ".ovr")
    if ending:
        image.with_suffix(ending).write_text("<isd/>".ljust(1_000_001))
    with open_raster(image) as raster:
        assert raster.info.overviews == (() if ending else (2,))


@pytest.mark.parametrize("name", ["scene.tif", "scene.tif.ovr", "scene.tif.msk", "scene.tfw", "scene.xml"])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names on Unix only")
@pytest.mark.timeout(20)
def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path, name: str) -> None:
    image = tmp_path / "scene.tif"
    if name != image.name:
        write_tif_file(image, gradient(3, 64, 64), crs=None, transform=None)
    if name == "scene.xml":
        write_own(image, ".ovr")
    os.mkfifo(tmp_path / name)
    if name == image.name:
        with pytest.raises(RasterError, match="is a pipe or a device"):
            open_raster(image)
    else:
        look(image)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="Unix only")
def test_a_link_to_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "scene.tif").symlink_to("/dev/zero")
    with pytest.raises(RasterError, match="is a pipe or a device"):
        open_raster(tmp_path / "scene.tif")
