"""A depth foundation model as teacher: DINOv2's depth head, Depth Anything V2, through transformers.

Such a network is the teacher of paper 3. Its weights are a person's choice and lie on their disk: nothing is
fetched here, nothing is unpickled, no code of a model's folder runs. What it says is relative (scale and
shift free) unless its card says metres.
"""

import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.errors import ModelError
from segstudio.jobs.depth_teachers import BlockSteps, DepthImage
from segstudio.jobs.pace import Pace
from segstudio.jobs.steps import Notice, Progress
from segstudio.mask.plane import CHUNK_SIZE
from segstudio.models.input_spec import InputSpec
from segstudio.raster.open import open_raster
from segstudio.raster.raster import Raster, fit_shape
from segstudio.raster.window import Window

if TYPE_CHECKING:
    from segstudio.inference.device import Device
    from segstudio.inference.preprocess import ScenePreprocess
    from segstudio.inference.relative_depth import WindowMosaic

Floats = npt.NDArray[np.float32]

# 37 x 14: what DINOv2's depth networks were trained at, a whole number of their patches.
_WINDOW_PX = 518
_OVERLAP = 0.25
# A street photo is seen whole, at twice that: its far and near belong together.
_PHOTO_PX = 2 * _WINDOW_PX


@dataclass(frozen=True, slots=True)
class NetworkCard:
    """A depth network people know by name."""

    name: str
    repository: str
    licence: str
    size_mb: int

    @property
    def is_free(self) -> bool:
        """Whether its licence allows commercial work."""
        return "NC" not in self.licence


TEACHERS = {
    card.name: card
    for card in (
        NetworkCard("depth-anything-v2-small", "depth-anything/Depth-Anything-V2-Small-hf", "Apache-2.0", 99),
        NetworkCard(
            "depth-anything-v2-base", "depth-anything/Depth-Anything-V2-Base-hf", "CC-BY-NC-4.0", 390
        ),
        NetworkCard(
            "depth-anything-v2-large", "depth-anything/Depth-Anything-V2-Large-hf", "CC-BY-NC-4.0", 1340
        ),
        NetworkCard("dinov2-dpt-small", "facebook/dpt-dinov2-small-nyu", "Apache-2.0", 150),
    )
}
"""The teachers that can be named; any other is given by the folder its files lie in."""


class NetworkTeacher:
    """A depth network over scenes and photos; loaded when the first image asks (torch, transformers).

    A photo is seen whole. A scene is seen in overlapping windows whose scales and shifts are then settled
    together, so that no seams appear. In photos larger means farther, in scenes from above larger means
    higher, whichever way round the network says it.
    """

    def __init__(self, name: str, device: str = "auto") -> None:
        """Settle where the model's files are looked for.

        Raises:
            ModelError: no such teacher.
        """
        self._card = TEACHERS.get(name)
        self._place = self._card.repository if self._card else name
        self._device_name = device
        self._network: _Network | None = None
        if self._card is None and not (Path(name) / "config.json").is_file():
            raise ModelError(
                f"there is no depth teacher '{name}': choose one of {', '.join(TEACHERS)}, or a folder that "
                "holds config.json, preprocessor_config.json and model.safetensors"
            )

    def source_of(self, image: DepthImage) -> Path:
        """See `DepthTeacher.source_of`."""
        return Path(self._card.name if self._card else self._place)

    def blocks(self, image: DepthImage) -> BlockSteps:
        """See `DepthTeacher.blocks`.

        Raises:
            ModelError: the library or the weights are not at hand; says how to get them.
        """
        yield Progress(0, 0, None, "Loading the model")
        if self._network is None:
            self._network = _Network(self._place, self._card, self._device_name)
            if self._card is not None and not self._card.is_free:
                yield Notice(f"{self._card.name} is {self._card.licence}: not for commercial work")
        with open_raster(image.path) as raster:
            if raster.info.is_photo:
                yield from self._photo(raster, self._network)
            else:
                yield from self._scene(raster, self._network)

    def _photo(self, raster: Raster, network: "_Network") -> BlockSteps:
        """One look at the whole photo."""
        extent = raster.info.extent
        depth = network.look(_seen(raster, _preprocess(raster), extent, fit_shape(extent, _PHOTO_PX)))
        whole = cv2.resize(depth, (extent.width, extent.height), interpolation=cv2.INTER_LINEAR)
        sign = np.float32(-1 if network.gives_nearness else 1)
        for block in extent.blocks(CHUNK_SIZE):
            yield block, np.ascontiguousarray(sign * whole[block.slices_in(extent)])

    def _scene(self, raster: Raster, network: "_Network") -> BlockSteps:
        extent = raster.info.extent
        sign = np.float32(1 if network.gives_nearness else -1)
        with tempfile.TemporaryFile() as file:
            mosaic = yield from _mosaic(raster, network, file)
            for block in extent.blocks(CHUNK_SIZE):
                depth = sign * mosaic.read(block)
                depth[~raster.read_valid(block)] = np.nan
                yield block, depth


