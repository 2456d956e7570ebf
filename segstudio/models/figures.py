"""What was measured of cards made by name, kept for the person in one small file.

Figures hold for the libraries they were measured with; those of others are passed over and measured again.
"""

import json
import logging
import os
from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from segstudio import personal
from segstudio.models.cards import Measured, ModelCard
from segstudio.models.version_files import read_json

_LIBRARIES = ("segstudio", "torch", "torchvision", "timm", "segmentation_models_pytorch")

_log = logging.getLogger(__name__)


def figures_file() -> Path:
    """Where the figures lie."""
    return personal.data_folder() / "figures.json"


def with_known_figures(card: ModelCard) -> ModelCard:
    """The card with its size, memory and cost where they were measured before, else as it is."""
    values = _read().get(card.id)
    if values is None:
        return card
    try:
        return with_figures(card, Measured(**values))
    except TypeError:
        return card


def with_figures(card: ModelCard, found: Measured) -> ModelCard:
    """The card with what was measured."""
    return replace(card, **asdict(found))


def keep_figures(card_id: str, found: Measured) -> None:
    """Remember what was measured; a folder that cannot be written costs a measurement next time."""
    file = figures_file()
    text = json.dumps({"libraries": _libraries(), "cards": {**_read(), card_id: asdict(found)}}, indent=1)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(f".{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    except OSError as error:
        _log.warning("the figures of %s are not kept: %s", card_id, error)


def _read() -> dict[str, Any]:
    try:
        values = read_json(figures_file())
        cards = values["cards"] if values["libraries"] == _libraries() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return cards if isinstance(cards, dict) else {}


def _libraries() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
