"""Foreign tensors onto a net of ours: names translated, what fits told apart from the rest.

Which library wrote a file need not be known: every known way of naming is tried, and the one by which most
tensors find their place is taken.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from segstudio.models.nets.net import SegmentationNet

Shape = tuple[int, ...]
Rename = Callable[[str], str | None]

_PREFIXES = (
    "state_dict.", "module.", "_orig_mod.", "model.", "net.", "network.", "ema.", "student.",
    "segmentor.", "backbone.", "encoder.",
)  # fmt: skip
"""What training programs put before every name: DDP, torch.compile, Lightning, averaged copies."""
_DEEPEST = 3

_OWN = ("mean", "std")
"""The net's own normalisation, which no foreign file has."""
_COUNTER = "num_batches_tracked"
_ADAPTER = "adapter."


class Reshaped(NamedTuple):
    """A tensor that has its name but not its shape."""

    name: str
    given: Shape
    wanted: Shape


@dataclass(frozen=True, slots=True)
class Fitting:
    """What became of every tensor of a file and of a net.

    `state` holds what fits under the net's own names, and the classifiers' tensors whatever their number of
    classes. `missing` are names of the net, `unexpected` names of the file. `prefix` is what was taken off
    every name, `naming` the library whose names they are. `encoder` are the file's names of the encoder.
    """

    state: Mapping[str, Tensor]
    fitted: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    reshaped: tuple[Reshaped, ...]
    prefix: str
    naming: str
    class_count: int | None
    encoder: tuple[str, ...]
    encoder_is_whole: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing the net needs is missing."""
        return not self.missing and not self.reshaped and self.class_count is not None


def fit(net: SegmentationNet, tensors: Mapping[str, Tensor]) -> Fitting:
    """The best way to see the tensors of a file as those of a net; the net stays as it is."""
    own = {name: tuple(tensor.shape) for name, tensor in net.state_dict().items()}
    heads = _heads(net)
    best: tuple[tuple[int, int], dict[str, str], str, str] = ((-1, -1), {}, "", "")
    for prefix, shortened in _shortened(tensors):
        for naming, rename in _namings(net):
            names = _renamed(shortened, rename)
            fits = sum(_fits(own, heads, new, tensors[old]) for old, new in names.items())
            # where nothing fits, names that are known tell best why
            score = (fits, sum(new in own for new in names.values()))
            if score > best[0]:
                best = (score, names, prefix, naming)
    _, names, prefix, naming = best
    return _told(net, own, heads, tensors, names, prefix=prefix, naming=naming)


def load_fitting(net: nn.Module, fitting: Fitting) -> None:
    """Copy what fits into a net that has as many classes as the file."""
    own = net.state_dict()
    fits = {
        name: value for name, value in fitting.state.items() if name in own and own[name].shape == value.shape
    }
    net.load_state_dict(fits, strict=False)


def encoder_prefix(net: SegmentationNet) -> str:
    """What stands before the names of the encoder's tensors, "body.encoder." for most nets."""
    encoder = net.body.encoder
    name: str = next(name for name, module in net.named_modules() if module is encoder)
    return f"{name}."


def start_encoder(net: SegmentationNet, tensors: Mapping[str, Tensor]) -> bool:
    """Load an encoder's tensors into a net; False, and nothing changed, where they are not all there."""
    fitting = fit(net, tensors)
    if not fitting.encoder_is_whole:
        return False
    prefix = encoder_prefix(net)
    encoder = {name: value for name, value in fitting.state.items() if name.startswith(prefix)}
    net.load_state_dict(encoder, strict=False)
    return True


def _told(
    net: SegmentationNet,
    own: Mapping[str, Shape],
    heads: frozenset[str],
    tensors: Mapping[str, Tensor],
    names: Mapping[str, str],
    *,
    prefix: str,
    naming: str,
) -> Fitting:
    fitting = {old: new for old, new in names.items() if _fits(own, heads, new, tensors[old])}
    reshaped = tuple(
        Reshaped(old, tuple(tensors[old].shape), own[new])
        for old, new in names.items()
        if new in own and old not in fitting
    )
    there = set(fitting.values()) | {names[each.name] for each in reshaped}
    needed = [name for name in own if _is_needed(name)]
    encoder = encoder_prefix(net)
    return Fitting(
        state={new: tensors[old] for old, new in fitting.items()},
        fitted=tuple(fitting),
        missing=tuple(name for name in needed if name not in there),
        unexpected=tuple(old for old in tensors if names.get(old) not in own),
        reshaped=reshaped,
        prefix=prefix,
        naming=naming,
        class_count=_class_count(net, {new: tensors[old] for old, new in fitting.items()}),
        encoder=tuple(old for old, new in fitting.items() if new.startswith(encoder)),
        encoder_is_whole=all(name in fitting.values() for name in needed if name.startswith(encoder)),
    )


