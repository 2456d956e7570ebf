"""What `whole_scene` measures in a process of its own; prints one JSON object."""

import json
import os
import sys
import time
from collections import deque
from pathlib import Path

from segstudio.inference.device import prepare_process

prepare_process()

import numpy as np  # noqa: E402

from segstudio.jobs.memory import peak_rss_mb  # noqa: E402
from tests.bench.measure import seconds_of  # noqa: E402

PATCH, BARE_WINDOWS, SOME_SECONDS, ROUNDS = 512, 24, 15, 2


def main(what: str, folder: str, scene: str, card: str, engine: str) -> None:
    os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
    work = {"export": export, "bare": bare, "scene": predicted, "whole": whole, "some": some}[what]
    print(
        json.dumps({**work(request_for(Path(folder), Path(scene), card, engine)), "peak_mb": peak_rss_mb()})
    )


def request_for(folder: Path, scene: Path, card: str, engine: str):
    from segstudio.jobs.predict import PredictRequest

    model = str(version_of(folder, card))
    return PredictRequest(scene, model, device="cpu", patch=PATCH, overlap=0.25, engine_name=engine)


def version_of(folder: Path, card: str) -> Path:
    """A version of a card: random weights say nothing, but take as long as any."""
    home = folder / "versions" / card
    if not home.is_dir():
        from segstudio.models.cards import ModelClass
        from segstudio.models.input_spec import InputSpec
        from segstudio.models.registry import default_registry
        from segstudio.models.versions import VersionStore

        classes = [ModelClass(f"class {index}", f"#{index * 40:02X}0000") for index in range(5)]
        net = default_registry().create_model(card, class_count=5, in_bands=3)
        VersionStore(home.parent).add(
            card_id=card, parent=None, state=net.state_dict(), classes=classes, input=InputSpec(), in_bands=3,
            name=card,
        )  # fmt: skip
    return home


def export(request) -> dict[str, float]:
    return {"seconds": seconds_of(lambda: forward_of(request))}


def bare(request) -> dict[str, float]:
    """Windows through the net and nothing else."""
    forward = forward_of(request)
    return {"window_ms": bare_ms(forward)}


def whole(request) -> dict[str, float]:
    """A scene and bare windows by turns; the quickest of each: others only slow a machine."""
    rounds = [(bare_ms(forward_of(request)), predicted(request)) for _ in range(ROUNDS)]
    best = min((found for _, found in rounds), key=lambda found: found["window_ms"])
    return {**best, "bare_ms": min(bare for bare, _ in rounds)}


def predicted(request) -> dict[str, float]:
    from segstudio.jobs.predict import predict_to_file
    from segstudio.jobs.steps import MaskWritten, Progress

    loaded = None
    for step in predict_to_file(request, request.image.with_name("mask.tif")):
        if loaded is None and isinstance(step, Progress) and step.total:
            loaded = time.perf_counter()
    assert isinstance(step, MaskWritten)
    assert loaded is not None
    # the first window pays for loading the model, which a bare loop has behind it too
    window_ms = (time.perf_counter() - loaded) * 1e3 / (step.windows - 1)
    return {"window_ms": window_ms, "windows": step.windows, "seconds": step.seconds}


def some(request) -> dict[str, float]:
    """As much of a scene as the time allows, written nowhere."""
    from segstudio.jobs.predict import predict
    from segstudio.jobs.steps import StripReady

    end, rows = time.perf_counter() + SOME_SECONDS, 0
    for step in predict(request):
        if isinstance(step, StripReady):
            rows = max(rows, step.window.row_end)
        if time.perf_counter() > end:
            break
    return {"rows": rows}


def forward_of(request):
    """The forward pass as a prediction of many windows would choose it."""
    from segstudio.raster.open import open_raster

    with request.engine() as engine, open_raster(request.image) as raster:
        return engine._predictor(raster, raster.info.extent)._forward


def bare_ms(forward) -> float:
    """The limit: as many windows under way as the engine likes, answers looked at by nobody."""
    pixels = [np.random.rand(1, PATCH, PATCH, 3).astype(np.float32).transpose(0, 3, 1, 2) for _ in range(2)]
    if forward.engine.startswith("torch"):
        return bare_torch_ms(forward.net, pixels[0])

    def loop(count: int) -> None:
        under_way = deque()
        for index in range(count):
            under_way.append(forward.begin(pixels[index % 2]))
            if len(under_way) > forward.at_once:
                under_way.popleft()()
        while under_way:
            under_way.popleft()()

    loop(4)
    return seconds_of(lambda: loop(BARE_WINDOWS)) * 1e3 / BARE_WINDOWS


def bare_torch_ms(net, pixels: np.ndarray) -> float:
    """Channels-last, kept heap, one window at a time."""
    import torch

    window = torch.from_numpy(pixels)
    with torch.inference_mode():
        net(window)
        return seconds_of(lambda: [net(window) for _ in range(BARE_WINDOWS)]) * 1e3 / BARE_WINDOWS


if __name__ == "__main__":
    main(*sys.argv[1:])
