"""Verbs that need a model: predict, finetune, evaluate, strip-depth."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.cli.output import Output
from segstudio.cli.parser import UsageError
from segstudio.cli.walk import walk

if TYPE_CHECKING:
    from segstudio.jobs.predict import PredictRequest

_OVERLAP = 0.25


def predict(arguments: argparse.Namespace, output: Output) -> None:
    """Predict a mask of one image, or images of a project; or only say what that would take."""
    from segstudio.jobs.predict import PredictRequest, estimate_file, predict_to_file

    _judge_predict(arguments)
    request = PredictRequest(
        image=arguments.input or Path(),
        model=arguments.model,
        device=arguments.device,
        engine_name=arguments.engine,
        patch=arguments.patch,
        overlap=_OVERLAP if arguments.overlap is None else arguments.overlap,
        batch=arguments.batch,
        untrained=arguments.untrained,
        gray=arguments.gray,
    )
    if arguments.project is not None:
        _predict_project(arguments, request, output)
    elif arguments.estimate:
        walk(estimate_file(request, None if arguments.fresh else arguments.output), output)
    else:
        paths = arguments.output, arguments.doubt, arguments.depth
        walk(predict_to_file(request, *paths, fresh=arguments.fresh), output)


def _judge_predict(arguments: argparse.Namespace) -> None:
    """Refuse half a request; UsageError says what is missing or too much."""
    if arguments.project is not None:
        if any((arguments.input, arguments.output, arguments.doubt, arguments.depth)):
            raise UsageError("--project takes --image NAME and no files: see `segstudio predict --help`")
        return
    if arguments.image:
        raise UsageError("--image is a name within --project DIR: see `segstudio predict --help`")
    if arguments.input is None or not (arguments.output or arguments.estimate):
        raise UsageError("give INPUT and -o MASK, or --project DIR: see `segstudio predict --help`")


def _predict_project(arguments: argparse.Namespace, settings: "PredictRequest", output: Output) -> None:
    from segstudio.jobs.predict_project import ProjectPredictRequest, estimate_project, predict_project

    images = tuple(arguments.image) if arguments.image else None
    request = ProjectPredictRequest(arguments.project, settings, images, fresh=arguments.fresh)
    walk(estimate_project(request) if arguments.estimate else predict_project(request), output)


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
