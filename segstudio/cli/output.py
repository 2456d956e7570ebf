"""What reaches the terminal: friendly lines for a person, or JSON lines for a program, never both."""

import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TextIO

from segstudio.cli.cost_lines import cost_line
from segstudio.cli.weights_lines import fit_lines, kept_lines
from segstudio.jobs import steps
from segstudio.jobs.steps import Step

_SECONDS_BETWEEN_PROGRESS = 0.2


class Output:
    """Everything a command says goes through here; stdout holds results, stderr a progress line.

    With `as_json` stdout holds one JSON object with an "event" per line and nothing else.
    """

    def __init__(self, stdout: TextIO, stderr: TextIO, *, as_json: bool) -> None:
        self.as_json = as_json
        self._stdout = stdout
        self._stderr = stderr
        self._shows_progress = not as_json and stderr.isatty()
        self._line_width = 0
        self._next_progress = 0.0

    def say(self, event: str, human: str, **values: Any) -> None:
        """One result: `human` for a person, the event and its values for a program."""
        self._clear_progress()
        text = json_line(event, values) if self.as_json else human
        self._stdout.write(text + "\n")
        self._stdout.flush()

    def complain(self, sentence: str) -> None:
        """The one sentence on stderr that goes with exit code 2 or 130."""
        self._clear_progress()
        self._stderr.write(" ".join(sentence.split()) + "\n")
        self._stderr.flush()

    def fail(self, sentence: str) -> None:
        """A verb could not be done: the sentence, and its JSON line for a program."""
        if self.as_json:
            self.say("error", "", text=sentence)
        self.complain(sentence)

    def step(self, step: Step) -> None:
        """Shows what a long verb yields; strips of pixels are for windows and are skipped."""
        if isinstance(step, steps.StripReady):
            return
        if isinstance(step, steps.Progress):
            self._progress(step)
            return
        event, values = describe(step)
        self.say(event, sentence(step), **values)

    def _progress(self, step: steps.Progress) -> None:
        now = time.monotonic()
        if now < self._next_progress and step.done < step.total:
            return
        self._next_progress = now + _SECONDS_BETWEEN_PROGRESS
        if self.as_json:
            values = {"done": step.done, "total": step.total, "text": step.text}
            self.say("progress", "", **values, seconds_left=step.seconds_left)
        elif self._shows_progress:
            self._draw(f"{step.text} {step.fraction:4.0%}{_left(step.seconds_left)}")

    def _draw(self, line: str) -> None:
        self._stderr.write("\r" + line.ljust(self._line_width))
        self._stderr.flush()
        self._line_width = len(line)

    def _clear_progress(self) -> None:
        if self._line_width:
            self._stderr.write("\r" + " " * self._line_width + "\r")
            self._stderr.flush()
            self._line_width = 0


def json_line(event: str, values: Mapping[str, Any]) -> str:
    """One JSON object on one line; what is not a number in JSON (NaN, infinity) becomes null."""
    return json.dumps({"event": event, **_plain(dict(values))}, ensure_ascii=False, allow_nan=False)


def describe(step: Step) -> tuple[str, dict[str, Any]]:
    """The event name of a step and what its JSON line holds."""
    match step:
        case steps.Notice(text):
            return "notice", {"text": text}
        case steps.EngineChosen(engine):
            return "engine", {"engine": engine}
        case steps.MaskWritten():
            return "mask", _fields(step)
        case steps.PredictionKept():
            values = _fields(step)
            return "prediction", {"image": values.pop("image_name"), **values}
        case steps.CostEstimated():
            values = _fields(step)
            return "estimate", {"image": values.pop("image_name"), **values}
        case steps.EpochReady():
            return "epoch", _fields(step)
        case steps.VersionReady():
            values = _fields(step)
            return "version", {"path": values.pop("folder"), **values}
        case steps.DepthStripped():
            values = _fields(step)
            return "stripped", {"path": values.pop("folder"), **values}
        case steps.EvaluationReady(figures):
            return "evaluation", dict(figures)
        case steps.ImageAnnotated():
            values = _fields(step)
            return "annotated", {"image": values.pop("image_name"), **values}
        case steps.ImageExported():
            values = _fields(step)
            return "exported", {"image": values.pop("image_name"), **values}
        case steps.SampleWritten():
            return "sample", _fields(step)
        case steps.StarterReady():
            return "weights", {"path": step.weights, "figures": step.figures}
        case steps.RecipeRunReady():
            return "run", _fields(step)
        case steps.RecipeTableReady():
            return "table", dict(step.values)
        case steps.WeightsFit():
            return "fit", _fields(step)
        case steps.WeightsKept():
            return "kept", _fields(step)
    raise TypeError(f"no line for a step of type {type(step).__name__}")


