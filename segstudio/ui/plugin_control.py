"""Which plugins there are, how the person stands to them, and her consent."""

from dataclasses import dataclass

from segstudio.errors import ModelError
from segstudio.models.plugins import PluginFile, PluginRecord, files_of, read_all_plugins
from segstudio.models.registry import Trust, default_registry
from segstudio.ui.desk import Desk


@dataclass(frozen=True, slots=True)
class PluginFacts:
    """What a person sees before she agrees; `content_hash` is what she then agrees to."""

    record: PluginRecord
    trust: Trust
    files: tuple[PluginFile, ...] = ()
    content_hash: str = ""


class PluginControl:
    """Asks the registry, which reads the files anew every time; `versions_changed` tells the lists."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def all(self) -> list[tuple[PluginRecord, Trust]]:
        """Every plugin, shipped ones first."""
        registry = default_registry()
        return [(record, registry.trust_in(record)) for record in registry.plugins]

    def facts(self, name: str) -> PluginFacts:
        """Everything about a plugin, as its files are now; raises ModelError where it is gone."""
        registry = default_registry()
        registry.take_plugins(read_all_plugins())
        record = registry.plugin(name)
        if record.is_broken:
            return PluginFacts(record, Trust.BROKEN)
        try:
            return PluginFacts(
                record, registry.trust_in(record), files_of(record.folder), record.content_hash
            )
        except OSError as error:
            raise ModelError(f"the plugin '{name}' cannot be read: {error}") from error

    def allow(self, facts: PluginFacts) -> None:
        """Let the plugin run as it was seen."""
        default_registry().trust(facts.record, facts.content_hash)
        self._desk.versions_changed.emit()

    def forbid(self, facts: PluginFacts) -> None:
        """Take every consent to the plugin back."""
        default_registry().distrust(facts.record)
        self._desk.versions_changed.emit()
