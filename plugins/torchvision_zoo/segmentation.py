"""torchvision's larger segmentation networks, without weights; they learn like any other network here."""

from typing import Any, Literal

from torch import Tensor, nn
from torchvision.models import segmentation

from segstudio.models.nets.net import SegmentationBody

Network = Literal["fcn_resnet50", "fcn_resnet101", "deeplabv3_resnet101"]


class TorchvisionSegmentation(SegmentationBody):
    """A dilated ResNet at output stride 8 and torchvision's own head.

    The auxiliary classifier serves training only and is left out.
    """

    stride = 8
    classifiers = ("classifier.4",)

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.encoder: nn.Module = model.backbone
        self.classifier: nn.Module = model.classifier

    def encode(self, x: Tensor) -> list[Tensor]:
        """The features at 1/8."""
        return [self.encoder(x)["out"]]

    def forward(self, x: Tensor) -> Tensor:
        """Logits at 1/8."""
        return self.classifier(self.encoder(x)["out"])


def build(*, class_count: int, network: Network) -> TorchvisionSegmentation:
    """The builder that plugin.toml names."""
    make = getattr(segmentation, network)
    return TorchvisionSegmentation(make(weights=None, weights_backbone=None, num_classes=class_count))
