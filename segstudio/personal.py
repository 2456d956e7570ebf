"""Where a person's own files lie: what she agreed to, what she added, what was fetched for her."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_NAME = "segstudio"


def data_folder(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """The person's own folder for what outlives a project, as each system names it; it may not exist yet."""
    env = os.environ if environment is None else environment
    if platform == "win32":
        return Path(env.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / _NAME
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _NAME
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / _NAME


def plugins_folder() -> Path:
    """Where a person puts plugins of her own, one folder each."""
    return data_folder() / "plugins"


def trusted_plugins_file() -> Path:
    """What she agreed to (see `models/trust.py`)."""
    return data_folder() / "trusted-plugins.json"
