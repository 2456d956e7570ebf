"""What a row costs, as its card says: parameters, and multiply-adds beside the plain net's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segstudio.jobs.recipes.plan import Row, Scale
from segstudio.models.registry import default_registry

COST_PX = 256
"""Multiply-adds are told for an image of this side."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Parameters in 1e6, multiply-adds in 1e9."""

    parameters_m: float
    multiply_adds_g: float


def cost_of(card_id: str) -> Cost | None:
    """The cost of a card's net with five classes; None where nobody has measured it."""
    card = default_registry().card(card_id)
    if not card.memory_mb:
        return None
    return Cost(card.parameters_m, card.multiply_adds_g * (COST_PX / card.patch_px) ** 2)


def cost_lines(scale: Scale, rows: Sequence[Row]) -> list[list[str]]:
    """A table with its head; the last line is the plain net as it was published, where that is another."""
    published = [] if scale.published is None else [scale.published]
    head = ["row", "parameters", "multiply-adds", "of baseline's", *(f"of {card}'s" for card in published)]
    lines = [_line(row.title, row.card, (_baseline(scale, row), *published)) for row in rows]
    return [head, *lines, *(_line(card, card, (None, card)) for card in published)]


def cost_values(scale: Scale, row: Row) -> dict[str, Any]:
    """The same for a program."""
    cost, baseline = cost_of(row.card), _baseline(scale, row)
    return {
        "parameters_m": None if cost is None else cost.parameters_m,
        "multiply_adds_g": None if cost is None else cost.multiply_adds_g,
        "multiply_adds_of_baseline": _ratio(row.card, baseline),
        "multiply_adds_of_published": _ratio(row.card, scale.published),
    }


def _line(title: str, card_id: str, others: Sequence[str | None]) -> list[str]:
    cost = cost_of(card_id)
    own = ("-", "-") if cost is None else (f"{cost.parameters_m:.2f} M", f"{cost.multiply_adds_g:.3f} G")
    ratios = (_ratio(card_id, other) for other in others)
    return [title, *own, *("" if ratio is None else f"x {ratio:.2f}" for ratio in ratios)]


def _baseline(scale: Scale, row: Row) -> str | None:
    return next((other.card for other in scale.rows if other.key == row.baseline), None)


def _ratio(card_id: str, other_id: str | None) -> float | None:
    own, other = cost_of(card_id), None if other_id is None else cost_of(other_id)
    return None if own is None or other is None else own.multiply_adds_g / other.multiply_adds_g
