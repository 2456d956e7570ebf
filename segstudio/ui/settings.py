"""What the window remembers between two starts: geometry, theme, language, recent projects."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

_MAX_RECENT = 8


def store() -> QSettings:
    """The program's settings; organisation and name are set in `app.py`."""
    return QSettings()


def text(key: str, default: str) -> str:
    """A remembered word."""
    return str(store().value(key, default))


def number(key: str, default: float) -> float:
    """A remembered number; the default where something else lies there."""
    try:
        return float(str(store().value(key, default)))
    except ValueError:
        return default


def state(key: str) -> QByteArray | None:
    """Remembered geometry or dock state."""
    found: Any = store().value(key)
    return found if isinstance(found, QByteArray) else None


def remember(key: str, value: Any) -> None:
    """Keep one value."""
    store().setValue(key, value)


def recent_projects() -> list[Path]:
    """Project folders opened last, newest first; those that are gone are left out."""
    found: Any = store().value("recent", [])
    names = [found] if isinstance(found, str) else list(found or [])
    return [Path(name) for name in names if Path(name).is_dir()]


def remember_project(folder: Path) -> None:
    """Put a project on top of the recent ones."""
    others = [known for known in recent_projects() if known != folder]
    remember("recent", [str(each) for each in [folder, *others][:_MAX_RECENT]])
