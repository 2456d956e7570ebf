"""torchvision's DeepLabV3, without weights: the networks its published photo weights were made for.

Unlike DeepLabV3 of the classics, the first block after a lost stride keeps the dilation of the block before,
so that the published weights mean here what they meant there. The auxiliary classifier serves training only
and is left out.
"""

from typing import Any

from torch import Tensor, nn
from torchvision.models.segmentation import deeplabv3_mobilenet_v3_large, deeplabv3_resnet50

from segstudio.models.nets.net import SegmentationBody


class TorchvisionDeepLab(SegmentationBody):
    """ASPP at rates 12, 24, 36 and one 3x3 convolution over the backbone's last features."""

    classifiers = ("classifier.4",)

    def __init__(self, model: Any, *, stride: int) -> None:
        super().__init__()
        self.encoder: nn.Module = model.backbone
        self.classifier: nn.Module = model.classifier
        self.stride = stride

    def encode(self, x: Tensor) -> list[Tensor]:
        """The features at 1/`stride`."""
        return [self.encoder(x)["out"]]

    def forward(self, x: Tensor) -> Tensor:
        """Logits at 1/`stride`."""
        logits: Tensor = self.classifier(self.encoder(x)["out"])
        return logits


def build_mobilenetv3(*, class_count: int) -> TorchvisionDeepLab:
    """On MobileNetV3-Large at output stride 16."""
    model = deeplabv3_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=class_count)
    return TorchvisionDeepLab(model, stride=16)


def build_resnet50(*, class_count: int) -> TorchvisionDeepLab:
    """On ResNet50 at output stride 8."""
    model = deeplabv3_resnet50(weights=None, weights_backbone=None, num_classes=class_count)
    return TorchvisionDeepLab(model, stride=8)
