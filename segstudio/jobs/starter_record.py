"""Starter weights on disk: half the kernels' bits, and a record of what taught them and how they fared."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segstudio.errors import ModelError
from segstudio.jobs.public_sets import DUBAI_CLASSES
from segstudio.jobs.starter_request import StarterRequest
from segstudio.jobs.starter_sources import ATTRIBUTION_PLACES, ATTRIBUTION_SETS

if TYPE_CHECKING:
    from segstudio.training.reports import FineTuneResult


def write_weights(
    request: StarterRequest, result: "FineTuneResult", figures: Mapping[str, Mapping[str, Any]]
) -> Path:
    """`<card>.safetensors` and its record beside it, as a card reads them; raises OSError."""
    from segstudio.models.weights import save_state

    request.output.mkdir(parents=True, exist_ok=True)
    weights = request.output / f"{request.file_name}.safetensors"
    save_state(weights, dict(_halved(result.state)))
    weights.with_suffix(".json").write_text(
        json.dumps(_record(request, result, figures), indent=1) + "\n", encoding="utf-8"
    )
    return weights


def _record(
    request: StarterRequest, result: "FineTuneResult", figures: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    taught = [ATTRIBUTION_PLACES, *(ATTRIBUTION_SETS if request.data else ())]
    return {
        "classes": [each.to_json() for each in DUBAI_CLASSES],
        "input": request.input.to_json(),
        "in_bands": request.in_bands,
        "figures": _shown_figures(request, figures),
        "attribution": f"Taught with {'; '.join(taught)}.",
        "recipe": {
            "command": request.command,
            "steps": result.steps,
            "seconds": round(result.seconds),
            "notes": list(result.notes),
            "settings": request.settings.to_dict(),
        },
    }


def _shown_figures(request: StarterRequest, figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The first hold-out's figures, the others' beside them; those of `request.figures` come before all."""
    hold_out, first = next(iter(figures.items()))
    own = {"hold_out": hold_out, **first, "others": dict(list(figures.items())[1:])}
    if request.figures is None:
        return own
    try:
        record = json.loads(request.figures.read_text(encoding="utf-8"))
        return {**record["figures"], "recipe": record["recipe"]["command"], "others": {"this run": own}}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{request.figures} is not a record of this recipe: {error!r}") from error


def _halved(state: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Kernels in half precision: half the file; what norms, biases and the normalisation hold stays exact."""
    for name, value in state.items():
        yield name, value.half() if name.endswith(".weight") and value.ndim > 1 else value
