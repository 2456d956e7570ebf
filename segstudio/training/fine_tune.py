"""Corrections of a person to better weights: the door that jobs use."""

from collections.abc import Callable, Sequence

import torch

from segstudio.inference.device import CPU, Device
from segstudio.models.input_spec import InputSpec
from segstudio.models.nets.net import SegmentationNet
from segstudio.training.holdout import split
from segstudio.training.judge import HoldOut
from segstudio.training.reports import FineTuneResult
from segstudio.training.samples import PatchSampler
from segstudio.training.settings import FineTuneSettings
from segstudio.training.sources import Channels, SampleSource
from segstudio.training.trainer import Reports, Trainer
from segstudio.training.view import is_aerial

# Fewer patches' worth of corrections give batch norms no honest figures: after 80 steps on 8 tiles of a place
# and camera never seen, a net reached a mean IoU of 0.73 elsewhere in the scene with frozen norms, 0.68
# without.
_FEW_PATCHES = 64
_JUDGED_PER_MINUTE = 8 * 512 * 512  # hold-out pixels looked at, per minute of budget
_LEAST_JUDGED = 16 * 512 * 512


class FineTuning:
    """One fine-tune from corrections: settles hold-out and samples at once, then `run()` yields reports."""

    def __init__(
        self,
        net: SegmentationNet,
        sources: Sequence[SampleSource],
        *,
        class_ids: Sequence[int],
        class_names: Sequence[str],
        input_spec: InputSpec,
        settings: FineTuneSettings,
        device: Device = CPU,
        parent: SegmentationNet | None = None,
        eval_patch: int = 512,
    ) -> None:
        """Refuse at once what cannot be judged.

        Args:
            net: Starts from here and is changed; output channel k means `class_ids[k]`.
            sources: Images and snapshots of their annotation.
            class_ids: The class id of each output channel.
            class_names: The same in words, for figures and sentences.
            input_spec: How pixels become what the net sees.
            settings: Budget and recipe.
            device: Where it runs.
            parent: The net as it was, for replay and not changed; None from scratch or where classes differ.
            eval_patch: Window side of the looks at the hold-out.

        Raises:
            CannotTrain: The corrections are too few to judge the result by; the sentence says what to do.
        """
        if settings.threads is not None:
            torch.set_num_threads(settings.threads)
        channels = Channels(class_ids)
        self.split = split(
            sources,
            channels,
            patch_px=settings.patch_px,
            fraction=settings.hold_out_fraction,
            seed=settings.seed,
            class_names=class_names,
        )
        parent = None if settings.from_scratch or not settings.replay_weight else parent
        sampler = PatchSampler(
            sources,
            channels,
            self.split,
            input_spec,
            settings,
            in_bands=net.in_bands,
            aerial=settings.view == "aerial" or (settings.view == "auto" and is_aerial(sources, channels)),
            replay=parent is not None,
        )
        self.hold_out = HoldOut.of(
            sources, self.split, channels, class_names, input_spec, most_px=_judged_px(settings)
        )
        self._trainer = Trainer(
            net,
            sampler,
            settings,
            device,
            parent=parent,
            judge=lambda seen: self.hold_out.looks(seen, device, patch=eval_patch),
            freeze=_norms_frozen(net, settings, sampler),
            notes=self.split.notes,
        )

    def run(self, stop: Callable[[], bool] = lambda: False) -> Reports:
        """Reports while it learns; the last one is the `FineTuneResult`. See `Trainer.run`."""
        return self._trainer.run(stop)

    def result(self) -> FineTuneResult:
        """The best so far, also after `run()` was closed (a cancel). See `Trainer.result`."""
        return self._trainer.result()


def _norms_frozen(net: SegmentationNet, settings: FineTuneSettings, sampler: PatchSampler) -> bool:
    if settings.norms != "auto":
        return settings.norms == "frozen"
    if net.adapter is not None:  # what the norms have seen of three bands says little about these
        return False
    said = int(sampler.cells.total[:-1].sum())
    return not settings.from_scratch and said < _FEW_PATCHES * settings.patch_px**2


def _judged_px(settings: FineTuneSettings) -> int:
    minutes = (settings.budget_seconds or 180.0) / 60
    return max(_LEAST_JUDGED, int(minutes * _JUDGED_PER_MINUTE))