def sentence(step: Step) -> str:
    """The lines a person reads for a step."""
    match step:
        case steps.Notice(text):
            return text
        case steps.EngineChosen(engine):
            return f"computed by {engine}"
        case steps.MaskWritten():
            cost = (
                f"{step.windows} windows in {step.seconds:.1f} s, at most {step.peak_rss_mb:.0f} MB of memory"
            )
            return f"{step.path}: {cost}"
        case steps.PredictionKept():
            begun = f", begun at {step.went_on_at:.0%}" if step.went_on_at else ""
            return (
                f"{step.image_name}: {step.windows} windows, {step.seconds:.1f} s{begun}, kept in the project"
            )
        case steps.CostEstimated():
            return cost_line(step)
        case steps.EpochReady():
            return _epoch_line(step)
        case steps.VersionReady():
            return _version_lines(step)
        case steps.DepthStripped():
            sizes = f"{step.bytes_before / 1e6:.1f} MB before, {step.bytes_after / 1e6:.1f} MB now"
            return f"{step.folder}: the same mask bit by bit, no depth, {sizes}"
        case steps.EvaluationReady(figures):
            return evaluation_table(figures)
        case steps.ImageAnnotated():
            return f"{step.image_name}: {step.pixels:,} pixels from {step.source.name}"
        case steps.ImageExported():
            return f"{step.image_name}: {', '.join(map(str, step.paths))} (reopened and compared)"
        case steps.SampleWritten():
            return "\n".join(str(getattr(step, field.name)) for field in fields(step))
        case steps.StarterReady():
            return str(step.weights)
        case steps.RecipeRunReady():
            return _run_line(step)
        case steps.RecipeTableReady():
            return step.text
        case steps.WeightsFit():
            return fit_lines(step)
        case steps.WeightsKept():
            return kept_lines(step)
    raise TypeError(f"no sentence for a step of type {type(step).__name__}")


def evaluation_table(figures: Mapping[str, Any]) -> str:
    """Accuracy, mean IoU and one line per class, in columns."""
    width = max([5, *(len(str(entry["name"])) for entry in figures["per_class"])])
    lines = [
        f"accuracy {_figure(figures['accuracy'])}   mean IoU {_figure(figures['mean_iou'])}   "
        f"per image {_figure(figures['mean_iou_per_image'])}   dice {_figure(figures['dice'])}",
        f"iIoU {_figure(figures['iiou'])}   loss {_figure(figures.get('loss'))}",
        f"{'class':<{width}}  IoU     F1",
    ]
    for entry in figures["per_class"]:
        lines.append(f"{entry['name']:<{width}}  {_figure(entry['iou'])}  {_figure(entry['f1'])}")
    return "\n".join(lines)


def _epoch_line(step: steps.EpochReady) -> str:
    stage = f" ({step.stage})" if step.stage else ""
    best = " *" if step.is_best else ""
    return (
        f"epoch {step.epoch}{stage}: loss {step.loss:.4f}, "
        f"hold-out mean IoU {_figure(step.holdout_mean_iou)}{best}{_left(step.seconds_left)}"
    )


def _run_line(step: steps.RecipeRunReady) -> str:
    accuracy, mean_iou = _figure(step.figures["accuracy"]), _figure(step.figures["mean_iou"])
    return f"{step.row}, seed {step.seed}: accuracy {accuracy}, mean IoU {mean_iou}, {step.seconds:.0f} s"


def _version_lines(step: steps.VersionReady) -> str:
    before, after = step.before.get("mean_iou"), step.after.get("mean_iou")
    parent = f", child of {step.parent}" if step.parent else ""
    change = f"hold-out mean IoU {_figure(before)} before, {_figure(after)} after"
    lines = [f"version {step.version_id}{parent}: {change}"]
    lines += [f"note: {note}" for note in step.notes]
    return "\n".join([*lines, str(step.folder)])


def _figure(value: float | None) -> str:
    return "  -   " if value is None or not math.isfinite(value) else f"{value:.4f}"


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f", {minutes:02d}:{rest:02d} left"


def _fields(step: Step) -> dict[str, Any]:
    return {field.name: getattr(step, field.name) for field in fields(step)}


def _plain(value: Any) -> Any:
    """Only what JSON knows: paths become text, NumPy numbers numbers, NaN null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers alike, without importing it for them
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
