"""Predict: an image and a model in, strips of final answers out, or a mask on disk."""

import time
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from segstudio.errors import ModelError, RasterError
from segstudio.inference.device import may_have_gpu
from segstudio.jobs import class_mapping, model_choice
from segstudio.jobs.class_mapping import ClassMapping
from segstudio.jobs.engine import Engine, EngineSettings
from segstudio.jobs.estimate import estimate, measured, said
from segstudio.jobs.forward_choice import EngineName
from segstudio.jobs.mask_writer import PredictionFiles, PredictionPaths
from segstudio.jobs.memory import peak_rss_mb
from segstudio.jobs.model_choice import ModelWish
from segstudio.jobs.partial import KeptStrips, finished_in
from segstudio.jobs.plan import Facts, PredictionPlan, plan_of, said_on_cancel
from segstudio.jobs.steps import EngineChosen, MaskWritten, Notice, Progress, Step, StripReady
from segstudio.mask.classes import UNLABELLED
from segstudio.models.versions import ModelRef
from segstudio.project.images import ImageFile, examine
from segstudio.raster.address import Place
from segstudio.raster.open import open_raster
from segstudio.raster.raster import RasterInfo
from segstudio.raster.window import Window

Steps = Generator[Step, None, None]


@dataclass(frozen=True, slots=True)
class PredictRequest:
    """What to predict and with what; values only, so that it may travel to another thread or machine.

    Attributes:
        image: The file or address to look at.
        model: A card id ("mff-light", "gray:mff-light"), a version's id, or a version's folder.
        versions_folder: Where version ids are looked up (a project's `versions`).
        image_id: Handed back with every strip.
        window: The part to predict, image pixels; None = all of it.
        class_ids: The project's class ids by name; answers come in these ids. None = the model's own ids.
        device: "auto", "cpu", "cuda", ...
        engine_name: "fast" is the engine of the extra `fast`, "torch" torch; "auto" takes what suits.
        patch: Pixels per side the net sees at once; None = what suits the card.
        overlap: Share of a patch that neighbours have in common.
        batch: Patches at once; None = what suits the device.
        untrained: Allow a card without weights (benchmarks).
        gray: Put the gray adapter in front, for images of another number of bands.
        finished: Strips that an earlier run by the same plan has handed out: they do not come again.
    """

    image: Place
    model: str
    versions_folder: Path | None = None
    image_id: int | None = None
    window: Window | None = None
    class_ids: Mapping[str, int] | None = field(default=None, hash=False)
    device: str = "auto"
    engine_name: EngineName = "auto"
    patch: int | None = None
    overlap: float = 0.25
    batch: int | None = None
    untrained: bool = False
    gray: bool = False
    finished: frozenset[Window] = frozenset()

    @property
    def device_here(self) -> str:
        """The device as far as it can be told without torch: "auto" is the processor or some "gpu"."""
        return self.device if self.device != "auto" else "gpu" if may_have_gpu() else "cpu"

    def engine(self) -> Engine:
        """The model that is asked for; ModelError where there is none or it has no weights."""
        wish = ModelWish(self.model, self.versions_folder, untrained=self.untrained, gray=self.gray)
        return Engine(
            wish, EngineSettings(self.device, self.engine_name, self.patch, self.overlap, self.batch)
        )

    def engine_here(self, info: RasterInfo) -> EngineName:
        """What will compute it, as far as it can be told without loading it."""
        if self.engine_name == "torch" or self.device_here != "cpu":
            return "torch"
        return self.engine().expected(info, self.region(info))

    def region(self, info: RasterInfo) -> Window:
        """The pixels to predict; RasterError where the window misses the image."""
        region = info.extent if self.window is None else self.window.intersection(info.extent)
        if region.is_empty:
            raise RasterError(f"the window lies outside {info.name}: choose one inside it")
        return region

    def plan(self, info: RasterInfo, content: str) -> PredictionPlan:
        """What it comes to over an image with this header, whose bytes have the digest `content`.

        Raises:
            ModelError: No such model, no weights, or it does not fit the image's bands.
            RasterError: The window misses the image.
        """
        engine = self.engine()
        ref = engine.ref.for_bands(info.band_count)
        facts = Facts(
            in_bands=model_choice.bands_for(ref, info, self.model),
            input=model_choice.input_for(ref, info).to_json(),
            class_ids=tuple(int(class_id) for class_id in self.mapping(ref).table),
            patch=engine.patch(info),
            overlap=self.overlap,
            device=self.device_here,
            engine=self.engine_here(info),
        )
        return plan_of(ref, info, self.region(info), facts, content)

    def mapping(self, ref: ModelRef) -> ClassMapping:
        """From the net's channels to class ids."""
        if self.class_ids is None:
            return class_mapping.own_ids(class_mapping.class_ids_of(ref))
        return class_mapping.by_name([each.name for each in model_choice.classes_of(ref)], self.class_ids)


