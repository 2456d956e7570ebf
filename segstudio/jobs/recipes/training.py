"""One run of a row: build, teach, judge (torch)."""

import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F

from segstudio.errors import SegstudioError
from segstudio.inference.device import Device
from segstudio.inference.preprocess import ScenePreprocess
from segstudio.jobs.recipes.material import Material
from segstudio.jobs.recipes.plan import Row, Scale
from segstudio.jobs.steps import Progress, Step
from segstudio.models.fitting import start_encoder
from segstudio.models.foreign_weights import read_foreign
from segstudio.models.input_spec import InputSpec
from segstudio.models.nets.gray_adapter import ChannelStacking
from segstudio.models.nets.net import SegmentationNet
from segstudio.models.registry import default_registry
from segstudio.raster.open import open_raster
from segstudio.raster.window import Window
from segstudio.training.metrics import Judgement
from segstudio.training.reports import EpochReport, FineTuneNotice, StepReport
from segstudio.training.samples import PatchSampler
from segstudio.training.settings import FineTuneSettings
from segstudio.training.sources import UNSAID, Channels, SampleSource
from segstudio.training.trainer import Trainer

_WHOLE_IMAGE_PART_PX = 1024  # an image that judges as a whole goes in by such parts
_SPEC = InputSpec(scaling="scene")  # as our encoder was taught

Running = Generator[Step, None, dict[str, Any]]


class Encoder:
    """Pretrained tensors of an encoder, under the names of whichever library wrote them."""

    def __init__(self, path: Path) -> None:
        """Read the file; raises ModelError where it is none of weights."""
        self.path = path
        self._tensors = read_foreign(path).tensors

    def start(self, net: SegmentationNet) -> bool:
        """Fill the net's encoder; False, and nothing changed, where another encoder is in the file."""
        return start_encoder(net, self._tensors)


def build_net(row: Row, material: Material, seed: int) -> SegmentationNet:
    """The row's net; rows of one seed begin with the same weights wherever they have the same layers."""
    torch.manual_seed(seed)
    net: SegmentationNet = default_registry().create_model(
        row.card, class_count=len(material.class_names), in_bands=material.in_bands
    )
    if row.stacked:
        net.adapter = ChannelStacking()
    return net


def settings_of(row: Row, scale: Scale, material: Material, seed: int) -> FineTuneSettings:
    """The run's settings, its budget in steps."""
    values = {**scale.settings, **row.settings, "seed": seed}
    steps = scale.steps(row, material.teaching_images)
    return replace(FineTuneSettings.from_dict(values), steps=steps, epochs=None)


def train_and_judge(
    row: Row, scale: Scale, material: Material, seed: int, *, encoder: Encoder | None, device: Device
) -> Running:
    """Teach the row's net and judge it once; the record of the run is returned.

    Raises:
        CannotTrain: the loss ran away at the first step, or memory is too small.
        SegstudioError: the scale wants a pretrained encoder, and the file holds another one.
    """
    begin = time.monotonic()
    net = build_net(row, material, seed)
    settings = settings_of(row, scale, material, seed)
    is_pretrained = encoder is not None and encoder.start(net)
    if not is_pretrained:
        if encoder is not None and scale.wants_encoder:
            raise SegstudioError(f"{encoder.path} holds no encoder of {row.card}: choose another file")
        settings = replace(settings, encoder_rate=1.0)
    trainer = Trainer(net, _sampler(material, settings), settings, device)
    log, steps_seconds = yield from _teach(trainer)
    result = trainer.result(cancelled=False)
    net.load_state_dict(result.state)
    figures = yield from judge(net, material, scale.judge_px, device)
    return {
        "settings": settings.to_dict(),
        "encoder": "pretrained" if is_pretrained else "from scratch",
        "steps": result.steps,
        "seconds": round(time.monotonic() - begin, 1),
        "seconds_per_step": round(steps_seconds / max(result.steps, 1), 3),
        "notes": list(result.notes),
        "log": log,
        "figures": figures,
        "torch": torch.__version__,
        "device": device.name,
        "threads": torch.get_num_threads(),
    }


def _sampler(material: Material, settings: FineTuneSettings) -> PatchSampler:
    return PatchSampler(
        material.sources,
        Channels(range(len(material.class_names))),
        material.split,
        _SPEC,
        settings,
        in_bands=material.in_bands,
        aerial=material.aerial,
        replay=False,
    )


def _teach(trainer: Trainer) -> Generator[Step, None, tuple[list[dict[str, Any]], float]]:
    """The log of losses, and the seconds that the steps took."""
    log: list[dict[str, Any]] = []
    begin = time.monotonic()
    with closing(trainer.run()) as reports:
        for report in reports:
            if isinstance(report, StepReport):
                yield Progress(
                    round(1000 * report.fraction), 1000, report.seconds_left, f"Learning, {report.stage}"
                )
            elif isinstance(report, EpochReport):
                losses = {name: round(loss, 5) for name, loss in report.losses.items()}
                log.append({"step": report.step, "stage": report.stage, "losses": losses})
            elif isinstance(report, FineTuneNotice):
                log.append({"notice": report.text})
    return log, time.monotonic() - begin


def judge(
    net: SegmentationNet, material: Material, side_px: int | None, device: Device
) -> Generator[Step, None, dict[str, Any]]:
    """Figures of the images kept apart, and the mean cross-entropy of their pixels as "loss"."""
    net.eval()
    judgement, entropy, pixels = Judgement(material.class_names), 0.0, 0
    windows = material.judged(side_px)
    for done, (index, window) in enumerate(windows):
        yield Progress(done, len(windows), None, "Judging")
        source = material.sources[index]
        for part in (window,) if side_px else window.blocks(_WHOLE_IMAGE_PART_PX):
            found, said = _look(net, source, part, judgement, device)
            entropy, pixels = entropy + found, pixels + said
    return {**judgement.to_dict(), "loss": round(entropy / max(pixels, 1), 6)}


@torch.inference_mode()
def _look(
    net: SegmentationNet, source: SampleSource, window: Window, judgement: Judgement, device: Device
) -> tuple[float, int]:
    """Count one window; the sum of its cross-entropy and how many pixels that is."""
    with open_raster(source.image_path) as raster:
        scene = ScenePreprocess.for_raster(raster, _SPEC, in_bands=net.in_bands)
        pixels, _ = scene.read(raster, window)
    truth = source.annotation.read(window)
    with device.autocast():
        output = net(torch.from_numpy(pixels)[None].to(device.name))
    logits = output.logits.float()
    target = torch.from_numpy(truth.astype("int64"))[None].to(device.name)
    entropy = F.cross_entropy(logits, target, ignore_index=UNSAID, reduction="sum")
    judgement.add(source.name, truth, logits.argmax(dim=1)[0].to(torch.uint8).cpu().numpy())
    if output.depth is not None and source.depth_target is not None:
        depth = output.depth[0, 0].float().cpu().numpy()
        judgement.add_depth(source.name, source.depth_target.read(window), depth)
    return float(entropy), int((truth != UNSAID).sum())
