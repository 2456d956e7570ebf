"""Losses that are silent wherever nobody has spoken."""

import torch
import torch.nn.functional as F
from torch import Tensor

UNSAID = 255
FOCAL_GAMMA = 2.0  # paper 3; Lin et al. 2017
_SMOOTH = 1.0


def cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Mean cross-entropy over the pixels somebody has spoken about; zero where nobody has.

    Args:
        logits: (N, K, H, W).
        target: int64 (N, H, W), 255 = not said.
    """
    summed = F.cross_entropy(logits, target, ignore_index=UNSAID, reduction="sum")
    return summed / (target != UNSAID).sum().clamp_min(1)


def focal(logits: Tensor, target: Tensor, gamma: float = FOCAL_GAMMA) -> Tensor:
    """(1 - exp(-CE))^gamma * CE per pixel, averaged over the said pixels (paper 3 with alpha = 1)."""
    entropy = F.cross_entropy(logits, target, ignore_index=UNSAID, reduction="none")
    weighted = (1 - torch.exp(-entropy)) ** gamma * entropy
    return weighted.sum() / (target != UNSAID).sum().clamp_min(1)


def soft_dice(logits: Tensor, target: Tensor) -> Tensor:
    """1 - mean soft Dice over the classes said in the batch (Milletari et al. 2016); zero where none is."""
    said = target != UNSAID
    scores = logits.softmax(dim=1) * said[:, None]
    truth = _one_hot(target, logits.shape[1]).to(scores.dtype)
    over_pixels = (0, 2, 3)
    truth_sum = truth.sum(over_pixels)
    overlap = (scores * truth).sum(over_pixels)
    dice = (2 * overlap + _SMOOTH) / (scores.sum(over_pixels) + truth_sum + _SMOOTH)
    present = truth_sum > 0
    return ((1 - dice) * present).sum() / present.sum().clamp_min(1)


def lovasz(logits: Tensor, target: Tensor) -> Tensor:
    """Lovasz-softmax over the classes said in the batch (Berman et al. 2018), a surrogate of the mean IoU."""
    said = target != UNSAID
    if not said.any():
        return logits.sum() * 0
    scores = logits.softmax(dim=1).permute(0, 2, 3, 1)[said]
    truth = target[said]
    losses = [_lovasz_class(scores[:, k], truth == k) for k in torch.unique(truth).tolist()]
    return torch.stack(losses).mean()


def partial_cross_entropy(logits: Tensor, not_class: Tensor) -> Tensor:
    """-log of the summed probability of all classes but the one a pixel certainly is not.

    Args:
        logits: (N, K, H, W).
        not_class: int64 (N, H, W): k = "not class k", 255 = nothing said.
    """
    said = not_class != UNSAID
    if not said.any():
        return logits.sum() * 0
    scores = logits.permute(0, 2, 3, 1)[said].float()
    others = scores.scatter(1, not_class[said][:, None], float("-inf"))
    return (scores.logsumexp(dim=1) - others.logsumexp(dim=1)).mean()


def depth_error(depth: Tensor, target: Tensor) -> Tensor:
    """Mean squared error where depth is known (paper 3); targets come normalised per image: scale-free.

    Args:
        depth: (N, 1, H, W).
        target: float (N, H, W), NaN = not said.
    """
    known = ~torch.isnan(target)
    error = torch.where(known, depth[:, 0].float() - torch.nan_to_num(target), 0.0)
    return (error**2).sum() / known.sum().clamp_min(1)


def replay(logits: Tensor, parent_logits: Tensor, free: Tensor) -> Tensor:
    """KL divergence from the parent's own answer on pixels nobody touched (Li and Hoiem 2016).

    Args:
        logits: (N, K, H, W).
        parent_logits: (N, K, H, W), no gradient.
        free: bool (N, H, W): nobody has spoken and there is data.
    """
    wanted = parent_logits.log_softmax(dim=1)
    divergence = (wanted.exp() * (wanted - logits.log_softmax(dim=1))).sum(dim=1)
    return (divergence * free).sum() / free.sum().clamp_min(1)


def segmentation_loss(name: str, logits: Tensor, target: Tensor) -> Tensor:
    """The named loss: "ce", "ce-dice", "ce-lovasz" or "focal"."""
    if name == "focal":
        return focal(logits, target)
    loss = cross_entropy(logits, target)
    if name == "ce-dice":
        return loss + 0.5 * soft_dice(logits, target)
    if name == "ce-lovasz":
        return loss + 0.5 * lovasz(logits, target)
    if name != "ce":
        raise ValueError(f"no loss is called {name!r}: there are ce, ce-dice, ce-lovasz and focal")
    return loss


def _one_hot(target: Tensor, class_count: int) -> Tensor:
    channels = torch.arange(class_count, device=target.device)
    return target[:, None] == channels[None, :, None, None]


def _lovasz_class(scores: Tensor, truth: Tensor) -> Tensor:
    foreground = truth.to(scores.dtype)
    errors, order = (foreground - scores).abs().sort(descending=True)
    hits = foreground[order]
    total = hits.sum()
    jaccard = 1 - (total - hits.cumsum(0)) / (total + (1 - hits).cumsum(0))
    steps = torch.diff(jaccard, prepend=jaccard.new_zeros(1))
    return (errors * steps).sum()
