"""From arguments to an exit code."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TextIO

from segstudio.cli.output import Output
from segstudio.cli.parser import parse
from segstudio.errors import Cancelled, SegstudioError
from segstudio.raster.address import is_address

DONE, MUST_ACT, CANCELLED = 0, 2, 130

OpenWindow = Callable[[list[str]], int]
Verb = Callable[[argparse.Namespace, Output], None]

# Command -> module and function: a verb's module is imported when the verb is called, not before.
_VERBS = {
    "sample": ("segstudio.cli.look", "sample"),
    "info": ("segstudio.cli.look", "info"),
    "models": ("segstudio.cli.look", "models"),
    "doctor": ("segstudio.cli.look", "doctor"),
    "predict": ("segstudio.cli.learn", "predict"),
    "finetune": ("segstudio.cli.learn", "finetune"),
    "evaluate": ("segstudio.cli.learn", "evaluate"),
    "project": ("segstudio.cli.keep", "project"),
    "annotate": ("segstudio.cli.keep", "annotate"),
    "export": ("segstudio.cli.keep", "export"),
    "strip-depth": ("segstudio.cli.learn", "strip_depth"),
    "plugins": ("segstudio.cli.plugins", "plugins"),
    "weights": ("segstudio.cli.weights", "weights"),
    "recipe": ("segstudio.cli.recipe", "recipe"),
}


def run(
    argv: Sequence[str],
    *,
    open_window: OpenWindow,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Do what the arguments say: 0 done, 2 a person must act, 130 cancelled.

    What is neither (a bug) is not caught here. `open_window` gets the paths to open.
    """
    output = Output(stdout or sys.stdout, stderr or sys.stderr, as_json="--json" in argv)
    try:
        arguments = parse(_with_open(argv))
        if arguments.command in (None, "open"):
            return open_window(list(getattr(arguments, "paths", [])))
        _verb(arguments.command)(arguments, output)
    except (KeyboardInterrupt, Cancelled) as stop:
        output.complain(str(stop) or "cancelled")
        return CANCELLED
    except SystemExit as stop:  # argparse has shown its help
        return int(stop.code or DONE)
    except SegstudioError as error:
        output.fail(str(error))
        return MUST_ACT
    return DONE


def _with_open(argv: Sequence[str]) -> Sequence[str]:
    """`segstudio scene.tif`, as a file manager says it, means `segstudio open scene.tif`."""
    first = argv[0] if argv else ""
    is_path = bool(first) and first not in _VERBS and (is_address(first) or Path(first).exists())
    return ["open", *argv] if is_path else argv


def _verb(command: str) -> Verb:
    module, name = _VERBS[command]
    verb: Verb = getattr(import_module(module), name)
    return verb
