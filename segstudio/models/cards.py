"""Model cards: what a model needs and gives, readable without torch."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from segstudio import personal, shipped
from segstudio.errors import ModelError
from segstudio.models.input_spec import InputSpec

GRAY_PREFIX = "gray:"
"""Wraps any three-band card with the gray adapter for one or N bands."""

ADAPTER_PARAMETERS_M = 114e-6
"""1 band -> 3 -> 3, 3x3 kernels and biases: (27 + 3) + (81 + 3)."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelClass:
    """A class a model knows; its place in the model's list is the output channel."""

    name: str
    colour: str

    def to_json(self) -> dict[str, str]:
        """The class as a JSON object."""
        return {"name": self.name, "colour": self.colour}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ModelClass":
        """The class a JSON object describes; raises KeyError where a key is missing."""
        return cls(name=str(values["name"]), colour=str(values["colour"]))


@dataclass(frozen=True, slots=True)
class Measured:
    """What `segstudio.models.measure` found for a card with five classes.

    `memory_mb` is the peak of one forward pass at the card's patch size, batch 1, float32 on the CPU:
    weights and all tensors alive at once, as torch's profiler counts them. `multiply_adds_g` is for the
    same pass, in 1e9.
    """

    parameters_m: float
    memory_mb: int
    multiply_adds_g: float


