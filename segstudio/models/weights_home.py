"""Where weights from elsewhere lie: a person's own folder, apart from any project; readable without torch.

`versions/` holds whole models, as in a project. `encoders/<name>.safetensors` and `.json` hold encoders that
untrained cards start from. `downloads/` holds what is being fetched, or was copied there by hand.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from segstudio import personal
from segstudio.models.cards import ModelCard
from segstudio.models.state_file import sync, write_state
from segstudio.models.version_files import read_json, write_json

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EncoderStart:
    """Weights that the encoder of an untrained card starts from; the rest of its net stays random."""

    name: str
    title: str
    file: Path
    licence: str
    source: str

    def sentence(self) -> str:
        """What a version's record says about it."""
        return f"encoder: {self.title} ({self.source}, {self.licence})"

    def to_json(self) -> dict[str, str]:
        """The start as a JSON object, for a version's record."""
        return {"name": self.name, "title": self.title, "licence": self.licence, "source": self.source}


@dataclass(frozen=True, slots=True)
class WeightsHome:
    """The folder of weights from elsewhere; nothing in it needs to exist before something is kept."""

    folder: Path

    @classmethod
    def of_this_person(cls) -> "WeightsHome":
        """The one that the program looks into."""
        return cls(personal.weights_folder())

    @property
    def downloads(self) -> Path:
        """What is being fetched, and what was copied there by hand."""
        return self.folder / "downloads"

    @property
    def versions(self) -> Path:
        """Whole models, one folder each."""
        return self.folder / "versions"

    @property
    def encoders(self) -> Path:
        """Encoders that untrained cards start from."""
        return self.folder / "encoders"

    def keep_encoder(self, name: str, state: Mapping[str, Any], record: Mapping[str, Any]) -> Path:
        """Write an encoder and its record (`title`, `encoders`, `licence`, `source`), the record last.

        An encoder of the same name is replaced. Returns the file of its tensors.
        """
        self.encoders.mkdir(parents=True, exist_ok=True)
        file = self.encoder_file(name)
        making = file.with_suffix(".new")
        write_state(making, state)
        making.replace(file)
        sync(self.encoders)
        created = datetime.now(UTC).isoformat(timespec="microseconds")
        write_json(file.with_suffix(".json"), {"name": name, "created": created, **record})
        return file

    def encoder_for(self, card: ModelCard) -> EncoderStart | None:
        """The youngest encoder kept here for the encoder of a card, or None."""
        fitting = [each for each in self._encoder_records() if card.encoder in each.get("encoders", ())]
        if not fitting:
            return None
        return self._start(max(fitting, key=lambda record: record["created"]))

    def encoder_file(self, name: str) -> Path:
        """Where the tensors of an encoder of this name lie, or would lie."""
        return self.encoders / f"{name}.safetensors"

    def has_encoder(self, name: str) -> bool:
        """Whether an encoder of this name is kept here."""
        return any(record["name"] == name for record in self._encoder_records())

    def has_accepted(self, set_id: str, licence: str) -> bool:
        """Whether the person has accepted this licence for this set of weights."""
        return self._accepted().get(set_id, {}).get("licence") == licence

    def accept(self, set_id: str, licence: str) -> None:
        """Remember that the person has accepted a licence for a set of weights."""
        self.folder.mkdir(parents=True, exist_ok=True)
        entry = {"licence": licence, "when": datetime.now(UTC).isoformat(timespec="seconds")}
        write_json(self._licences, {**self._accepted(), set_id: entry})

    @property
    def _licences(self) -> Path:
        return self.folder / "licences.json"

    def _accepted(self) -> dict[str, dict[str, str]]:
        values = _read_json(self._licences)
        return {key: entry for key, entry in values.items() if isinstance(entry, dict)}

    def _encoder_records(self) -> list[dict[str, Any]]:
        files = sorted(self.encoders.glob("*.json")) if self.encoders.is_dir() else []
        records = [{**_read_json(file), "name": file.stem} for file in files]
        return [record for record in records if record.get("created") and self._has_file(record)]

    def _has_file(self, record: Mapping[str, Any]) -> bool:
        return self.encoder_file(record["name"]).is_file()

    def _start(self, record: Mapping[str, Any]) -> EncoderStart:
        return EncoderStart(
            name=record["name"],
            title=str(record.get("title", record["name"])),
            file=self.encoder_file(record["name"]),
            licence=str(record.get("licence", "licence not stated")),
            source=str(record.get("source", "source not stated")),
        )


def encoder_start(card: ModelCard, home: WeightsHome | None = None) -> EncoderStart | None:
    """What the encoder of an untrained card starts from: what the person fetched, else what is shipped."""
    kept = (home or WeightsHome.of_this_person()).encoder_for(card)
    if kept is not None:
        return kept
    return next((found for found in map(_shipped, card.encoder_weights) if found), None)


def _shipped(ref: Any) -> EncoderStart | None:
    if not ref.file.is_file():
        return None
    record = _read_json(ref.record)
    title = str(record.get("trained_as", ref.name))
    return EncoderStart(ref.name, title, ref.file, licence="Apache-2.0", source="shipped with segstudio")


def _read_json(file: Path) -> dict[str, Any]:
    """A JSON object; an empty one where the file is missing or damaged (the log says so)."""
    try:
        values = read_json(file)
        return values if isinstance(values, dict) else {}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        _log.warning("%s cannot be read: %r", file, error)
        return {}
