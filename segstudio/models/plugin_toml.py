"""`plugin.toml` -> cards: what a plugin says about itself, checked word by word, none of its Python run."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any

from segstudio.models.cards import GRAY_PREFIX, ModelCard, ModelClass
from segstudio.models.input_spec import InputSpec
from segstudio.raster.limits import MAX_BANDS

_TEXTS = ("title", "family", "summary", "encoder", "paper", "normalisation", "licence")
_WHOLE = ("in_bands", "min_bands", "patch_px", "memory_mb")
_NUMBERS = ("parameters_m", "multiply_adds_g")
_PLUGIN_WORDS = {"title", "licence", "summary"}
_MODEL_WORDS = {
    "id", "builder", "kind", "outputs", "arguments", "hidden", "class", "input", "needs",
    *_TEXTS, *_WHOLE, *_NUMBERS,
}  # fmt: skip
_NORMALISATIONS = ("imagenet", "inception", "none")
_MOST_CLASSES = 254  # class ids are uint8, 255 is unlabelled and one more says "nothing is said"
_ID = re.compile(r"[\w.+@-]{1,100}")
_MOST = {"in_bands": MAX_BANDS, "min_bands": MAX_BANDS, "patch_px": 8192, "memory_mb": 10**9}
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


def cards_of(values: Mapping[str, Any], folder: Path) -> tuple[ModelCard, ...]:
    """The cards of a plugin; raises ValueError with the reason where one cannot be understood."""
    entries = values.get("model", [])
    if not isinstance(entries, list) or not entries:
        raise ValueError("it names no [[model]]")
    _refuse_strangers(values, {"plugin", "model"}, "the file")
    _refuse_strangers(values.get("plugin", {}), _PLUGIN_WORDS, "[plugin]")
    cards = tuple(_card(entry, folder, values.get("plugin", {})) for entry in entries)
    _refuse_twins([card.id for card in cards], "two models have the id")
    return cards


def _card(entry: Mapping[str, Any], folder: Path, plugin: Mapping[str, Any]) -> ModelCard:
    _check(entry, folder)
    classes = _classes(entry)
    spec = _input(entry)
    plain = {name: entry[name] for name in (*_TEXTS, *_WHOLE, *_NUMBERS, "hidden") if name in entry}
    chosen: dict[str, Any] = {
        "title": entry["id"],
        "family": "Plugin",
        "summary": "",
        "encoder": "",
        "licence": str(plugin.get("licence", "not stated")),
        "in_bands": len(spec.bands) if spec is not None and spec.bands is not None else None,
    }
    return ModelCard(
        id=entry["id"],
        builder=entry["builder"],
        kind=entry.get("kind", "net"),
        outputs=tuple(entry.get("outputs", ["mask"])),
        arguments=dict(entry.get("arguments", {})),
        needs=tuple(entry.get("needs", ())),
        own_classes=classes,
        own_input=spec,
        source=f"plugin {folder.name}",
        folder=folder,
        **(chosen | plain),
    )


def _check(entry: Mapping[str, Any], folder: Path) -> None:
    for name in ("id", "builder"):
        if not isinstance(entry.get(name), str) or not entry[name]:
            raise ValueError(f"a [[model]] has no {name}")
    name = entry["id"]
    if name.startswith(GRAY_PREFIX):
        raise ValueError(f"the id {name!r} must not begin with {GRAY_PREFIX!r}")
    if not _ID.fullmatch(name):
        raise ValueError(f"the id {name[:100]!r} is not made of letters, digits and the signs . - _ + @")
    _refuse_strangers(entry, _MODEL_WORDS, f"model {name!r}")
    _check_builder(entry["builder"], folder)
    _check_types(entry)
    if entry.get("normalisation", "imagenet") not in _NORMALISATIONS:
        raise ValueError(f"the normalisation of {name!r} is none of {', '.join(_NORMALISATIONS)}")
    if entry.get("kind", "net") not in ("net", "function"):
        raise ValueError(f"the kind of {name!r} is neither 'net' nor 'function'")
    if entry.get("kind") == "function":
        _check_function(entry)
    elif entry.get("needs"):
        raise ValueError(f"{name!r} is a net: its weights are fetched or imported, not needed")


def _check_builder(builder: str, folder: Path) -> None:
    file, _, function = builder.partition(":")
    if not function.isidentifier():
        raise ValueError(f"the builder {builder!r} is not written as 'file.py:function'")
    path = (folder / file).resolve()
    if path.suffix != ".py" or not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise ValueError(f"the builder's file {file!r} is not in the plugin's folder")


def _check_types(entry: Mapping[str, Any]) -> None:
    name = entry["id"]
    for word in _TEXTS:
        if not isinstance(entry.get(word, ""), str):
            raise ValueError(f"{word} of {name!r} is not a text")
    for word in _WHOLE:
        if word in entry and (type(entry[word]) is not int or entry[word] < 0):
            raise ValueError(f"{word} of {name!r} is not a whole number")
        if entry.get(word, 0) > _MOST[word]:
            raise ValueError(f"{word} of {name!r} is more than {_MOST[word]}")
    for word in _NUMBERS:
        if word in entry and (not isinstance(entry[word], int | float) or isinstance(entry[word], bool)):
            raise ValueError(f"{word} of {name!r} is not a number")
    if not isinstance(entry.get("arguments", {}), Mapping):
        raise ValueError(f"[model.arguments] of {name!r} is not a table")
    needs = entry.get("needs", [])
    if not isinstance(needs, list) or not all(map(_is_file_name, needs)):
        raise ValueError(f"needs of {name!r} is not a list of file names")
    if not set(entry.get("outputs", ["mask"])) <= {"mask", "depth"}:
        raise ValueError(f"outputs of {name!r} are 'mask', or 'mask' and 'depth'")


def _is_file_name(text: Any) -> bool:
    return isinstance(text, str) and text == PurePath(text).name and not text.startswith(".")


def _check_function(entry: Mapping[str, Any]) -> None:
    """A function learns nothing, so all that a version's record would say stands in the file."""
    if not entry.get("class"):
        raise ValueError(f"the function {entry['id']!r} names no [[model.class]]")
    if "depth" in entry.get("outputs", ()):
        raise ValueError(f"the function {entry['id']!r} gives no depth")


