"""`python -m tests.fuzz MODULE PROPERTY [EXAMPLES]`: one property at length, in a process with limits."""

import faulthandler
import importlib
import resource
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.fuzz.properties import MOST_BYTES, MOST_SECONDS, run_long

_FIRST = 20


def main(module: str, name: str, examples: str = "") -> None:
    """Run to the end; a hang ends the process with the stacks of all threads."""
    faulthandler.enable()
    with tempfile.TemporaryDirectory() as folder:
        found = importlib.import_module(module).properties(Path(folder))[name]

        def watched(example: object) -> None:
            faulthandler.dump_traceback_later(MOST_SECONDS, exit=True)
            try:
                found.check(example)
            finally:
                faulthandler.cancel_dump_traceback_later()

        # some at first, so that all libraries are there when the address space is counted
        run_long(replace(found, check=watched, soak=_FIRST))
        _limit_memory()
        run_long(replace(found, check=watched, soak=int(examples or found.soak)))


def _limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + 2 * MOST_BYTES  # address space, of which the peak is a part
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    main(*sys.argv[1:])
