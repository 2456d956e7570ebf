"""Optimiser, learning rate and averaged weights of a fine-tune."""

import copy
import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from segstudio.models.nets.net import SegmentationNet
from segstudio.training.settings import FineTuneSettings

_WARM_UP_STEPS = 50
_WARM_UP_SHARE = 0.1  # of a budget shorter than 500 steps
_LAST_RATE = 0.01  # of the first, when the budget is spent
_POLY_POWER = 0.9  # Chen et al. 2018; illegible in the MFF paper
_MOMENTUM = 0.9  # of SGD, DeepLab's; the MFF paper names no optimiser
_NORM_MOMENTUM = 0.1  # torch's own default
_AVERAGED_STEPS = 200.0  # the averaged weights look back over about so many steps


def make_optimiser(net: SegmentationNet, settings: FineTuneSettings) -> torch.optim.Optimizer:
    """The settings' optimiser; weight decay spares norms and biases, and Adam has none.

    AdamW decays apart from the gradient (Loshchilov and Hutter 2019).
    """
    groups: list[dict[str, Any]] = []
    encoder_rate = settings.head_rate * settings.encoder_factor
    for parameters, rate in (
        (net.encoder_parameters(), encoder_rate),
        (net.head_parameters(), settings.head_rate),
    ):
        decayed, free = _by_decay(parameters)
        groups.append({"params": decayed, "rate": rate, "weight_decay": settings.weight_decay})
        groups.append({"params": free, "rate": rate, "weight_decay": 0.0})
    groups = [group for group in groups if group["params"]]
    # one kernel for all parameters: two thirds of the time of the loop on a CPU
    fused = all(p.device.type in ("cpu", "cuda") for group in groups for p in group["params"])
    if settings.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=settings.head_rate, momentum=_MOMENTUM, fused=fused)
    if settings.optimiser == "adam":
        undecayed = [group | {"weight_decay": 0.0} for group in groups]
        return torch.optim.Adam(undecayed, lr=settings.head_rate, fused=fused)
    if settings.optimiser != "adamw":
        raise ValueError(f"no optimiser is called {settings.optimiser!r}: there are adamw, adam and sgd")
    return torch.optim.AdamW(groups, lr=settings.head_rate, fused=fused)


def set_rate(optimiser: torch.optim.Optimizer, step: int, fraction: float, *, course: str = "cosine") -> None:
    """Set the learning rate for a step, when so much of the budget is spent."""
    factor = _rate_factor(course, step, min(max(fraction, 0.0), 1.0))
    for group in optimiser.param_groups:
        group["lr"] = group["rate"] * factor


def _rate_factor(course: str, step: int, fraction: float) -> float:
    """Share of the full rate: cosine warms up and anneals any budget to its end; poly is DeepLab's."""
    if course == "constant":
        return 1.0
    if course == "poly":
        return float((1 - fraction) ** _POLY_POWER)
    if course != "cosine":
        raise ValueError(f"no course of the rate is called {course!r}: there are cosine, poly and constant")
    warm = min(1.0, max((step + 1) / _WARM_UP_STEPS, fraction / _WARM_UP_SHARE))
    cosine = 0.5 * (1 + math.cos(math.pi * fraction))
    return warm * (_LAST_RATE + (1 - _LAST_RATE) * cosine)


class AveragedNet:
    """A copy of the net whose weights trail behind it as an exponential average (Polyak)."""

    def __init__(self, net: SegmentationNet) -> None:
        self.net = copy.deepcopy(net).eval().requires_grad_(False)
        self._steps = 0

    @torch.no_grad()
    def follow(self, net: SegmentationNet) -> None:
        """One step towards the net; looks back over a ninth of all steps at first, to forget the start."""
        self._steps += 1
        pull = max(1 / _AVERAGED_STEPS, 9 / (9 + self._steps))
        torch._foreach_lerp_(list(self.net.parameters()), list(net.parameters()), pull)
        for mine, theirs in zip(self.net.buffers(), net.buffers(), strict=True):
            if mine.is_floating_point():
                mine.lerp_(theirs, pull)
            else:
                mine.copy_(theirs)

    def state(self) -> dict[str, Tensor]:
        """A copy of the averaged weights on the CPU."""
        return {name: value.detach().to("cpu", copy=True) for name, value in self.net.state_dict().items()}


def quicken_norms(net: nn.Module) -> None:
    """Let batch norms' running figures keep up with a short training.

    Torchvision's MobileNetV3 comes with a momentum of 0.01, made for a million steps: after a hundred its
    running figures would still be a third of what they were born with, and the hold-out would look hopeless.
    """
    for part in net.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            part.momentum = max(part.momentum or 0.0, _NORM_MOMENTUM)


def freeze_norms(modules: Iterable[nn.Module]) -> None:
    """Keep the running figures of batch norms as they are; call it after `train()`."""
    for module in modules:
        for part in module.modules():
            if isinstance(part, nn.modules.batchnorm._BatchNorm):
                part.eval()


def _by_decay(parameters: Iterable[nn.Parameter]) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    decayed: list[nn.Parameter] = []
    free: list[nn.Parameter] = []
    for parameter in parameters:
        (decayed if parameter.ndim > 1 else free).append(parameter)
    return decayed, free
