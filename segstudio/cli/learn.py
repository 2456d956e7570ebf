"""Verbs that need a model: predict, finetune, evaluate, strip-depth."""

import argparse
from pathlib import Path

from segstudio.cli.output import Output
from segstudio.cli.parser import UsageError
from segstudio.cli.walk import walk

_OVERLAP = 0.25


def predict(arguments: argparse.Namespace, output: Output) -> None:
    """Predict a mask of one image."""
    from segstudio.jobs.predict import PredictRequest, predict_to_file

    request = PredictRequest(
        image=arguments.input,
        model=arguments.model,
        device=arguments.device,
        engine_name=arguments.engine,
        patch=arguments.patch,
        overlap=_OVERLAP if arguments.overlap is None else arguments.overlap,
        batch=arguments.batch,
        untrained=arguments.untrained,
        gray=arguments.gray,
    )
    walk(predict_to_file(request, arguments.output, arguments.doubt, arguments.depth), output)


def evaluate(arguments: argparse.Namespace, output: Output) -> None:
    """Measure a model against true masks."""
    from segstudio.jobs.evaluate import EvaluateRequest, evaluate

    request = EvaluateRequest(
        pairs=tuple(_pairs(arguments, output)),
        model=arguments.model,
        by=arguments.by,
        device=arguments.device,
        patch=arguments.patch,
        overlap=_OVERLAP if arguments.overlap is None else arguments.overlap,
        untrained=arguments.untrained,
        gray=arguments.gray,
    )
    walk(evaluate(request), output)


def finetune(arguments: argparse.Namespace, output: Output) -> None:
    """Teach a model from a project's annotation."""
    from segstudio.jobs.fine_tune import FineTuneRequest, fine_tune
    from segstudio.training.settings import FineTuneSettings

    wanted = {
        "minutes": arguments.minutes,
        "epochs": arguments.epochs,
        "patch_px": arguments.patch,
        "batch": arguments.batch,
        "learning_rate": arguments.learning_rate,
    }
    settings = FineTuneSettings(
        seed=arguments.seed,
        from_scratch=arguments.from_scratch,
        **{name: value for name, value in wanted.items() if value is not None},
    )
    request = FineTuneRequest(
        project_folder=arguments.folder,
        model=arguments.model,
        settings=settings,
        device=arguments.device,
        gray=arguments.gray,
        activate=True,
    )
    walk(fine_tune(request), output)


def strip_depth(arguments: argparse.Namespace, output: Output) -> None:
    """Cut a version's depth decoder off."""
    from segstudio.jobs.strip_depth import StripDepthRequest, strip_depth

    walk(strip_depth(StripDepthRequest(arguments.model, output=arguments.output)), output)


def _pairs(arguments: argparse.Namespace, output: Output) -> list[tuple[Path, Path]]:
    from segstudio.jobs.image_files import pairs_by_stem
    from segstudio.jobs.steps import Notice

    one, many = (arguments.image, arguments.mask), (arguments.images, arguments.masks)
    if all(one) and not any(many):
        return [(arguments.image, arguments.mask)]
    if not all(many) or any(one):
        raise UsageError("give --image and --mask, or --images and --masks: see `segstudio evaluate --help`")
    pairs, left_out = pairs_by_stem(arguments.images, arguments.masks)
    if left_out:
        output.step(Notice(f"without a mask and left out: {', '.join(left_out)}"))
    return pairs
