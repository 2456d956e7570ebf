"""A net over a raster: a thread reads ahead, the net answers, strips come out as they become final."""

from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass

from segstudio.errors import ModelError
from segstudio.inference.ahead import ahead
from segstudio.inference.batches import READ_AHEAD, WindowBatch, read_batches
from segstudio.inference.blend import ScoreStrip, StripDone
from segstudio.inference.forward import Answer, Forward
from segstudio.inference.preprocess import ScenePreprocess
from segstudio.inference.strips import Part, panels_of
from segstudio.models.input_spec import InputSpec
from segstudio.raster.raster import Raster
from segstudio.raster.window import Window


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
    """Asks a forward pass about every window of a region and blends what it says.

    Reading, computing and whatever the caller does with a strip overlap: each has a thread. With
    `keeps_scores` strips carry the blended scores too, which costs their memory.
    """

    def __init__(
        self, forward: Forward, input_spec: InputSpec, *, overlap: float = 0.25, keeps_scores: bool = False
    ) -> None:
        self._forward = forward
        self._spec = input_spec
        self._overlap = overlap
        self._keeps_scores = keeps_scores
        self._scenes: dict[str, ScenePreprocess] = {}

    @property
    def engine(self) -> str:
        """What computes the answers, with its version."""
        return self._forward.engine

    def predict(self, raster: Raster, region: Window, finished: Collection[Window] = ()) -> Steps:
        """Predict `region` of the raster, with something to yield after every batch, so that a cancel bites.

        The raster stays with its thread: a reader thread opens the same path for itself. `close()` on the
        generator returns when the other threads are gone.

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
        panels = panels_of(region, raster.info.extent, self._forward.patch, self._overlap)
        parts = [part for panel in panels for part in panel.missing(finished, self._forward.batch)]
        left = sum(part.window_count for part in parts)
        total = max(left, sum(panel.window_count for panel in panels))
        done = total - left
        path = raster.info.path
        # the net goes on to the next strip while the caller writes one down
        across = max((len(panel.col_starts) for panel in panels), default=0)
        waiting = across // self._forward.batch + 2
        with closing(ahead(lambda: self._predict_parts(path, scene, parts), waiting)) as steps:
            for step in steps:
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
            self._scenes[path] = ScenePreprocess.for_raster(
                raster, self._spec, in_bands=self._forward.shape.in_bands
            )
        return self._scenes[path]

    def _predict_parts(self, path: str, scene: ScenePreprocess, parts: Iterable[Part]) -> Steps:
        for part in parts:
            yield from self._predict_part(path, scene, part)

    def _predict_part(self, path: str, scene: ScenePreprocess, part: Part) -> Steps:
        windows, forward = part.windows, self._forward
        strip = self._new_strip(part.region)
        batches = ahead(
            lambda: read_batches(path, scene, windows, forward.batch, held=forward.at_once + 1), READ_AHEAD
        )
        with closing(batches), closing(_answered(forward, batches)) as answered:
            for batch, answer in answered:
                yield from map(Notice, answer.notices)
                for index, window in enumerate(batch.windows):
                    yield from strip.finish_above(window.row_off)
                    depth = None if answer.depth is None else answer.depth[index]
                    strip.add(window, answer.scores[index], depth, batch.valid[index])
                yield BatchDone(len(batch.windows), len(windows))
        yield from strip.finish_above(part.region.row_end)

    def _new_strip(self, region: Window) -> ScoreStrip:
        shape = self._forward.shape
        return ScoreStrip(
            region,
            shape.class_count,
            self._forward.patch,
            has_depth=shape.has_depth,
            overlap=self._overlap,
            last_is_silent=shape.last_is_silent,
            keeps_scores=self._keeps_scores,
            new_band=self._forward.new_band,
        )


def _answered(
    forward: Forward, batches: Iterable[WindowBatch]
) -> Generator[tuple[WindowBatch, Answer], None, None]:
    """Every batch with its answer, in order, while as many as the forward pass likes are under way."""
    under_way: deque[tuple[WindowBatch, Callable[[], Answer]]] = deque()
    try:
        for batch in batches:
            under_way.append((batch, forward.begin(batch.pixels)))
            if len(under_way) > forward.at_once:
                first, answer = under_way.popleft()
                yield first, answer()
        while under_way:
            first, answer = under_way.popleft()
            yield first, answer()
    finally:
        for _, answer in under_way:  # their pixels are not to go while a net still reads them
            with suppress(ModelError, RuntimeError):  # nobody waits for these any more
                answer()
