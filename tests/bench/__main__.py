"""`python -m tests.bench [NAME ...]`: all benchmarks, or those named."""

import importlib
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ("start", "view", "brush", "pointer", "store", "window", "whole_scene", "learn", "remote")


def main(names: list[str]) -> int:
    """Each in a process of its own, so that one's memory is not another's."""
    if len(names) == 2 and names[0] == "--only":
        with tempfile.TemporaryDirectory(prefix="segstudio-bench-") as folder:
            importlib.import_module(f"tests.bench.{names[1]}").run(Path(folder))
        return 0
    failed = [name for name in names or NAMES if not _child(name)]
    if failed:
        print(f"\nnot measured: {', '.join(failed)}")
    return len(failed)


def _child(name: str) -> bool:
    return subprocess.run([sys.executable, "-m", "tests.bench", "--only", name], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
