"""Where the data that ships with the program lies: inside the package (wheel) or beside it (checkout)."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resources() -> Path:
    """The folder of icons, colour tables, translations and our own weights."""
    return _shipped("resources")


def plugins() -> Path:
    """The folder of the plugins that come with the program."""
    return _shipped("plugins")


def _shipped(name: str) -> Path:
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
