"""Recipes: trainings of ours that anybody can repeat."""

import argparse

from segstudio.cli.output import Output
from segstudio.cli.walk import walk


def recipe(arguments: argparse.Namespace, output: Output) -> None:
    """Train starter weights."""
    from segstudio.jobs.starter import StarterRequest, make_starter

    request = StarterRequest(
        card=arguments.card,
        output=arguments.output,
        scenes=arguments.scenes,
        data=arguments.data,
        leave_out=tuple(arguments.leave_out),
        start=arguments.start,
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
