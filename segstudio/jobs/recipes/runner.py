"""A paper's comparison, run by run: what is there is skipped, what others have begun is left to them."""

import hashlib
from collections.abc import Generator
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio import shipped
from segstudio.errors import SegstudioError
from segstudio.jobs.recipes import material
from segstudio.jobs.recipes.claims import claim
from segstudio.jobs.recipes.material import Material
from segstudio.jobs.recipes.papers import RECIPES
from segstudio.jobs.recipes.plan import Recipe, Row, Scale, ScaleName, Values, fingerprint
from segstudio.jobs.recipes.records import write_record
from segstudio.jobs.recipes.table import tables
from segstudio.jobs.steps import Notice, RecipeRunReady, Step

if TYPE_CHECKING:
    from segstudio.jobs.recipes.training import Encoder

Steps = Generator[Step, None, None]
NO_ENCODER = "none"
_PLACES, _JUDGES = 48, 12


@dataclass(frozen=True, slots=True)
class RecipeRequest:
    """Which comparison, how large, with what.

    Attributes:
        data: The paper's set; not needed for procedural places.
        depth: Depth rasters beside VOC's images.
        rows: Keys of rows; all of them where empty.
        encoder: A file with `body.encoder.*`, "none", or None for the scale's own choice.
        steps: Steps of every run in place of the scale's.
        threads: Torch threads on the CPU; None leaves torch's own choice.
    """

    recipe: str
    work: Path
    data: Path | None = None
    depth: Path | None = None
    scale: ScaleName = "small"
    seeds: int = 3
    rows: tuple[str, ...] = ()
    encoder: str | None = None
    steps: int | None = None
    device: str = "auto"
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One row with one seed, and the file its record has or will have."""

    row: Row
    seed: int
    path: Path


def compare(request: RecipeRequest) -> Steps:
    """Make every run that is missing; the last step is the table, or a notice that others are at work.

    Raises:
        SegstudioError: data, encoder, row or device is not there, or the folder cannot be written.
    """
    recipe = RECIPES[request.recipe]
    scale = _scale(recipe, request)
    rows = scale.chosen(request.rows)
    encoder = _encoder(recipe, scale, request)
    _make_folder(request.work)
    found = yield from _prepare(request)
    folder = request.work / f"{recipe.name}-{request.scale}-{_comparison(scale, found, encoder)}"
    _make_folder(folder)
    runs = [
        Run(row, seed, _record_path(folder, row, seed)) for seed, row in product(range(request.seeds), rows)
    ]
    for number, run in enumerate(runs, start=1):
        yield from _make(run, f"{number} of {len(runs)}", request, scale, found, encoder)
    missing = sum(not run.path.is_file() for run in runs)
    if missing:
        yield Notice(
            f"{missing} runs are being made by another process: see them by --table when it is done."
        )
    yield from tables(recipe, request.scale, request.work, only=folder.name)


def _make(
    run: Run, number: str, request: RecipeRequest, scale: Scale, found: Material, encoder: "Encoder | None"
) -> Steps:
    from segstudio.inference.device import pick_device
    from segstudio.jobs.recipes.training import train_and_judge

    with claim(run.path.with_suffix(".lock")) as mine:
        if run.path.is_file() or not mine:
            return
        yield Notice(f"{run.row.title}, seed {run.seed} ({number})")
        _use_threads(request.threads)
        device = pick_device(request.device)
        record = yield from train_and_judge(run.row, scale, found, run.seed, encoder=encoder, device=device)
        head = {
            "recipe": request.recipe, "scale": request.scale, "row": run.row.key, "seed": run.seed,
            "data": found.name, "teaching_images": found.teaching_images,
            "judging_images": len(found.judges), "card": run.row.card,
            "encoder_file": None if encoder is None else encoder.path.name,
        }  # fmt: skip
        write_record(run.path, {**head, **record})
        yield RecipeRunReady(run.row.key, run.seed, run.path, record["figures"], record["seconds"])


def _use_threads(threads: int | None) -> None:
    if threads is not None:
        import torch

        torch.set_num_threads(threads)


def _scale(recipe: Recipe, request: RecipeRequest) -> Scale:
    scale = recipe.scale(request.scale)
    if request.steps is None:
        return scale
    rows = tuple(replace(row, settings=_stepped(row.settings, request.steps)) for row in scale.rows)
    return replace(scale, rows=rows, settings=_stepped(scale.settings, request.steps))


def _stepped(settings: Values, steps: int) -> dict[str, Any]:
    return {**settings, "steps": steps, "epochs": None}


def _encoder(recipe: Recipe, scale: Scale, request: RecipeRequest) -> "Encoder | None":
    from segstudio.jobs.recipes.training import Encoder

    if request.encoder == NO_ENCODER:
        return None
    if request.encoder is not None:
        return Encoder(_existing(Path(request.encoder)))
    if request.scale == "small":
        return Encoder(_existing(shipped.resources() / "weights" / "encoder-procedural.safetensors"))
    if scale.wants_encoder:
        raise SegstudioError(
            f"{recipe.name} at the paper's scale wants its pretrained encoder: name a file by --encoder, "
            f"or begin from random weights by --encoder {NO_ENCODER}"
        )
    return None


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise SegstudioError(
            f"there is no file {path}: name a safetensors file by --encoder, or '{NO_ENCODER}'"
        )
    return path


def _prepare(request: RecipeRequest) -> Generator[Step, None, Material]:
    if request.recipe == "pseudo-depth" and request.scale == "small":
        return (yield from material.procedural_places(request.work, teaching=_PLACES, judging=_JUDGES))
    if request.data is None:
        raise SegstudioError(f"recipe {request.recipe} needs its images: name their folder by --data")
    if request.recipe == "gray-adapter":
        return (yield from material.gray_dubai(request.data, request.work))
    if request.recipe == "mff":
        return (yield from material.streets_or_dubai(request.data, request.work))
    if request.depth is None:
        raise SegstudioError("this comparison needs depth: name a folder of depth rasters by --depth")
    return (yield from material.voc(request.data, request.depth))


def _comparison(scale: Scale, found: Material, encoder: "Encoder | None") -> str:
    """What every row of a table has in common, as a fingerprint."""
    return fingerprint(
        {
            "settings": dict(scale.settings),
            "judge_px": scale.judge_px,
            "data": [found.name, [source.name for source in found.sources]],
            "encoder": None if encoder is None else hashlib.sha256(encoder.path.read_bytes()).hexdigest(),
        }
    )


def _record_path(folder: Path, row: Row, seed: int) -> Path:
    """Figures and titles of a table may change without a run becoming another."""
    own = {name: value for name, value in asdict(row).items() if name not in ("title", "paper", "baseline")}
    return folder / f"{row.key}-seed{seed}-{fingerprint(own)}.json"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SegstudioError(
            f"{folder} cannot be made ({error.strerror}): choose another folder with -o"
        ) from error
