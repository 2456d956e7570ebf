"""The hold-out, predicted as the person will see it: sliding windows, blended."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segstudio.inference.blend import StripDone
from segstudio.inference.device import Device
from segstudio.inference.predictor import Predictor, Steps
from segstudio.inference.torch_forward import TorchForward
from segstudio.models.input_spec import InputSpec
from segstudio.models.nets.net import SegmentationNet
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster
from segstudio.raster.window import Window
from segstudio.training.holdout import Split
from segstudio.training.metrics import Judgement
from segstudio.training.sources import Channels, SampleSource

Looks = Generator[None, None, Judgement]


@dataclass(frozen=True, slots=True)
class HoldOut:
    """The same windows of the same images before, during and after."""

    sources: tuple[SampleSource, ...]
    windows: tuple[tuple[int, Window], ...]
    channels: Channels
    class_names: tuple[str, ...]
    spec: InputSpec

    @classmethod
    def of(
        cls,
        sources: Sequence[SampleSource],
        split: Split,
        channels: Channels,
        class_names: Sequence[str],
        spec: InputSpec,
        *,
        most_px: int,
        seed: int = 0,
    ) -> "HoldOut":
        """All windows of a split, or a random choice of about `most_px` pixels where there are more."""
        windows = [(n, window) for n, blocks in enumerate(split.blocks) for window in blocks]
        if sum(window.area for _, window in windows) > most_px:
            windows = _some([(n, part) for n, w in windows for part in w.blocks(512)], most_px, seed)
        return cls(tuple(sources), tuple(windows), channels, tuple(class_names), spec)

    def looks(self, net: SegmentationNet, device: Device, *, patch: int, overlap: float = 0.25) -> Looks:
        """Predict every window and count it, scene by scene; yields after every batch and returns figures."""
        judgement = Judgement(self.class_names)
        for index, windows in self._by_source().items():
            source = self.sources[index]
            side = min(patch, _rounded_up(max(source.info.width, source.info.height)))
            forward = TorchForward(net, device, patch=side, batch=device.batch)
            predictor = Predictor(forward, self.spec, overlap=overlap)
            with open_raster(source.image_path) as raster:
                for step in _predicted(predictor, raster, windows):
                    if isinstance(step, StripDone):
                        self._count(judgement, source, step)
                    else:
                        yield
        return judgement

    def judge(self, net: SegmentationNet, device: Device, *, patch: int) -> Judgement:
        """The same in one go."""
        looks = self.looks(net, device, patch=patch)
        while True:
            try:
                next(looks)
            except StopIteration as end:
                figures: Judgement = end.value
                return figures

    def _count(self, judgement: Judgement, source: SampleSource, strip: StripDone) -> None:
        name = source.name or Path(source.image_path).name
        judgement.add(name, self.channels.of(source.annotation.read(strip.window)), strip.class_ids)
        if strip.depth is not None and source.depth_target is not None:
            judgement.add_depth(name, source.depth_target.read(strip.window), strip.depth)

    def _by_source(self) -> dict[int, list[Window]]:
        found: dict[int, list[Window]] = {}
        for index, window in self.windows:
            found.setdefault(index, []).append(window)
        return found


def _some(windows: list[tuple[int, Window]], most_px: int, seed: int) -> list[tuple[int, Window]]:
    order = np.random.default_rng(seed).permutation(len(windows))
    areas = np.cumsum([windows[n][1].area for n in order])
    count = max(1, int(np.searchsorted(areas, most_px, side="right")))
    return [windows[n] for n in sorted(order[:count])]


def _predicted(predictor: Predictor, raster: Raster, windows: Sequence[Window]) -> Steps:
    for window in windows:
        yield from predictor.predict(raster, window)


def _rounded_up(side: int) -> int:
    """To a multiple of 32, the coarsest stride of any net: smaller images need no larger window."""
    return -(-side // 32) * 32
