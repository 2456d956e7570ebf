"""The paper's table beside ours, read from the records of finished runs (no torch)."""

import math
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from segstudio import shipped
from segstudio.errors import SegstudioError
from segstudio.jobs.recipes.costs import COST_PX, cost_lines, cost_values
from segstudio.jobs.recipes.papers import RECIPES
from segstudio.jobs.recipes.plan import METRICS, Recipe, Row, Scale, ScaleName
from segstudio.jobs.recipes.records import Record, read_comparisons
from segstudio.jobs.recipes.statistics import Difference, Summary, paired_difference, summary
from segstudio.jobs.steps import RecipeTableReady, Step

Tables = Generator[Step, None, None]


def show(name: str, scale: ScaleName, work: Path | None) -> Tables:
    """The tables of a recipe's runs in a folder; of the runs that come with the program where none is given.

    Raises:
        SegstudioError: there is none, or a record cannot be read.
    """
    folder = work or shipped.resources() / "recipes"
    if not read_comparisons(folder, name, scale):
        where = "segstudio comes with" if work is None else f"{work} holds"
        raise SegstudioError(
            f"{where} no finished run of {name} at the {scale} scale: make some, and name their folder by -o"
        )
    yield from tables(RECIPES[name], scale, folder)


def tables(recipe: Recipe, scale: ScaleName, work: Path, *, only: str | None = None) -> Tables:
    """A table for every comparison in the folder, or for that of the name `only`.

    Raises:
        SegstudioError: a record cannot be read.
    """
    for name, records in read_comparisons(work, recipe.name, scale).items():
        if only in (None, name):
            yield RecipeTableReady(
                comparison_text(recipe, scale, name, records), comparison_values(recipe, scale, name, records)
            )


def comparison_text(recipe: Recipe, scale_name: ScaleName, name: str, records: Sequence[Record]) -> str:
    """Tables for a person: figures, differences to the baseline, cost; and what to know about them."""
    scale = recipe.scale(scale_name)
    rows = _rows_with_records(scale, records)
    lines = [f"{recipe.name}, {scale_name} scale ({name})", f"paper: {recipe.paper}", _setting(records), ""]
    lines += _aligned([_head(recipe), *(_figures_line(recipe, row, records) for row in rows)])
    differences = [_difference_line(recipe, row, records) for row in rows if row.baseline]
    if differences:
        lines += ["", "difference to the baseline, mean [95 % interval, paired over seeds, Student's t]"]
        metrics = [METRICS[metric] for metric in recipe.metrics]
        lines += _aligned([["row", "baseline", "seeds", *metrics], *differences])
    lines += ["", f"cost (multiply-adds for {COST_PX} x {COST_PX} px and five classes)"]
    lines += _aligned(cost_lines(scale, rows))
    if scale is not recipe.full:
        lines += ["", "cost of the rows at the paper's scale"]
        lines += _aligned(cost_lines(recipe.full, recipe.full.rows))
    lines += ["", *_verdicts(recipe, rows, records), *scale.remarks]
    return "\n".join(line.rstrip() for line in lines)


def comparison_values(
    recipe: Recipe, scale_name: ScaleName, name: str, records: Sequence[Record]
) -> dict[str, Any]:
    """The same for a program."""
    scale = recipe.scale(scale_name)
    return {
        "recipe": recipe.name,
        "scale": scale_name,
        "comparison": name,
        "rows": [_row_values(recipe, row, scale, records) for row in _rows_with_records(scale, records)],
        "costs_at_paper_scale": [
            {"row": row.key, **cost_values(recipe.full, row)} for row in recipe.full.rows
        ],
        "remarks": list(scale.remarks),
    }


def _rows_with_records(scale: Scale, records: Sequence[Record]) -> list[Row]:
    known = {record["row"] for record in records}
    return [row for row in scale.rows if row.key in known]


def _of_row(records: Sequence[Record], key: str) -> list[Record]:
    return [record for record in records if record["row"] == key]


def _by_seed(records: Sequence[Record], key: str, metric: str) -> dict[int, float]:
    found = {int(record["seed"]): record["figures"].get(metric) for record in _of_row(records, key)}
    return {seed: float(value) for seed, value in found.items() if value is not None}


