"""What a fine-tune says while it runs, and when it is done."""

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor


@dataclass(frozen=True, slots=True)
class StepReport:
    """One batch was learned from, or seen while looking at the hold-out.

    `stage` says what it does: "seg", "depth", "both", or "looking at the hold-out".
    """

    step: int
    fraction: float
    loss: float
    stage: str
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class EpochReport:
    """The hold-out was looked at.

    Attributes:
        epoch: Counts from 1.
        losses: Means since the last report: "total", "seg", and "depth", "partial", "replay" where they took
            part.
        mean_iou: On the hold-out; None where there is none.
        figures: `Judgement.to_dict()` of the hold-out; None where there is none.
    """

    epoch: int
    step: int
    stage: str
    fraction: float
    losses: dict[str, float]
    mean_iou: float | None
    best_mean_iou: float | None
    seconds_left: float | None
    images_per_second: float
    figures: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class FineTuneNotice:
    """One sentence for the person."""

    text: str


@dataclass(frozen=True, slots=True)
class FineTuneResult:
    """The best weights so far and what can be said about them.

    Attributes:
        state: The net's state on the CPU.
        before: Figures of the parent on the hold-out; None from scratch.
        after: Figures of these weights on the same hold-out; None where there was no hold-out.
        notes: Sentences for the version's record.
    """

    state: dict[str, Tensor]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    notes: tuple[str, ...]
    steps: int
    seconds: float
    cancelled: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
