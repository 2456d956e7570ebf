"""Model versions: weights with their card, classes, parent and figures, kept as folders."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from segstudio.errors import ModelError
from segstudio.models.cards import GRAY_PREFIX, ModelCard, ModelClass, with_adapter
from segstudio.models.input_spec import InputSpec
from segstudio.models.registry import Registry, default_registry
from segstudio.models.state_file import state_problem
from segstudio.models.version_files import (
    FORMAT,
    VERSION_FILE,
    WEIGHTS_FILE,
    create_folder,
    delete_folder,
    read_json,
    version_folders,
    write_json,
)
from segstudio.models.weights_home import WeightsHome
from segstudio.raster.limits import MAX_BANDS

MAX_CLASSES = 255
"""A mask is uint8, and 255 means that nobody has spoken."""

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """Weights + card + classes + parent + figures.

    `parent` is the id of a version or card, None = from scratch. `figures` holds what was measured when
    it was made ("before", "after", "holdout" ...), `evaluations` what was measured later, oldest first.
    """

    id: str
    card_id: str
    parent: str | None
    created: str
    classes: tuple[ModelClass, ...]
    input: InputSpec
    in_bands: int
    folder: Path
    figures: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    evaluations: tuple[Mapping[str, Any], ...] = ()

    @property
    def weights_file(self) -> Path:
        """The safetensors file of this version."""
        return self.folder / WEIGHTS_FILE


@dataclass(frozen=True, slots=True)
class BrokenVersion:
    """A folder that should hold a version and does not, with the reason."""

    folder: Path
    reason: str


class VersionStore:
    """The versions of a project, one folder each under `folder`.

    A version is there in full or not at all; a damaged one never hides the others.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def all(self) -> list[ModelVersion]:
        """Every readable version, oldest first."""
        found = [each for each in self._read() if isinstance(each, ModelVersion)]
        return sorted(found, key=lambda version: (version.created, version.id))

    def broken(self) -> list[BrokenVersion]:
        """Every folder that cannot be read, with its reason."""
        return [each for each in self._read() if isinstance(each, BrokenVersion)]

    def get(self, version_id: str) -> ModelVersion:
        """The version of this id; raises ModelError where there is none or it is damaged."""
        if not _is_plain_name(version_id) or not (self.folder / version_id).is_dir():
            raise ModelError(f"there is no model version '{version_id}' in this project")
        return load_version(self.folder / version_id)

    def add(
        self,
        *,
        card_id: str,
        parent: str | None,
        state: Mapping[str, Any],
        classes: Sequence[ModelClass],
        input: InputSpec,
        in_bands: int,
        figures: Mapping[str, Any] | None = None,
        seed: int | None = None,
        settings: Mapping[str, Any] | None = None,
        notes: Sequence[str] = (),
        name: str | None = None,
    ) -> ModelVersion:
        """Keep a new version; `state` is the net's `state_dict()`, from any device.

        Without a `name` it is called by the time and its card; a name that is taken gets a number.

        Raises:
            ModelError: The disk did not take it; nothing of it is left behind.
        """
        now = datetime.now(UTC)
        values = {
            "card_id": card_id,
            "parent": parent,
            "created": now.isoformat(timespec="microseconds"),
            "classes": [each.to_json() for each in classes],
            "input": input.to_json(),
            "in_bands": in_bands,
            "figures": dict(figures or {}),
            "seed": seed,
            "settings": dict(settings or {}),
            "notes": list(notes),
            "evaluations": [],
        }
        chosen = name or f"{now:%Y%m%d-%H%M%S}-{card_id.replace(':', '-')}"
        try:
            return load_version(create_folder(self.folder, chosen, values=values, state=state))
        except (OSError, SafetensorError) as error:
            raise ModelError(
                f"the new version could not be written to {self.folder} ({error}): make room there and "
                "fine-tune again"
            ) from error

    def delete(self, version_id: str) -> None:
        """Delete a version; its children stay and their chain ends where it was."""
        if not _is_plain_name(version_id) or not (self.folder / version_id).is_dir():
            raise ModelError(f"there is no model version '{version_id}' in this project")
        delete_folder(self.folder / version_id)

    def chain(self, version_id: str) -> list[ModelVersion]:
        """A version and its ancestors in this store, youngest first."""
        by_id = {version.id: version for version in self.all()}
        chain: list[ModelVersion] = []
        at = by_id.get(version_id)
        while at is not None and at not in chain:
            chain.append(at)
            at = by_id.get(at.parent) if at.parent else None
        return chain

    def _read(self) -> list[ModelVersion | BrokenVersion]:
        return [_read_or_reason(folder) for folder in version_folders(self.folder)]


def load_version(folder: Path) -> ModelVersion:
    """The version kept in a folder; raises ModelError with the reason where it is damaged."""
    found = _read_or_reason(Path(folder))
    if isinstance(found, BrokenVersion):
        raise ModelError(f"the model version in {found.folder} cannot be used: {found.reason}")
    return found


def add_evaluation(version: ModelVersion, figures: Mapping[str, Any]) -> ModelVersion:
    """Append figures to a version's record, in one step; gives the version as it now is."""
    values = read_json(version.folder / VERSION_FILE)
    values["evaluations"] = [*values.get("evaluations", []), dict(figures)]
    write_json(version.folder / VERSION_FILE, values)
    return load_version(version.folder)


def _read_or_reason(folder: Path) -> ModelVersion | BrokenVersion:
    try:
        version = _version(folder, read_json(folder / VERSION_FILE))
    except FileNotFoundError:
        return BrokenVersion(folder, f"{VERSION_FILE} is missing")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return BrokenVersion(folder, f"{VERSION_FILE} cannot be read: {repr(error)[:200]}")
    problem = state_problem(version.weights_file)
    return BrokenVersion(folder, problem) if problem else version


