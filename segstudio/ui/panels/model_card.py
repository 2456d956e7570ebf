"""The facts of a model's card, as one reads them before choosing it."""

import re
from collections.abc import Mapping
from typing import Any

from segstudio import personal
from segstudio.models.versions import ModelRef
from segstudio.models.weights_home import encoder_start
from segstudio.ui.panels.figures import class_changes, mean_iou
from segstudio.ui.words import percent, translate


def card_facts(ref: ModelRef) -> list[tuple[str, str]]:
    """Names and values, what is unknown left out."""
    card = ref.card
    facts = [
        (translate("ModelCard", "Bands"), _bands(ref)),
        (translate("ModelCard", "Gives"), _gives(ref)),
        (translate("ModelCard", "Classes"), ", ".join(each.name for each in ref.classes)),
        (translate("ModelCard", "Hold-out"), _holdout(ref)),
        (translate("ModelCard", "IoU by class"), _by_class(ref)),
        (translate("ModelCard", "Taught with"), _taught_with(ref)),
        (translate("ModelCard", "Weights"), _weights(ref)),
        (translate("ModelCard", "Encoder"), card.encoder),
        (translate("ModelCard", "Size"), _size(ref)),
        (translate("ModelCard", "Patch"), f"{card.patch_px} px"),
        (translate("ModelCard", "Memory"), f"{card.memory_mb} MB" if card.memory_mb else ""),
        (translate("ModelCard", "Licence"), card.licence),
        (translate("ModelCard", "Paper"), card.paper),
        (translate("ModelCard", "Source"), card.source),
    ]
    return [(name, value) for name, value in facts if value]


def _bands(ref: ModelRef) -> str:
    bands = ref.in_bands
    if bands is None or (ref.card.has_adapter and ref.version is None):
        return translate("ModelCard", "any number")
    return str(bands)


def _gives(ref: ModelRef) -> str:
    if ref.card.has_depth:
        return translate("ModelCard", "mask and depth")
    return translate("ModelCard", "mask")


def _weights(ref: ModelRef) -> str:
    """Where fetched or imported weights are from, or what the encoder of an untrained card starts from."""
    origin = ref.version.settings.get("weights") if ref.version else None
    if isinstance(origin, Mapping):
        words = translate("ModelCard", "{source}, licence: {licence}")
        source = _breakable(str(origin.get("source", "")))
        return words.format(source=source, licence=origin.get("licence", ""))
    if ref.card.missing_files:
        return translate("ModelCard", "not on this machine: copy {file} into {folder}").format(
            file=_breakable(ref.card.missing_files[0]), folder=_breakable(str(personal.downloads_folder()))
        )
    start = None if ref.is_trained else encoder_start(ref.card)
    if start is None:
        return ""
    return translate("ModelCard", "none yet; its encoder starts from {title}").format(title=start.title)


def _breakable(name: str) -> str:
    """A name longer than the panel is wide, with places where a line may break."""
    return re.sub(r"([_./\\-])", "\\1\u200b", name)


def _size(ref: ModelRef) -> str:
    millions = ref.card.parameters_m
    return translate("ModelCard", "{count} M parameters").format(count=f"{millions:.1f}") if millions else ""


def _holdout(ref: ModelRef) -> str:
    """Mean IoU on what was kept apart, and what that was where the shipped weights' record says it."""
    found = mean_iou(_figures(ref))
    if found is None:
        return ""
    text = translate("ModelCard", "mean IoU {value} %").format(value=percent(found))
    kept_apart = _figures(ref).get("hold_out", "")
    return f"{text} ({kept_apart})" if kept_apart else text


def _by_class(ref: ModelRef) -> str:
    rows = class_changes(None, _figures(ref))
    return ", ".join(f"{row.name} {percent(row.after)}" for row in rows if row.after is not None)


def _taught_with(ref: ModelRef) -> str:
    weights = None if ref.version else ref.card.shipped_weights
    return weights.attribution if weights else ""


def _figures(ref: ModelRef) -> Mapping[str, Any]:
    if ref.version is not None:
        return ref.version.figures.get("after") or {}
    weights = ref.card.shipped_weights
    return weights.figures if weights else {}