def predict(request: PredictRequest) -> Steps:
    """Notices, progress after every batch, and each strip as soon as it is final.

    Closing the generator stops the reader beside the net; nothing was written anywhere.

    Raises:
        ModelError: no such model, no weights, or it does not fit the image's bands.
        RasterError: the image cannot be read.
    """
    with request.engine() as engine, open_raster(request.image) as raster:
        region = request.region(raster.info)
        yield from (Notice(text) for text in engine.check(raster.info))
        mapping = request.mapping(engine.ref)
        if mapping.unknown:
            yield Notice(
                f"pixels of {', '.join(mapping.unknown)} stay unlabelled: the project has no such class"
            )
        answers = engine.answers(raster, region, finished=request.finished)
        with closing(answers), measured(request, raster.info) as measure:
            for answer in answers:
                if isinstance(answer, Progress):
                    measure.note(answer)
                if isinstance(answer, Progress | Notice | EngineChosen):
                    yield answer
                    continue
                yield StripReady(
                    image_id=request.image_id,
                    window=answer.window,
                    class_ids=mapping(answer.class_ids),
                    doubt=answer.doubt,
                    depth=answer.depth,
                    version_id=engine.ref.id,
                )


def predict_to_file(
    request: PredictRequest,
    mask_path: Path,
    doubt_path: Path | None = None,
    depth_path: Path | None = None,
    *,
    fresh: bool = False,
) -> Steps:
    """The same, written strip by strip; a file is there in full under its name or not at all.

    The mask has the image's size, transform and CRS, nodata 255 and the classes' colours. What was finished
    before a cancel or a crash lies in `<mask>.partial`: the same request goes on there, unless it is `fresh`.

    Raises:
        ModelError: as `predict`, or depth is asked of a model that has none.
        RasterError: the image cannot be read or a file cannot be written.
    """
    started = time.monotonic()
    image = examine(request.image)
    info = image.info
    paths = PredictionPaths(Path(mask_path), doubt_path, depth_path)
    paths.judge(info)
    with request.engine() as engine:
        ref = engine.ref
        engine.check(info)
    if depth_path is not None and not ref.card.has_depth:
        raise ModelError(f"model '{ref.id}' gives no depth: leave --depth out or choose two-decoder-light")
    windows = 0
    plan = request.plan(info, _content(image))
    with (
        PredictionFiles(info, paths, _colours(request, ref)) as files,
        KeptStrips(paths, plan, fresh=fresh) as kept,
        said_on_cancel(plan, lambda: kept.finished),
        closing(predict(replace(request, finished=frozenset(kept.finished)))) as steps,
    ):
        yield from (Notice(text) for text in files.warnings)
        yield from kept.hand_over(files)
        for step in steps:
            if isinstance(step, StripReady):
                files.write(step)
                kept.add(step)
                continue
            if isinstance(step, Progress):
                windows = max(windows, step.total)
            yield step
        files.complete()
        kept.remove()
    seconds = time.monotonic() - started
    yield MaskWritten(paths.mask, seconds, windows, peak_rss_mb(), paths.doubt, paths.depth)


def estimate_file(request: PredictRequest, mask_path: Path | None) -> Steps:
    """Say what `predict_to_file` would take, and predict nothing.

    Raises:
        ModelError, RasterError: as `predict`.
    """
    image = examine(request.image)
    with request.engine() as engine:
        yield from (Notice(text) for text in engine.check(image.info))
    plan = request.plan(image.info, _content(image))
    partial = PredictionPaths(mask_path).partial if mask_path else None
    finished = finished_in(partial, plan) if partial else set()
    yield said(image.info.name, estimate(request, image.info, plan, finished))


def _content(image: ImageFile) -> str:
    """What stands for an image's bytes: of a large file only samples are read, hence its time with them."""
    return f"{image.fingerprint} {image.modified_ns}"


def _colours(request: PredictRequest, ref: ModelRef) -> dict[int, tuple[int, int, int]]:
    """Class id -> colour, for the file's colour table."""
    mapping = request.mapping(ref)
    colours = {}
    for channel, entry in enumerate(model_choice.classes_of(ref)):
        class_id = int(mapping.table[channel])
        colours[class_id] = rgb(entry.colour)
    return {class_id: colour for class_id, colour in colours.items() if class_id != UNLABELLED}


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green, blue of "#RRGGBB"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
