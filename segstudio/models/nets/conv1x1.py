"""One 1x1 convolution: the benchmarks' trivial net."""

from torch import Tensor, nn

from segstudio.models.nets.net import SegmentationBody


class Conv1x1(SegmentationBody):
    """A linear classifier of each pixel's bands."""

    stride = 1

    def __init__(self, *, class_count: int, in_bands: int = 3) -> None:
        super().__init__()
        self.encoder = nn.Identity()
        self.classifier = nn.Conv2d(in_bands, class_count, kernel_size=1)

    def encode(self, x: Tensor) -> list[Tensor]:
        """The bands themselves."""
        return [x]

    def forward(self, x: Tensor) -> Tensor:
        """Logits at full size."""
        logits: Tensor = self.classifier(x)
        return logits


def build(*, class_count: int, in_bands: int = 3) -> Conv1x1:
    """The trivial net for any number of bands."""
    return Conv1x1(class_count=class_count, in_bands=in_bands)
