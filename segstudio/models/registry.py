"""The registry: which models there are, and the one way to build one."""

import difflib
import importlib
from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import Any

from segstudio import personal
from segstudio.errors import ModelError
from segstudio.models.builtin import builtin_cards
from segstudio.models.cards import GRAY_PREFIX, ModelCard, with_adapter
from segstudio.models.figures import with_known_figures
from segstudio.models.named import by_name_instead, is_named, named_card
from segstudio.models.plugins import PluginRecord, read_all_plugins
from segstudio.models.trust import TrustStore


class Trust(Enum):
    """How a person stands to a plugin."""

    BROKEN = "broken"
    ALLOWED = "allowed"
    NOT_YET = "not allowed yet"
    CHANGED = "changed since it was allowed"


class Registry:
    """Every model by id; built-in cards and plugin cards are told apart only by `card.source`.

    A plugin whose card takes an id that is already there is kept as a broken record. The Python of a
    plugin runs only when its content hash is in `trusted` or in the `store`.
    """

    def __init__(
        self,
        cards: Iterable[ModelCard],
        plugins: Iterable[PluginRecord] = (),
        *,
        trusted: Iterable[str] = (),
        store: TrustStore | None = None,
    ) -> None:
        self._own = {card.id: card for card in cards}
        self._trusted = set(trusted)
        self._store = store
        self.take_plugins(plugins)

    def take_plugins(self, plugins: Iterable[PluginRecord]) -> None:
        """Put these plugins in place of all that were there before, as their files are now."""
        self._cards = dict(self._own)
        earlier: set[str] = set()
        self.plugins = tuple(self._admit(record, earlier) for record in plugins)

    def plugin(self, name: str) -> PluginRecord:
        """The plugin of this name, the folder's; raises ModelError with the names there are."""
        found = next((record for record in self.plugins if record.name == name), None)
        if found is None:
            names = ", ".join(record.name for record in self.plugins) or "none"
            raise ModelError(f"there is no plugin '{name}': there are {names}")
        return found

    def cards(self, include_hidden: bool = False) -> tuple[ModelCard, ...]:
        """Every card, built-in ones first; hidden ones serve benchmarks."""
        return tuple(card for card in self._cards.values() if include_hidden or not card.hidden)

    def card(self, card_id: str) -> ModelCard:
        """The card of this id, "gray:<id>" and "<decoder>@<encoder>" included.

        Raises:
            ModelError: there is no such model; the sentence has the nearest names.
        """
        if card_id in self._cards:
            return self._cards[card_id]
        plain = card_id.removeprefix(GRAY_PREFIX)
        base = self._cards.get(plain)
        if base is None and is_named(plain):
            base = with_known_figures(named_card(card_id))
        if base is None:
            raise ModelError(self._unknown(card_id))
        return base if plain == card_id else with_adapter(base)

    def trust(self, record: PluginRecord, agreed_hash: str | None = None) -> None:
        """Let the Python of this plugin run as long as its files stay as they are.

        `agreed_hash` is what the person saw; what changed since then stays untrusted. Raises ModelError
        where the consent cannot be kept.
        """
        content = agreed_hash or record.content_hash
        if self._store is None:
            self._trusted.add(content)
            return
        try:
            self._store.agree(record.name, content)
        except OSError as error:
            raise ModelError(f"your consent cannot be kept in {self._store.file}: {error}") from error

    def distrust(self, record: PluginRecord) -> bool:
        """Take back every consent to this plugin; whether there was one."""
        had = self.trust_in(record) is Trust.ALLOWED
        if not record.is_broken:
            self._trusted.discard(record.content_hash)
        if self._store is None:
            return had
        try:
            return self._store.withdraw(record.name) or had
        except OSError as error:
            raise ModelError(f"{self._store.file} cannot be written: {error}") from error

    def trust_in(self, record: PluginRecord) -> Trust:
        """How the person stands to a plugin, as its files are at this moment."""
        if record.is_broken:
            return Trust.BROKEN
        try:
            content = record.content_hash
        except OSError:
            return Trust.NOT_YET
        if content in self._trusted or (self._store is not None and self._store.holds(content)):
            return Trust.ALLOWED
        knew = self._store is not None and self._store.knows(record.name)
        return Trust.CHANGED if knew else Trust.NOT_YET

    def is_trusted(self, card: ModelCard) -> bool:
        """Whether building this card may run its code, as its files are at this moment."""
        return card.folder is None or self.trust_in(PluginRecord(card.folder, "")) is Trust.ALLOWED

    def refuse_untrusted(self, card: ModelCard) -> None:
        """ModelError with the way out where building this card would run code nobody has agreed to."""
        if card.folder is not None:
            self._check_trust(card, PluginRecord(card.folder, ""))

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
        self.refuse_untrusted(card)
        if not card.takes(in_bands):
            raise ModelError(
                f"model '{card.id}' expects {card.in_bands or card.min_bands} bands, not {in_bands}: "
                f"choose the gray adapter ('{GRAY_PREFIX}{card.base_id}')"
            )

    def _check_trust(self, card: ModelCard, plugin: PluginRecord) -> None:
        trust = self.trust_in(plugin)
        if trust is not Trust.ALLOWED:
            why = "has changed since you agreed to it" if trust is Trust.CHANGED else "nobody has agreed to"
            raise ModelError(
                f"model '{card.id}' comes from a {card.source} that {why}: allow it in the model panel "
                f"or with `segstudio plugins trust {plugin.name}`"
            )

    def _admit(self, record: PluginRecord, earlier: set[str]) -> PluginRecord:
        taken = [card.id for card in record.cards if card.id in self._cards]
        problem = f"the model id {taken[0]!r} is already taken" if taken else None
        if record.name in earlier:
            problem = f"there is another plugin named {record.name!r}: rename this folder"
        earlier.add(record.name)
        if problem:
            return PluginRecord(record.folder, record.title, problem=problem)
        self._cards |= {card.id: card for card in record.cards}
        return record

    def _unknown(self, card_id: str) -> str:
        prefix = GRAY_PREFIX if card_id.startswith(GRAY_PREFIX) else ""
        wanted = card_id.removeprefix(GRAY_PREFIX).lower()
        names = [card.id for card in self._cards.values() if not card.has_adapter]
        near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.4)
        instead = by_name_instead(wanted)
        near += [instead] if instead and instead not in near else []
        if not near:
            return f"there is no model '{card_id}': choose one of {', '.join(names)}"
        return f"there is no model '{card_id}': did you mean {' or '.join(prefix + name for name in near)}?"


@cache
def default_registry() -> Registry:
    """The registry of the program: built-in cards, shipped plugins and the person's own, read once."""
    store = TrustStore(personal.trusted_plugins_file())
    return Registry(builtin_cards(), read_all_plugins(), store=store)
