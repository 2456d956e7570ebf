"""What a long verb yields: frozen values that a window, a terminal or a remote caller can show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from segstudio.raster.window import Window


@dataclass(frozen=True, slots=True)
class Progress:
    """So much is done; `seconds_left` is None while nothing can be said about it."""

    done: int
    total: int
    seconds_left: float | None
    text: str

    @property
    def fraction(self) -> float:
        """Between 0 and 1; an empty job is done."""
        return 1.0 if self.total <= 0 else min(1.0, self.done / self.total)


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence the person should read while the work goes on."""

    text: str


@dataclass(frozen=True, slots=True)
class EngineChosen:
    """What computes the answers, with its version: "torch 2.15.0", "OpenVINO 2026.4.1"."""

    engine: str


@dataclass(frozen=True, slots=True)
class StripReady:
    """Final answers of one strip: uint8 class ids (255 = none), uint8 doubt, float16 depth or None."""

    image_id: int | None
    window: Window
    class_ids: np.ndarray
    doubt: np.ndarray
    depth: np.ndarray | None
    version_id: str


@dataclass(frozen=True, slots=True)
class MaskWritten:
    """A predicted mask lies on disk; `peak_rss_mb` is the largest memory of the process so far."""

    path: Path
    seconds: float
    windows: int
    peak_rss_mb: float
    doubt_path: Path | None = None
    depth_path: Path | None = None


@dataclass(frozen=True, slots=True)
class PredictionKept:
    """An image of a project is predicted; `went_on_at` is the share that an earlier run had left, 0..1."""

    image_name: str
    version_id: str
    seconds: float
    windows: int
    went_on_at: float
    peak_rss_mb: float


@dataclass(frozen=True, slots=True)
class CostEstimated:
    """What a prediction would take, as `Estimate` says it; nothing was predicted."""

    image_name: str
    windows: int
    windows_left: int
    share_done: float
    seconds: float | None
    memory_mb: float
    free_mb: float
    enough_memory: bool
    basis: str


@dataclass(frozen=True, slots=True)
class EpochReady:
    """One round over the corrections; `holdout_mean_iou` is None where it was not measured."""

    epoch: int
    loss: float
    holdout_mean_iou: float | None
    seconds_left: float | None
    stage: str = ""
    is_best: bool = False
    losses: Mapping[str, float] = field(default_factory=dict)
    images_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class VersionReady:
    """A new version lies in the project; figures of the hold-out before (empty from scratch) and after."""

    version_id: str
    folder: Path
    parent: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationReady:
    """The figures of CONTRACTS.md, key by key."""

    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DepthStripped:
    """A version without its depth decoder lies on disk; its mask was found the same bit by bit."""

    version_id: str
    folder: Path
    parent: str
    bytes_before: int
    bytes_after: int


@dataclass(frozen=True, slots=True)
class ImageAnnotated:
    """A file became annotation (or a depth target) of one image: so many pixels now say something."""

    image_name: str
    source: Path
    pixels: int
    kind: str = "mask"


@dataclass(frozen=True, slots=True)
class ImageExported:
    """One image's files, written, reopened and compared with what they should hold."""

    image_name: str
    paths: tuple[Path, ...]
    counts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class SampleWritten:
    """A procedural scene lies on disk: picture, true class ids, height above ground, class list."""

    scene: Path
    truth: Path
    height: Path
    classes: Path


@dataclass(frozen=True, slots=True)
class StarterReady:
    """Starter weights lie on disk; figures of places never seen in training."""

    weights: Path
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecipeRunReady:
    """One run of a paper's comparison is done: its record and the figures of what was kept apart."""

    row: str
    seed: int
    path: Path
    figures: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class RecipeTableReady:
    """A paper's table beside ours: lines for a person, values for a program."""

    text: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WeightsFit:
    """What of a file of weights fitted a card's net, and what did not; names are those of the file.

    `missing` are names of the net. `reshaped` holds (name, shape given, shape wanted). `prefix` was taken off
    every name, the tensors lay under the keys `unwrapped`, `naming` is the library whose names they are.
    `kind` says what it is good for: "model", "encoder" (a start for fine-tuning) or "nothing".
    """

    path: Path
    card_id: str
    kind: str
    fitted: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    reshaped: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    prefix: str = ""
    unwrapped: tuple[str, ...] = ()
    naming: str = ""


@dataclass(frozen=True, slots=True)
class WeightsKept:
    """Weights from elsewhere lie in the person's folder.

    A "model" is named by `name` wherever a model is asked for; an "encoder" is what untrained cards with
    this encoder start from.
    """

    name: str
    kind: str
    path: Path
    licence: str
    source: str
    sha256: str


Step = (
    Progress
    | Notice
    | EngineChosen
    | StripReady
    | MaskWritten
    | PredictionKept
    | CostEstimated
    | EpochReady
    | VersionReady
    | EvaluationReady
    | DepthStripped
    | ImageAnnotated
    | ImageExported
    | SampleWritten
    | StarterReady
    | RecipeRunReady
    | RecipeTableReady
    | WeightsFit
    | WeightsKept
)
