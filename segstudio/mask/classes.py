"""The classes a person can give to a pixel."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from segstudio.errors import ProjectError

UNLABELLED = 255
"""The class id of a pixel nobody has spoken about; the loss ignores it."""

MAX_CLASSES = 255

_LONGEST_NAME = 200
_LARGEST_FILE_BYTES = 1_000_000
# Control signs, halves of characters, and breaks of lines and paragraphs (Unicode's general categories).
_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")

# Okabe and Ito's eight and Paul Tol's muted nine: told apart with the common forms of colour blindness.
_SAFE_COLOURS = (
    "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#882255",
    "#44AA99", "#999933", "#332288", "#DDCC77", "#88CCEE", "#AA4499", "#117733", "#CC6677",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SegmentationClass:
    """One thing a pixel can be; `id` is 0..254, `colour` is "#RRGGBB"."""

    id: int
    name: str
    colour: str
    visible: bool = True
    locked: bool = False

    def __post_init__(self) -> None:
        if len(self.name) > _LONGEST_NAME or not _INVISIBLE.isdisjoint(map(unicodedata.category, self.name)):
            raise ProjectError(
                f"the name of class {self.id} is too long, or holds line breaks or control signs: "
                "give it another"
            )
        if not self.name.strip():
            raise ProjectError(f"the class with the id {self.id} has no name: give it one")
        if not 0 <= self.id < UNLABELLED:
            raise ProjectError(f"class '{self.name}' has the id {self.id}: give it one from 0 to 254")
        if not _COLOUR.fullmatch(self.colour):
            # as Python writes it: a colour of a stranger's file may hold line breaks
            raise ProjectError(
                f"class '{self.name}' has the colour {self.colour[:40]!r}: write it as #RRGGBB"
            )

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue, 0..255."""
        return int(self.colour[1:3], 16), int(self.colour[3:5], 16), int(self.colour[5:7], 16)


@dataclass(frozen=True, slots=True)
class ClassList:
    """The classes of a project, in the order shown; no id and no name occurs twice."""

    classes: tuple[SegmentationClass, ...] = ()

    def __post_init__(self) -> None:
        _refuse_twins("id", [str(entry.id) for entry in self.classes])
        _refuse_twins("name", [entry.name for entry in self.classes])

    def __iter__(self) -> Iterator[SegmentationClass]:
        return iter(self.classes)

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def ids(self) -> tuple[int, ...]:
        """Class ids in the order shown."""
        return tuple(entry.id for entry in self.classes)

    @property
    def names(self) -> tuple[str, ...]:
        """Class names in the order shown."""
        return tuple(entry.name for entry in self.classes)

    @property
    def locked_ids(self) -> tuple[int, ...]:
        """Ids of the classes that must not be painted over."""
        return tuple(entry.id for entry in self.classes if entry.locked)

    def by_id(self, class_id: int) -> SegmentationClass:
        """The class with this id; ProjectError if there is none."""
        for entry in self.classes:
            if entry.id == class_id:
                return entry
        raise ProjectError(f"there is no class with the id {class_id}: the ids are {list(self.ids)}")

    def by_name(self, name: str) -> SegmentationClass:
        """The class with this name, upper and lower case alike; ProjectError if there is none."""
        for entry in self.classes:
            if entry.name.casefold() == name.casefold():
                return entry
        raise ProjectError(f"there is no class '{name}': the classes are {', '.join(self.names)}")

    def with_class(self, entry: SegmentationClass) -> Self:
        """The same list with this class replaced (same id) or added at the end."""
        if entry.id not in self.ids:
            return type(self)((*self.classes, entry))
        return type(self)(tuple(entry if old.id == entry.id else old for old in self.classes))

    def without(self, class_id: int) -> Self:
        """The same list without one class."""
        gone = self.by_id(class_id)
        return type(self)(tuple(entry for entry in self.classes if entry is not gone))

    def renamed(self, class_id: int, name: str) -> Self:
        """The same list with one class renamed."""
        return self.with_class(replace(self.by_id(class_id), name=name))

    @property
    def next_id(self) -> int:
        """The lowest id not taken; ProjectError if all 255 are."""
        for class_id in range(MAX_CLASSES):
            if class_id not in self.ids:
                return class_id
        raise ProjectError("all 255 class ids are taken: remove a class first")

    @property
    def next_colour(self) -> str:
        """A colour not taken, colour-safe as long as there are some left."""
        return next_colour(entry.colour for entry in self.classes)

    def palette(self) -> npt.NDArray[np.uint8]:
        """Colours as uint8 (256, 3), indexed by class id; black where there is no class."""
        colours = np.zeros((256, 3), np.uint8)
        for entry in self.classes:
            colours[entry.id] = entry.rgb
        return colours

    def to_json(self) -> str:
        """The list as `[{"id": 0, "name": "building", "colour": "#3C1098"}, ...]`."""
        return json.dumps([_to_dict(entry) for entry in self.classes], ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, source: str | list[dict[str, Any]]) -> Self:
        """Read what `to_json` wrote, as text or already parsed; ProjectError says what is wrong."""
        entries = _parse(source) if isinstance(source, str) else source
        if not isinstance(entries, list):
            raise ProjectError('classes must be a list like [{"id": 0, "name": "road", "colour": "#6EC1E4"}]')
        if len(entries) > MAX_CLASSES:
            raise ProjectError(
                f"{len(entries)} classes are listed, {MAX_CLASSES} are the most: leave some out"
            )
        classes: list[SegmentationClass] = []
        for position, entry in enumerate(entries):
            taken = (known.colour for known in classes)
            classes.append(_from_dict(entry, position=position, colour=next_colour(taken)))
        return cls(tuple(classes))


