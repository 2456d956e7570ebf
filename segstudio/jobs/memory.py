"""How much memory this process has taken at most."""

import sys


def peak_rss_mb() -> float:
    """The largest resident set so far, in megabytes."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # kilobytes on Linux, bytes on macOS (getrusage(2) of each)
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
