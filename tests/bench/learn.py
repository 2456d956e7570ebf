"""Fine-tune images per second, against bare training steps of the same net on one ready batch."""

from pathlib import Path

from segstudio.inference.device import prepare_process
from tests.bench.measure import Figure, seconds_of, show

PATCH, BATCH, STEPS = 256, 8, 8
CARDS = ("lraspp-mobilenetv3", "mff-light")


def run(folder: Path) -> None:
    prepare_process()
    for card in CARDS:
        show(f"fine-tune on the CPU, {card}, {PATCH} px, batch {BATCH}", one(folder, card))


def one(folder: Path, card: str) -> list[Figure]:
    default, channels_last = bare_step_rate(card, False), bare_step_rate(card, True)
    ours = our_rate(folder, card)
    return [
        Figure("images/s, default-layout bare step is the limit", ours, "/s", default),
        Figure("images/s, channels-last bare step is the limit", ours, "/s", channels_last),
    ]


def bare_step_rate(card: str, channels_last: bool) -> float:
    """Forward, loss, backward, AdamW; nothing else."""
    import torch

    from segstudio.models.registry import default_registry

    layout = torch.channels_last if channels_last else torch.contiguous_format
    net = default_registry().create_model(card, class_count=5, in_bands=3).train().to(memory_format=layout)
    pixels = torch.rand(BATCH, 3, PATCH, PATCH).contiguous(memory_format=layout)
    target = torch.randint(0, 5, (BATCH, PATCH, PATCH))
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-4)

    def step() -> None:
        optimiser.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(net(pixels).logits, target).backward()
        optimiser.step()

    step()
    return STEPS * BATCH / seconds_of(lambda: [step() for _ in range(STEPS)])


def our_rate(folder: Path, card: str) -> float:
    """The trainer itself: patches drawn and augmented beside the net, averaged weights, clipped gradients."""
    import time

    from segstudio.models.input_spec import InputSpec
    from segstudio.models.registry import default_registry
    from segstudio.training.fine_tune import FineTuning
    from segstudio.training.reports import StepReport
    from segstudio.training.settings import FineTuneSettings

    net = default_registry().create_model(card, class_count=5, in_bands=3)
    tuning = FineTuning(
        net,
        [annotated_scene(folder)],
        class_ids=range(5),
        class_names=("building", "land", "road", "vegetation", "water"),
        input_spec=InputSpec.for_dtype("uint8"),
        settings=FineTuneSettings(minutes=10, from_scratch=True, patch_px=PATCH, batch=BATCH),
    )
    marks: list[float] = []
    for report in tuning.run(stop=lambda: len(marks) > STEPS + 2):
        if isinstance(report, StepReport):
            marks.append(time.perf_counter())
    # the first steps warm caches up
    return (STEPS - 1) * BATCH / (marks[STEPS + 2] - marks[3])


def annotated_scene(folder: Path):
    """A procedural scene with all of its truth as annotation."""
    import rasterio

    from segstudio.mask.plane import Plane
    from segstudio.raster.open import open_raster
    from segstudio.sample.scene import SceneSettings, write_scene
    from segstudio.training.sources import SampleSource

    paths = write_scene(folder / "town", SceneSettings(size=2048, seed=3))
    with open_raster(paths.scene) as raster, rasterio.open(paths.truth) as truth:
        info = raster.info
        plane = Plane(info.width, info.height)
        plane.write(info.extent, truth.read(1))
    return SampleSource(str(paths.scene), info, plane, name="town")