def _is_needed(name: str) -> bool:
    """The adapter starts as channel stacking, counters from zero: a file may lack them."""
    return name not in _OWN and not name.startswith(_ADAPTER) and not name.endswith(_COUNTER)


def _heads(net: SegmentationNet) -> frozenset[str]:
    """The tensors whose first length is the number of classes."""
    return frozenset(
        f"body.{classifier}.{part}" for classifier in net.body.classifiers for part in ("weight", "bias")
    )


def _class_count(net: SegmentationNet, state: Mapping[str, Tensor]) -> int | None:
    """How many classes the file's classifiers tell apart; None where it has none or they disagree."""
    counts = {
        len(state[name])
        for name in (f"body.{classifier}.weight" for classifier in net.body.classifiers)
        if name in state
    }
    return counts.pop() if len(counts) == 1 else None


def _fits(own: Mapping[str, Shape], heads: frozenset[str], name: str, tensor: Tensor) -> bool:
    if name not in own:
        return False
    if name in heads:
        return tensor.dim() > 0 and tuple(tensor.shape[1:]) == own[name][1:]
    return tuple(tensor.shape) == own[name]


def _shortened(tensors: Mapping[str, Tensor]) -> Iterator[tuple[str, dict[str, str]]]:
    """Names without what may stand before them, as (prefix, {given name: shorter name})."""
    waiting = [("", {name: name for name in tensors})]
    for _ in range(_DEEPEST + 1):
        longer = []
        for prefix, names in waiting:
            yield prefix, names
            for each in _PREFIXES:
                kept = {old: new[len(each) :] for old, new in names.items() if new.startswith(each)}
                if kept:
                    longer.append((prefix + each, kept))
        waiting = longer


def _renamed(names: Mapping[str, str], rename: Rename) -> dict[str, str]:
    """{given name: name in the net}, where there is one; of two that mean the same the first."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for old, short in names.items():
        new = rename(short)
        if new is not None and new not in taken:
            found[old] = new
            taken.add(new)
    return found


def _namings(net: SegmentationNet) -> Iterator[tuple[str, Rename]]:
    """Every known way of naming, as far as it can mean this net."""
    encoder = encoder_prefix(net)
    deep = encoder
    while any(name.startswith(f"{deep}model.") for name in net.state_dict()):
        deep += "model."
    yield "segstudio", _by_start([("", "")])
    yield "segstudio", _by_start([("", "body.")])
    yield "segmentation_models_pytorch", _by_start([("", "body.model.")])
    yield (
        "segmentation_models_pytorch",
        _by_start(
            [
                ("encoder.", deep),
                ("decoder.", "body.mask_decoder."),
                ("segmentation_head.0.", "body.classifier."),
            ]
        ),
    )
    yield "torchvision", _by_start([("backbone.", encoder), ("classifier.", "body.classifier.")])
    yield "timm or torchvision", _by_start([("", deep)])
    yield (
        "timm",
        _by_start(
            [
                ("conv_stem.", f"{encoder}stem.0."),
                ("bn1.", f"{encoder}stem.1."),
                ("blocks.", f"{encoder}blocks."),
            ]
        ),
    )
    yield "torchvision", _by_start(_features(net, encoder))


def _features(net: SegmentationNet, encoder: str) -> list[tuple[str, str]]:
    """Rules for torchvision's `features.<n>.`: numbered through, or by the blocks of our VGG."""
    blocks = getattr(net.body.encoder, "blocks", None)
    if not isinstance(blocks, nn.ModuleList) or not all(isinstance(each, nn.Sequential) for each in blocks):
        return [("features.", encoder)]
    rules, number = [], 0
    for block, layers in enumerate(blocks):
        for layer in range(len(layers)):  # type: ignore[arg-type]  # a Sequential, as was just asked
            rules.append((f"features.{number}.", f"{encoder}blocks.{block}.{layer}."))
            number += 1
        number += 1  # the pooling
    return rules


def _by_start(rules: Sequence[tuple[str, str]]) -> Rename:
    def rename(name: str) -> str | None:
        return next((new + name[len(old) :] for old, new in rules if name.startswith(old)), None)

    return rename


def as_plain(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Copies that share no memory, as safetensors wants them."""
    return {
        name: torch.clone(value, memory_format=torch.contiguous_format) for name, value in tensors.items()
    }
