"""What goes wrong in a plugin's Python is one sentence that names the plugin."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from segstudio.errors import ModelError, SegstudioError


@contextmanager
def blamed_on(plugin: str | None) -> Iterator[None]:
    """Turn whatever is raised inside into a ModelError; None = our own code, whose errors are bugs.

    Memory that runs out passes: whoever runs the net knows how to get on with less.
    """
    try:
        yield
    except SegstudioError as error:
        raise error if plugin is None else ModelError(f"plugin '{plugin}': {error}") from error
    except (Exception, SystemExit) as error:  # a plugin may raise anything: nothing of it may end the program
        if plugin is None or is_out_of_memory(error):
            raise
        lines = str(error).strip().splitlines()
        reason = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
        raise ModelError(
            f"the plugin '{plugin}' failed ({reason}): tell its author or take it out"
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, on a device or in the process."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error)
    return "out of memory" in text or "can't allocate memory" in text or "not enough memory" in text
