"""Card -> net: finds the builder a card names and puts adapter and normalisation around its body."""

import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from segstudio.errors import ModelError
from segstudio.models.cards import ModelCard
from segstudio.models.nets.blame import blamed_on
from segstudio.models.nets.function import FunctionBody
from segstudio.models.nets.gray_adapter import GrayAdapter
from segstudio.models.nets.net import SegmentationBody, SegmentationNet


def assemble(
    card: ModelCard,
    *,
    class_count: int,
    in_bands: int = 3,
    display_bands: tuple[int, ...] | None = None,
) -> SegmentationNet:
    """A fresh net for a card, random weights; the caller has checked that the bands fit.

    Raises:
        ModelError: the builder is not there, gives something else, or fails in a plugin.
    """
    body_bands = {} if card.has_adapter or card.in_bands is not None else {"in_bands": in_bands}
    plugin = card.folder.name if card.folder else None
    with blamed_on(plugin):
        made = _builder(card)(class_count=class_count, **body_bands, **card.arguments)
    body = _function_body(card, made, class_count) if card.is_function else made
    if not isinstance(body, SegmentationBody):
        raise ModelError(f"the builder of model '{card.id}' gave a {type(body).__name__}, not a body")
    return SegmentationNet(
        body,
        class_count=class_count + body.last_is_silent,
        in_bands=in_bands,
        plugin=plugin,
        adapter=GrayAdapter(in_bands, display_bands) if card.has_adapter else None,
        normalisation=card.normalisation,
    )


def _function_body(card: ModelCard, made: Any, class_count: int) -> FunctionBody:
    if not callable(getattr(made, "predict_scores", None)):
        raise ModelError(
            f"the builder of model '{card.id}' gave a {type(made).__name__} without a method predict_scores"
        )
    if class_count != len(card.own_classes):
        raise ModelError(f"model '{card.id}' is a fixed rule: it cannot learn other classes than its own")
    return FunctionBody(made, class_count=class_count)


def _builder(card: ModelCard) -> Callable[..., Any]:
    place, _, name = card.builder.partition(":")
    try:
        module = importlib.import_module(place) if card.folder is None else _plugin(card.folder / place)
        builder: Callable[..., Any] = getattr(module, name)
    except (ImportError, AttributeError, SyntaxError) as error:
        raise ModelError(f"model '{card.id}' cannot be built: {error}") from error
    return builder


def _plugin(file: Path) -> ModuleType:
    name = f"segstudio_plugin_{file.parent.name}_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None:
        raise ImportError(f"{file.name} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses in the plugin look their module up there
    # from the source, never from a cached .pyc: consent was given to the source
    exec(compile(file.read_bytes(), str(file), "exec"), module.__dict__)
    return module
