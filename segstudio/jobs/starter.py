"""The recipe of our own starter weights: procedural places and permissive sets in, a land-cover net out.

Places that judge have other seeds, other sensors; tiles of Dubai that are left out judge and teach nothing,
not even when to stop: the weights kept are those of the last step.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segstudio.errors import ModelError
from segstudio.jobs.public_sets import DUBAI_CLASSES
from segstudio.jobs.starter_record import write_weights
from segstudio.jobs.starter_request import StarterRequest
from segstudio.jobs.starter_sources import (
    HELD_OUT_SEED,
    PublicSets,
    in_gray,
    places,
    read_public_sets,
)
from segstudio.jobs.steps import EpochReady, Progress, StarterReady, Step
from segstudio.models.registry import default_registry

if TYPE_CHECKING:
    from segstudio.models.nets.net import SegmentationNet
    from segstudio.training.sources import SampleSource
    from segstudio.training.trainer import BatchSource, Report

Steps = Generator[Step, None, None]

_EVAL_PATCH_PX = 512
_UNITS = 1000
_PATCHES = {"dubai": 4, "places": 2, "roads": 1, "buildings": 1}
"""Patches of each set in a batch of eight; without the sets all eight are of places."""


@dataclass(frozen=True, slots=True)
class _Material:
    """What teaches, set by set, and what judges, by name."""

    teach: Mapping[str, tuple["SampleSource", ...]]
    judge: Mapping[str, tuple["SampleSource", ...]]


def make_starter(request: StarterRequest) -> Steps:
    """Render what is missing, train, judge, write weights and record; the last step is `StarterReady`.

    Raises:
        ModelError: there is no such card or device, or the weights to start from do not fit it.
        SegstudioError: a set is missing, or a folder cannot be written.
    """
    from segstudio.inference.device import pick_device
    from segstudio.training.trainer import Trainer

    material = yield from _material(request)
    device = pick_device(request.device)
    net = _net(request)
    trainer = Trainer(net, _source(request, material), request.settings, device)
    for report in trainer.run():
        step = _step(report)
        if step is not None:
            yield step
    result = trainer.result(cancelled=False)
    net.load_state_dict(result.state)
    figures = {}
    for number, (name, sources) in enumerate(material.judge.items()):
        yield Progress(number, len(material.judge), None, "Looking at what was left out")
        figures[name] = _judged(net, sources, request)
    yield StarterReady(write_weights(request, result, figures), next(iter(figures.values())))


def _material(request: StarterRequest) -> Generator[Step, None, _Material]:
    with_height = default_registry().card(request.card).has_depth
    teach = yield from _rendered(request, count=request.places, first_seed=0, with_height=with_height)
    judge = yield from _rendered(
        request, count=request.judges, first_seed=HELD_OUT_SEED, with_height=with_height
    )
    sets: dict[str, tuple[SampleSource, ...]] = {"places": teach}
    judges = {f"{len(judge)} procedural places, never taught": judge}
    if request.data is not None:
        public = read_public_sets(request.data, leave_out=request.leave_out)
        sets |= {"dubai": public.dubai, "roads": public.roads, "buildings": public.buildings}
        judges = _left_out(public, request.leave_out) | judges
    if request.in_bands == 1:
        sets = {name: tuple(in_gray(each, request.scenes / "gray")) for name, each in sets.items()}
        judges = {name: tuple(in_gray(each, request.scenes / "gray")) for name, each in judges.items()}
    return _Material(sets, judges)


def _left_out(public: PublicSets, tiles: Sequence[str]) -> dict[str, tuple["SampleSource", ...]]:
    name = f"Dubai {', '.join(tiles)}, never taught"
    return {name: public.dubai_left_out} if public.dubai_left_out else {}


def _rendered(
    request: StarterRequest, *, count: int, first_seed: int, with_height: bool
) -> Generator[Step, None, tuple["SampleSource", ...]]:
    sources = []
    wanted = places(request.scenes, count=count, size_px=request.size_px, first_seed=first_seed)
    for done, place in enumerate(wanted):
        yield Progress(done, count, None, "Rendering places")
        sources.append(place.source(with_height=with_height))
    return tuple(sources)


def _net(request: StarterRequest) -> "SegmentationNet":
    import torch

    from segstudio.models.weights import load_into, load_state

    torch.manual_seed(request.seed)
    if request.threads:
        torch.set_num_threads(request.threads)
    net: SegmentationNet = default_registry().create_model(
        request.card, class_count=len(DUBAI_CLASSES), in_bands=request.in_bands
    )
    if request.start is not None:
        report = load_into(net, load_state(request.start))
        if [name for name in report.missing if not name.startswith("adapter.")] or report.reshaped:
            raise ModelError(f"{request.start} does not fit {request.card}: {report.sentence()}")
    return net


def _source(request: StarterRequest, material: _Material) -> "BatchSource":
    """Batches of eight, so many patches from each set."""
    from dataclasses import replace

    from segstudio.training.holdout import Split
    from segstudio.training.mixture import Mixture
    from segstudio.training.samples import PatchSampler
    from segstudio.training.sources import Channels

    settings = request.settings
    channels = Channels(range(len(DUBAI_CLASSES)))
    parts = []
    for name, sources in material.teach.items():
        count = settings.batch if len(material.teach) == 1 else _PATCHES[name]
        parts.append(
            PatchSampler(
                sources,
                channels,
                Split(((),) * len(sources), 0),
                request.input,
                replace(settings, batch=count, memory_mb=settings.memory_mb // len(material.teach)),
                in_bands=request.in_bands,
                aerial=True,
                replay=False,
            )
        )
    return Mixture(parts)


def _judged(
    net: "SegmentationNet", sources: Sequence["SampleSource"], request: StarterRequest
) -> dict[str, Any]:
    from segstudio.inference.device import pick_device
    from segstudio.training.holdout import Split
    from segstudio.training.judge import HoldOut
    from segstudio.training.sources import Channels, extent_of

    split = Split(tuple((extent_of(source),) for source in sources), 0)
    names = [each.name for each in DUBAI_CLASSES]
    channels = Channels(range(len(names)))
    hold_out = HoldOut.of(sources, split, channels, names, request.input, most_px=10**9)
    found: dict[str, Any] = hold_out.judge(
        net.eval(), pick_device(request.device), patch=_EVAL_PATCH_PX
    ).to_dict()
    return found


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
