"""What a fine-tune is told: plain values, readable and writable without torch."""

from dataclasses import asdict, dataclass
from typing import Any, Self

DEFAULT_MINUTES = 3.0


@dataclass(frozen=True, slots=True)
class FineTuneSettings:
    """One fine-tune; the defaults are the one-click ones.

    Attributes:
        minutes: Budget in wall-clock minutes, evaluation included; None leaves it to `epochs`.
        epochs: Budget in passes over the annotated area; None leaves it to `minutes`.
        steps: Budget in steps, before `epochs`. All three None: 3 minutes.
        optimiser: "adamw", "adam" (no decay) or "sgd" (momentum 0.9).
        rate: How the learning rate runs: "cosine" after a warm-up, "poly" (exponent 0.9) or "constant".
        patch_px: Side of a training patch; also the gap between training and hold-out blocks.
        batch: Patches per step.
        learning_rate: Of the heads; None takes 2e-3 from scratch, 1e-3 otherwise.
        encoder_rate: Factor on the encoder's learning rate; None takes 1 from scratch, 0.3 otherwise.
        from_scratch: The net comes untrained: higher rate, no replay, no early stop.
        schedule: A name of `schedule.SCHEDULES`, or "auto": the paper's best from scratch, "joint" otherwise.
        hold_out_fraction: Share of the annotated pixels kept apart to judge with.
        replay_weight: Weight of the parent's own answer on pixels nobody touched; 0 switches it off.
        view: "aerial" (any turn is as likely), "photo" (up is up), or "auto": by the images.
        loss: "ce-dice", "ce", "ce-lovasz" or "focal".
        norms: "train", "frozen", or "auto": frozen for few corrections of a trained net without an adapter.
        patience: Share of the budget without a rise of the hold-out after which a fine-tune stops; 1 never
            stops.
        evaluations: How often the hold-out is looked at within the budget.
        memory_mb: Pixels kept in memory at most; beyond it they are read again.
        threads: Torch threads on the CPU; None leaves torch's own choice.
    """

    minutes: float | None = None
    epochs: int | None = None
    steps: int | None = None
    optimiser: str = "adamw"
    rate: str = "cosine"
    patch_px: int = 256
    batch: int = 8
    learning_rate: float | None = None
    encoder_rate: float | None = None
    weight_decay: float = 0.02
    seed: int = 0
    from_scratch: bool = False
    schedule: str = "auto"
    hold_out_fraction: float = 0.2
    replay_weight: float = 0.1
    view: str = "auto"
    loss: str = "ce-dice"
    norms: str = "auto"
    scale_jitter: float = 2.0
    patience: float = 0.5
    evaluations: int = 12
    memory_mb: int = 1024
    threads: int | None = None

    @property
    def budget_seconds(self) -> float | None:
        """Wall-clock budget; None where epochs or steps alone say how long."""
        if self.minutes is None:
            return DEFAULT_MINUTES * 60 if self.epochs is None and self.steps is None else None
        return self.minutes * 60

    @property
    def head_rate(self) -> float:
        """Learning rate of everything but the encoder."""
        if self.learning_rate is not None:
            return self.learning_rate
        return 2e-3 if self.from_scratch else 1e-3

    @property
    def encoder_factor(self) -> float:
        """The encoder's share of `head_rate`."""
        if self.encoder_rate is not None:
            return self.encoder_rate
        return 1.0 if self.from_scratch else 0.3

    def to_dict(self) -> dict[str, Any]:
        """For the version's record."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """From a record; names that are not known (any more) are passed over."""
        return cls(**{name: value for name, value in values.items() if name in cls.__dataclass_fields__})
