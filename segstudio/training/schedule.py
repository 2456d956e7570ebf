"""Paper 3's staged schedules as data: which decoder goes first, whether it is copied, what follows."""

from dataclasses import dataclass
from typing import Literal

from torch import nn

from segstudio.models.nets.net import SegmentationNet
from segstudio.models.nets.two_decoder import TwoDecoder

Part = Literal["seg", "depth", "both"]
SEG_WEIGHT, DEPTH_WEIGHT = 0.85, 0.15  # paper 3, joint stage
_DECODERS: dict[Part, Literal["mask", "depth"]] = {"seg": "mask", "depth": "depth"}


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of the budget: what is trained, with which loss weights, from whose copied decoder."""

    part: Part
    copied_from: Part | None = None

    @property
    def seg_weight(self) -> float:
        """Weight of the segmentation loss."""
        return {"seg": 1.0, "depth": 0.0, "both": SEG_WEIGHT}[self.part]

    @property
    def depth_weight(self) -> float:
        """Weight of the depth loss."""
        return {"seg": 0.0, "depth": 1.0, "both": DEPTH_WEIGHT}[self.part]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Which part goes first, whether its decoder is copied into the other, and the order that follows."""

    first: Part
    copy_weights: bool = False
    then: tuple[Part, ...] = ()

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All stages in order; the copy is made when the second begins."""
        copied = self.first if self.copy_weights else None
        rest = [Stage(part, copied if n == 0 else None) for n, part in enumerate(self.then)]
        return (Stage(self.first), *rest)


SINGLE = Schedule("seg")
JOINT = Schedule("both")
PAPER_BEST = Schedule("depth", copy_weights=True, then=("seg", "both"))

SCHEDULES: dict[str, Schedule] = {
    "seg-copy-depth-both": Schedule("seg", True, ("depth", "both")),
    "seg-copy-both": Schedule("seg", True, ("both",)),
    "seg-depth-both": Schedule("seg", False, ("depth", "both")),
    "seg-both": Schedule("seg", False, ("both",)),
    "depth-copy-seg-both": PAPER_BEST,
    "depth-copy-both": Schedule("depth", True, ("both",)),
    "depth-seg-both": Schedule("depth", False, ("seg", "both")),
    "depth-both": Schedule("depth", False, ("both",)),
    "joint": JOINT,
    "single": SINGLE,
}


def choose_schedule(name: str, *, has_depth: bool, from_scratch: bool) -> Schedule:
    """The schedule of that name; one stage where there is no depth decoder or nothing to teach it with.

    "auto" is the paper's best from scratch. A trained net is fine-tuned jointly: a depth stage of its own
    would let the encoder walk away from the mask decoder that relies on it.
    """
    if not has_depth:
        return SINGLE
    if name == "auto":
        return PAPER_BEST if from_scratch else JOINT
    if name not in SCHEDULES:
        raise ValueError(f"no schedule is called {name!r}: there are {', '.join(SCHEDULES)}")
    return SCHEDULES[name]


def enter_stage(net: SegmentationNet, stage: Stage) -> None:
    """Let only the stage's decoder and the encoder learn; copy the decoder if the stage begins with that."""
    net.requires_grad_(True)
    if not isinstance(net.body, TwoDecoder) or not net.has_depth:
        return
    if stage.copied_from is not None:
        net.body.copy_decoder(_DECODERS[stage.copied_from])
    for module in resting_modules(net, stage):
        module.requires_grad_(False)


def resting_modules(net: SegmentationNet, stage: Stage) -> list[nn.Module]:
    """The modules that a stage leaves as they are, their norms' running figures included."""
    if not isinstance(net.body, TwoDecoder) or stage.part == "both":
        return []
    return net.body.decoder_modules("depth" if stage.part == "seg" else "mask")
