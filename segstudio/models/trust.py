"""Consent to the Python of plugins, remembered by the content of their files.

The file is read anew for every question: what one window or command line agrees to or takes back, all others
know at once.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from segstudio.models.version_files import read_json, write_json

_FORMAT = 1
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Which plugin contents a person agreed to; a file that is missing or damaged means none.

    Raises:
        OSError: `agree` and `withdraw`, where the file cannot be written.
    """

    file: Path

    def holds(self, content_hash: str) -> bool:
        """Whether the person agreed to files of exactly this content."""
        return content_hash in self._agreed()

    def knows(self, name: str) -> bool:
        """Whether she once agreed to a plugin of this name, whatever its files were."""
        return any(entry.get("name") == name for entry in self._agreed().values())

    def agree(self, name: str, content_hash: str) -> None:
        """Remember consent to a plugin as its files are."""
        entry = {"name": name, "when": datetime.now(UTC).isoformat(timespec="seconds")}
        self._write({**self._agreed(), content_hash: entry})

    def withdraw(self, name: str) -> bool:
        """Forget every consent given to a plugin of this name; whether there was one."""
        agreed = self._agreed()
        left = {key: entry for key, entry in agreed.items() if entry.get("name") != name}
        if len(left) < len(agreed):
            self._write(left)
        return len(left) < len(agreed)

    def _agreed(self) -> dict[str, Mapping[str, Any]]:
        try:
            values = read_json(self.file)
            return {str(key): dict(entry) for key, entry in values["agreed"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            _log.warning("%s cannot be read, no plugin is trusted: %r", self.file, error)
            return {}

    def _write(self, agreed: Mapping[str, Mapping[str, Any]]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.file, {"format": _FORMAT, "agreed": agreed})
