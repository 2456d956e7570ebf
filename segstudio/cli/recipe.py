"""Recipes: trainings of ours that anybody can repeat."""

import argparse
from pathlib import Path

from segstudio.cli.output import Output
from segstudio.cli.walk import walk


def recipe(arguments: argparse.Namespace, output: Output) -> None:
    """Train starter weights, repeat a paper's comparison, or show what came of it."""
    if arguments.recipe == "starter":
        _starter(arguments, output)
    elif arguments.table:
        _table(arguments, output)
    else:
        _comparison(arguments, output)


def _table(arguments: argparse.Namespace, output: Output) -> None:
    from segstudio.jobs.recipes.table import show

    walk(show(arguments.recipe, arguments.scale, arguments.output), output)


def _comparison(arguments: argparse.Namespace, output: Output) -> None:
    from segstudio.jobs.recipes.runner import RecipeRequest, compare

    request = RecipeRequest(
        recipe=arguments.recipe,
        work=arguments.output or Path(f"recipe-{arguments.recipe}"),
        data=arguments.data,
        depth=arguments.depth,
        scale=arguments.scale,
        seeds=arguments.seeds,
        rows=tuple(arguments.rows.split(",")) if arguments.rows else (),
        encoder=arguments.encoder,
        steps=arguments.steps,
        device=arguments.device,
        threads=arguments.threads,
    )
    walk(compare(request), output)


def _starter(arguments: argparse.Namespace, output: Output) -> None:
    from segstudio.jobs.starter import make_starter
    from segstudio.jobs.starter_request import StarterRequest

    request = StarterRequest(
        card=arguments.card,
        output=arguments.output,
        scenes=arguments.scenes,
        data=arguments.data,
        leave_out=tuple(arguments.leave_out),
        start=arguments.start,
        figures=arguments.figures,
        minutes=arguments.minutes,
        steps=arguments.steps,
        places=arguments.places,
        judges=arguments.judges,
        size_px=arguments.size,
        seed=arguments.seed,
        device=arguments.device,
        threads=arguments.threads,
    )
    walk(make_starter(request), output)
