"""torchvision's LR-ASPP on MobileNetV3-Large, without weights."""

from typing import Any

from torch import Tensor, nn
from torchvision.models.segmentation import lraspp_mobilenet_v3_large

from segstudio.models.nets.net import SegmentationBody


class Lraspp(SegmentationBody):
    """Lite reduced atrous pooling: the two last convolutions each give class scores, which are added."""

    stride = 16
    classifiers = ("classifier.low_classifier", "classifier.high_classifier")

    def __init__(self, *, class_count: int) -> None:
        super().__init__()
        model: Any = lraspp_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=class_count)
        self.encoder: nn.Module = model.backbone
        self.classifier: nn.Module = model.classifier

    def encode(self, x: Tensor) -> list[Tensor]:
        """The features at 1/8 and 1/16."""
        features = self.encoder(x)
        return [features["low"], features["high"]]

    def forward(self, x: Tensor) -> Tensor:
        """Logits at 1/8."""
        logits: Tensor = self.classifier(self.encoder(x))
        return logits


def build(*, class_count: int) -> Lraspp:
    """The benchmarks' real net."""
    return Lraspp(class_count=class_count)
