"""A model made ready for images: loaded once, asked for strip after strip (loads torch when first asked)."""

from collections.abc import Collection, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from segstudio.errors import ConnectionLost
from segstudio.inference.strips import panels_of
from segstudio.jobs import model_choice
from segstudio.jobs.forward_choice import EngineName, NetWish, SceneWindows, choose, expected
from segstudio.jobs.model_choice import ModelWish
from segstudio.jobs.pace import Pace
from segstudio.jobs.steps import EngineChosen, Notice, Progress
from segstudio.models.input_spec import InputSpec
from segstudio.models.versions import ModelRef
from segstudio.raster.raster import Raster, RasterInfo
from segstudio.raster.window import Window

if TYPE_CHECKING:
    from segstudio.inference.blend import StripDone
    from segstudio.inference.predictor import Predictor

# Larger windows waste less on overlaps; a net that was measured at more keeps its own size.
_PATCH_PX = 512
_PATCH_STEP = 32


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How a model is run; None leaves it to the machine and the card.

    `engine` is torch unless another may be taken: figures that are measured shall not depend on what else is
    installed.
    """

    device: str = "auto"
    engine: EngineName = "torch"
    patch: int | None = None
    overlap: float = 0.25
    batch: int | None = None
    keeps_scores: bool = False


class Engine:
    """One model for any number of images; nets are kept per number of bands until the block ends."""

    def __init__(self, wish: ModelWish, settings: EngineSettings) -> None:
        self.ref: ModelRef = wish.resolve()
        self._wish = wish
        self._settings = settings
        self._predictors: dict[tuple[int, InputSpec, int], Predictor] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the memory back, the device's and the heap's."""
        from segstudio.inference.device import release_memory

        self._predictors.clear()
        release_memory()

    def check(self, info: RasterInfo) -> list[str]:
        """Sentences on how the image differs from what the model was taught on.

        Raises:
            ModelError: the model does not take an image with these bands.
        """
        ref = self.ref.for_bands(info.band_count)
        model_choice.bands_for(ref, info, self._wish.text)
        return model_choice.warnings_for(ref, info)

    def patch(self, info: RasterInfo) -> int:
        """Pixels per side of a window: as asked for, but no larger than the image needs."""
        wanted = self._settings.patch or max(_PATCH_PX, self.ref.card.patch_px)
        needed = -(-max(info.width, info.height) // _PATCH_STEP) * _PATCH_STEP
        return min(wanted, needed)

    def expected(self, info: RasterInfo, region: Window) -> EngineName:
        """What will compute a region on the processor, as far as it can be told without loading it."""
        wish = self._net_wish(info)
        panels = panels_of(region, info.extent, wish.patch, self._settings.overlap)
        return expected(wish, sum(panel.window_count for panel in panels))

    def answers(
        self,
        raster: Raster,
        region: Window,
        *,
        finished: Collection[Window] = (),
        text: str = "Predicting",
    ) -> "Generator[Progress | Notice | EngineChosen | StripDone, None, None]":
        """Progress after every batch and each strip of channels as soon as it is final.

        Before the first of a kind of image, what computes them. `finished` strips do not come again.
        """
        yield Progress(0, 0, None, "Loading the model")
        count = len(self._predictors)
        predictor = self._predictor(raster, region)
        if len(self._predictors) > count:
            yield EngineChosen(predictor.engine)
        from segstudio.inference.predictor import BatchDone
        from segstudio.inference.predictor import Notice as Retreat

        pace: Pace | None = None
        with closing(predictor.predict(raster, region, finished)) as answers, saying_where() as last:
            for answer in answers:
                if isinstance(answer, BatchDone):
                    last.done, last.total = answer.done, answer.total
                    pace = pace or Pace(answer.total, text)
                    yield pace.at(answer.done)
                elif isinstance(answer, Retreat):
                    yield Notice(answer.text)
                else:
                    yield answer

    def _predictor(self, raster: Raster, region: Window) -> "Predictor":
        from segstudio.inference.predictor import Predictor

        settings, wish = self._settings, self._net_wish(raster.info)
        spec = model_choice.input_for(wish.ref, raster.info)
        key = (wish.in_bands, spec, wish.patch)
        if key not in self._predictors:
            windows = SceneWindows(raster, region, spec, wish.in_bands, wish.patch, settings.overlap)
            self._predictors[key] = Predictor(
                choose(wish, windows.count, windows.samples),
                spec,
                overlap=settings.overlap,
                keeps_scores=settings.keeps_scores,
            )
        return self._predictors[key]

    def _net_wish(self, info: RasterInfo) -> NetWish:
        ref, settings = self.ref.for_bands(info.band_count), self._settings
        in_bands = model_choice.bands_for(ref, info, self._wish.text)
        return NetWish(
            ref,
            in_bands,
            display_bands=info.display_bands,
            build=lambda: model_choice.build(ref, info, in_bands),
            device=settings.device,
            engine=settings.engine,
            patch=self.patch(info),
            batch=settings.batch,
        )


@dataclass(slots=True)
class LastBatch:
    """How many windows were through the net, of how many."""

    done: int = 0
    total: int = 0


@contextmanager
def saying_where() -> Iterator[LastBatch]:
    """Say of a connection that is lost inside how far the work had come."""
    last = LastBatch()
    try:
        yield last
    except ConnectionLost as error:
        sentence = f"stopped after {last.done} of {last.total} windows: {error}"
        raise ConnectionLost(sentence, host=error.host, reason=error.reason, wait_s=error.wait_s) from error
