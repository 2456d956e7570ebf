"""`segstudio` and `python -m segstudio`: a window without arguments, a verb with them."""

import logging
import os
import sys
import warnings
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the only place that knows both the window and the verbs."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    _prepare()
    if not arguments:
        return _open_window([])
    from segstudio.cli.main import CANCELLED, run

    try:
        return run(arguments, open_window=_open_window)
    except BrokenPipeError:
        # The reader of our output has gone (`segstudio models | head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CANCELLED


def _open_window(paths: list[str]) -> int:
    from segstudio.ui.app import run_app

    return run_app(paths)


def _prepare() -> None:
    """Before anything heavy is imported: quiet libraries, and a process that is quick at tensors."""
    from segstudio.inference.device import prepare_process

    # stderr belongs to one sentence; libraries' warnings are for developers (SEGSTUDIO_LOG=INFO shows them).
    level = os.environ.get("SEGSTUDIO_LOG", "").upper()
    if level:
        logging.basicConfig(level=level)
    else:
        logging.getLogger().addHandler(logging.NullHandler())
        warnings.simplefilter("ignore")
    logging.captureWarnings(True)
    prepare_process()


if __name__ == "__main__":
    sys.exit(main())
