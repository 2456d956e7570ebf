"""A rule and a network: copy, rename, and put your own in their place."""

import numpy as np
from torch import Tensor, nn

from segstudio.models.nets.net import SegmentationBody


class Rule:
    """Anything with a method `predict_scores` will do."""

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def predict_scores(self, pixels: np.ndarray) -> np.ndarray:
        """Pixels (N, bands, H, W) -> scores (N, classes, H, W), 0 to 1; each pixel's sum is at most 1."""
        green = (pixels[:, 1] > self.factor * pixels[:, 0]).astype(np.float32)
        return np.stack([green, 1 - green], axis=1)


class Net(SegmentationBody):
    """Three normalised bands in, class scores at half the size out; the program enlarges them."""

    stride = 2  # the program pads images to multiples of this
    classifiers = ("classifier",)  # the layers whose outputs are the classes

    def __init__(self, class_count: int, width: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, width, 3, stride=2, padding=1),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1),
            nn.ReLU(),
        )
        self.classifier = nn.Conv2d(width, class_count, 1)

    def encode(self, x: Tensor) -> list[Tensor]:
        """The encoder's features, shallow to deep."""
        return [self.encoder(x)]

    def forward(self, x: Tensor) -> Tensor:
        """Class scores before softmax."""
        return self.classifier(self.encoder(x))


def build_rule(*, class_count: int, factor: float) -> Rule:
    """`plugin.toml` names this function; its [model.arguments] come in by name."""
    return Rule(factor)


def build_net(*, class_count: int, width: int) -> Net:
    """The same for the network; `class_count` is the number of classes of the person's project."""
    return Net(class_count, width)
