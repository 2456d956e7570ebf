"""What a terminal hears of weights from elsewhere."""

from segstudio.jobs import steps
from segstudio.models.published import PublishedSet

_NAMED_AT_MOST = 5


def fit_lines(step: steps.WeightsFit) -> str:
    """What of a file fitted, and what did not and why."""
    wanted = len(step.fitted) + len(step.missing) + len(step.reshaped)
    lines = [f"{step.path.name}: {len(step.fitted)} of the {wanted} tensors of '{step.card_id}' are in it"]
    lines += [f"  the tensors lay under {' > '.join(step.unwrapped)}"] if step.unwrapped else []
    lines += [f"  '{step.prefix}' was taken off their names"] if step.prefix else []
    lines += [f"  missing: {_some(step.missing)}"] if step.missing else []
    lines += [f"  not wanted: {_some(step.unexpected)}"] if step.unexpected else []
    for name, given, shape in step.reshaped[:_NAMED_AT_MOST]:
        lines.append(f"  another shape: {name} is {_sides(given)}, wanted {_sides(shape)}")
    left = len(step.reshaped) - _NAMED_AT_MOST
    lines += [f"  another shape: {left} more"] if left > 0 else []
    return "\n".join(lines)


def kept_lines(step: steps.WeightsKept) -> str:
    """Where weights lie now and what they are good for."""
    use = {
        "model": f"use it as --model {step.name}",
        "encoder": "untrained cards with this encoder start from it when they are fine-tuned",
    }
    return f"{step.name}: {use[step.kind]}\n{step.path}"


def set_lines(wanted: PublishedSet, *, is_here: bool) -> str:
    """One published set: what it is for, what it knows, its size and licence."""
    knows = ", ".join(each.name for each in wanted.classes)
    lines = [
        f"{wanted.id:<32} {wanted.size_mb:6.1f} MB  {wanted.licence:<13} "
        f"{'here' if is_here else '    '}  {wanted.title}"
    ]
    lines += [f"    knows {knows}"] if knows else []
    return "\n".join(lines)


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_NAMED_AT_MOST])
    left = len(names) - _NAMED_AT_MOST
    return f"{len(names)} ({shown}{f' and {left} more' if left > 0 else ''})"


def _sides(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "one number"
