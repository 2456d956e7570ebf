"""The recipe of our own starter weights: procedural places and permissive sets in, a land-cover net out.

Places that judge have other seeds, other sensors; tiles of Dubai that are left out judge and teach nothing,
not even when to stop: the weights kept are those of the last step.
"""

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.errors import ModelError
from segstudio.jobs.public_sets import DUBAI_CLASSES
from segstudio.jobs.starter_sources import (
    ATTRIBUTION_PLACES,
    ATTRIBUTION_SETS,
    HELD_OUT_SEED,
    PublicSets,
    in_gray,
    places,
    read_public_sets,
)
from segstudio.jobs.steps import EpochReady, Progress, StarterReady, Step
from segstudio.models.cards import GRAY_PREFIX
from segstudio.models.input_spec import InputSpec
from segstudio.models.registry import default_registry
from segstudio.training.settings import FineTuneSettings

if TYPE_CHECKING:
    from segstudio.models.nets.net import SegmentationNet
    from segstudio.training.reports import FineTuneResult
    from segstudio.training.sources import SampleSource
    from segstudio.training.trainer import BatchSource, Report

Steps = Generator[Step, None, None]

_EVAL_PATCH_PX = 512
_UNITS = 1000
_PATCHES = {"dubai": 4, "places": 2, "roads": 1, "buildings": 1}
"""Patches of each set in a batch of eight; without the sets all eight are of places."""


@dataclass(frozen=True, slots=True)
class StarterRequest:
    """One card's starter weights.

    Attributes:
        card: The card to train; "gray:" trains its gray version. Its depth decoder learns the height above
            ground of the procedural places where it has one.
        output: Folder for `<card>.safetensors` and `<card>.json`.
        scenes: Folder that keeps the rendered places; those that are there are not rendered again.
        data: Folder of the permissive sets (see `public_sets`); None teaches with places alone.
        leave_out: Tiles of Dubai that teach nothing and judge: "Tile 6".
        start: Weights to start from instead of random ones.
        figures: Record of a run of this recipe that left tiles out: weights taught with all of them have no
            hold-out of their own, and show its figures.
        steps: Budget in steps; None leaves it to `minutes`, rendering not counted.
        places: How many places teach; `judges` more judge.
        size_px: Side of a place.
        device: "auto", "cpu", "cuda", ...
        threads: Torch threads on the CPU; None leaves torch's own choice.
    """

    card: str
    output: Path
    scenes: Path
    data: Path | None = None
    leave_out: tuple[str, ...] = ()
    start: Path | None = None
    figures: Path | None = None
    steps: int | None = None
    minutes: float = 30.0
    places: int = 96
    judges: int = 10
    size_px: int = 768
    seed: int = 0
    device: str = "auto"
    threads: int | None = None

    @property
    def file_name(self) -> str:
        """The weights' name without suffix."""
        return self.card.replace(GRAY_PREFIX, "gray-")

    @property
    def in_bands(self) -> int:
        """Bands of the images it learns from."""
        return 1 if self.card.startswith(GRAY_PREFIX) else 3

    @property
    def settings(self) -> FineTuneSettings:
        """How the trainer is told to go about it."""
        return FineTuneSettings(
            minutes=None if self.steps else self.minutes,
            steps=self.steps,
            from_scratch=True,
            learning_rate=None if self.start is None else 1.5e-3,
            schedule="auto" if self.start is None else "joint",
            seed=self.seed,
            view="aerial",
            evaluations=8,
            threads=self.threads,
        )

    @property
    def command(self) -> str:
        """The command that repeats this run, without the folders of whoever ran it."""
        budget = f"--steps {self.steps}" if self.steps else f"--minutes {self.minutes:g}"
        words = [f"segstudio recipe starter --card {self.card} {budget} --seed {self.seed}"]
        words.append(f"--places {self.places} --judges {self.judges} --size {self.size_px}")
        words += ["--data DATA"] if self.data else []
        words += [f'--leave-out "{tile}"' for tile in self.leave_out]
        words += [f"--start {self.start.name}"] if self.start else []
        return " ".join(words)


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
    yield StarterReady(_write(request, result, figures), next(iter(figures.values())))


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
                _spec(),
                replace(settings, batch=count, memory_mb=settings.memory_mb // len(material.teach)),
                in_bands=request.in_bands,
                aerial=True,
                replay=False,
            )
        )
    return Mixture(parts)


def _spec() -> InputSpec:
    """Bytes as they are: a stretch of each image's own would make every lake look like every meadow."""
    return InputSpec.for_dtype("uint8")


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
    hold_out = HoldOut.of(sources, split, channels, names, _spec(), most_px=10**9)
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


def _write(
    request: StarterRequest, result: "FineTuneResult", figures: Mapping[str, Mapping[str, Any]]
) -> Path:
    from segstudio.models.weights import save_state

    request.output.mkdir(parents=True, exist_ok=True)
    weights = request.output / f"{request.file_name}.safetensors"
    save_state(weights, dict(_halved(result.state)))
    weights.with_suffix(".json").write_text(
        json.dumps(_record(request, result, figures), indent=1) + "\n", encoding="utf-8"
    )
    return weights


def _record(
    request: StarterRequest, result: "FineTuneResult", figures: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    taught = [ATTRIBUTION_PLACES, *(ATTRIBUTION_SETS if request.data else ())]
    return {
        "classes": [each.to_json() for each in DUBAI_CLASSES],
        "input": _spec().to_json(),
        "in_bands": request.in_bands,
        "figures": _shown_figures(request, figures),
        "attribution": f"Taught with {'; '.join(taught)}.",
        "recipe": {
            "command": request.command,
            "steps": result.steps,
            "seconds": round(result.seconds),
            "notes": list(result.notes),
            "settings": request.settings.to_dict(),
        },
    }


def _shown_figures(request: StarterRequest, figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The first hold-out's figures, the others' beside them; those of `request.figures` come before all."""
    hold_out, first = next(iter(figures.items()))
    own = {"hold_out": hold_out, **first, "others": dict(list(figures.items())[1:])}
    if request.figures is None:
        return own
    try:
        record = json.loads(request.figures.read_text(encoding="utf-8"))
        return {**record["figures"], "recipe": record["recipe"]["command"], "others": {"this run": own}}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{request.figures} is not a record of this recipe: {error!r}") from error


def _halved(state: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Kernels in half precision: half the file; what norms, biases and the normalisation hold stays exact."""
    for name, value in state.items():
        yield name, value.half() if name.endswith(".weight") and value.ndim > 1 else value