def _difference(records: Sequence[Record], row: Row, metric: str) -> Difference | None:
    if row.baseline is None:
        return None
    return paired_difference(_by_seed(records, row.key, metric), _by_seed(records, row.baseline, metric))


def _summary(records: Sequence[Record], row: Row, metric: str) -> Summary:
    return summary(list(_by_seed(records, row.key, metric).values()))


def _setting(records: Sequence[Record]) -> str:
    first = records[0]
    settings, steps = first["settings"], sorted({int(record["steps"]) for record in records})
    return (
        f"ours: {first['data']} ({first['teaching_images']} teach, {first['judging_images']} judge); "
        f"{' or '.join(map(str, steps))} steps of {settings['batch']} x {settings['patch_px']} px; "
        f"encoder: {first['encoder_file'] or 'from scratch'}"
    )


def _head(recipe: Recipe) -> list[str]:
    metrics = [METRICS[metric] for metric in recipe.metrics]
    paper = [f"paper {METRICS[m]}" for m in _paper_metrics(recipe)]
    return ["row", *paper, "seeds", *(f"our {metric}" for metric in metrics), "encoder"]


def _paper_metrics(recipe: Recipe) -> list[str]:
    given = {metric for row in recipe.full.rows for metric in row.paper}
    return [metric for metric in recipe.metrics if metric in given]


def _figures_line(recipe: Recipe, row: Row, records: Sequence[Record]) -> list[str]:
    paper = [_figure(row.paper.get(metric)) for metric in _paper_metrics(recipe)]
    seeds = str(len(_of_row(records, row.key)))
    ours = [_spread(_summary(records, row, metric)) for metric in recipe.metrics]
    return [row.title, *paper, seeds, *ours, ", ".join(_encoders(records, row))]


def _encoders(records: Sequence[Record], row: Row) -> list[str]:
    """How the encoder began, of all runs of a row."""
    return sorted({str(record["encoder"]) for record in _of_row(records, row.key)})


def _difference_line(recipe: Recipe, row: Row, records: Sequence[Record]) -> list[str]:
    found = [_difference(records, row, metric) for metric in recipe.metrics]
    pairs = max((each.pairs for each in found if each is not None), default=0)
    return [row.title, row.baseline or "", str(pairs), *(_interval(each) for each in found)]


def _verdicts(recipe: Recipe, rows: Sequence[Row], records: Sequence[Record]) -> list[str]:
    """What the paper's first metric says of each row, in words."""
    metric = recipe.metrics[0]
    return [
        _verdict(METRICS[metric], row, found)
        for row in rows
        if (found := _difference(records, row, metric)) is not None
    ]


def _verdict(metric: str, row: Row, found: Difference) -> str:
    if found.pairs == 1:
        return f"{row.title}: one seed says nothing about {metric}."
    if not found.shows:
        return f"{row.title}: no difference in {metric} to {row.baseline} shows at this scale."
    return f"{row.title}: {metric} {'above' if found.mean > 0 else 'below'} {row.baseline} at this scale."


def _row_values(recipe: Recipe, row: Row, scale: Scale, records: Sequence[Record]) -> dict[str, Any]:
    return {
        "row": row.key,
        "title": row.title,
        "paper": dict(row.paper),
        "seeds": sorted(int(record["seed"]) for record in _of_row(records, row.key)),
        "ours": {m: _summary_values(_summary(records, row, m)) for m in recipe.metrics},
        "baseline": row.baseline,
        "difference": {m: _difference_values(_difference(records, row, m)) for m in recipe.metrics},
        "encoder": _encoders(records, row),
        **cost_values(scale, row),
    }


def _summary_values(found: Summary) -> dict[str, Any]:
    return {"mean": found.mean, "deviation": found.deviation}


def _difference_values(found: Difference | None) -> dict[str, Any] | None:
    return None if found is None else {"mean": found.mean, "low": found.low, "high": found.high}


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _spread(found: Summary) -> str:
    if not found.count:
        return "-"
    return f"{found.mean:.4f}" + ("" if math.isnan(found.deviation) else f" ± {found.deviation:.4f}")


def _interval(found: Difference | None) -> str:
    if found is None:
        return "-"
    if math.isinf(found.low):
        return f"{found.mean:+.4f} [one seed]"
    return f"{found.mean:+.4f} [{found.low:+.4f}, {found.high:+.4f}]{' *' if found.shows else ''}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
