"""Every odd file beside the project is shown or refused in a sentence, in measured child processes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from segstudio.raster.open import open_raster

pytestmark = pytest.mark.shared_data

MOST_SECONDS = 10.0
MOST_BYTES = 1_000_000_000
REPOSITORY = Path(__file__).resolve().parents[2]
FUZZED = ("fuzz/tiff", "fuzz/png", "fuzz/jpeg")
ODD = (
    "rasterio_tests",
    "rio_cogeo_tests",
    "spdatalarge",
    "opengeos_data",
    "landsat7_opengeotut",
    "exif_orientation",
    "rgbd_samples",
)
# All of these are sound, and must be shown, but for two.
IMAGES = {".tif", ".gtif", ".jpg", ".png", ".ppm", ".pgm", ".ovr", ".msk"}
REFUSED_FOR_A_REASON = {"slc.tif": "complex numbers", "corrupt.tif": "damaged"}

CHILD = """
import json, sys, time
from segstudio.errors import RasterError
from segstudio.jobs.memory import peak_rss_mb
from segstudio.raster.open import open_raster
from segstudio.raster.raster import fit_shape
from segstudio.raster.stretch import default_stretch, read_display
from segstudio.raster.window import Window

def show(path):
    with open_raster(path) as raster:
        extent = raster.info.extent
        raster.read(extent, out_shape=fit_shape(extent, 700))
        shown, _ = read_display(raster, extent, fit_shape(extent, 300), default_stretch(raster))
        read_display(raster, extent.intersection(Window(0, 0, 256, 256)), (256, 256), default_stretch(raster))
        return f"shown {raster.info.width} x {raster.info.height}, mean {shown.mean():.1f}"

for path in sys.stdin.read().splitlines():
    print(json.dumps({"path": path}), flush=True)
    begun = time.perf_counter()
    try:
        answer = {"shown": show(path)}
    except RasterError as error:
        answer = {"refused": str(error)}
    peak = int(peak_rss_mb() * 1e6)
    print(json.dumps(answer | {"seconds": time.perf_counter() - begun, "peak": peak}), flush=True)
"""


@dataclass(frozen=True)
class Verdict:
    """What became of one file."""

    path: Path
    shown: str
    refused: str
    seconds: float
    peak_bytes: int


def judge(paths: list[Path]) -> list[Verdict]:
    """Open and show files in a child process; a crash or a hang fails with the file's name."""
    command = [sys.executable, "-W", "error", "-c", CHILD]
    try:
        child = subprocess.run(
            command, input="\n".join(map(str, paths)), capture_output=True, text=True, cwd=REPOSITORY,
            timeout=90, check=False, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired as hang:
        pytest.fail(f"hangs: {(hang.stdout or b'').decode().splitlines()[-1:]}")
    lines = [json.loads(line) for line in child.stdout.splitlines()]
    assert child.returncode == 0, f"crashes: {lines[-1:]} {child.stderr[-2000:]}"
    assert child.stderr == ""
    return list(_verdicts(lines))


def _verdicts(lines: list[dict[str, object]]) -> Iterator[Verdict]:
    for asked, answer in zip(lines[::2], lines[1::2], strict=True):
        yield Verdict(
            Path(str(asked["path"])),
            str(answer.get("shown", "")),
            str(answer.get("refused", "")),
            float(str(answer["seconds"])),
            int(str(answer["peak"])),
        )


def files_in(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    assert found, f"{folder} is empty"
    return found


def check(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        assert bool(verdict.shown) != bool(verdict.refused), verdict
        assert verdict.seconds < MOST_SECONDS, verdict
        assert verdict.peak_bytes < MOST_BYTES, verdict
        assert "\n" not in verdict.refused and len(verdict.refused) < 250, verdict
        if verdict.refused:
            assert verdict.path.name in verdict.refused and ": " in verdict.refused, verdict


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read in Linux's unit")
@pytest.mark.parametrize("folder", FUZZED)
def test_a_malformed_file_is_shown_or_refused(shared_data: Path, folder: str) -> None:
    verdicts = judge(files_in(shared_data / folder))
    check(verdicts)
    assert len(verdicts) == 60
    assert sum(bool(verdict.refused) for verdict in verdicts) > 20


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read in Linux's unit")
@pytest.mark.parametrize("folder", ODD)
def test_an_odd_but_sound_file_is_shown(shared_data: Path, folder: str) -> None:
    verdicts = judge(files_in(shared_data / folder))
    check(verdicts)
    for verdict in verdicts:
        reason = REFUSED_FOR_A_REASON.get(verdict.path.name, "")
        is_image = verdict.path.suffix.lower() in IMAGES
        assert bool(verdict.shown) == (is_image and not reason), verdict
        assert reason in verdict.refused


def test_nine_exif_orientations_show_one_scene(shared_data: Path) -> None:
    scenes = []
    for path in files_in(shared_data / "exif_orientation"):
        with open_raster(path) as raster:
            scenes.append(raster.read(raster.info.extent, out_shape=(40, 60)).astype(int))
    assert all(abs(scene - scenes[0]).mean() < 12 for scene in scenes)


def test_depth_keeps_its_sixteen_bits(shared_data: Path) -> None:
    for path in sorted((shared_data / "rgbd_samples").rglob("*depth*.png")):
        with open_raster(path) as raster:
            depth = raster.read(raster.info.extent)[0]
        assert depth.max() > 1000
        assert (depth == cv2.imread(str(path), cv2.IMREAD_UNCHANGED)).all()


def test_external_overviews_and_masks_of_real_files_are_found(shared_data: Path) -> None:
    with open_raster(shared_data / "rasterio_tests" / "red.tif") as raster:
        assert raster.info.overviews == (2, 4)
    with open_raster(shared_data / "rasterio_tests" / "RGB2.byte.tif") as raster:
        valid = raster.read_valid(raster.info.extent)
    with open_raster(shared_data / "rasterio_tests" / "RGB.byte.tif") as raster:
        assert np.mean(valid == raster.read_valid(raster.info.extent)) > 0.99
