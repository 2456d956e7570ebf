"""Plugin folders -> cards, read from `plugin.toml` without running any of the plugin's Python.

A folder holds `plugin.toml` and the files it names::

    [plugin]
    title = "My nets"
    licence = "MIT"

    [[model]]
    id = "my-net"
    title = "My net"
    summary = "What it is good for."
    encoder = "ResNet18"
    builder = "net.py:build"
    in_bands = 3            # leave out for any number
    outputs = ["mask"]
    [model.arguments]       # go to the builder by name
    width = 32
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segstudio.models.cards import GRAY_PREFIX, ModelCard

PLUGIN_FILE = "plugin.toml"


@dataclass(frozen=True, slots=True)
class PluginRecord:
    """One plugin folder: its cards, or the reason why it has none.

    `content_hash` covers the name and content of every file, so that consent given once ends when
    anything changes.
    """

    folder: Path
    title: str
    cards: tuple[ModelCard, ...] = ()
    problem: str | None = None
    content_hash: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether the folder could not be read as a plugin."""
        return self.problem is not None


def read_plugins(folder: Path) -> tuple[PluginRecord, ...]:
    """Every plugin under `folder`, by name; folders without a `plugin.toml` are not plugins."""
    if not folder.is_dir():
        return ()
    return tuple(read_plugin(file.parent) for file in sorted(folder.glob(f"*/{PLUGIN_FILE}")))


def read_plugin(folder: Path) -> PluginRecord:
    """The plugin in `folder`; a broken one is a record with its reason, never an exception."""
    try:
        text = (folder / PLUGIN_FILE).read_text(encoding="utf-8")
        values = tomllib.loads(text)
        title = str(values.get("plugin", {}).get("title", folder.name))
        cards = tuple(_card(entry, folder=folder, plugin=values) for entry in _models(values))
        return PluginRecord(folder, title, cards=cards, content_hash=content_hash(folder))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        return PluginRecord(folder, folder.name, problem=f"{PLUGIN_FILE} cannot be used: {error}")


def content_hash(folder: Path) -> str:
    """SHA-256 over the name and content of every file of a plugin, compiled Python left out."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _models(values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = values.get("model", [])
    if not isinstance(entries, list) or not entries:
        raise ValueError("it names no [[model]]")
    return entries


def _card(entry: Mapping[str, Any], *, folder: Path, plugin: Mapping[str, Any]) -> ModelCard:
    _check_entry(entry, folder)
    known = {
        "family", "summary", "encoder", "in_bands", "min_bands", "arguments", "parameters_m", "memory_mb",
        "multiply_adds_g", "patch_px", "paper", "normalisation", "hidden",
    }  # fmt: skip
    chosen: dict[str, Any] = {"family": "Plugin", "summary": "", "encoder": "", "in_bands": None}
    chosen |= {name: value for name, value in entry.items() if name in known}
    return ModelCard(
        id=entry["id"],
        title=str(entry.get("title", entry["id"])),
        builder=entry["builder"],
        outputs=tuple(entry.get("outputs", ["mask"])),
        licence=str(entry.get("licence", plugin.get("plugin", {}).get("licence", "not stated"))),
        source=f"plugin {folder.name}",
        folder=folder,
        **chosen,
    )


def _check_entry(entry: Mapping[str, Any], folder: Path) -> None:
    for name in ("id", "builder"):
        if not isinstance(entry.get(name), str) or not entry[name]:
            raise ValueError(f"a [[model]] has no {name}")
    if entry["id"].startswith(GRAY_PREFIX):
        raise ValueError(f"the id {entry['id']!r} must not begin with {GRAY_PREFIX!r}")
    file, _, function = entry["builder"].partition(":")
    if not function.isidentifier():
        raise ValueError(f"the builder {entry['builder']!r} is not written as 'file.py:function'")
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise ValueError(f"the builder's file {file!r} is not in the plugin's folder")
    for name in ("in_bands", "min_bands", "patch_px", "memory_mb"):
        if name in entry and not isinstance(entry[name], int):
            raise ValueError(f"{name} of {entry['id']!r} is not a whole number")
