"""The registry: which models there are, and the one way to build one."""

import difflib
import importlib
from collections.abc import Iterable
from functools import cache
from typing import Any

from segstudio import shipped
from segstudio.errors import ModelError
from segstudio.models.builtin import builtin_cards
from segstudio.models.cards import GRAY_PREFIX, ModelCard, with_adapter
from segstudio.models.plugins import PluginRecord, content_hash, read_plugins


class Registry:
    """Every model by id; built-in cards and plugin cards are told apart only by `card.source`.

    A plugin whose card takes an id that is already there is kept as a broken record. The Python of a
    plugin runs only when its content hash is in `trusted`.
    """

    def __init__(
        self,
        cards: Iterable[ModelCard],
        plugins: Iterable[PluginRecord] = (),
        *,
        trusted: Iterable[str] = (),
    ) -> None:
        self._cards = {card.id: card for card in cards}
        self._trusted = set(trusted)
        self.plugins = tuple(self._admit(record) for record in plugins)

    def cards(self, include_hidden: bool = False) -> tuple[ModelCard, ...]:
        """Every card, built-in ones first; hidden ones serve benchmarks."""
        return tuple(card for card in self._cards.values() if include_hidden or not card.hidden)

    def card(self, card_id: str) -> ModelCard:
        """The card of this id, "gray:<id>" included; raises ModelError with the nearest names."""
        if card_id in self._cards:
            return self._cards[card_id]
        base = self._cards.get(card_id.removeprefix(GRAY_PREFIX))
        if base is None:
            raise ModelError(self._unknown(card_id))
        return with_adapter(base)

    def trust(self, record: PluginRecord) -> None:
        """Let the Python of this plugin run, as its files were when it was read."""
        self._trusted.add(record.content_hash)

    def is_trusted(self, card: ModelCard) -> bool:
        """Whether building this card may run its code, as its files are at this moment."""
        return card.folder is None or content_hash(card.folder) in self._trusted

    def create_model(
        self,
        card_id: str,
        *,
        class_count: int,
        in_bands: int = 3,
        display_bands: tuple[int, ...] | None = None,
    ) -> Any:
        """A fresh `SegmentationNet` with random weights (typed Any: this module is read without torch).

        `display_bands` are the three bands a gray adapter lets pass where there are more than three.
        Raises ModelError where the bands do not fit the card or its plugin is not trusted.
        """
        card = self.card(card_id)
        self._check(card, in_bands)
        assembly = importlib.import_module("segstudio.models.nets.assembly")
        return assembly.assemble(
            card, class_count=class_count, in_bands=in_bands, display_bands=display_bands
        )

    def _check(self, card: ModelCard, in_bands: int) -> None:
        if not self.is_trusted(card):
            raise ModelError(
                f"model '{card.id}' comes from a {card.source} nobody has agreed to: allow the plugin first"
            )
        if not card.takes(in_bands):
            raise ModelError(
                f"model '{card.id}' expects {card.in_bands or card.min_bands} bands, not {in_bands}: "
                f"choose the gray adapter ('{GRAY_PREFIX}{card.base_id}')"
            )

    def _admit(self, record: PluginRecord) -> PluginRecord:
        taken = [card.id for card in record.cards if card.id in self._cards]
        if taken:
            problem = f"the model id {taken[0]!r} is already taken"
            return PluginRecord(record.folder, record.title, problem=problem)
        self._cards |= {card.id: card for card in record.cards}
        return record

    def _unknown(self, card_id: str) -> str:
        prefix = GRAY_PREFIX if card_id.startswith(GRAY_PREFIX) else ""
        wanted = card_id.removeprefix(GRAY_PREFIX).lower()
        names = [card.id for card in self._cards.values() if not card.has_adapter]
        near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.4)
        if not near:
            return f"there is no model '{card_id}': choose one of {', '.join(names)}"
        return f"there is no model '{card_id}': did you mean {' or '.join(prefix + name for name in near)}?"


@cache
def default_registry() -> Registry:
    """The registry of the program: built-in cards and the plugins that come with it, read once."""
    return Registry(builtin_cards(), read_plugins(shipped.plugins()))
