"""What other programs have already fetched for this person: the caches of the model hub and of torch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from segstudio import personal
from segstudio.models.published import PublishedSet

_SHA256 = re.compile(r"[0-9a-f]{64}")
_HUB_FILE = "model.safetensors"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be the one wanted; `sha256` are the first digits of its checksum, "" = unknown."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Caches:
    """Where the caches lie; `hub` None leaves it to huggingface_hub."""

    hub: Path | None
    torch: Path

    @classmethod
    def of_this_person(cls, environment: Mapping[str, str] | None = None) -> "Caches":
        """Where the libraries themselves look."""
        return cls(hub=None, torch=personal.torch_cache(environment))

    def find(self, wanted: PublishedSet) -> FoundFile | None:
        """The file of a set, or None; whether its content is right is for the caller to check."""
        return self._in_hub(wanted) or self._in_torch(wanted)

    def _in_hub(self, wanted: PublishedSet) -> FoundFile | None:
        if not wanted.hub_repo:
            return None
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(wanted.hub_repo, _HUB_FILE, cache_dir=self.hub)
        if not isinstance(found, str):
            return None
        # the hub keeps every file under its checksum, and a link to it under its name
        blob = Path(found).resolve().name
        return FoundFile(Path(found), blob if _SHA256.fullmatch(blob) else "")

    def _in_torch(self, wanted: PublishedSet) -> FoundFile | None:
        file = self.torch / wanted.torch_file
        if not wanted.torch_file or not file.is_file():
            return None
        return FoundFile(file, wanted.torch_digits)
