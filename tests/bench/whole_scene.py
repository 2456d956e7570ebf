"""A whole scene to a class GeoTIFF, against the same number of bare forward passes in the same process."""

from pathlib import Path

from segstudio.inference.device import prepare_process
from segstudio.jobs.memory import peak_rss_mb
from segstudio.jobs.predict import PredictRequest, predict_to_file
from segstudio.jobs.steps import MaskWritten
from tests.bench.measure import Figure, seconds_of, show
from tests.bench.scenes import write_noise_scene

CARDS = ("conv1x1", "lraspp-mobilenetv3", "mff-light")
PATCH = 512


def run(folder: Path, size: int = 8192, cards: tuple[str, ...] = CARDS) -> None:
    prepare_process()
    scene = write_noise_scene(folder / f"whole-{size}.tif", size, bands=3, dtype="uint8", overviews=False)
    for card in cards:
        show(
            f"whole {size} x {size} x 3 scene on the CPU, {card}, {PATCH} px, 25 % overlap", one(scene, card)
        )


def one(scene: Path, card: str) -> list[Figure]:
    bare_ms = bare_forward_ms(card)
    before = peak_rss_mb()
    request = PredictRequest(scene, card, device="cpu", patch=PATCH, overlap=0.25, untrained=True)
    *_, done = predict_to_file(request, scene.with_name(f"{card}.tif"))
    assert isinstance(done, MaskWritten)
    window_ms = done.seconds * 1e3 / done.windows
    return [
        Figure("time per window", window_ms, "ms", bare_ms, f"{done.windows} windows, {done.seconds:.0f} s"),
        Figure("pipeline cost per window", window_ms - bare_ms, "ms"),
        Figure("peak resident memory", done.peak_rss_mb, "MB", before, "limit: the bare loop before it"),
    ]


def bare_forward_ms(card: str, count: int = 24) -> float:
    """Channels-last, kept heap, one window at a time: the limit."""
    import torch

    from segstudio.models.registry import default_registry

    net = default_registry().create_model(card, class_count=5, in_bands=3).eval()
    net = net.to(memory_format=torch.channels_last)
    pixels = torch.rand(1, 3, PATCH, PATCH).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        net(pixels)
        return seconds_of(lambda: [net(pixels) for _ in range(count)]) * 1e3 / count