class _Network:
    """A depth network of transformers, ready on its device."""

    def __init__(self, place: str, card: NetworkCard | None, device: str) -> None:
        from segstudio.inference.device import pick_device, placed

        library = _library()
        self._device: Device = pick_device(device)
        try:
            self._processor = library.AutoImageProcessor.from_pretrained(place, local_files_only=True)
            net = library.AutoModelForDepthEstimation.from_pretrained(
                place, local_files_only=True, use_safetensors=True
            )
        except (OSError, ValueError, ImportError) as error:
            raise ModelError(_how_to_get(place, card)) from error
        self._net = placed(net, self._device).eval()
        self.gives_nearness = _gives_nearness(net.config)

    def look(self, rgb: npt.NDArray[np.uint8]) -> Floats:
        """What the network says about uint8 (h, w, 3): float32 (h, w)."""
        import torch

        pixels = self._processor(images=rgb, return_tensors="pt", input_data_format="channels_last")
        with torch.inference_mode(), self._device.autocast():
            said = self._net(pixels["pixel_values"].to(self._device.name)).predicted_depth
            fitted = torch.nn.functional.interpolate(
                said[:, None].float(), size=rgb.shape[:2], mode="bilinear", align_corners=False
            )
        depth: Floats = fitted[0, 0].cpu().numpy()
        return depth


def _mosaic(raster: Raster, network: _Network, file: Any) -> "Generator[Progress, None, WindowMosaic]":
    """Look at every window, settle scales and shifts, and give the whole; answers wait in a file."""
    from segstudio.inference.relative_depth import WindowMosaic, align, compared, feather, meetings
    from segstudio.inference.windows import sliding_windows

    extent = raster.info.extent
    grid = sliding_windows(extent, extent, min(_WINDOW_PX, max(extent.shape)), _OVERLAP)
    windows = list(chain(*grid))
    patch = windows[0].width
    answers = _answers_in(file, len(windows), patch)
    scene, pace, variance = _preprocess(raster), Pace(len(windows), "Looking for depth"), 0.0
    for number, window in enumerate(windows):
        inside = window.intersection(extent)
        depth = network.look(_seen(raster, scene, inside, inside.shape))
        depth[~raster.read_valid(inside)] = np.nan
        answers[number] = np.nan
        answers[number][inside.slices_in(window)] = depth
        variance += float(np.nan_to_num(np.nanvar(depth))) if np.isfinite(depth).any() else 0.0
        yield pace.at(number + 1)
    pairs = [compared(windows, pair, answers.__getitem__) for pair in meetings(len(grid), len(grid[0]))]
    scales, shifts = align(len(windows), [each for each in pairs if each], variance / len(windows))
    return WindowMosaic(windows, answers.__getitem__, scales, shifts, feather(patch, _OVERLAP))


def _answers_in(file: Any, count: int, patch: int) -> Any:
    """Room for the answers (count, patch, patch) on disk: those of a large scene do not fit into memory."""
    try:
        return np.memmap(file, np.float32, "w+", shape=(count, patch, patch))
    except OSError as error:
        needed = 4 * count * patch * patch / 1e9
        raise ModelError(
            f"the temporary folder has no room for {needed:.1f} GB: make room or set TMPDIR to another"
        ) from error


def _preprocess(raster: Raster) -> "ScenePreprocess":
    from segstudio.inference.preprocess import ScenePreprocess

    bands = 3 if raster.info.band_count >= 3 else 1
    return ScenePreprocess.for_raster(raster, InputSpec.for_dtype(raster.info.dtype), in_bands=bands)


def _seen(
    raster: Raster, scene: "ScenePreprocess", window: Window, shape: tuple[int, int]
) -> npt.NDArray[np.uint8]:
    """What the network is shown: uint8 (h, w, 3)."""
    from segstudio.inference.preprocess import to_tensor

    pixels, valid = raster.read_with_valid(window, out_shape=shape, bands=scene.bands)
    values = to_tensor(pixels, valid, scene.low, scene.high).clip(0, 1)
    rgb = np.repeat(values, 3, axis=0) if len(values) == 1 else values
    return np.ascontiguousarray((rgb * 255).round().astype(np.uint8).transpose(1, 2, 0))


def _library() -> Any:
    try:
        import transformers
    except ImportError as error:
        raise ModelError(
            "depth networks need the library transformers: install it with `pip install 'segstudio[depth]'`"
        ) from error
    transformers.utils.logging.disable_progress_bar()
    return transformers


def _gives_nearness(config: Any) -> bool:
    """Whether larger answers mean nearer, as networks trained on inverse depth say that know no metres."""
    if config.model_type == "depth_anything":
        return bool(config.depth_estimation_type == "relative")
    backbone = getattr(config, "backbone_config", None)
    return getattr(backbone, "model_type", "") != "dinov2"


def _how_to_get(place: str, card: NetworkCard | None) -> str:
    if card is None:
        return (
            f"the depth network in {place} cannot be loaded: the folder must hold config.json, "
            "preprocessor_config.json and model.safetensors, whole"
        )
    return (
        f"the weights of {card.name} ({card.licence}, {card.size_mb} MB) are not at hand: where there is a "
        f"network run `hf download {card.repository} config.json preprocessor_config.json model.safetensors "
        "--local-dir FOLDER`, copy FOLDER here and name it as the teacher"
    )
