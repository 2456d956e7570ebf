import socket
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import Resampling

from segstudio.errors import RasterError
from segstudio.raster.gdal import quiet
from segstudio.raster.open import open_raster
from tests.raster.images import WriteTif, gradient, write_tif_file

VRT = """<VRTDataset rasterXSize="{side}" rasterYSize="{side}"><VRTRasterBand dataType="Byte" band="1">
<SimpleSource><SourceFilename>{source}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>
</VRTRasterBand></VRTDataset>"""


@pytest.fixture
def image(write_tif: WriteTif) -> Path:
    return write_tif(np.full((64, 64), 10, np.uint8))


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A file that nothing may be led to."""
    (tmp_path / "elsewhere").mkdir()
    return write_tif_file(tmp_path / "elsewhere" / "other.tif", np.full((32, 32), 99, np.uint8))


def small(path: Path) -> np.ndarray:
    with open_raster(path) as raster:
        return raster.read(raster.info.extent, out_shape=(32, 32))


def test_overviews_beside_the_image_are_used(image: Path) -> None:
    write_tif_file(Path(f"{image}.ovr"), np.full((32, 32), 77, np.uint8))
    with open_raster(image) as raster:
        assert raster.info.overviews == (2,)
    assert (small(image) == 77).all()


def test_overviews_that_gdal_builds_beside_the_image_are_used(image: Path) -> None:
    with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(image, "r+") as file:
        file.build_overviews([2, 4], Resampling.nearest)
    assert Path(f"{image}.ovr").is_file()
    with open_raster(image) as raster:
        assert raster.info.overviews == (2, 4)


def test_a_mask_beside_the_image_is_used(image: Path) -> None:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False), rasterio.open(image, "r+") as file:
        file.write_mask(np.arange(64 * 64).reshape(64, 64) >= 100)
    assert Path(f"{image}.msk").is_file()
    with open_raster(image) as raster:
        assert raster.read_valid(raster.info.extent).sum() == 64 * 64 - 100


@pytest.mark.parametrize("suffix", [".ovr", ".msk"])
def test_a_file_beside_the_image_that_points_elsewhere_is_ignored(
    image: Path, other: Path, suffix: str
) -> None:
    side = 32 if suffix == ".ovr" else 64
    Path(f"{image}{suffix}").write_text(VRT.format(side=side, source=other))
    assert (small(image) == 10).all()
    with open_raster(image) as raster:
        assert raster.info.overviews == ()


def test_overviews_whose_own_metadata_points_elsewhere_are_ignored(image: Path, other: Path) -> None:
    beside = write_tif_file(Path(f"{image}.ovr"), np.full((32, 32), 77, np.uint8))
    with rasterio.open(beside, "r+") as file:
        file.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=str(other))
    assert (small(image) == 10).all()


def test_metadata_beside_the_image_that_points_elsewhere_is_ignored(image: Path, other: Path) -> None:
    reference = f'<MDI key="OVERVIEW_FILE">{other}</MDI>'
    Path(f"{image}.aux.xml").write_text(
        f'<PAMDataset><Metadata domain="OVERVIEWS">{reference}</Metadata></PAMDataset>'
    )
    assert (small(image) == 10).all()


def test_an_image_whose_metadata_leads_to_the_network_is_refused_before_it_is_followed(image: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"/vsicurl/http://127.0.0.1:{server.getsockname()[1]}/other.tif"
        with rasterio.open(image, "r+") as file:
            file.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=address)
        with pytest.raises(RasterError, match="overviews from another file"):
            open_raster(image)
        server.settimeout(0.05)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_world_file_places_an_image(write_tif: WriteTif) -> None:
    with quiet():
        path = write_tif(gradient(1, 8, 8), crs=None, transform=None)
    path.with_suffix(".tfw").write_text("0.5\n0\n0\n-0.5\n1000.25\n1999.75\n")
    with open_raster(path) as raster:
        assert raster.info.transform == (0.5, 0.0, 1000.0, 0.0, -0.5, 2000.0)
        assert not raster.info.is_georeferenced


@pytest.mark.parametrize("text", ["", "1 2 3", "a b c d e f", "0 0 0 0 5 5", "nan 0 0 1 5 5", "é" * 20])
def test_a_world_file_that_makes_no_sense_is_ignored(write_tif: WriteTif, text: str) -> None:
    with quiet():
        path = write_tif(gradient(1, 8, 8), crs=None, transform=None)
    path.with_suffix(".tfw").write_text(text, encoding="utf-8")
    with open_raster(path) as raster:
        assert raster.info.transform is None
