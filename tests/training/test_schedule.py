import pytest
import torch

from segstudio.training.schedule import (
    JOINT,
    PAPER_BEST,
    SCHEDULES,
    SINGLE,
    Schedule,
    Stage,
    choose_schedule,
    enter_stage,
)

# first, copy, then: the rows of paper 3's table
PAPER_TABLE = [
    ("seg", True, ("depth", "both")),
    ("seg", True, ("both",)),
    ("seg", False, ("depth", "both")),
    ("seg", False, ("both",)),
    ("depth", True, ("seg", "both")),
    ("depth", True, ("both",)),
    ("depth", False, ("seg", "both")),
    ("depth", False, ("both",)),
]


@pytest.mark.parametrize(("first", "copied", "then"), PAPER_TABLE)
def test_every_row_of_the_papers_table_has_a_name(first: str, copied: bool, then: tuple[str, ...]) -> None:
    wanted = Schedule(first, copied, then)  # type: ignore[arg-type]
    assert wanted in SCHEDULES.values()
    name = "-".join([first, *(["copy"] if copied else []), *then])
    assert SCHEDULES[name] == wanted


def test_the_papers_best_is_depth_first_copied_then_mask_then_both() -> None:
    assert PAPER_BEST.stages == (Stage("depth"), Stage("seg", copied_from="depth"), Stage("both"))


def test_the_joint_stage_weighs_085_and_015() -> None:
    (stage,) = JOINT.stages
    assert (stage.seg_weight, stage.depth_weight) == (0.85, 0.15)
    assert (Stage("seg").seg_weight, Stage("seg").depth_weight) == (1, 0)
    assert (Stage("depth").seg_weight, Stage("depth").depth_weight) == (0, 1)


def test_without_depth_there_is_a_single_stage() -> None:
    assert choose_schedule("depth-copy-seg-both", has_depth=False, from_scratch=True) == SINGLE


def test_auto_is_the_papers_best_from_scratch_and_joint_for_a_trained_net() -> None:
    assert choose_schedule("auto", has_depth=True, from_scratch=True) == PAPER_BEST
    assert choose_schedule("auto", has_depth=True, from_scratch=False) == JOINT


def test_an_unknown_schedule_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="depth-copy-seg-both"):
        choose_schedule("sideways", has_depth=True, from_scratch=True)


@pytest.mark.parametrize(("part", "resting"), [("seg", "depth"), ("depth", "mask")])
def test_a_stage_lets_only_its_decoder_and_the_encoder_learn(part: str, resting: str, two_headed_net) -> None:
    net = two_headed_net()
    enter_stage(net, Stage(part))  # type: ignore[arg-type]
    asleep = {id(p) for module in net.body.decoder_modules(resting) for p in module.parameters()}
    assert asleep
    for parameter in net.parameters():
        assert parameter.requires_grad == (id(parameter) not in asleep)


def test_entering_a_copying_stage_starts_its_decoder_from_the_other(two_headed_net) -> None:
    net = two_headed_net()
    wanted = [p.clone() for p in net.body.depth_decoder.parameters()]
    enter_stage(net, Stage("seg", copied_from="depth"))
    for mine, theirs in zip(net.body.mask_decoder.parameters(), wanted, strict=True):
        assert torch.equal(mine, theirs)
