"""The net every card builds: adapter, normalisation, padding and enlarging around a body."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from segstudio.errors import ModelError
from segstudio.models.nets.blame import blamed_on

NORMALISATIONS = {
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "inception": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "none": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
}
"""Mean and standard deviation per channel of values in 0..1, as the encoders' published weights expect."""


class NetOutput(NamedTuple):
    """Class scores before softmax (N, K, H, W), and depth (N, 1, H, W) where the net has it."""

    logits: Tensor
    depth: Tensor | None


class SegmentationBody(nn.Module):
    """A network between the normalised three bands and the scores.

    `forward` takes (N, 3, H, W) with H and W multiples of `stride` and gives logits (N, K, h, w) at any
    scale, or (logits, depth). `encoder` is the part that published weights exist for; `encode` gives its
    features, shallow to deep. `classifiers` names the modules whose output channels are the classes;
    nothing else in the body depends on their number.
    """

    encoder: nn.Module
    classifiers: tuple[str, ...] = ("classifier",)
    stride: int = 32
    has_depth: bool = False
    last_is_silent: bool = False  # whether the last channel is no class but "nothing is said"

    def encode(self, x: Tensor) -> list[Tensor]:
        """The encoder's features, shallow to deep."""
        features: list[Tensor] = list(self.encoder(x))
        return features

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Logits at any scale, or (logits, depth)."""
        raise NotImplementedError


class SegmentationNet(nn.Module):
    """A body made usable on any raster: (N, `in_bands`, H, W) in 0..1 -> `NetOutput` at the input's size.

    Any H, W >= 1 goes in. The normalisation the encoder expects is applied after the adapter, so that an
    untrained adapter is exactly the stacking of channels.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        body: SegmentationBody,
        *,
        class_count: int,
        in_bands: int = 3,
        adapter: nn.Module | None = None,
        normalisation: str = "imagenet",
        plugin: str | None = None,
    ) -> None:
        super().__init__()
        self._plugin = plugin
        self.adapter = adapter
        self.body = body
        self.class_count = class_count
        self.in_bands = in_bands
        encoder: Any = body.encoder  # one made by name knows what its published weights expect
        mean, std = encoder.normalisation if normalisation == "encoder" else NORMALISATIONS[normalisation]
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    @property
    def has_depth(self) -> bool:
        """Whether the net gives depth beside the mask."""
        return self.body.has_depth

    @property
    def last_is_silent(self) -> bool:
        """Whether the last of `class_count` channels is no class but says "nothing is said"."""
        return self.body.last_is_silent

    def forward(self, x: Tensor) -> NetOutput:
        """Scores and depth at the size of `x`."""
        padded = pad_to_multiple(x, self.body.stride)
        with blamed_on(self._plugin):
            found = self.body(self._normalised(padded))
            logits, depth = found if isinstance(found, tuple) else (found, None)
            if logits.shape[:2] != (len(x), self.class_count):
                raise ModelError(f"a net gave {tuple(logits.shape)} scores, not {self.class_count} channels")
        return NetOutput(
            logits=_fit(logits, padded, x),
            depth=None if depth is None else _fit(depth, padded, x),
        )

    def features(self, x: Tensor) -> list[Tensor]:
        """The encoder's features of the padded input, shallow to deep."""
        return self.body.encode(self._normalised(pad_to_multiple(x, self.body.stride)))

    def adapted(self, x: Tensor) -> Tensor:
        """The three bands the encoder sees, before normalisation: (N, 3, H, W)."""
        seen: Tensor = x if self.adapter is None else self.adapter(x)
        return seen

    def encoder_parameters(self) -> Iterator[nn.Parameter]:
        """The parameters that pretraining covers."""
        return self.body.encoder.parameters()

    def head_parameters(self) -> Iterator[nn.Parameter]:
        """All other parameters: decoders, classifiers and the adapter."""
        encoder = {id(parameter) for parameter in self.body.encoder.parameters()}
        return (parameter for parameter in self.parameters() if id(parameter) not in encoder)

    def _normalised(self, x: Tensor) -> Tensor:
        seen = self.adapted(x)
        # a body for any number of bands (the trivial net) takes them as they are
        return (seen - self.mean) / self.std if seen.shape[1] == 3 else seen


def pad_to_multiple(x: Tensor, multiple: int) -> Tensor:
    """Repeat the last row and column until both sides are multiples; any size from 1 on."""
    height, width = x.shape[-2:]
    below, right = -height % multiple, -width % multiple
    if not (below or right):
        return x
    return F.pad(x, (0, right, 0, below), mode="replicate")


def enlarge(x: Tensor, size: tuple[int, int] | torch.Size) -> Tensor:
    """Bilinear, pixel areas aligned; as it is where the size fits already."""
    if x.shape[-2:] == torch.Size(size):
        return x
    return F.interpolate(x, size=tuple(size), mode="bilinear", align_corners=False)


def _fit(values: Tensor, padded: Tensor, x: Tensor) -> Tensor:
    height, width = x.shape[-2:]
    return enlarge(values, padded.shape[-2:])[..., :height, :width]
