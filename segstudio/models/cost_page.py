"""What the networks cost, as a page of Markdown (`python -m segstudio.models.measure --costs`)."""

from collections.abc import Mapping

from segstudio.models.cards import Measured, ModelCard
from segstudio.models.named import MFF_VARIANTS

Figures = Mapping[str, Measured]

_USUAL = "deeplabv3plus-xception65"
_HEAD = """\
# What the networks cost

Written by `python -m segstudio.models.measure --costs`; five classes, one image, float32. Multiply-adds and
memory (weights and all tensors alive at once) are those of one forward pass at the card's patch size.

## Multi-path feature fusion beside the plain network on the same encoder strides

The bar is 1.5 times the plain network's multiply-adds.

| network | parameters, M | multiply-adds, 1e9 | times the plain network |
|---|---|---|---|
"""
_ALL = """\

## Every card

| model | patch, px | parameters, M | memory, MB | multiply-adds, 1e9 | paper |
|---|---|---|---|---|---|
"""


def cost_page(figures: Figures, cards: Mapping[str, ModelCard]) -> str:
    """Every row of the MFF tables beside its plain net, then every card."""
    variants = [
        ("deeplabv3plus-light", [f"mff-light{suffix}" for suffix in MFF_VARIANTS]),
        ("mff-xception65-none", [f"mff-xception65{suffix}" for suffix in MFF_VARIANTS]),
        ("bisenet", ["bisenet-mff"]),
    ]
    rows = [_ratio_row(name, figures, plain) for plain, names in variants for name in (plain, *names)]
    every = [_card_row(cards[name], found) for name, found in figures.items()]
    return _HEAD + "".join(rows) + _strides(figures) + _ALL + "".join(every)


def _ratio_row(name: str, figures: Figures, plain: str) -> str:
    found = figures[name]
    ratio = found.multiply_adds_g / figures[plain].multiply_adds_g
    label = f"**`{name}`**, plain" if name == plain else f"`{name}`"
    return f"| {label} | {found.parameters_m:.2f} | {found.multiply_adds_g:.2f} | {ratio:.2f} |\n"


def _strides(figures: Figures) -> str:
    usual, strided, full = (
        figures[name].multiply_adds_g for name in (_USUAL, "mff-xception65-none", "mff-xception65")
    )
    return (
        f"\nDeepLabV3+ as it was published, at output stride 16 (`{_USUAL}`), takes {usual:.1f}e9.\n"
        f"Against it the paper's network costs {full / usual:.2f} times as much; its strides alone, whose "
        f"middle flow\nruns at 1/8, make {strided / usual:.2f} of that.\n"
    )


def _card_row(card: ModelCard, found: Measured) -> str:
    size = f"{found.parameters_m:.2f} | {found.memory_mb} | {found.multiply_adds_g:.2f}"
    return f"| `{card.id}` | {card.patch_px} | {size} | {card.paper} |\n"
