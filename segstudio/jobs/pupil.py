"""Which net is taught, from where it starts, and how values go into it."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segstudio.errors import ModelError
from segstudio.jobs import model_choice
from segstudio.jobs.teaching_material import Material
from segstudio.models.cards import ModelClass
from segstudio.models.input_spec import InputSpec
from segstudio.models.versions import ModelRef, VersionStore, resolve_model
from segstudio.models.weights_home import EncoderStart, encoder_start
from segstudio.training.settings import FineTuneSettings

if TYPE_CHECKING:
    from segstudio.models.nets.net import SegmentationNet

DEFAULT_MODEL = "mff-light"


@dataclass(frozen=True, slots=True)
class Pupil:
    """A model about to learn.

    Attributes:
        ref: Card and, unless it starts from scratch, the version it starts from.
        classes: What it shall tell apart: the project's classes, channel by channel.
        in_bands: How many bands go in.
        display_bands: The three bands a gray adapter lets pass where there are more.
        input: How values go in.
        settings: The person's, with `from_scratch` as it turned out.
        notes: Sentences for the person and the version's record.
        encoder: What the encoder of a card without weights starts from; None = random weights.
    """

    ref: ModelRef
    classes: tuple[ModelClass, ...]
    in_bands: int
    display_bands: tuple[int, ...] | None
    input: InputSpec
    settings: FineTuneSettings
    notes: tuple[str, ...] = ()
    encoder: EncoderStart | None = None

    @property
    def parent_id(self) -> str | None:
        """The version or card it starts from; None from scratch."""
        return None if self.settings.from_scratch else self.ref.id

    def build(self) -> "SegmentationNet":
        """The net as it starts; loads torch."""
        if self.settings.from_scratch:
            return self._with_encoder(self._fresh())
        from segstudio.models.weights import create_for

        return create_for(
            self.ref, classes=self.classes, in_bands=self.in_bands, display_bands=self.display_bands
        )

    def parent_of(self, net: "SegmentationNet") -> "SegmentationNet | None":
        """The net as it was, whose answers are kept alive; None where it does not know every class."""
        if self.settings.from_scratch or not _names(self.classes) <= _names(self.ref.classes):
            return None
        return copy.deepcopy(net)

    def _with_encoder(self, net: "SegmentationNet") -> "SegmentationNet":
        if self.encoder is not None:
            from segstudio.models.fitting import start_encoder
            from segstudio.models.weights import load_state

            start_encoder(net, load_state(self.encoder.file))
        return net

    def _fresh(self) -> "SegmentationNet":
        import torch

        from segstudio.models.registry import default_registry

        torch.manual_seed(self.settings.seed)
        net: SegmentationNet = default_registry().create_model(
            self.ref.card.id,
            class_count=len(self.classes),
            in_bands=self.in_bands,
            display_bands=self.display_bands,
        )
        return net


def choose_pupil(
    model: str | None, material: Material, settings: FineTuneSettings, *, gray: bool = False
) -> Pupil:
    """Settle model, bands and input for the images that are annotated.

    Raises:
        ModelError: no such model, or one that cannot learn.
    """
    text = model or material.active_model or DEFAULT_MODEL
    ref = resolve_model(text, VersionStore(material.versions_folder))
    if ref.card.is_function:
        raise ModelError(
            f"model '{ref.id}' is a fixed rule and cannot be taught: choose a network such as {DEFAULT_MODEL}"
        )
    notes: list[str] = []
    encoder = None
    if not (settings.from_scratch or ref.is_trained):
        encoder = _encoder_for(ref)
        settings = _untrained(settings, encoder)
        start = (
            f"its {encoder.sentence()}, the rest starts from scratch" if encoder else "it starts from scratch"
        )
        notes.append(f"model '{ref.id}' has no weights yet: {start}")
    if settings.from_scratch:
        ref = ModelRef(ref.card)
    bands = min(source.info.band_count for source in material.sources)
    if gray:
        ref = ref.with_adapter()
    elif not _takes(ref, bands, from_scratch=settings.from_scratch):
        ref = ref.with_adapter()
        notes.append(
            f"gray adapter put in front: the images have {bands} {'band' if bands == 1 else 'bands'}"
        )
    ref = ref.for_bands(bands)
    in_bands = _in_bands(ref, bands, from_scratch=settings.from_scratch)
    return Pupil(
        ref=ref,
        classes=material.classes,
        in_bands=in_bands,
        display_bands=_display_bands(material),
        input=_input(ref, material, in_bands, from_scratch=settings.from_scratch),
        settings=settings,
        notes=tuple(notes),
        encoder=encoder,
    )


def _encoder_for(ref: ModelRef) -> EncoderStart | None:
    """What fits the encoder of a card without weights: fetched by the person, or shipped."""
    found = encoder_start(ref.card)
    if found is None:
        return None
    from segstudio.models.weights import encoder_fits

    return found if encoder_fits(ref.card, found) else None


def _untrained(settings: FineTuneSettings, encoder: EncoderStart | None) -> FineTuneSettings:
    """Settings of a net that comes untrained; an encoder that comes trained learns as slowly as ever."""
    rate = settings.encoder_rate
    if encoder is not None and rate is None:
        rate = settings.encoder_factor
    return replace(settings, from_scratch=True, encoder_rate=rate)


def _takes(ref: ModelRef, bands: int, *, from_scratch: bool) -> bool:
    wanted = ref.card.in_bands if from_scratch else ref.in_bands
    return wanted is None or bands >= wanted


def _in_bands(ref: ModelRef, bands: int, *, from_scratch: bool) -> int:
    wanted = ref.card.in_bands if from_scratch else ref.in_bands
    return bands if wanted is None else wanted


def _display_bands(material: Material) -> tuple[int, ...] | None:
    shown = {source.info.display_bands for source in material.sources}
    only = next(iter(shown)) if len(shown) == 1 else ()
    return only if len(only) == 3 else None


def _input(ref: ModelRef, material: Material, in_bands: int, *, from_scratch: bool) -> InputSpec:
    """The parent's own where it fits; else bytes as they are and all else by each scene's percentiles."""
    dtypes = {source.info.dtype for source in material.sources}
    dtype = next(iter(dtypes)) if len(dtypes) == 1 else "mixed"
    if from_scratch:
        return InputSpec.for_dtype(dtype)
    fitting = {model_choice.input_for(ref, source.info) for source in material.sources}
    return fitting.pop() if len(fitting) == 1 else InputSpec.for_dtype(dtype)


def _names(classes: Sequence[ModelClass]) -> set[str]:
    return {each.name.strip().casefold() for each in classes}
