"""What a person reads about the cost of a prediction."""

from segstudio.jobs.steps import CostEstimated

_BASIS = {
    "measured": "as measured here",
    "other models": "judged by other models here",
    "card": "roughly, before the first run here",
}


def cost_line(step: CostEstimated) -> str:
    """One line, with a second one where memory is short."""
    parts = [f"{step.windows_left} windows", _time(step), f"about {step.memory_mb / 1e3:.1f} GB of memory"]
    if step.share_done > 0:
        parts.insert(0, f"goes on at {step.share_done:.0%}")
    line = f"{step.image_name}: {', '.join(parts)}"
    if step.enough_memory:
        return line
    return (
        f"{line}\n  more than the {step.free_mb / 1e3:.1f} GB that are free: close other programs, choose a "
        "light model, or give a smaller --patch"
    )


def _time(step: CostEstimated) -> str:
    if step.seconds is None:
        return "time not known before the first run on this device"
    return f"about {spell_seconds(step.seconds)} ({_BASIS.get(step.basis, step.basis)})"


def spell_seconds(seconds: float) -> str:
    """So many seconds, minutes or hours, as precise as a guess may be."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
