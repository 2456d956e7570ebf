"""What the network sees: the bands a gray adapter has learned to make, beside plain stacking (paper 1)."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from segstudio.errors import ModelError, RasterError
from segstudio.jobs import model_choice
from segstudio.jobs.model_choice import ModelWish
from segstudio.jobs.steps import Notice, Progress
from segstudio.models.input_spec import InputSpec
from segstudio.raster.address import Place
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster, fit_shape
from segstudio.raster.window import Window

if TYPE_CHECKING:
    from segstudio.models.nets.gray_adapter import GrayAdapter
    from segstudio.models.nets.net import SegmentationNet

Floats = npt.NDArray[np.float32]
Rgb8 = npt.NDArray[np.uint8]

# Of the values shown, what lies outside is clipped: a few odd pixels must not take the contrast.
LOW_PERCENT, HIGH_PERCENT = 2.0, 98.0


@dataclass(frozen=True, slots=True)
class NetworkViewRequest:
    """Which part of which image, seen by which model; values only.

    Attributes:
        image: The file to look at.
        model: A card's or version's id, or a version's folder.
        versions_folder: Where version ids are looked up.
        window: The part to see, image pixels; None = all of it.
        max_px: Longer side of the pictures; the adapter works at this resolution.
    """

    image: Place
    model: str
    versions_folder: Path | None = None
    window: Window | None = None
    max_px: int = 1024


@dataclass(frozen=True, slots=True)
class NetworkView:
    """What a gray adapter has learned.

    Attributes:
        window: The part that is seen.
        seen: uint8 (h, w, 3): the adapter's bands, each between its own percentiles.
        stacked: The same of plain stacking.
        seen_range: Per channel the values, in the net's units, shown as black and white.
        stacked_range: The same of plain stacking.
        mix: Kernels (3, B, 3, 3) of the first convolution, less those of plain stacking.
        refine: Kernels (3, 3, 3, 3) of the second, less those that pass their bands on.
        biases: (2, 3), of both.
        difference: Mean and largest |adapter - stacking| per channel (2, 3), in shares of the value range.
    """

    window: Window
    seen: Rgb8
    stacked: Rgb8
    seen_range: tuple[tuple[float, float], ...]
    stacked_range: tuple[tuple[float, float], ...]
    mix: Floats
    refine: Floats
    biases: Floats
    difference: Floats

    @property
    def is_plain(self) -> bool:
        """Whether the adapter still stacks channels exactly, as before any training."""
        return float(self.difference[1].max()) == 0.0


ViewSteps = Generator[Progress | Notice | NetworkView, None, None]


def network_view(request: NetworkViewRequest) -> ViewSteps:
    """Progress, then the view.

    Raises:
        ModelError: no such model, no weights, no gray adapter, or it does not take these bands.
        RasterError: the image cannot be read, or the window misses it.
    """
    ref = ModelWish(request.model, request.versions_folder, untrained=True).resolve()
    if not ref.card.has_adapter:
        raise ModelError(
            f"model '{ref.id}' sees its bands as they are: only the gray adapter learns a mix of them"
        )
    yield Progress(0, 2, None, "Loading the model")
    with open_raster(request.image) as raster:
        window = raster.info.extent if request.window is None else request.window
        window = window.intersection(raster.info.extent)
        if window.is_empty:
            raise RasterError(f"the window lies outside {raster.info.name}: choose one inside it")
        ref = ref.for_bands(raster.info.band_count)
        in_bands = model_choice.bands_for(ref, raster.info, request.model)
        net = model_choice.build(ref, raster.info, in_bands)
        yield Progress(1, 2, None, "Looking through the adapter")
        spec = model_choice.input_for(ref, raster.info)
        pixels, valid = _pixels(raster, spec, net.in_bands, window, request.max_px)
    yield _view(net, window, pixels, valid)


def _pixels(
    raster: Raster, spec: InputSpec, in_bands: int, window: Window, max_px: int
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Prepared pixels (B, h, w) of the window at the resolution asked for, and where they hold data."""
    from segstudio.inference.preprocess import ScenePreprocess, to_tensor

    scene = ScenePreprocess.for_raster(raster, spec, in_bands=in_bands)
    shape = fit_shape(window, max_px)
    native, valid = raster.read_with_valid(window, out_shape=shape, bands=scene.bands)
    return to_tensor(native, valid, scene.low, scene.high), valid


def _view(
    net: "SegmentationNet", window: Window, pixels: Floats, valid: npt.NDArray[np.bool_]
) -> NetworkView:
    import torch

    from segstudio.models.nets.gray_adapter import GrayAdapter

    adapter = net.adapter
    if not isinstance(adapter, GrayAdapter):
        raise ModelError("this model sees its bands as they are: it has no gray adapter")
    with torch.no_grad():
        given = torch.from_numpy(np.ascontiguousarray(pixels))[None]
        seen: Floats = net.eval().adapted(given)[0].numpy()
        stacked: Floats = _untrained(adapter)(given)[0].numpy()
    seen_range, stacked_range = _ranges(seen, valid), _ranges(stacked, valid)
    gaps = np.abs(seen - stacked)[:, valid] if valid.any() else np.zeros((3, 1), np.float32)
    convolutions = (adapter.mix, adapter.refine)
    weights = [(each.weight.detach() - each.dirac).numpy() for each in convolutions]
    biases = [np.zeros(3) if each.bias is None else each.bias.detach().numpy() for each in convolutions]
    return NetworkView(
        window=window,
        seen=_picture(seen, seen_range, valid),
        stacked=_picture(stacked, stacked_range, valid),
        seen_range=seen_range,
        stacked_range=stacked_range,
        mix=weights[0],
        refine=weights[1],
        biases=np.stack(biases).astype(np.float32),
        difference=np.stack([gaps.mean(axis=1), gaps.max(axis=1)]).astype(np.float32),
    )


def _untrained(adapter: "GrayAdapter") -> "GrayAdapter":
    """The adapter as it was before training: plain stacking of the same bands."""
    from segstudio.models.nets.gray_adapter import GrayAdapter

    return GrayAdapter(adapter.in_bands, adapter.mix.sources)


def _ranges(values: Floats, valid: npt.NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    """Low and high percentile of each channel (3, h, w)."""
    if not valid.any():
        return ((0.0, 1.0),) * len(values)
    found = [np.percentile(channel[valid], (LOW_PERCENT, HIGH_PERCENT)) for channel in values]
    return tuple((float(low), float(high)) for low, high in found)


def _picture(values: Floats, ranges: tuple[tuple[float, float], ...], valid: npt.NDArray[np.bool_]) -> Rgb8:
    """Channels (3, h, w) between their ranges as uint8 (h, w, 3); black where there is no data."""
    low, high = (np.array(each, np.float32)[:, None, None] for each in zip(*ranges, strict=True))
    shares = np.clip((values - low) / np.maximum(high - low, 1e-6), 0, 1) * valid
    return np.ascontiguousarray(np.rint(shares * 255).astype(np.uint8).transpose(1, 2, 0))