@dataclass(frozen=True, slots=True)
class ShippedWeights:
    """Weights that come with the program, and the record beside them."""

    file: Path
    classes: tuple[ModelClass, ...]
    input: InputSpec
    in_bands: int
    figures: Mapping[str, Any]
    attribution: str
    recipe: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Figures with their hold-out, attribution and recipe; the counts behind them stay in the record."""
        left_out = ("confusion", "per_scene", "others")
        return {
            "in_bands": self.in_bands,
            "figures": {name: value for name, value in self.figures.items() if name not in left_out},
            "attribution": self.attribution,
            "recipe": self.recipe.get("command", ""),
        }


@dataclass(frozen=True, slots=True)
class WeightsRef:
    """Where a card's weights would lie: `resources/weights/<name>.safetensors` and `<name>.json`."""

    name: str

    @property
    def file(self) -> Path:
        """The tensors."""
        return shipped.resources() / "weights" / f"{self.name}.safetensors"

    @property
    def record(self) -> Path:
        """Classes, input spec, figures, attribution and recipe as JSON."""
        return self.file.with_suffix(".json")

    def read(self) -> ShippedWeights | None:
        """The record, or None where a file is missing or damaged (the log says which)."""
        if not (self.file.is_file() and self.record.is_file()):
            return None
        return _read(self.file, self.record, self.record.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _read(file: Path, record: Path, _: int) -> ShippedWeights | None:
    """A record of this age: the window asks for all of them whenever the view has settled."""
    try:
        return _shipped_weights(file, json.loads(record.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.warning("the record of the shipped weights %s cannot be read: %r", record.stem, error)
        return None


def _shipped_weights(file: Path, values: Mapping[str, Any]) -> ShippedWeights:
    return ShippedWeights(
        file=file,
        classes=tuple(ModelClass.from_json(each) for each in values["classes"]),
        input=InputSpec.from_json(values["input"]),
        in_bands=int(values.get("in_bands", 3)),
        figures=dict(values.get("figures", {})),
        attribution=str(values.get("attribution", "")),
        recipe=dict(values.get("recipe", {})),
    )


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model needs and gives.

    `in_bands` is None where a model takes any number of bands from `min_bands` on. `builder` names the
    function that makes the body, "package.module:function", or "file.py:function" inside `folder` for a
    plugin; `arguments` go to it by name. `weights` lists the shipped files that fit, best first;
    `encoder_weights` those that only its encoder starts from: they do not make it a trained model.

    A "net" can be taught. A "function" is a fixed rule without weights: `own_classes` are its classes for
    good, `own_input` says how values go in, and `needs` names published files of weights that must be on this
    machine.
    """

    id: str
    title: str
    family: str
    summary: str
    encoder: str
    builder: str
    in_bands: int | None = 3
    min_bands: int = 1
    outputs: tuple[str, ...] = ("mask",)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    parameters_m: float = 0.0
    memory_mb: int = 0
    multiply_adds_g: float = 0.0
    patch_px: int = 256
    licence: str = "Apache-2.0"
    paper: str = ""
    source: str = "built in"
    normalisation: str = "imagenet"
    hidden: bool = False
    folder: Path | None = None
    weights: tuple[WeightsRef, ...] = ()
    encoder_weights: tuple[WeightsRef, ...] = ()
    kind: Literal["net", "function"] = "net"
    own_classes: tuple[ModelClass, ...] = ()
    own_input: InputSpec | None = None
    needs: tuple[str, ...] = ()

    @property
    def is_function(self) -> bool:
        """Whether the model is a fixed rule: nothing about it can be taught."""
        return self.kind == "function"

    @property
    def base_id(self) -> str:
        """The id without the gray adapter's prefix."""
        return self.id.removeprefix(GRAY_PREFIX)

    @property
    def has_adapter(self) -> bool:
        """Whether the gray adapter stands before the net."""
        return self.id.startswith(GRAY_PREFIX)

    @property
    def has_depth(self) -> bool:
        """Whether the model gives depth beside the mask."""
        return "depth" in self.outputs

    @property
    def shipped_weights(self) -> ShippedWeights | None:
        """The weights that come with the program, or None."""
        return next((found for found in (ref.read() for ref in self.weights) if found), None)

    @property
    def is_trained(self) -> bool:
        """Whether it can predict: its weights are there, or it needs none."""
        return not self.missing_files if self.is_function else self.shipped_weights is not None

    @property
    def missing_files(self) -> tuple[str, ...]:
        """The published files it needs that are not on this machine."""
        return tuple(name for name in self.needs if personal.file_of_weights(name) is None)

    @property
    def classes(self) -> tuple[ModelClass, ...] | None:
        """The classes the shipped weights or the function know; None for an untrained card."""
        if self.is_function:
            return self.own_classes
        found = self.shipped_weights
        return found.classes if found else None

    def refuse_missing(self) -> None:
        """ModelError where a file of weights it needs is not on this machine, with what to copy where."""
        missing = self.missing_files
        if missing:
            raise ModelError(
                f"model '{self.id}' needs {missing[0]}, which is not on this machine: "
                f"copy it into {personal.downloads_folder()}"
            )

    def takes(self, band_count: int) -> bool:
        """Whether a raster of so many bands can go in as it is."""
        if self.in_bands is None:
            return band_count >= self.min_bands
        return band_count == self.in_bands

    def to_json(self) -> dict[str, Any]:
        """The card as a JSON object, for `segstudio models --json`."""
        names = (
            "id title family summary encoder in_bands min_bands outputs parameters_m memory_mb "
            "multiply_adds_g patch_px licence paper source normalisation hidden is_trained kind"
        )
        values: dict[str, Any] = {name: getattr(self, name) for name in names.split()}
        if not self.memory_mb:  # nobody has measured it: no figure, rather than 0
            values |= {"parameters_m": None, "memory_mb": None, "multiply_adds_g": None}
        values["outputs"] = list(self.outputs)
        values["classes"] = [each.to_json() for each in self.classes or ()]
        found = self.shipped_weights
        values["weights"] = found.to_json() if found else None
        return values


def with_adapter(card: ModelCard) -> ModelCard:
    """The same model behind the gray adapter: any number of bands in, everything else unchanged.

    The shipped weights of the plain card fit too: before training the adapter stacks channels exactly.

    Raises:
        ModelError: the model is a function, which calculates with its own bands.
    """
    if card.has_adapter:
        return card
    if card.is_function:
        raise ModelError(
            f"model '{card.id}' is a fixed rule on its own bands: no gray adapter fits in front of it, "
            "give it an image that has these bands"
        )
    return replace(
        card,
        id=GRAY_PREFIX + card.id,
        title=f"{card.title} with gray adapter",
        summary=f"{card.summary} Two 3x3 convolutions in front learn how one or N bands become three.",
        in_bands=None,
        min_bands=1,
        parameters_m=card.parameters_m + ADAPTER_PARAMETERS_M,
        weights=(WeightsRef(f"gray-{card.id}"), *card.weights),
    )
