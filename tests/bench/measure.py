"""Clock, percentiles and one table for all benchmarks."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside the bare limit that does strictly less work."""

    work: str
    ours: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def ratio(self) -> str:
        return "" if not self.limit else f"{self.ours / self.limit:.2f}x"


def show(title: str, figures: Iterable[Figure]) -> None:
    """Print a group of figures as soon as it is there."""
    print(f"\n{title}")
    for figure in figures:
        limit = "" if figure.limit is None else f"limit {figure.limit:9.3f}"
        row = f"  {figure.work:<52} {figure.ours:10.3f} {figure.unit:<4} {limit:<16}"
        print(f"{row} {figure.ratio:>7}  {figure.note}".rstrip())
    sys.stdout.flush()


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Seconds since the block was entered."""
    begin = time.perf_counter()
    yield lambda: time.perf_counter() - begin


def seconds_of(work: Callable[[], object]) -> float:
    with stopwatch() as elapsed:
        work()
        return elapsed()


def each_ms(works: Iterable[Callable[[], object]]) -> list[float]:
    """Milliseconds of every call."""
    return [seconds_of(work) * 1e3 for work in works]


def percentiles(values: Sequence[float], *percents: float) -> tuple[float, ...]:
    return tuple(float(np.percentile(values, percent)) for percent in percents)
