"""Verbs that look and change nothing of a person's: sample, info, models, doctor."""

import argparse
from dataclasses import asdict

from segstudio.cli.output import Output
from segstudio.cli.walk import walk
from segstudio.errors import SegstudioError
from segstudio.models.cards import ModelCard


def sample(arguments: argparse.Namespace, output: Output) -> None:
    """Write a procedural scene with truth, height and classes."""
    from segstudio.jobs.sample import SampleRequest, sample
    from segstudio.sample.settings import SceneSettings

    settings = SceneSettings(
        size=arguments.size,
        seed=arguments.seed,
        bands=arguments.bands,
        dtype=arguments.dtype,
        sensor=arguments.sensor,
        gsd_m=arguments.gsd,
        style=arguments.style,
    )
    walk(sample(SampleRequest(arguments.out_dir, settings)), output)


def info(arguments: argparse.Namespace, output: Output) -> None:
    """Say what an image is, from its header."""
    from segstudio.jobs.info import describe_image, sentence_of

    values = describe_image(arguments.path)
    output.say("info", sentence_of(values), **values)


def models(arguments: argparse.Namespace, output: Output) -> None:
    """List every card, or the named ones; a person does not see those that only serve benchmarks.

    Raises:
        ModelError: there is no model of a given name.
    """
    from segstudio.models.registry import default_registry

    registry = default_registry()
    if arguments.names:
        from segstudio.models.measure import measured_card

        cards = [measured_card(registry.card(name)) for name in arguments.names]
    else:
        cards = list(registry.cards(include_hidden=output.as_json))
    for card in cards:
        output.say("model", _model_line(card), **card.to_json())


def _model_line(card: ModelCard) -> str:
    bands = "any" if card.in_bands is None else str(card.in_bands)
    state = "trained" if card.is_trained else "no weights yet"
    return (
        f"{card.id:<28} {'+'.join(card.outputs):<10} {bands:>3} bands  {card.parameters_m:6.1f} M  "
        f"{card.memory_mb:5d} MB at {card.patch_px} px  {state:<14}  {card.title}"
    )


def doctor(arguments: argparse.Namespace, output: Output) -> None:
    """Check this machine.

    Raises:
        SegstudioError: something must be done before the program can work.
    """
    from segstudio.jobs.doctor import examine

    findings = []
    for finding in examine():
        lines = [f"{finding.status:<4}  {finding.name:<14} {finding.detail}"]
        lines += [f"      -> {finding.way_out}"] if finding.way_out else []
        output.say("check", "\n".join(lines), **asdict(finding))
        findings.append(finding)
    failed = ", ".join(finding.name for finding in findings if finding.status == "fail")
    if failed:
        raise SegstudioError(f"this machine is not ready ({failed}): do what the lines with -> say")
    output.say("doctor", "this machine is ready", ready=True)
