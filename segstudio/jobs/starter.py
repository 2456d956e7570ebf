"""The recipe of our own starter weights: procedural places in, a net that knows a town from above out.

Places are told apart by seed: those that judge are never seen in training, nor is their sensor.
"""

import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from segstudio.jobs.steps import EpochReady, Progress, StarterReady, Step
from segstudio.models.cards import ModelClass
from segstudio.models.input_spec import InputSpec
from segstudio.models.registry import default_registry
from segstudio.sample.files import CLASSES
from segstudio.sample.scene import SceneSettings, write_scene
from segstudio.training.settings import FineTuneSettings

if TYPE_CHECKING:
    from segstudio.mask.plane import Plane
    from segstudio.training.reports import FineTuneResult
    from segstudio.training.sources import SampleSource
    from segstudio.training.trainer import Report, Trainer

Steps = Generator[Step, None, None]

ATTRIBUTION = "Trained on procedural scenes of segstudio itself; no image made by others was used."
_HELD_OUT_SEED = 10_000
_EVAL_PATCH_PX = 512
_UNITS = 1000


@dataclass(frozen=True, slots=True)
class StarterRequest:
    """One card's starter weights.

    Attributes:
        card: The card to train; its depth decoder learns the height above ground where it has one.
        output: Folder for `<card>.safetensors` and `<card>.json`.
        scenes: Folder that keeps the rendered places; those that are there are not rendered again.
        minutes: Budget of the training, rendering not counted.
        places: How many places teach; `judges` more judge.
        size_px: Side of a place.
        device: "auto", "cpu", "cuda", ...
    """

    card: str
    output: Path
    scenes: Path
    minutes: float = 30.0
    places: int = 96
    judges: int = 10
    size_px: int = 768
    seed: int = 0
    device: str = "auto"


def make_starter(request: StarterRequest) -> Steps:
    """Render what is missing, train from scratch, write weights and record; the last step is `StarterReady`.

    Raises:
        ModelError: there is no such card or device.
        SegstudioError: a folder cannot be written.
    """
    card = default_registry().card(request.card)
    seeds = [*range(request.places), *range(_HELD_OUT_SEED, _HELD_OUT_SEED + request.judges)]
    sources: list[SampleSource] = []
    for done, seed in enumerate(seeds):
        yield Progress(done, len(seeds), None, "Rendering places")
        sources.append(_source(request, seed, with_height=card.has_depth))
    trainer, settings = _trainer(request, sources)
    for report in trainer.run():
        step = _step(report)
        if step is not None:
            yield step
    result = trainer.result(cancelled=False)
    weights = _write(request, settings, result)
    yield StarterReady(weights, result.after or {})


def place_settings(seed: int, size_px: int) -> SceneSettings:
    """A place, a camera and a day of their own for every seed."""
    rng = np.random.default_rng(seed)
    return SceneSettings(
        size=size_px, seed=seed, sensor=f"random:{seed}", gsd_m=float(np.round(rng.uniform(0.3, 0.9), 2))
    )


def _source(request: StarterRequest, seed: int, *, with_height: bool) -> "SampleSource":
    from segstudio.raster.open import open_raster
    from segstudio.training.sources import SampleSource

    folder = request.scenes / f"{request.size_px}-{seed}"
    paths = {name: folder / f"{name}.tif" for name in ("scene", "truth", "height")}
    if not all(path.is_file() for path in paths.values()):
        write_scene(folder, place_settings(seed, request.size_px))
    with open_raster(paths["scene"]) as raster:
        info = raster.info
    truth = _plane(paths["truth"], np.uint8, 255)
    height = _plane(paths["height"], np.float32, np.nan) if with_height else None
    return SampleSource(str(paths["scene"]), info, truth, depth_target=height, name=folder.name)


def _plane(path: Path, dtype: type, fill: float) -> "Plane":
    from segstudio.mask.plane import Plane
    from segstudio.raster.open import open_raster

    with open_raster(path, as_indices=True) as raster:
        plane = Plane(raster.info.width, raster.info.height, dtype=np.dtype(dtype), fill=fill)
        plane.write(raster.info.extent, raster.read(raster.info.extent)[0].astype(dtype))
    return plane


def _trainer(request: StarterRequest, sources: "list[SampleSource]") -> "tuple[Trainer, FineTuneSettings]":
    from segstudio.inference.device import pick_device
    from segstudio.training.holdout import Split
    from segstudio.training.judge import HoldOut
    from segstudio.training.samples import PatchSampler
    from segstudio.training.sources import Channels, extent_of
    from segstudio.training.trainer import Trainer

    settings = FineTuneSettings(
        minutes=request.minutes, from_scratch=True, seed=request.seed, view="aerial", evaluations=8
    )
    device, spec = pick_device(request.device), InputSpec(scaling="scene")
    channels = Channels([class_id for class_id, _, _ in CLASSES])
    judges = {n for n in range(len(sources)) if n >= request.places}
    split = Split(tuple((extent_of(s),) if n in judges else () for n, s in enumerate(sources)), 0)
    names = [name for _, name, _ in CLASSES]
    hold_out = HoldOut.of(sources, split, channels, names, spec, most_px=10**9)
    net = default_registry().create_model(request.card, class_count=channels.count, in_bands=3)
    sampler = PatchSampler(sources, channels, split, spec, settings, in_bands=3, aerial=True, replay=False)
    judge = partial(hold_out.judge, device=device, patch=_EVAL_PATCH_PX)
    return Trainer(net, sampler, settings, device, judge=judge), settings


def _step(report: "Report") -> Step | None:
    from segstudio.training.reports import EpochReport, StepReport

    if isinstance(report, StepReport):
        return Progress(
            round(_UNITS * report.fraction), _UNITS, report.seconds_left, f"Learning, {report.stage}"
        )
    if isinstance(report, EpochReport):
        return EpochReady(
            report.epoch, report.losses.get("total", float("nan")), report.mean_iou, report.seconds_left,
            report.stage, losses=dict(report.losses), images_per_second=report.images_per_second,
        )  # fmt: skip
    return None


def _write(request: StarterRequest, settings: FineTuneSettings, result: "FineTuneResult") -> Path:
    from segstudio.models.weights import save_state

    request.output.mkdir(parents=True, exist_ok=True)
    weights = request.output / f"{request.card}.safetensors"
    save_state(weights, dict(_halved(result.state)))
    record = {
        "classes": [ModelClass(name, colour).to_json() for _, name, colour in CLASSES],
        "input": InputSpec(scaling="scene").to_json(),
        "in_bands": 3,
        "figures": {"hold_out": f"{request.judges} places never seen in training", **(result.after or {})},
        "attribution": ATTRIBUTION,
        "recipe": {
            "command": f"segstudio recipe starter --card {request.card} --minutes {request.minutes:g} "
            f"--places {request.places} --judges {request.judges} --size {request.size_px}",
            "places": request.places, "judges": request.judges, "size_px": request.size_px,
            "steps": result.steps, "seconds": round(result.seconds), "notes": list(result.notes),
            "settings": settings.to_dict(),
        },
    }  # fmt: skip
    weights.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return weights


def _halved(state: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Kernels in half precision: half the file; what norms, biases and the normalisation hold stays exact."""
    for name, value in state.items():
        yield name, value.half() if name.endswith(".weight") and value.ndim > 1 else value
