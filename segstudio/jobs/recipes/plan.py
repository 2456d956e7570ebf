"""What a comparison is: rows that differ in one thing, taught with the same seed, batches and steps."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from segstudio.errors import SegstudioError
from segstudio.training.settings import FineTuneSettings

ScaleName = Literal["small", "paper"]
Values = Mapping[str, Any]

METRICS = {
    "accuracy": "accuracy",
    "dice": "Dice",
    "loss": "loss",
    "mean_iou_per_image": "mIoU per image",
    "mean_iou": "mIoU pooled",
    "iiou": "iIoU",
}
"""Figures by their key in a record, and how a table calls them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a paper's table, and the net that stands for it here.

    Attributes:
        key: How records and the command line call it.
        title: How the table calls it.
        card: Id of the card it is built from.
        paper: The paper's figures, by metric; a share, never percent.
        baseline: Key of the row it is compared with; None where it is the baseline itself.
        stacked: One band is copied to three, and nothing of that can learn.
        settings: What differs from the scale's settings.
    """

    key: str
    title: str
    card: str
    paper: Mapping[str, float] = field(default_factory=dict)
    baseline: str | None = None
    stacked: bool = False
    settings: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a comparison is made.

    Attributes:
        rows: Baselines first.
        settings: What differs from `FineTuneSettings`; holds "steps", or "epochs" of `epoch_images` patches.
        judge_px: Side of the one window of each kept-apart image that judges; None: the whole image.
        epoch_images: Patches of an epoch; None: one for each image that teaches.
        wants_encoder: The comparison means nothing without a pretrained encoder.
        published: Card of the plain net as it was published, where the baseline is not that one.
        remarks: What a reader of the table must know.
    """

    rows: tuple[Row, ...]
    settings: Values
    judge_px: int | None = 512
    epoch_images: int | None = None
    wants_encoder: bool = False
    published: str | None = None
    remarks: tuple[str, ...] = ()

    def steps(self, row: Row, teaching_images: int) -> int:
        """Steps of a run of this row."""
        wanted = FineTuneSettings.from_dict({**self.settings, **row.settings})
        if wanted.epochs is None:
            return wanted.steps or 1
        return wanted.epochs * -(-(self.epoch_images or teaching_images) // wanted.batch)

    def chosen(self, keys: Sequence[str]) -> tuple[Row, ...]:
        """The rows of these keys in the table's order; all of them where none is named.

        Raises:
            SegstudioError: there is no such row.
        """
        known = [row.key for row in self.rows]
        unknown = [key for key in keys if key not in known]
        if unknown:
            raise SegstudioError(f"there is no row '{unknown[0]}': choose of {', '.join(known)}")
        return tuple(row for row in self.rows if not keys or row.key in keys)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A paper's comparison at both scales.

    Attributes:
        metrics: Keys of `METRICS` that the tables show, the paper's first.
        paper: Where the paper's figures come from.
    """

    name: str
    paper: str
    metrics: tuple[str, ...]
    small: Scale
    full: Scale

    def scale(self, name: ScaleName) -> Scale:
        """The scale of that name."""
        return self.small if name == "small" else self.full


def fingerprint(values: Values) -> str:
    """Eight hexadecimal digits that change when any of the values does."""
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