def next_colour(taken: Iterable[str]) -> str:
    """The first colour-safe colour that is not taken, then shades around the colour wheel."""
    used = {colour.upper() for colour in taken}
    for colour in _SAFE_COLOURS:
        if colour not in used:
            return colour
    # an odd multiplier walks through all 24-bit colours without repeating one
    candidates = (f"#{(index * 0x61C88647) % 0x1000000:06X}" for index in range(1, len(used) + 2))
    return next(colour for colour in candidates if colour not in used)


def default_classes() -> ClassList:
    """What a new project starts with: the five classes of the sample scenes, in colour-safe colours."""
    named = (("building", "#D55E00"), ("land", "#F0E442"), ("road", "#CC79A7"), ("vegetation", "#009E73"))
    entries = (*named, ("water", "#0072B2"))
    return ClassList(tuple(SegmentationClass(i, name, colour) for i, (name, colour) in enumerate(entries)))


def load_classes(path: str | Path) -> ClassList:
    """Read a classes file; ProjectError says what is wrong with it."""
    try:
        text = _text(Path(path))
    except (OSError, ValueError) as error:
        raise ProjectError(f"the classes file '{path}' cannot be read ({error}): choose another") from error
    return ClassList.from_json(text)


def _text(path: Path) -> str:
    if not path.is_file() and path.exists():
        raise ValueError("it is no file")
    if path.stat().st_size > _LARGEST_FILE_BYTES:
        raise ValueError(f"it has more than {_LARGEST_FILE_BYTES // 10**6} MB")
    return path.read_text(encoding="utf-8-sig")


def _refuse_twins(what: str, values: list[str]) -> None:
    folded = [value.casefold() for value in values]
    for value in values:
        if folded.count(value.casefold()) > 1:
            raise ProjectError(f"the class {what} '{value}' occurs twice: give each class its own")


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProjectError(f"the classes are not valid JSON ({error}): repair the file") from error


def _to_dict(entry: SegmentationClass) -> dict[str, Any]:
    record: dict[str, Any] = {"id": entry.id, "name": entry.name, "colour": entry.colour}
    if not entry.visible:
        record["visible"] = False
    if entry.locked:
        record["locked"] = True
    return record


def _from_dict(entry: Any, *, position: int, colour: str) -> SegmentationClass:
    if not isinstance(entry, dict):
        raise ProjectError(f'class number {position + 1} is not like {{"id": 0, "name": "road"}}: repair it')
    class_id, name = entry.get("id", position), entry.get("name")
    if not isinstance(class_id, int) or isinstance(class_id, bool):
        given = repr(class_id)[:40]
        raise ProjectError(f"class number {position + 1} has the id {given}: give it one from 0 to 254")
    if not isinstance(name, str):
        raise ProjectError(f"class number {position + 1} has no name: give it one")
    shade = str(entry.get("colour", entry.get("color", colour)))
    return SegmentationClass(
        class_id,
        name,
        shade,
        visible=bool(entry.get("visible", True)),
        locked=bool(entry.get("locked", False)),
    )