def _version(folder: Path, values: Mapping[str, Any]) -> ModelVersion:
    if values["format"] > FORMAT:
        raise ValueError("it was written by a newer program")
    return ModelVersion(
        id=folder.name,  # a folder that was renamed or copied is known by its new name
        card_id=_name(values["card_id"]),
        parent=None if values["parent"] is None else str(values["parent"]),
        created=str(values["created"]),
        classes=_classes(values["classes"]),
        input=InputSpec.from_json(values["input"]),
        in_bands=_within(values["in_bands"], 1, MAX_BANDS),
        folder=folder,
        figures=_figures(values.get("figures", {})),
        seed=values.get("seed"),
        settings=_settings(values.get("settings", {})),
        notes=tuple(str(note) for note in values.get("notes", ())),
        evaluations=tuple(dict(each) for each in values.get("evaluations", ())),
    )


def _classes(values: Sequence[Mapping[str, Any]]) -> tuple[ModelClass, ...]:
    if len(values) > MAX_CLASSES:
        raise ValueError(f"it has {len(values)} classes, {MAX_CLASSES} are the most")
    return tuple(ModelClass.from_json(each) for each in values)


def _settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as they are, once the ids among them are ids."""
    for class_id in values.get("class_ids") or ():
        _within(class_id, 0, MAX_CLASSES - 1)
    return dict(values)


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > _LONGEST_NAME:
        raise ValueError(f"{str(value)[:40]!r} names no model")
    return value


def _figures(values: Mapping[str, Any]) -> dict[str, Any]:
    """The figures as they are, once they have the form in which panels read them."""
    for part in (values.get("before"), values.get("after")):
        rows = [] if part is None else part.get("per_class") or []
        if not all(isinstance(row, Mapping) for row in rows):
            raise ValueError("its figures are no figures by class")
    return dict(values)


def _within(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{str(value)[:40]!r} is no whole number from {least} to {most}")
    return value


def _is_plain_name(text: str) -> bool:
    return bool(text) and not text.startswith(".") and Path(text).name == text


@dataclass(frozen=True, slots=True)
class ModelRef:
    """What a person chose: a card, or a version with the card it belongs to.

    `card` carries the gray adapter where it was asked for, even if the version's own weights have none.
    """

    card: ModelCard
    version: ModelVersion | None = None

    @property
    def id(self) -> str:
        """The version's id, else the card's."""
        return self.version.id if self.version else self.card.id

    @property
    def is_trained(self) -> bool:
        """Whether there are weights to predict with."""
        return self.version is not None or self.card.is_trained

    @property
    def classes(self) -> tuple[ModelClass, ...]:
        """The classes the weights know; empty where there are none."""
        return self.version.classes if self.version else self.card.classes or ()

    @property
    def input(self) -> InputSpec:
        """How values go in; a card without weights stretches each scene by its own percentiles."""
        if self.version:
            return self.version.input
        found = self.card.shipped_weights
        return found.input if found else self.card.own_input or InputSpec()

    @property
    def in_bands(self) -> int | None:
        """How many bands the weights take; None where any number can be asked for."""
        found = self.card.shipped_weights
        trained = self.version.in_bands if self.version else found.in_bands if found else None
        wraps = self.card.has_adapter and (self.version is None or self.version.card_id != self.card.id)
        if trained is None or (wraps and trained == 3):
            return self.card.in_bands
        return trained

    @property
    def weights_file(self) -> Path | None:
        """The file to load from, or None."""
        if self.version:
            return self.version.weights_file
        found = self.card.shipped_weights
        return found.file if found else None

    def with_adapter(self) -> "ModelRef":
        """The same choice behind the gray adapter, for rasters of one or N bands."""
        return ModelRef(with_adapter(self.card), self.version)

    def for_bands(self, band_count: int) -> "ModelRef":
        """The same choice with those shipped weights only that suit an image of so many bands.

        Weights of a gray adapter suit the number of bands they were taught on; plain three-band weights suit
        any image behind an adapter.
        """
        if self.version or not self.card.has_adapter:
            return self
        found = [(each, each.read()) for each in self.card.weights]
        suiting = tuple(each for each, read in found if read and read.in_bands in (3, band_count))
        return ModelRef(replace(self.card, weights=suiting))

    def to_json(self) -> dict[str, Any]:
        """What was chosen, for records: ids, classes and input."""
        return {
            "card_id": self.card.id,
            "version_id": self.version.id if self.version else None,
            "classes": [asdict(each) for each in self.classes],
            "input": self.input.to_json(),
        }


def resolve_model(text: str, store: VersionStore | None = None, registry: Registry | None = None) -> ModelRef:
    """The model a text names: a card id, a version id of `store`, a version's folder, or what was fetched.

    "gray:" before any of them puts the gray adapter in front. Raises ModelError with the way out.
    """
    cards = registry or default_registry()
    version = _find_version(text, store)
    if version is not None:
        return ModelRef(cards.card(version.card_id), version)
    if text.startswith(GRAY_PREFIX):
        version = _find_version(text.removeprefix(GRAY_PREFIX), store)
        if version is not None:
            return ModelRef(cards.card(version.card_id), version).with_adapter()
    return ModelRef(cards.card(text))


def _find_version(text: str, store: VersionStore | None) -> ModelVersion | None:
    if store is not None and _is_plain_name(text) and (store.folder / text).is_dir():
        return store.get(text)
    folder = Path(text)
    if (folder / VERSION_FILE).is_file() or (folder.is_dir() and len(folder.parts) > 1):
        return load_version(folder)
    fetched = WeightsHome.of_this_person().versions
    if _is_plain_name(text) and (fetched / text).is_dir():
        return load_version(fetched / text)
    return None
