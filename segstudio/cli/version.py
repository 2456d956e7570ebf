"""Which segstudio this is."""

from importlib import metadata


def program_version() -> str:
    """The installed version, or "0" for a checkout that was never installed."""
    try:
        return metadata.version("segstudio")
    except metadata.PackageNotFoundError:
        return "0"
