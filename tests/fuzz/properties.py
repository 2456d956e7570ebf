"""One property, two lengths: some examples in `make test`, thousands in limited children in `make soak`."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from segstudio.errors import SegstudioError

MOST_BYTES = 1_000_000_000
"""What one unknown file may cost."""
MOST_SECONDS = 60.0
"""An example that takes longer counts as hung: ten times the slowest sound file on a busy machine."""

REPOSITORY = Path(__file__).resolve().parents[2]
_LONGEST_SENTENCE = 2000  # one of them lists all models there are
_HIGH_WATER = "VmHWM:"


@dataclass(frozen=True)
class Property:
    """`check` ends well or in one `SegstudioError` for each of the `examples`."""

    check: Callable[[Any], object]
    examples: st.SearchStrategy[Any]
    quick: int = 30
    soak: int = 3000


def run_quick(found: Property) -> None:
    """The same few examples every time, in this process."""
    chosen = settings(
        max_examples=found.quick,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # to shrink what fails is for the long run
        suppress_health_check=list(HealthCheck),
    )
    chosen(given(found.examples)(lambda example: judge(found.check, example)))()


def run_long(found: Property) -> None:
    """Other examples every time."""
    chosen = settings(
        max_examples=found.soak, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    chosen(given(found.examples)(lambda example: judge(found.check, example)))()


def run_in_child(module: str, name: str) -> None:
    """`run_long` where a crash, a hang or too much memory ends a child and not the tests."""
    # pytest knows the module by its last name alone
    module = f"tests.fuzz.{module.rpartition('.')[2]}"
    command = [sys.executable, "-W", "error", "-m", "tests.fuzz", module, name]
    child = subprocess.run(
        command,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert child.returncode == 0, child.stdout[-4000:] + child.stderr[-6000:]


def judge(check: Callable[[Any], object], example: Any) -> None:
    """One example: it ends well or in one sentence, in bounded time and memory."""
    begun, before = time.monotonic(), _begin_peak()
    try:
        check(example)
    except SegstudioError as error:
        sentence = str(error)
        assert sentence and "\n" not in sentence and len(sentence) < _LONGEST_SENTENCE, sentence
    assert time.monotonic() - begun < MOST_SECONDS
    assert _peak() - before < MOST_BYTES, f"one example took {(_peak() - before) / 1e6:.0f} MB"


def _begin_peak() -> int:
    """Let Linux measure the peak of memory anew; bytes in use now."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    if sys.platform != "linux":
        return 0
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(_HIGH_WATER)) * 1024
