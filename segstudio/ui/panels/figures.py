"""Reads the figures of a version's record, which may lack any part."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ClassChange:
    """IoU of one class before and after; None where it was not measured."""

    name: str
    before: float | None
    after: float | None

    @property
    def has_dropped(self) -> bool:
        """Whether the class got worse by more than the noise of one tile."""
        return self.before is not None and self.after is not None and self.after < self.before - 0.005


def mean_iou(figures: Mapping[str, Any] | None) -> float | None:
    """The mean IoU of one set of figures."""
    return _number((figures or {}).get("mean_iou"))


def class_changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[ClassChange]:
    """Per class of either set, in the order of the later one."""
    old, new = _by_class(before), _by_class(after)
    return [ClassChange(name, old.get(name), new.get(name)) for name in dict.fromkeys([*new, *old])]


def _by_class(figures: Mapping[str, Any] | None) -> dict[str, float | None]:
    rows = (figures or {}).get("per_class") or []
    return {str(row["name"]): _number(row.get("iou")) for row in rows if "name" in row}


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and value == value else None
