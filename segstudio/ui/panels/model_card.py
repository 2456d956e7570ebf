"""The facts of a model's card, as one reads them before choosing it."""

from segstudio.models.versions import ModelRef
from segstudio.ui.panels.figures import mean_iou
from segstudio.ui.words import percent, translate


def card_facts(ref: ModelRef) -> list[tuple[str, str]]:
    """Names and values, what is unknown left out."""
    card = ref.card
    facts = [
        (translate("ModelCard", "Bands"), _bands(ref)),
        (translate("ModelCard", "Gives"), _gives(ref)),
        (translate("ModelCard", "Classes"), ", ".join(each.name for each in ref.classes)),
        (translate("ModelCard", "Hold-out"), _holdout(ref)),
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
    if bands is None:
        return translate("ModelCard", "any number")
    return str(bands)


def _gives(ref: ModelRef) -> str:
    if ref.card.has_depth:
        return translate("ModelCard", "mask and depth")
    return translate("ModelCard", "mask")


def _size(ref: ModelRef) -> str:
    millions = ref.card.parameters_m
    return translate("ModelCard", "{count} M parameters").format(count=f"{millions:.1f}") if millions else ""


def _holdout(ref: ModelRef) -> str:
    if ref.version is None:
        return ""
    found = mean_iou(ref.version.figures.get("after"))
    return (
        translate("ModelCard", "mean IoU {value} %").format(value=percent(found)) if found is not None else ""
    )
