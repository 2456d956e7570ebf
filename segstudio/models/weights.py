"""Weights in and out of nets: safetensors only, with a report of what fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from segstudio.errors import ModelError
from segstudio.models.cards import ModelCard, ModelClass
from segstudio.models.fitting import fit, start_encoder
from segstudio.models.nets.net import SegmentationNet
from segstudio.models.registry import Registry, default_registry
from segstudio.models.state_file import write_state
from segstudio.models.versions import ModelRef
from segstudio.models.weights_home import EncoderStart

State = Mapping[str, Tensor]

_ADAPTER = "adapter."


@dataclass(frozen=True, slots=True)
class FitReport:
    """What became of each tensor: loaded, wanted but absent, given but not wanted, of another shape."""

    fitted: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    reshaped: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every tensor of the net was loaded and none was left over."""
        return not (self.missing or self.unexpected or self.reshaped)

    def sentence(self) -> str:
        """The report as one sentence for a person."""
        return (
            f"{len(self.fitted)} tensors fitted, {len(self.missing)} are missing, "
            f"{len(self.unexpected)} are not wanted, {len(self.reshaped)} have another shape"
        )


def save_state(path: Path, state: State) -> None:
    """Write a net's `state_dict()` as safetensors, from any device, and make it durable."""
    write_state(Path(path), state)


def load_state(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file on the CPU; raises ModelError where it cannot be read."""
    try:
        state: dict[str, Tensor] = load_file(str(path))
    except (OSError, SafetensorError) as error:
        raise ModelError(f"the weights in {path} cannot be read: {error}") from error
    return state


def load_into(net: torch.nn.Module, state: State) -> FitReport:
    """Copy every tensor whose name and shape fit into `net`, leave the rest of `net` as it is."""
    own = net.state_dict()
    fitted = [name for name in state if name in own and own[name].shape == state[name].shape]
    net.load_state_dict({name: state[name] for name in fitted}, strict=False)
    return FitReport(
        fitted=tuple(fitted),
        missing=tuple(name for name in own if name not in state),
        unexpected=tuple(name for name in state if name not in own),
        reshaped=tuple(name for name in state if name in own and own[name].shape != state[name].shape),
    )


def create_for(
    ref: ModelRef,
    *,
    classes: Sequence[ModelClass] | None = None,
    class_count: int | None = None,
    in_bands: int | None = None,
    display_bands: tuple[int, ...] | None = None,
    registry: Registry | None = None,
    encoder: EncoderStart | None = None,
) -> SegmentationNet:
    """The net of a card or version, with its weights where there are any.

    `classes` are those the net shall give: rows of the last convolutions go over by class name, new ones
    start at random. `class_count` alone keeps the order and cuts or adds at the end. `in_bands` other
    than the weights' three puts an untrained gray adapter in front, which changes nothing until trained.
    `encoder` is what the encoder of a model without weights starts from. Raises ModelError where bands or
    weights do not fit.
    """
    count = _class_count(ref, classes, class_count)
    bands = in_bands or ref.in_bands or (1 if ref.card.has_adapter else 3)
    card = _card_for(ref, in_bands)
    net: SegmentationNet = (registry or default_registry()).create_model(
        card, class_count=count, in_bands=bands, display_bands=display_bands
    )
    if ref.weights_file is not None:
        rows = _rows(ref.classes, classes, count)
        _fill(net, load_state(ref.weights_file), rows, where=ref.id)
    elif encoder is not None and not start_encoder(net, load_state(encoder.file)):
        raise ModelError(f"the encoder of '{encoder.title}' does not fit '{ref.id}': start from scratch")
    return net


def encoder_fits(card: ModelCard, encoder: EncoderStart, registry: Registry | None = None) -> bool:
    """Whether the encoder of a card can start from these tensors, judged by names and shapes."""
    bands = card.in_bands or 3
    with torch.device("meta"):
        net = (registry or default_registry()).create_model(card.id, class_count=1, in_bands=bands)
    return fit(net, load_state(encoder.file)).encoder_is_whole


def _card_for(ref: ModelRef, in_bands: int | None) -> str:
    """The card's id, with the gray adapter where weights for three bands meet another number of bands."""
    wraps = ref.is_trained and in_bands is not None and not ref.card.takes(in_bands)
    return (ref.with_adapter() if wraps else ref).card.id


def _class_count(ref: ModelRef, classes: Sequence[ModelClass] | None, class_count: int | None) -> int:
    count = len(classes) if classes is not None else class_count or len(ref.classes)
    if not count:
        raise ModelError(f"model '{ref.id}' has no weights and so no classes yet: say which it shall learn")
    return count


def _rows(old: Sequence[ModelClass], new: Sequence[ModelClass] | None, count: int) -> tuple[int | None, ...]:
    """For each new output channel the old one it takes its weights from, or None."""
    if new is None:
        return tuple(index if index < len(old) else None for index in range(count))
    places = {_key(each): index for index, each in reversed(list(enumerate(old)))}
    return tuple(places.get(_key(each)) for each in new)


def _key(model_class: ModelClass) -> str:
    return model_class.name.strip().casefold()


def _fill(net: SegmentationNet, state: State, rows: Sequence[int | None], *, where: str) -> None:
    wanted = {**_without_unfit_adapter(net, state), **_reheaded(net, state, rows)}
    report = load_into(net, wanted)
    left = [name for name in (*report.missing, *report.reshaped) if not name.startswith(_ADAPTER)]
    if left:
        raise ModelError(
            f"the weights of '{where}' do not fit its card ({report.sentence()}, {left[0]} first): "
            "they were made by another version of the program or are damaged"
        )


def _without_unfit_adapter(net: SegmentationNet, state: State) -> State:
    """All of the adapter or nothing: half a trained adapter neither stacks channels nor mixes them well."""
    own = net.state_dict()
    parts = [name for name in state if name.startswith(_ADAPTER)]
    if all(name in own and own[name].shape == state[name].shape for name in parts):
        return state
    return {name: value for name, value in state.items() if name not in parts}


def _reheaded(net: SegmentationNet, state: State, rows: Sequence[int | None]) -> dict[str, Tensor]:
    """The classifiers' tensors with their rows in the new order, new rows as the fresh net has them."""
    heads: dict[str, Tensor] = {}
    own = net.state_dict()
    for classifier in net.body.classifiers:
        for part in ("weight", "bias"):
            name = f"body.{classifier}.{part}"
            if name in own and name in state and own[name].shape[1:] == state[name].shape[1:]:
                heads[name] = _with_rows(own[name].clone(), state[name], rows)
    return heads


def _with_rows(fresh: Tensor, trained: Tensor, rows: Sequence[int | None]) -> Tensor:
    for new, old in enumerate(rows):
        if old is not None and old < len(trained):
            fresh[new] = trained[old]
    return fresh
