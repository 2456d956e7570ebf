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


def weights_folder() -> Path:
    """Weights from elsewhere (see `models/weights_home.py`)."""
    return data_folder() / "weights"


def downloads_folder() -> Path:
    """What is being fetched, and what was copied there by hand."""
    return weights_folder() / "downloads"


def torch_cache(environment: Mapping[str, str] | None = None) -> Path:
    """Where torch keeps what it fetched: in `TORCH_HOME`, else in the cache folder (torch.hub)."""
    env = os.environ if environment is None else environment
    cache = env.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = Path(env.get("TORCH_HOME") or Path(cache) / "torch")
    return home.expanduser() / "hub" / "checkpoints"


def file_of_weights(name: str) -> Path | None:
    """A published file by its name, where the person or torch has put it; None where it is not here."""
    places = (downloads_folder() / name, torch_cache() / name)
    return next((path for path in places if path.is_file()), None)


def cache_folder(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """The person's own folder for what can be made again at any time; it may not exist yet."""
    env = os.environ if environment is None else environment
    if platform == "win32":
        return data_folder(env, platform) / "cache"
    if platform == "darwin":
        return Path.home() / "Library" / "Caches" / _NAME
    return Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache") / _NAME


def plugins_folder() -> Path:
    """Where a person puts plugins of her own, one folder each."""
    return data_folder() / "plugins"


def trusted_plugins_file() -> Path:
    """What she agreed to (see `models/trust.py`)."""
    return data_folder() / "trusted-plugins.json"
