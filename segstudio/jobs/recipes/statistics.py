"""Mean, spread and the interval of a difference, for a handful of seeds."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: t at 0.975 for 1 to 30 degrees of freedom
_T_975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of several seeds; `deviation` is the sample's (n - 1), NaN for a single one."""

    count: int
    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of paired differences and its 95 % interval, which is endless for a single pair."""

    pairs: int
    mean: float
    low: float
    high: float

    @property
    def shows(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def t_975(degrees: int) -> float:
    """The 0.975 quantile of Student's t; beyond 30 degrees of freedom that of 30, a little too wide."""
    if degrees < 1:
        return math.inf
    return _T_975[min(degrees, len(_T_975)) - 1]


def summary(values: Sequence[float]) -> Summary:
    """Count, mean and standard deviation."""
    count = len(values)
    if not count:
        return Summary(0, math.nan, math.nan)
    mean = math.fsum(values) / count
    if count == 1:
        return Summary(1, mean, math.nan)
    return Summary(count, mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (count - 1)))


def paired_difference(ours: Mapping[int, float], baseline: Mapping[int, float]) -> Difference | None:
    """Ours minus the baseline over the seeds that both have; None where they share none."""
    seeds = sorted(ours.keys() & baseline.keys())
    if not seeds:
        return None
    found = summary([ours[seed] - baseline[seed] for seed in seeds])
    if found.count == 1:
        return Difference(1, found.mean, -math.inf, math.inf)
    half = t_975(found.count - 1) * found.deviation / math.sqrt(found.count)
    return Difference(found.count, found.mean, found.mean - half, found.mean + half)
