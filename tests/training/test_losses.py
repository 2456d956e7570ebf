import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from segstudio.training.losses import (
    cross_entropy,
    depth_error,
    focal,
    lovasz,
    partial_cross_entropy,
    replay,
    segmentation_loss,
    soft_dice,
)

LOSSES = ["ce", "ce-dice", "ce-lovasz", "focal"]


def some_logits(classes: int = 4, *, seed: int = 0) -> Tensor:
    logits = torch.randn(2, classes, 6, 5, generator=torch.Generator().manual_seed(seed))
    return logits.requires_grad_()


def some_target(*, seed: int = 1) -> Tensor:
    target = torch.randint(0, 4, (2, 6, 5), generator=torch.Generator().manual_seed(seed))
    target[:, :3] = 255
    return target


@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_silent_where_nobody_has_spoken(name: str) -> None:
    logits = some_logits()
    segmentation_loss(name, logits, some_target()).backward()
    assert logits.grad is not None
    assert (logits.grad[:, :, :3] == 0).all()
    assert (logits.grad[:, :, 3:] != 0).any()


@pytest.mark.parametrize("name", LOSSES)
def test_a_batch_in_which_nobody_spoke_costs_nothing(name: str) -> None:
    logits = some_logits()
    loss = segmentation_loss(name, logits, torch.full((2, 6, 5), 255))
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None
    assert (logits.grad == 0).all()


@pytest.mark.parametrize("name", LOSSES)
def test_the_right_answer_costs_less_than_a_wrong_one(name: str) -> None:
    target = some_target()
    right = F.one_hot(target.clamp_max(3), 4).permute(0, 3, 1, 2).float() * 8
    wrong = F.one_hot((target + 1) % 4, 4).permute(0, 3, 1, 2).float() * 8
    assert segmentation_loss(name, right, target) < 0.1 < segmentation_loss(name, wrong, target)


def test_cross_entropy_is_the_mean_over_the_said_pixels() -> None:
    logits, target = some_logits(), some_target()
    assert cross_entropy(logits, target).item() == pytest.approx(
        F.cross_entropy(logits, target, ignore_index=255).item(), rel=1e-5
    )


def test_focal_with_gamma_zero_is_cross_entropy_and_less_with_gamma_two() -> None:
    logits, target = some_logits(), some_target()
    assert focal(logits, target, gamma=0).item() == pytest.approx(cross_entropy(logits, target).item())
    assert focal(logits, target) < cross_entropy(logits, target)


def test_dice_and_lovasz_vanish_for_perfect_scores() -> None:
    target = some_target()
    perfect = F.one_hot(target.clamp_max(3), 4).permute(0, 3, 1, 2).float() * 60
    assert soft_dice(perfect, target).item() == pytest.approx(0, abs=1e-3)
    assert lovasz(perfect, target).item() == pytest.approx(0, abs=1e-5)


def test_lovasz_of_hard_answers_is_one_minus_the_mean_iou() -> None:
    target = torch.tensor([[[0, 0, 1, 1]]])
    answers = torch.tensor([[[0, 1, 1, 1]]])
    hard = F.one_hot(answers, 2).permute(0, 3, 1, 2).float() * 80
    assert lovasz(hard, target).item() == pytest.approx(1 - (1 / 2 + 2 / 3) / 2, abs=1e-4)


def test_not_class_k_pushes_class_k_down_and_the_others_up() -> None:
    logits = some_logits()
    not_class = torch.full((2, 6, 5), 255)
    not_class[0, 2, 2] = 1
    partial_cross_entropy(logits, not_class).backward()
    assert logits.grad is not None
    at = logits.grad[0, :, 2, 2]
    assert at[1] > 0
    assert (at[[0, 2, 3]] < 0).all()
    logits.grad[0, :, 2, 2] = 0
    assert (logits.grad == 0).all()


def test_not_class_k_is_minus_log_of_what_is_left() -> None:
    logits = some_logits()
    not_class = torch.full((2, 6, 5), 2)
    wanted = -torch.log(1 - logits.softmax(1)[:, 2]).mean()
    assert partial_cross_entropy(logits, not_class).item() == pytest.approx(wanted.item(), rel=1e-4)


def test_not_class_of_two_classes_equals_saying_the_other() -> None:
    logits = some_logits(2)
    said, not_class = torch.zeros(2, 6, 5).long(), torch.ones(2, 6, 5).long()
    left = partial_cross_entropy(logits, not_class).item()
    assert left == pytest.approx(cross_entropy(logits, said).item(), rel=1e-5)


def test_no_partial_word_costs_nothing() -> None:
    assert partial_cross_entropy(some_logits(), torch.full((2, 6, 5), 255)).item() == 0


def test_depth_error_counts_known_pixels_only() -> None:
    depth = torch.zeros(1, 1, 2, 2, requires_grad=True)
    target = torch.tensor([[[2.0, float("nan")], [float("nan"), float("nan")]]])
    loss = depth_error(depth, target)
    loss.backward()
    assert loss.item() == 4
    assert depth.grad is not None
    assert depth.grad.flatten().tolist() == [-4, 0, 0, 0]


def test_unknown_depth_everywhere_costs_nothing() -> None:
    assert depth_error(torch.ones(1, 1, 2, 2), torch.full((1, 2, 2), float("nan"))).item() == 0


def test_replay_is_zero_for_the_parents_own_answer_and_counts_free_pixels_only() -> None:
    logits, parent = some_logits(), some_logits(seed=5).detach()
    free = torch.zeros(2, 6, 5, dtype=torch.bool)
    free[:, 4] = True
    assert replay(parent, parent, free).item() == pytest.approx(0, abs=1e-6)
    loss = replay(logits, parent, free)
    loss.backward()
    assert loss > 0
    assert logits.grad is not None
    assert (logits.grad[:, :, :4] == 0).all()


def test_an_unknown_loss_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="ce-dice"):
        segmentation_loss("mse", some_logits(), some_target())
