"""What a prediction will cost, said before it begins: time and memory, and how sure we are."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import psutil

from segstudio.jobs import model_choice
from segstudio.jobs.memory import free_mb
from segstudio.jobs.paces import MeasuredPace, PaceFile, PaceKey, PaceMeasure, is_warm
from segstudio.jobs.plan import PredictionPlan
from segstudio.jobs.steps import CostEstimated
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window

if TYPE_CHECKING:
    from segstudio.jobs.predict import PredictRequest

Basis = Literal["measured", "other models", "card", "unknown"]

# Measured on two cores with AVX-512 (lraspp-mobilenetv3, 512 px, channels-last): 2e9 multiply-adds in 38 ms.
_CPU_G_PER_CORE = 25.0
# Reading, blending and writing of a window of 512 x 512 pixels.
_PIPELINE_S = 0.006
_PIPELINE_PX = 512 * 512
_START_S = 6.0  # torch and a light net
_PROGRAM_MB = 560.0  # torch in memory, and what its kernels keep
_PER_NET_MB = 3.5  # the heap keeps several times what the tensors of one pass take (measured on light nets)
_READ_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is still to be done, and what it will take.

    Attributes:
        windows: Windows in all.
        windows_left: Of them, those still to be seen.
        seconds: About how long; None where nothing is known about this device.
        memory_mb: About what it takes besides what the program holds already.
        free_mb: What is free now.
        basis: What the time rests on: runs of this model here, of other models here, the card's figures.
    """

    windows: int
    windows_left: int
    seconds: float | None
    memory_mb: float
    free_mb: float
    basis: Basis

    @property
    def share_done(self) -> float:
        """How much an earlier run has left, 0..1."""
        return 1 - self.windows_left / max(1, self.windows)

    @property
    def is_too_much(self) -> bool:
        """Whether more memory is wanted than is free."""
        return self.memory_mb > self.free_mb


@dataclass(frozen=True, slots=True)
class Cost:
    """What the figures of a request's card say about one of its windows."""

    key: PaceKey
    multiply_adds_g: float
    net_mb: float
    pipeline_s: float

    @classmethod
    def of(cls, request: "PredictRequest", info: RasterInfo) -> "Cost":
        """The figures of the model a request asks for, scaled to its windows."""
        engine = request.engine()
        card, patch = engine.ref.card, engine.patch(info)
        in_bands = model_choice.bands_for(engine.ref.for_bands(info.band_count), info)
        scale = (patch / card.patch_px) ** 2
        key = PaceKey(card.id, in_bands, patch, request.engine_here(info), request.device_here, is_warm())
        return cls(
            key, card.multiply_adds_g * scale, card.memory_mb * scale, _PIPELINE_S * patch**2 / _PIPELINE_PX
        )


def estimate(
    request: "PredictRequest",
    info: RasterInfo,
    plan: PredictionPlan,
    finished: Collection[Window] = (),
    file: PaceFile | None = None,
) -> Estimate:
    """What a request over an image will take, by what was measured here, else by its card.

    Raises:
        ModelError: There is no such model, or it does not take this image.
    """
    file = file or PaceFile()
    cost = Cost.of(request, info)
    left = plan.windows_left(finished)
    known = _known(cost.key, file)
    band = band_mb(request, plan, info)
    if known is not None:
        basis: Basis = "measured"
        seconds: float | None = known.start_s + left * known.window_s
        memory_mb = known.memory_mb + band
    else:
        window_s, basis = _guess(cost, file)
        seconds = None if window_s is None else _START_S + left * window_s
        memory_mb = _PROGRAM_MB + _PER_NET_MB * cost.net_mb + band
    return Estimate(plan.window_count, left, seconds, memory_mb, free_mb(), basis)


def said(name: str, found: Estimate) -> CostEstimated:
    """An estimate as a step."""
    return CostEstimated(
        image_name=name,
        windows=found.windows,
        windows_left=found.windows_left,
        share_done=found.share_done,
        seconds=found.seconds,
        memory_mb=found.memory_mb,
        free_mb=found.free_mb,
        enough_memory=not found.is_too_much,
        basis=found.basis,
    )


@contextmanager
def measured(request: "PredictRequest", info: RasterInfo) -> Iterator[PaceMeasure]:
    """Watch a run from here on; what it has taken is remembered for the next time, however it ends."""
    cost = Cost.of(request, info)
    band = band_mb(request, request.plan(info, ""), info)
    measure = PaceMeasure()
    try:
        yield measure
    finally:
        measure.keep(cost.key, band_mb=band, multiply_adds_g=cost.multiply_adds_g, file=PaceFile())


def band_mb(request: "PredictRequest", plan: PredictionPlan, info: RasterInfo) -> float:
    """Megabytes that follow from the region's width: the band of scores, and the windows read ahead."""
    if not plan.panels:
        return 0.0
    patch = plan.panels[0].patch
    classes = len(model_choice.classes_of(request.engine().ref))
    width = max(panel.region.width for panel in plan.panels)
    band = (classes + 3) * 4 * width * min(patch, plan.region.height)
    ahead = _READ_AHEAD * patch * patch * 4 * min(info.band_count, 16)
    photo = info.uncompressed_bytes if info.is_photo else 0
    return (band + ahead + photo) / 1e6


def _known(key: PaceKey, file: PaceFile) -> MeasuredPace | None:
    """What was measured here; where that was in a process that had the engine, loading it comes on top."""
    found = file.find(key)
    if found is not None:
        return found
    other = file.find(replace(key, is_warm=not key.is_warm))
    if other is None or key.is_warm:
        return other
    return replace(other, start_s=other.start_s + _START_S, memory_mb=other.memory_mb + _PROGRAM_MB)


def _guess(cost: Cost, file: PaceFile) -> tuple[float | None, Basis]:
    """Seconds per window before the first run: by other nets that ran here, else by the processor."""
    if cost.multiply_adds_g <= 0:
        return None, "unknown"
    speed = file.speed_of(cost.key, cost.pipeline_s)
    if speed is not None:
        return cost.multiply_adds_g / speed + cost.pipeline_s, "other models"
    if cost.key.device != "cpu":
        return None, "unknown"
    cores = psutil.cpu_count(logical=False) or 1
    return cost.multiply_adds_g / (_CPU_G_PER_CORE * cores) + cost.pipeline_s, "card"
