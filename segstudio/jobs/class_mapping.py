"""Which class of a model is which class of a project: by name, upper and lower case alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segstudio.errors import ModelError
from segstudio.jobs.model_choice import classes_of
from segstudio.mask.classes import UNLABELLED
from segstudio.models.versions import ModelRef

ClassIds = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ClassMapping:
    """Output channel -> class id, a uint8 (256,) table; `unknown` names the model's other classes."""

    table: ClassIds
    unknown: tuple[str, ...] = ()

    def __call__(self, channels: ClassIds) -> ClassIds:
        """Class ids for an array of channels; 255 stays 255."""
        return self.table[channels]


def by_name(names: Sequence[str], ids_by_name: Mapping[str, int]) -> ClassMapping:
    """Each of the model's classes, in channel order, gets the id of the project's class of that name.

    Raises:
        ModelError: not one class is known to both.
    """
    folded = {_fold(name): class_id for name, class_id in ids_by_name.items()}
    table = np.full(256, UNLABELLED, np.uint8)
    for channel, name in enumerate(names):
        table[channel] = folded.get(_fold(name), UNLABELLED)
    unknown = tuple(name for name in names if _fold(name) not in folded)
    if names and len(unknown) == len(names):
        raise ModelError(
            f"the model knows {', '.join(names)}, the project {', '.join(ids_by_name)}: "
            "rename the project's classes or fine-tune the model on them"
        )
    return ClassMapping(table, unknown)


def own_ids(ids: Iterable[int]) -> ClassMapping:
    """Each channel gets the id the model was taught with."""
    table = np.full(256, UNLABELLED, np.uint8)
    for channel, class_id in enumerate(ids):
        table[channel] = class_id
    return ClassMapping(table)


def class_ids_of(ref: ModelRef) -> tuple[int, ...]:
    """The ids of a model's classes in channel order: those of its project, else 0, 1, 2, ..."""
    count = len(classes_of(ref))
    kept = ref.version.settings.get("class_ids") if ref.version else None
    return tuple(int(each) for each in kept) if kept and len(kept) == count else tuple(range(count))


def _fold(name: str) -> str:
    return name.strip().casefold()
