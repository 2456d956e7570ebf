"""Which engine computes a prediction: OpenVINO where it is installed and agrees with torch, else torch."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from segstudio.errors import ModelError
from segstudio.inference import openvino_forward
from segstudio.inference.device import may_have_gpu, pick_device, release_memory
from segstudio.inference.exports import Export, ExportStore, key_of
from segstudio.inference.forward import Forward, NetShape
from segstudio.inference.preprocess import ScenePreprocess
from segstudio.inference.strips import Panel, panels_of
from segstudio.models.input_spec import InputSpec
from segstudio.models.plugins import content_hash
from segstudio.models.versions import ModelRef
from segstudio.raster.raster import Raster
from segstudio.raster.window import Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segstudio.models.nets.net import SegmentationNet

    Samples = Callable[[], Sequence[NDArray[np.float32]]]

EngineName = Literal["auto", "torch", "fast"]

# Exporting and comparing takes three seconds, about what a light net saves on so many windows.
_WORTH_WINDOWS = 64
_SAMPLES = 4
_FORMAT = 1  # counted up when an export means something else than before

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NetWish:
    """A net and how it is to run.

    Attributes:
        ref: The model.
        in_bands: Bands that go in.
        display_bands: Bands an untrained gray adapter begins with.
        build: Makes the net with its weights; loads torch.
        device: "auto", "cpu", "cuda", ...
        engine: "fast" wants the engine beside torch, "torch" torch, "auto" what suits.
        patch: Pixels per side of a window.
        batch: Windows at once; None = what suits the device.
    """

    ref: ModelRef
    in_bands: int
    display_bands: tuple[int, ...]
    build: "Callable[[], SegmentationNet]"
    device: str
    engine: EngineName
    patch: int
    batch: int | None


@dataclass(frozen=True, slots=True)
class SceneWindows:
    """The windows that a region of a raster falls into."""

    raster: Raster
    region: Window
    spec: InputSpec
    in_bands: int
    patch: int
    overlap: float

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(panel.window_count for panel in self._panels())

    def samples(self) -> "list[NDArray[np.float32]]":
        """A few of them from all over the region, prepared (1, B, p, p)."""
        scene = ScenePreprocess.for_raster(self.raster, self.spec, in_bands=self.in_bands)
        windows = [
            window for panel in self._panels() for part in panel.missing(()) for window in part.windows
        ]
        chosen = windows[:: max(1, len(windows) // _SAMPLES)][:_SAMPLES]
        return [scene.read(self.raster, window)[0][None] for window in chosen]

    def _panels(self) -> list[Panel]:
        return panels_of(self.region, self.raster.info.extent, self.patch, self.overlap)


def choose(wish: NetWish, window_count: int, samples: "Samples") -> Forward:
    """The forward pass for `window_count` windows; `samples` gives some of them, prepared (1, B, p, p).

    A net is exported once per version and kept for this person; from then on torch is not loaded for it.

    Raises:
        ModelError: "fast" was asked for and cannot be.
    """
    obstacle = _obstacle(wish)
    if obstacle and wish.engine == "fast":
        raise ModelError(obstacle)
    if obstacle or wish.engine == "torch":
        return _by_torch(wish)
    export = _export_for(wish, window_count, samples)
    reason = export.refused if export else "its export cannot be kept, see the log"
    if export is not None and not reason:
        try:
            return _by_openvino(wish, export.model, export.shape)
        except RuntimeError as error:  # OpenVINO's errors have no type of their own
            _log.warning("OpenVINO does not open %s, which is made again: %r", export.model, error)
            ExportStore.of_this_person().forget(export)
            reason = "its export is damaged, and made again the next time"
    if wish.engine == "fast":
        raise ModelError(f"'{wish.ref.id}' cannot run on the fast engine ({reason}): use torch")
    return _by_torch(wish)


def expected(wish: NetWish, window_count: int) -> EngineName:
    """The engine that `choose` begins with, without loading one.

    "fast" may still become torch where an export is refused, but then it does so for this net every time.
    """
    if wish.engine == "torch" or _obstacle(wish):
        return "torch"
    is_worth_it = wish.engine == "fast" or window_count >= _WORTH_WINDOWS
    return "fast" if is_worth_it or ExportStore.of_this_person().find(_key(wish)) else "torch"


def _obstacle(wish: NetWish) -> str:
    """Why OpenVINO cannot run this here, as a sentence with the way out; empty where it may."""
    if not openvino_forward.version():
        return 'the fast engine is not installed: pip install "segstudio[fast]", or use torch'
    if wish.device != "cpu" and (wish.device != "auto" or _has_gpu()):
        return "the fast engine runs on the processor: choose --device cpu, or use torch"
    if wish.ref.card.is_function or wish.ref.weights_file is None:
        return f"'{wish.ref.id}' has no weights that the fast engine could run: use torch"
    return ""


@cache
def _has_gpu() -> bool:
    return may_have_gpu() and pick_device("auto").name != "cpu"


def _by_torch(wish: NetWish) -> Forward:
    from segstudio.inference.torch_forward import TorchForward

    device = pick_device(wish.device)
    return TorchForward(wish.build(), device, patch=wish.patch, batch=wish.batch or device.batch)


def _by_openvino(wish: NetWish, model: Path, shape: NetShape) -> Forward:
    return openvino_forward.OpenVinoForward(model, shape, wish.patch, otherwise=lambda: _by_torch(wish))


def _export_for(wish: NetWish, window_count: int, samples: "Samples") -> Export | None:
    """The kept export, or a new one where that is worth the time."""
    store = ExportStore.of_this_person()
    key = _key(wish)
    found = store.find(key)
    if found is None and (wish.engine == "fast" or window_count >= _WORTH_WINDOWS):
        found = store.keep(key, lambda model: _make(wish, model, samples()))
        release_memory()
    return found


def _make(wish: NetWish, model: Path, windows: "Sequence[NDArray[np.float32]]") -> Export:
    """Export a net and compare it with torch; whatever goes wrong is a reason not to use it."""
    from segstudio.inference.openvino_export import compare, export
    from segstudio.inference.torch_forward import TorchForward

    torch_forward = TorchForward(wish.build(), patch=wish.patch)
    shape = torch_forward.shape
    try:
        export(torch_forward.net, wish.patch, model)
        found = compare(_by_openvino(wish, model, shape), torch_forward, windows)
    except Exception as error:  # torch's tracer and OpenVINO's reader raise what they like
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        _log.warning("'%s' stays with torch: %r", wish.ref.id, error)
        return Export(model, shape, refused=f"it cannot be exported: {reason}")
    figures = {"same_ids": found.same_ids, "difference": found.difference}
    _log.info("'%s' exported: %s", wish.ref.id, figures)
    refused = "" if found.is_same else f"its answers differ from torch's: {figures}"
    return Export(model, shape, refused, figures)


def _key(wish: NetWish) -> str:
    """Everything an export follows from."""
    card, weights = wish.ref.card, wish.ref.weights_file
    facts = {
        "format": _FORMAT,
        "engine": openvino_forward.version(),
        "card": card.id,
        "arguments": {name: repr(value) for name, value in card.arguments.items()},
        "shape": [1, wish.in_bands, wish.patch, wish.patch],
        "display_bands": wish.display_bands,
        "plugin": content_hash(card.folder) if card.folder else "",
        **_builders(),
    }
    return key_of(facts, *([weights] if weights else []))


@cache
def _builders() -> dict[str, str]:
    """The code that nets are made of: ours by content, others' by version."""
    from segstudio.models import nets

    names = ("torch", "torchvision", "timm", "segmentation-models-pytorch")
    ours = content_hash(Path(nets.__file__).parent)
    return {"nets": ours, **{name: metadata.version(name) for name in names}}
