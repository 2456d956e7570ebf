"""A net over a raster: a thread reads ahead, the net answers, strips come out as they become final."""

import logging
from collections.abc import Collection, Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor

from segstudio.errors import ModelError
from segstudio.inference.ahead import ahead
from segstudio.inference.batches import READ_AHEAD, WindowBatch, read_batches
from segstudio.inference.blend import ScoreStrip, StripDone, importance
from segstudio.inference.device import CPU, Device, placed
from segstudio.inference.preprocess import ScenePreprocess
from segstudio.inference.strips import Part, panels_of
from segstudio.inference.windows import sliding_windows
from segstudio.models.input_spec import InputSpec
from segstudio.models.nets.blame import is_out_of_memory
from segstudio.models.nets.net import SegmentationNet
from segstudio.raster.raster import Raster
from segstudio.raster.window import Window

_log = logging.getLogger(__name__)
_SMALLEST_PATCH = 128


@dataclass(frozen=True, slots=True)
class BatchDone:
    """So many of all windows are seen."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence for the person: what was changed to get on."""

    text: str


Steps = Generator[BatchDone | StripDone | Notice, None, None]


class Predictor:
    """Keeps a net ready on its device, channel-last and in evaluation mode.

    Where memory runs out it goes on at the same window with a smaller batch, then a smaller patch, then on
    the CPU, and says so. With `keeps_scores` strips carry the blended scores too, which costs their memory.
    """

    def __init__(
        self,
        net: SegmentationNet,
        input_spec: InputSpec,
        device: Device = CPU,
        *,
        patch: int = 512,
        overlap: float = 0.25,
        batch: int = 1,
        keeps_scores: bool = False,
    ) -> None:
        self._keeps_scores = keeps_scores
        self._net = placed(net, device).eval()
        self._spec = input_spec
        self._device = device
        self._patch, self._overlap = patch, overlap
        self._batch = batch
        self._batch_limit, self._patch_limit = batch, patch
        self._scenes: dict[str, ScenePreprocess] = {}
        self._strip_device = device.name  # stays where it is when the net has to move

    def predict(self, raster: Raster, region: Window, finished: Collection[Window] = ()) -> Steps:
        """Predict `region` of the raster, with something to yield after every batch, so that a cancel bites.

        The raster stays with its thread: a reader thread opens the same path for itself. `close()` on the
        generator stops the reader.

        Args:
            raster: Where the pixels come from.
            region: What is asked for.
            finished: Strips an earlier run over the same region has handed out: they do not come again, and
                all others are bit by bit what they would be without them.

        Raises:
            ModelError: The raster lacks bands, or no memory is left even for the smallest patch on the CPU.
        """
        region = region.intersection(raster.info.extent)
        finished = frozenset(finished)
        scene = self._scene(raster)
        panels = panels_of(region, raster.info.extent, self._patch, self._overlap)
        parts = [part for panel in panels for part in panel.missing(finished, self._batch)]
        left = sum(len(part.windows) for part in parts)
        total = max(left, sum(panel.window_count for panel in panels))
        done = total - left
        for part in parts:
            for step in self._predict_part(raster.info.path, scene, part):
                if isinstance(step, StripDone) and step.window in finished:
                    continue
                if isinstance(step, BatchDone):
                    done += step.done
                    step = BatchDone(done, total)
                yield step

    def _scene(self, raster: Raster) -> ScenePreprocess:
        """Bands and ranges of a raster, settled at its first window: percentiles cost a read."""
        path = raster.info.path
        if path not in self._scenes:
            self._scenes[path] = ScenePreprocess.for_raster(raster, self._spec, in_bands=self._net.in_bands)
        return self._scenes[path]

    def _predict_part(self, path: str, scene: ScenePreprocess, part: Part) -> Steps:
        windows = part.windows
        strip = self._new_strip(part.region)
        with closing(ahead(lambda: read_batches(path, scene, windows, self._batch), READ_AHEAD)) as batches:
            for batch in batches:
                scores, depth, notices = self._answer(batch)
                yield from notices
                for index, window in enumerate(batch.windows):
                    yield from strip.finish_above(window.row_off)
                    strip.add(
                        window, scores[index], None if depth is None else depth[index], batch.valid[index]
                    )
                yield BatchDone(len(batch.windows), len(windows))
        yield from strip.finish_above(part.region.row_end)

    def _new_strip(self, region: Window) -> ScoreStrip:
        net = self._net
        return ScoreStrip(
            region,
            net.class_count,
            self._patch,
            has_depth=net.has_depth,
            overlap=self._overlap,
            last_is_silent=net.last_is_silent,
            keeps_scores=self._keeps_scores,
            device=self._strip_device,
        )

    def _answer(self, batch: WindowBatch) -> tuple[Tensor, Tensor | None, list[Notice]]:
        """Scores (n, K, p, p) and depth (n, p, p); retreats and tries again while memory runs out."""
        notices: list[Notice] = []
        while True:
            try:
                return *self._forward(torch.from_numpy(batch.pixels)), notices
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
            notices.append(self._retreat())

    @torch.inference_mode()
    def _forward(self, pixels: Tensor) -> tuple[Tensor, Tensor | None]:
        parts = [self._forward_part(part) for part in torch.split(pixels, self._batch_limit)]
        scores = torch.cat([score for score, _ in parts]) if len(parts) > 1 else parts[0][0]
        depths = [depth for _, depth in parts if depth is not None]
        return scores, torch.cat(depths) if depths else None

    def _forward_part(self, pixels: Tensor) -> tuple[Tensor, Tensor | None]:
        if self._patch_limit < self._patch:
            return self._forward_in_pieces(pixels)
        scores, depth = self._forward_whole(pixels)
        return scores.to(self._strip_device), None if depth is None else depth.to(self._strip_device)

    def _forward_whole(self, pixels: Tensor) -> tuple[Tensor, Tensor | None]:
        pixels = pixels.to(self._device.name, non_blocking=True)
        with self._device.autocast():
            logits, depth = self._net(pixels)
        # planes, not pixels, lie together from here on: the band adds and compares plane by plane
        scores = logits.float().contiguous().softmax(dim=1)
        return scores, None if depth is None else depth[:, 0].float()

    def _forward_in_pieces(self, pixels: Tensor) -> tuple[Tensor, Tensor | None]:
        """One window seen in smaller overlapping pieces, where the whole does not fit into memory."""
        count, _, height, width = pixels.shape
        extent, piece = Window(0, 0, width, height), self._patch_limit
        sums = torch.zeros((count, self._net.class_count + 1, height, width))
        weights = torch.zeros((height, width))
        bell = importance(piece)
        for window in chain(*sliding_windows(extent, extent, piece, self._overlap)):
            rows, cols = window.slices_in(extent)
            scores, depth = self._forward_whole(pixels[..., rows, cols])
            sums[:, :-1, rows, cols] += scores.cpu() * bell
            if depth is not None:
                sums[:, -1, rows, cols] += depth.cpu() * bell
            weights[rows, cols] += bell
        means = (sums / weights).to(self._strip_device)
        return means[:, :-1], means[:, -1] if self._net.has_depth else None

    def _retreat(self) -> Notice:
        if self._device.is_cuda:
            torch.cuda.empty_cache()
        if self._batch_limit > 1:
            self._batch_limit //= 2
            windows = "1 window" if self._batch_limit == 1 else f"{self._batch_limit} windows"
            text = f"Memory ran out: going on with {windows} at a time."
        elif self._patch_limit // 2 >= _SMALLEST_PATCH:
            self._patch_limit //= 2
            text = f"Memory ran out: going on with patches of {self._patch_limit} px."
        elif self._device.name != "cpu":
            self._to_cpu()
            text = "The device's memory ran out: going on, more slowly, on the CPU."
        else:
            raise ModelError(
                "There is not enough memory for this model: choose a light one or close other programs."
            )
        _log.warning("%s", text)
        return Notice(text)

    def _to_cpu(self) -> None:
        self._device = CPU
        self._net.to("cpu")
        self._patch_limit = self._patch
