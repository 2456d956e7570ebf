"""Weights from elsewhere: list what is published, fetch it, import a file."""

import argparse

from segstudio.cli.output import Output
from segstudio.cli.walk import walk
from segstudio.cli.weights_lines import set_lines


def weights(arguments: argparse.Namespace, output: Output) -> None:
    """Do what the verb after `weights` says."""
    {"list": _list, "fetch": _fetch, "import": _import}[arguments.verb](arguments, output)


def _list(arguments: argparse.Namespace, output: Output) -> None:
    from segstudio.jobs.fetch_weights import kept_already
    from segstudio.models.published import published_sets, sets_for
    from segstudio.models.registry import default_registry
    from segstudio.models.weights_home import WeightsHome

    card = default_registry().card(arguments.model) if arguments.model else None
    home = WeightsHome.of_this_person()
    for wanted in published_sets() if card is None else sets_for(card):
        is_here = kept_already(wanted, home) is not None
        output.say("published", set_lines(wanted, is_here=is_here), **wanted.to_json(), is_here=is_here)


def _fetch(arguments: argparse.Namespace, output: Output) -> None:
    from segstudio.jobs.fetch_weights import FetchRequest, fetch_weights
    from segstudio.models.published import published_set

    wanted = published_set(arguments.set)
    licence = f"{wanted.title} ({wanted.library} {wanted.name}), licence {wanted.licence}: {wanted.terms}"
    output.say("licence", licence, set=wanted.id, licence=wanted.licence, terms=wanted.terms)
    walk(fetch_weights(FetchRequest(wanted.id, accept=arguments.accept_licence, base=arguments.base)), output)


def _import(arguments: argparse.Namespace, output: Output) -> None:
    from segstudio.jobs.import_weights import ImportRequest, import_weights

    walk(import_weights(ImportRequest(arguments.file, arguments.model, arguments.classes)), output)
