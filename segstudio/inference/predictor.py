"""A net over a raster: a thread reads ahead, the net answers, strips come out as they become final."""

import logging
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, pairwise

import torch
from torch import Tensor

from segstudio.errors import ModelError
from segstudio.inference.ahead import ahead
from segstudio.inference.batches import READ_AHEAD, WindowBatch, read_batches
from segstudio.inference.blend import ScoreStrip, StripDone, importance
from segstudio.inference.device import CPU, Device, placed
from segstudio.inference.preprocess import ScenePreprocess
from segstudio.inference.windows import sliding_windows
from segstudio.models.input_spec import InputSpec
from segstudio.models.nets.blame import is_out_of_memory
from segstudio.models.nets.net import SegmentationNet
from segstudio.raster.raster import Raster
from segstudio.raster.window import Window

_log = logging.getLogger(__name__)
_PANEL_WIDTH = 6144  # wider regions are seen in panels side by side: the band of scores stays small
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

    def predict(self, raster: Raster, region: Window) -> Steps:
        """Predict `region` of the raster, with something to yield after every batch, so that a cancel bites.

        The raster stays with its thread: a reader thread opens the same path for itself. `close()` on the
        generator stops the reader.

        Raises:
            ModelError: The raster lacks bands, or no memory is left even for the smallest patch on the CPU.
        """
        region = region.intersection(raster.info.extent)
        scene = self._scene(raster)
        panels = [self._rows(panel, raster.info.extent) for panel in _panels(region)]
        total = sum(len(row) for rows in panels for row in rows)
        done = 0
        for panel, rows in zip(_panels(region), panels, strict=True):
            for step in self._predict_panel(raster.info.path, scene, panel, rows):
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

    def _rows(self, panel: Window, extent: Window) -> list[list[Window]]:
        return sliding_windows(panel, extent, self._patch, self._overlap)

    def _predict_panel(
        self, path: str, scene: ScenePreprocess, panel: Window, rows: list[list[Window]]
    ) -> Steps:
        windows = [window for row in rows for window in row]
        strip = self._new_strip(panel)
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
        yield from strip.finish_above(panel.row_end)

    def _new_strip(self, panel: Window) -> ScoreStrip:
        net = self._net
        return ScoreStrip(
            panel,
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


def _panels(region: Window) -> list[Window]:
    """Side by side, of equal width, none wider than the band may be."""
    count = -(-region.width // _PANEL_WIDTH) or 1
    edges = [region.col_off + round(k * region.width / count) for k in range(count + 1)]
    return [Window(begin, region.row_off, end - begin, region.height) for begin, end in pairwise(edges)]
