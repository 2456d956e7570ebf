"""The comparisons by name."""

from collections.abc import Sequence

from segstudio.errors import SegstudioError
from segstudio.jobs.recipes.gray_adapter import GRAY_ADAPTER
from segstudio.jobs.recipes.mff import MFF
from segstudio.jobs.recipes.plan import Recipe, Row, Scale
from segstudio.jobs.recipes.pseudo_depth import PSEUDO_DEPTH

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (GRAY_ADAPTER, MFF, PSEUDO_DEPTH)}


def chosen_rows(scale: Scale, keys: Sequence[str]) -> tuple[Row, ...]:
    """The rows of these keys in the table's order; all of them where none is named.

    Raises:
        SegstudioError: there is no such row.
    """
    known = [row.key for row in scale.rows]
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise SegstudioError(f"there is no row '{unknown[0]}': choose of {', '.join(known)}")
    return tuple(row for row in scale.rows if not keys or row.key in keys)
