"""Does this model fit this image, and how does it become a net: asked once, for every verb alike."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.errors import ModelError
from segstudio.models.cards import GRAY_PREFIX, ModelClass
from segstudio.models.input_spec import InputSpec
from segstudio.models.versions import ModelRef, VersionStore, resolve_model
from segstudio.raster.raster import RasterInfo

if TYPE_CHECKING:
    from segstudio.models.nets.net import SegmentationNet

UNTRAINED_CLASSES = 5
"""How many classes a card without weights gets in a benchmark: as many as the sample scenes have."""


@dataclass(frozen=True, slots=True)
class ModelWish:
    """What a person asked for: a card id, a version's id (of `versions_folder`) or a version's folder."""

    text: str
    versions_folder: Path | None = None
    untrained: bool = False
    gray: bool = False

    def resolve(self) -> ModelRef:
        """The model that is meant, behind the gray adapter where that was asked for.

        Raises:
            ModelError: there is no such model, or it has no weights and `untrained` is not set, or needs
                files that are not here.
        """
        store = VersionStore(self.versions_folder) if self.versions_folder else None
        ref = resolve_model(self.text, store)
        ref.card.refuse_missing()
        if not (ref.is_trained or self.untrained):
            raise ModelError(
                f"model '{ref.id}' has no weights yet: fine-tune it on corrections first, "
                "or give --untrained for a benchmark"
            )
        return ref.with_adapter() if self.gray else ref


def bands_for(ref: ModelRef, info: RasterInfo, text: str | None = None) -> int:
    """How many bands of this image go into the net.

    Args:
        ref: The model.
        info: The image's header.
        text: How the person named the model; goes into the way out.

    Raises:
        ModelError: the image has too few; says which gray adapter takes it.
    """
    if ref.in_bands is None:
        return info.band_count
    needed = max(ref.in_bands, *(band + 1 for band in ref.input.bands or (0,)))
    if info.band_count >= needed:
        return ref.in_bands
    if ref.card.is_function:
        raise ModelError(
            f"model '{ref.id}' calculates with band {needed}, {info.name} has {info.band_count}: "
            "choose an image with these bands, or change `bands` in a copy of its plugin"
        )
    name = (text or ref.id).removeprefix(GRAY_PREFIX)
    raise ModelError(
        f"model '{ref.id}' expects {needed} bands, {info.name} has {info.band_count}: use {GRAY_PREFIX}{name}"
    )


def input_for(ref: ModelRef, info: RasterInfo) -> InputSpec:
    """How this image's values go into the net.

    Weights taught on bytes see a 16-bit or float scene through the scene's own percentiles; a gray adapter
    that was just put in front takes every band there is.
    """
    spec, is_wrapped = ref.input, _is_wrapped(ref)
    if _is_stretched(spec, info):
        return InputSpec(bands=None if is_wrapped else spec.bands, scaling="scene")
    if is_wrapped and (spec.bands is not None or len(spec.low) > 1):
        return InputSpec.for_dtype(info.dtype)
    return spec


def warnings_for(ref: ModelRef, info: RasterInfo) -> list[str]:
    """Sentences on how this image differs from what the model was taught on."""
    found = []
    if _is_stretched(ref.input, info):
        found.append(
            f"{info.name} holds {info.dtype} values, the model was taught on bytes: "
            "each band is stretched by the scene's own percentiles"
        )
    if ref.in_bands == 1 and ref.input.bands is None and info.band_count > 1:
        found.append(
            f"the model looks at one band: of the {info.band_count} of {info.name} it sees the first"
        )
    return found


def _is_wrapped(ref: ModelRef) -> bool:
    """Whether the adapter stands before weights that were made without it."""
    return ref.card.has_adapter and (ref.version is None or ref.version.card_id != ref.card.id)


def _is_stretched(spec: InputSpec, info: RasterInfo) -> bool:
    of_bytes = spec.scaling == "fixed" and max(spec.high) <= 255 and min(spec.low) >= 0
    return of_bytes and info.dtype != "uint8"


def build(ref: ModelRef, info: RasterInfo, in_bands: int) -> "SegmentationNet":
    """The net with its weights (random ones for an untrained card), for images like this one; loads torch."""
    from segstudio.models.weights import create_for

    return create_for(
        ref,
        class_count=len(classes_of(ref)),
        in_bands=in_bands,
        display_bands=info.display_bands if len(info.display_bands) == 3 else None,
    )


def classes_of(ref: ModelRef) -> tuple[ModelClass, ...]:
    """The model's classes; numbered gray ones for an untrained card."""
    if ref.classes:
        return ref.classes
    shades = (round(255 * (index + 1) / (UNTRAINED_CLASSES + 1)) for index in range(UNTRAINED_CLASSES))
    return tuple(
        ModelClass(f"class {index}", f"#{shade:02X}{shade:02X}{shade:02X}")
        for index, shade in enumerate(shades)
    )
