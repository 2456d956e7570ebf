"""Plugin folders -> records: their cards, or the reason why there are none. No Python of theirs runs here.

A folder holds `plugin.toml` and the files it names; `plugins/README.md` teaches writing one.
"""

import errno
import hashlib
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from segstudio import personal, shipped
from segstudio.models.cards import ModelCard
from segstudio.models.plugin_toml import cards_of
from segstudio.models.version_files import read_text

PLUGIN_FILE = "plugin.toml"
MAX_FILES, MAX_BYTES = 10_000, 4 * 10**9
"""Larger folders are not looked through: consent covers every byte of a plugin."""

_TEMPLATE = "template"  # shipped to be copied, not to be listed


@dataclass(frozen=True, slots=True)
class PluginRecord:
    """One plugin folder: its cards, or the reason why it has none."""

    folder: Path
    title: str
    cards: tuple[ModelCard, ...] = ()
    problem: str | None = None
    licence: str = "not stated"

    @property
    def name(self) -> str:
        """The folder's name, by which a person calls the plugin."""
        return self.folder.name

    @property
    def is_broken(self) -> bool:
        """Whether the folder could not be read as a plugin."""
        return self.problem is not None

    @property
    def content_hash(self) -> str:
        """SHA-256 of the files as they are at this moment; consent is given to this."""
        return content_hash(self.folder)


@dataclass(frozen=True, slots=True)
class PluginFile:
    """A file of a plugin, as a person sees it before she agrees."""

    name: str
    size: int


def read_all_plugins() -> tuple[PluginRecord, ...]:
    """The plugins that come with the program, then those of the person."""
    own = [record for record in read_plugins(shipped.plugins()) if record.name != _TEMPLATE]
    return (*own, *read_plugins(personal.plugins_folder()))


def read_plugins(folder: Path) -> tuple[PluginRecord, ...]:
    """Every plugin under `folder`, by name; folders without a `plugin.toml` are not plugins."""
    if not folder.is_dir():
        return ()
    return tuple(read_plugin(file.parent) for file in sorted(folder.glob(f"*/{PLUGIN_FILE}")))


def read_plugin(folder: Path) -> PluginRecord:
    """The plugin in `folder`; a broken one is a record with its reason, never an exception."""
    try:
        values = tomllib.loads(read_text(folder / PLUGIN_FILE))
        cards = cards_of(values, folder)
        about = values.get("plugin", {})
        return PluginRecord(
            folder,
            str(about.get("title", folder.name)),
            cards=cards,
            licence=str(about.get("licence", "not stated")),
        )
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        return PluginRecord(folder, folder.name, problem=f"{PLUGIN_FILE} cannot be used: {_one_line(error)}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def files_of(folder: Path) -> tuple[PluginFile, ...]:
    """The files that consent covers, by name."""
    return tuple(PluginFile(name, file.stat().st_size) for name, file in _files(folder))


def content_hash(folder: Path) -> str:
    """SHA-256 over the name and content of every file of a plugin, what Python compiled left out.

    Raises:
        OSError: a file cannot be read.
    """
    digest = hashlib.sha256()
    for name, path in _files(folder):
        digest.update(os.fsencode(name) + b"\0")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _files(folder: Path) -> list[tuple[str, Path]]:
    files = [file for file in folder.rglob("*") if file.is_file() and not _is_compiled(file)]
    if len(files) > MAX_FILES or sum(file.stat().st_size for file in files) > MAX_BYTES:
        raise OSError(errno.EFBIG, f"more than {MAX_FILES:,} files or {MAX_BYTES // 10**9} GB", str(folder))
    return sorted((file.relative_to(folder).as_posix(), file) for file in files)


def _is_compiled(file: Path) -> bool:
    return file.suffix == ".pyc" and file.parent.name == "__pycache__"
