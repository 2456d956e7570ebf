"""Verbs about plugins: which there are, what they hold, and whether their Python may run."""

import argparse

from segstudio.cli.output import Output
from segstudio.errors import ModelError
from segstudio.models.plugins import PluginRecord, files_of
from segstudio.models.registry import Registry, Trust, default_registry

RUNS_WITH_YOUR_RIGHTS = (
    "Its Python runs with your rights: it can read, change and send whatever you can. "
    "Consent holds for exactly these files and ends when one of them changes."
)


def plugins(arguments: argparse.Namespace, output: Output) -> None:
    """List the plugins, allow one, or take that back.

    Raises:
        ModelError: there is no such plugin, it is broken, or the consent cannot be kept.
    """
    registry = default_registry()
    if arguments.verb == "list":
        for record in registry.plugins:
            _say(output, registry, record)
        return
    record = registry.plugin(arguments.name)
    if arguments.verb == "trust":
        _trust(output, registry, record)
    else:
        _distrust(output, registry, record)


def _trust(output: Output, registry: Registry, record: PluginRecord) -> None:
    if record.is_broken:
        raise ModelError(f"the plugin '{record.name}' is broken ({record.problem}): nothing of it can run")
    registry.trust(record)
    _say(output, registry, record)


def _distrust(output: Output, registry: Registry, record: PluginRecord) -> None:
    if not registry.distrust(record):
        raise ModelError(f"the plugin '{record.name}' was not allowed: nothing to take back")
    _say(output, registry, record)


def _say(output: Output, registry: Registry, record: PluginRecord) -> None:
    """What a plugin is, in full: nobody can agree to what she has not seen."""
    trust = registry.trust_in(record)
    files = () if record.is_broken else files_of(record.folder)
    content = "" if record.is_broken else record.content_hash
    lines = [f"{record.name}: {record.title}, {record.licence}, {trust.value}"]
    lines += [f"    {record.problem}"] if record.problem else []
    lines += [f"    {card.id:<28} {card.title}" for card in record.cards]
    if not record.is_broken:
        lines += [f"    {each.size:>12,} bytes  {each.name}" for each in files]
        lines += [f"    in {record.folder}", f"    SHA-256 {content}"]
    if trust in (Trust.NOT_YET, Trust.CHANGED):
        lines += [f"    {RUNS_WITH_YOUR_RIGHTS}", f"    To allow it: segstudio plugins trust {record.name}"]
    output.say(
        "plugin",
        "\n".join(lines),
        name=record.name,
        title=record.title,
        licence=record.licence,
        folder=record.folder,
        trust=trust.value,
        problem=record.problem,
        models=[card.id for card in record.cards],
        files=[{"name": each.name, "bytes": each.size} for each in files],
        sha256=content,
    )
