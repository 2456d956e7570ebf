"""A whole scene to a class GeoTIFF, against the same number of bare forward passes in the same process."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.bench.measure import Figure, show
from tests.bench.scenes import write_constant_scene, write_noise_scene

CARDS = ("conv1x1", "lraspp-mobilenetv3", "mff-light")
PATCH = 512
ROUNDS = 3


def run(folder: Path, size: int = 8192, cards: tuple[str, ...] = CARDS) -> None:
    scene = write_noise_scene(folder / f"whole-{size}.tif", size, bands=3, dtype="uint8", overviews=False)
    for card in cards:
        for engine in engines():
            show(
                f"whole {size} x {size} x 3 scene on the CPU, {card}, {PATCH} px, 25 % overlap, {engine}",
                whole(folder, scene, card, engine),
            )
    neighbour = write_noise_scene(folder / "beside.tif", 2048, bands=3, dtype="uint8", overviews=False)
    for engine in engines():
        show(
            f"beside one busy process, {cards[-1]}, {engine}", [beside(folder, neighbour, cards[-1], engine)]
        )
    show("40,000 x 40,000", [huge(folder, scene)])


def engines() -> tuple[str, ...]:
    """Torch, and the extra `fast` where it is installed."""
    from segstudio.inference.openvino_forward import version

    return ("torch", "fast") if version() else ("torch",)


def whole(folder: Path, scene: Path, card: str, engine: str) -> list[Figure]:
    if engine == "fast":
        child("export", folder, scene, card, engine)
    ours = child("whole", folder, scene, card, engine)
    alone = child("bare", folder, scene, card, engine)
    note = f"{ours['windows']} windows, {ours['seconds']:.0f} s"
    return [
        Figure("time per window", ours["window_ms"], "ms", ours["bare_ms"], note),
        Figure("pipeline cost per window", ours["window_ms"] - ours["bare_ms"], "ms"),
        Figure("peak resident memory", ours["peak_mb"], "MB", alone["peak_mb"], "limit: the bare loop alone"),
    ]


def beside(folder: Path, scene: Path, card: str, engine: str) -> Figure:
    """A prediction while another process keeps a core busy, against one that has the machine to itself."""
    if engine == "fast":
        child("export", folder, scene, card, engine)
    alone, crowded = [], []
    for _ in range(ROUNDS):
        alone.append(child("scene", folder, scene, card, engine)["window_ms"])
        with busy_core():
            crowded.append(child("scene", folder, scene, card, engine)["window_ms"])
    return Figure("time per window", min(crowded), "ms", min(alone), f"limit: alone; best of {ROUNDS}")


def huge(folder: Path, scene: Path) -> Figure:
    """Memory of the first seconds of a scene of 40,000 px; it does not grow from its second strip on."""
    size = 40_000
    path = write_constant_scene(folder / f"constant-{size}.tif", size, bands=3)
    ours = child("some", folder, path, "conv1x1", "torch")
    small = child("scene", folder, scene, "conv1x1", "torch")
    note = f"after {ours['rows']} rows; limit: the scene above"
    return Figure("peak resident memory, conv1x1", ours["peak_mb"], "MB", small["peak_mb"], note)


def child(what: str, folder: Path, scene: Path, card: str, engine: str) -> dict[str, float]:
    """One measurement in a process of its own, so that one's memory is not another's."""
    command = [
        sys.executable,
        "-m",
        "tests.bench.whole_scene_child",
        what,
        str(folder),
        str(scene),
        card,
        engine,
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


@contextmanager
def busy_core():
    spinning = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        spinning.kill()
        spinning.wait()
