"""Measures what the cards say: `python -m segstudio.models.measure [--write | --costs]`.

Parameters are counted; multiply-adds and memory come from one forward pass of a batch of one at the card's
patch size, five classes, float32. The pass runs on torch's meta device, which computes shapes only: the
figures are exact for the tensors a net makes, the same on every machine, and leave out what a kernel needs
for itself (a process on a CPU grows by 30 to 50 MB more).
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from segstudio.errors import ModelError
from segstudio.models import measured
from segstudio.models.cards import Measured, ModelCard, with_adapter
from segstudio.models.cost_page import cost_page
from segstudio.models.figures import keep_figures, with_figures
from segstudio.models.nets.net import SegmentationNet
from segstudio.models.registry import Registry, default_registry

CLASS_COUNT = 5


_WeakStorage: Any = StorageWeakRef  # torch leaves it without types


class PeakMemory(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's own, without types
    """Keeps the largest sum of bytes of all tensors alive at once while it is entered."""

    def __init__(self, before: int = 0) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.peak_bytes = before
        self._before = before
        self._alive: dict[int, tuple[Any, int]] = {}

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Run the operation and count what is alive after it."""
        found = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(found):
            if isinstance(leaf, torch.Tensor):
                storage = leaf.untyped_storage()
                reference = _WeakStorage(storage)
                self._alive[reference.cdata] = (reference, storage.nbytes())
        self._alive = {key: each for key, each in self._alive.items() if not each[0].expired()}
        now = self._before + sum(size for _, size in self._alive.values())
        self.peak_bytes = max(self.peak_bytes, now)
        return found


def measure(card: ModelCard, registry: Registry | None = None) -> Measured:
    """The figures of a card, by one pass on the meta device, or on the CPU where a net is not made for it."""
    try:
        return _measure_on("meta", card, registry)
    except (RuntimeError, ModelError) as error:
        if "meta tensor" not in str(error):
            raise
        return _measure_on("cpu", card, registry)


def _measure_on(device: str, card: ModelCard, registry: Registry | None) -> Measured:
    bands = card.in_bands or 3
    with torch.device(device), torch.no_grad():
        net: SegmentationNet = (registry or default_registry()).create_model(
            card.id, class_count=CLASS_COUNT, in_bands=bands
        )
        net.eval()
        x = torch.zeros(1, bands, card.patch_px, card.patch_px)
        with FlopCounterMode(display=False) as flops:
            net(x)
        weights = sum(each.nbytes for each in (*net.parameters(), *net.buffers()))
        with PeakMemory(before=weights + x.nbytes) as memory:
            net(x)
    return Measured(
        parameters_m=round(sum(each.numel() for each in net.parameters()) / 1e6, 6),
        memory_mb=max(1, round(memory.peak_bytes / 2**20)),
        multiply_adds_g=round(flops.get_total_flops() / 2e9, 4),
    )


def measured_card(card: ModelCard, registry: Registry | None = None) -> ModelCard:
    """The card with its figures; measured and kept for the next time where nobody has measured it yet.

    Raises:
        ModelError: the net cannot be built, for instance because there is no such encoder.
    """
    if card.memory_mb:
        return card
    plain = (registry or default_registry()).card(card.base_id)
    found = measure(plain, registry)
    keep_figures(plain.id, found)
    measured = with_figures(plain, found)
    return with_adapter(measured) if card.has_adapter else measured


def table(figures: Mapping[str, Measured]) -> str:
    """The Python source of `measured.py`."""
    lines = [
        '"""Facts of the built-in cards, written by `python -m segstudio.models.measure --write`.',
        "",
        "Millions of parameters, MB, 1e9 multiply-adds.",
        '"""',
        "",
        "from segstudio.models.cards import Measured",
        "",
        "MEASURED: dict[str, Measured] = {",
    ]
    for card_id, found in figures.items():
        values = f"{found.parameters_m}, {found.memory_mb}, {found.multiply_adds_g}"
        lines.append(f'    "{card_id}": Measured({values}),')
    return "\n".join([*lines, "}", ""])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the measured table, or write it."""
    parser = argparse.ArgumentParser(description="Measure the built-in model cards.")
    parser.add_argument("--write", action="store_true", help="rewrite measured.py")
    parser.add_argument("--costs", action="store_true", help="print the page of costs from measured.py")
    chosen = parser.parse_args(arguments)
    if chosen.costs:
        listed = {card.id: card for card in default_registry().cards(include_hidden=True)}
        sys.stdout.write(cost_page(measured.MEASURED, listed))
        return
    cards = [card for card in default_registry().cards(include_hidden=True) if card.folder is None]
    text = table({card.id: measure(card) for card in cards if not card.has_adapter})
    if chosen.write:
        Path(measured.__file__).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
