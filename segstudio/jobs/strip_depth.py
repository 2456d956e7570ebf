"""Cut the depth decoder off for deployment: a version with the same mask, bit by bit, in a smaller file.

What is left of a two-decoder network is exactly the U-Net on its encoder (paper 3, "at deployment"), and so
the new version's card says.
"""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.errors import ModelError
from segstudio.jobs.steps import DepthStripped, Progress, Step
from segstudio.models.cards import GRAY_PREFIX
from segstudio.models.named import SEPARATOR
from segstudio.models.versions import ModelRef, ModelVersion, VersionStore, resolve_model

if TYPE_CHECKING:
    from segstudio.models.nets.net import SegmentationNet

Steps = Generator[Step, None, None]

# The network that is left of each card; "two-decoder@<encoder>" becomes "unet@<encoder>".
_SINGLE = {"two-decoder-light": "unet-light", "two-decoder-resnet50": f"unet{SEPARATOR}resnet50"}
_PAIR = f"two-decoder{SEPARATOR}"
# An odd size: padding and enlarging take part in the comparison.
_PROBE_PX = 97
_DEPTH_FIGURES = ("depth_correlation",)


@dataclass(frozen=True, slots=True)
class StripDepthRequest:
    """Which version loses its depth decoder.

    Attributes:
        model: A version's id or folder, or a card with weights.
        versions_folder: Where version ids are looked up (a project's `versions`).
        output: The folder of versions that the new one joins; None = beside the version.
    """

    model: str
    versions_folder: Path | None = None
    output: Path | None = None


def card_without_depth(card_id: str) -> str:
    """The card of what is left when a card's depth decoder is cut off.

    Raises:
        ModelError: the card has none that could be cut off.
    """
    prefix = GRAY_PREFIX if card_id.startswith(GRAY_PREFIX) else ""
    plain = card_id.removeprefix(GRAY_PREFIX)
    if plain in _SINGLE:
        return prefix + _SINGLE[plain]
    if plain.startswith(_PAIR):
        return f"{prefix}unet{SEPARATOR}{plain.removeprefix(_PAIR)}"
    raise ModelError(f"model '{card_id}' has no depth decoder: there is nothing to cut off")


def has_depth_decoder(card_id: str) -> bool:
    """Whether a card has a depth decoder that could be cut off."""
    plain = card_id.removeprefix(GRAY_PREFIX)
    return plain in _SINGLE or plain.startswith(_PAIR)


def strip_depth(request: StripDepthRequest) -> Steps:
    """Write the version without its depth decoder, after its mask was compared bit by bit.

    Raises:
        ModelError: no such model, it has no weights or no depth decoder, or nowhere to write.
    """
    store = VersionStore(request.versions_folder) if request.versions_folder else None
    ref = resolve_model(request.model, store)
    card_id = card_without_depth(ref.card.id)
    if ref.weights_file is None:
        raise ModelError(f"model '{ref.id}' has no weights yet: there is nothing to deploy")
    folder = _folder(request, ref)
    yield Progress(0, 2, None, "Loading the model")
    stripped = _stripped(ref)
    yield Progress(1, 2, None, "Cutting off depth")
    version = _keep(VersionStore(folder), ref, ref.weights_file, card_id, stripped)
    try:
        _compare(ref, version)
    except ModelError:
        VersionStore(folder).delete(version.id)
        raise
    yield Progress(2, 2, None, "Cutting off depth")
    before, after = (path.stat().st_size for path in (ref.weights_file, version.weights_file))
    yield DepthStripped(version.id, version.folder, ref.id, before, after)


def _folder(request: StripDepthRequest, ref: ModelRef) -> Path:
    if request.output is not None:
        return request.output
    if request.versions_folder is not None:
        return request.versions_folder
    if ref.version is None:
        raise ModelError(f"'{ref.id}' is no version of a project: name a folder with -o")
    return ref.version.folder.parent


def _stripped(ref: ModelRef) -> "SegmentationNet":
    from segstudio.models.nets.two_decoder import without_depth

    return without_depth(_net(ref))


def _net(ref: ModelRef) -> "SegmentationNet":
    from segstudio.models.weights import create_for

    return create_for(ref).eval()


def _keep(
    store: VersionStore, ref: ModelRef, weights: Path, card_id: str, net: "SegmentationNet"
) -> ModelVersion:
    """The stripped version; figures of the mask stay true, those of depth go.

    Tensors stay as the old file has them: shipped weights are of half precision.
    """
    from segstudio.models.weights import load_state

    stored = load_state(weights)
    state = {name: stored.get(name, value) for name, value in net.state_dict().items()}
    known = ref.version.figures if ref.version else {}
    figures = {
        key: {name: each for name, each in value.items() if name not in _DEPTH_FIGURES}
        if isinstance(value, dict)
        else value
        for key, value in known.items()
    }
    return store.add(
        card_id=card_id,
        parent=ref.id,
        state=state,
        classes=ref.classes,
        input=ref.input,
        in_bands=net.in_bands,
        figures=figures,
        seed=ref.version.seed if ref.version else None,
        settings=ref.version.settings if ref.version else {},
        notes=["depth decoder cut off: the mask is that of its parent, bit by bit"],
    )


def _compare(ref: ModelRef, version: ModelVersion) -> None:
    """Read the new file back and let both answer: the mask's scores must be equal in every bit."""
    import torch

    from segstudio.models.registry import default_registry

    old, new = _net(ref), _net(ModelRef(default_registry().card(version.card_id), version))
    pixels = torch.rand(1, old.in_bands, _PROBE_PX, _PROBE_PX, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        if not torch.equal(old(pixels).logits, new(pixels).logits):
            raise ModelError(f"'{ref.id}' without its depth decoder gives another mask: it is left as it is")