def _classes(entry: Mapping[str, Any]) -> tuple[ModelClass, ...]:
    found = []
    for each in entry.get("class", []):
        _refuse_strangers(each, {"name", "colour"}, f"a class of {entry['id']!r}")
        name, colour = each.get("name"), each.get("colour")
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"a class of {entry['id']!r} has no name")
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            raise ValueError(f"the colour of class {name!r} is not written as '#RRGGBB'")
        found.append(ModelClass(name, colour.upper()))
    if len(found) > _MOST_CLASSES:
        raise ValueError(f"{entry['id']!r} names {len(found)} classes, {_MOST_CLASSES} are the most")
    _refuse_twins([each.name.strip().casefold() for each in found], f"two classes of {entry['id']!r} are")
    return tuple(found)


def _input(entry: Mapping[str, Any]) -> InputSpec | None:
    """`[model.input]`; bands count from 1 there, as analysts say, and from 0 everywhere inside."""
    values = entry.get("input")
    if values is None:
        return None
    _refuse_strangers(values, {"bands", "scaling", "low", "high"}, f"[model.input] of {entry['id']!r}")
    bands = values.get("bands")
    if bands is not None and (not bands or any(type(band) is not int or band < 1 for band in bands)):
        raise ValueError(f"the input bands of {entry['id']!r} are not whole numbers from 1 on")
    if bands is not None and entry.get("in_bands", len(bands)) != len(bands):
        raise ValueError(f"in_bands of {entry['id']!r} is not the number of its input bands")
    scaling = values.get("scaling", "scene")
    if scaling == "native" and entry.get("kind", "net") != "function":
        raise ValueError(f"native values are for functions, {entry['id']!r} is a net")
    return InputSpec(
        bands=None if bands is None else tuple(band - 1 for band in bands),
        scaling=scaling,
        low=tuple(float(value) for value in values.get("low", ())),
        high=tuple(float(value) for value in values.get("high", ())),
    )


def _refuse_strangers(values: Any, known: Iterable[str], where: str) -> None:
    """A word that means nothing here is most likely a slip of the pen: said, not passed over."""
    if not isinstance(values, Mapping):
        raise ValueError(f"{where} is not a table")
    strangers = sorted(set(values) - set(known))
    if strangers:
        raise ValueError(f"{where} has an entry {strangers[0]!r} that means nothing")


def _refuse_twins(names: list[str], words: str) -> None:
    twin = next((name for name in names if names.count(name) > 1), None)
    if twin is not None:
        raise ValueError(f"{words} {twin!r}")
