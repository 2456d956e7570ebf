"""A model made ready for images: loaded once, asked for strip after strip (loads torch when first asked)."""

import gc
import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from segstudio.jobs import model_choice
from segstudio.jobs.model_choice import ModelWish
from segstudio.jobs.pace import Pace
from segstudio.jobs.steps import Notice, Progress
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
    """How a model is run; None leaves it to the machine and the card."""

    device: str = "auto"
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
        """Give the device's memory back."""
        self._predictors.clear()
        gc.collect()
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            torch.cuda.empty_cache()

    def check(self, info: RasterInfo) -> list[str]:
        """Sentences on how the image differs from what the model was taught on.

        Raises:
            ModelError: the model does not take an image with these bands.
        """
        ref = self.ref.for_bands(info.band_count)
        model_choice.bands_for(ref, info, self._wish.text)
        return model_choice.warnings_for(ref, info)

    def answers(
        self, raster: Raster, region: Window, *, text: str = "Predicting"
    ) -> "Generator[Progress | Notice | StripDone, None, None]":
        """Progress after every batch and each strip of channels as soon as it is final."""
        yield Progress(0, 0, None, "Loading the model")
        predictor = self._predictor(raster.info)
        from segstudio.inference.predictor import BatchDone
        from segstudio.inference.predictor import Notice as Retreat

        pace: Pace | None = None
        with closing(predictor.predict(raster, region)) as answers:
            for answer in answers:
                if isinstance(answer, BatchDone):
                    pace = pace or Pace(answer.total, text)
                    yield pace.at(answer.done)
                elif isinstance(answer, Retreat):
                    yield Notice(answer.text)
                else:
                    yield answer

    def _predictor(self, info: RasterInfo) -> "Predictor":
        from segstudio.inference.device import pick_device
        from segstudio.inference.predictor import Predictor
        from segstudio.inference.torch_forward import TorchForward

        ref = self.ref.for_bands(info.band_count)
        in_bands = model_choice.bands_for(ref, info, self._wish.text)
        spec = model_choice.input_for(ref, info)
        patch = self._patch(info)
        key = (in_bands, spec, patch)
        if key not in self._predictors:
            device = pick_device(self._settings.device)
            batch = self._settings.batch or device.batch
            net = model_choice.build(ref, info, in_bands)
            self._predictors[key] = Predictor(
                TorchForward(net, device, patch=patch, batch=batch),
                spec,
                overlap=self._settings.overlap,
                keeps_scores=self._settings.keeps_scores,
            )
        return self._predictors[key]

    def _patch(self, info: RasterInfo) -> int:
        """As asked for, but no larger than the image needs."""
        wanted = self._settings.patch or max(_PATCH_PX, self.ref.card.patch_px)
        needed = -(-max(info.width, info.height) // _PATCH_STEP) * _PATCH_STEP
        return min(wanted, needed)
