"""How much memory this process takes and has taken at most, and how much it may still take."""

import sys
from pathlib import Path

import psutil


def peak_rss_mb() -> float:
    """The largest resident set so far, in megabytes."""
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / 1e6
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # bytes there (getrusage(2))
    return _linux_peak_kb() * 1024 / 1e6


def rss_mb() -> float:
    """The resident set now, in megabytes."""
    return float(psutil.Process().memory_info().rss) / 1e6


def free_mb() -> float:
    """What can be taken without pushing others out, in megabytes."""
    return float(psutil.virtual_memory().available) / 1e6


def _linux_peak_kb() -> int:
    """The peak of this program; getrusage's also counts whatever process it was started from."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1])
