"""What grows changes its colours through the year."""

import numpy as np
from numpy.typing import NDArray

from segstudio.sample.sheet import VEGETATION

_TINTS: dict[str, tuple[tuple[float, float, float], float]] = {
    "spring": ((120, 148, 70), 0.3),
    "summer": ((0, 0, 0), 0.0),
    "autumn": ((172, 124, 62), 0.5),
    "winter": ((150, 136, 108), 0.7),
}


def in_season(table: NDArray[np.float64], season: str) -> None:
    """Turn grass and crops of a surface table towards the season's colour, in place."""
    tint, share = _TINTS[season]
    if share:
        green = table[:, 0] == VEGETATION
        for columns in (slice(1, 4), slice(4, 7)):
            table[green, columns] += (np.array(tint) - table[green, columns]) * share


def leaves_in_season(
    colours: NDArray[np.float32], kinds: NDArray[np.float64], season: str
) -> NDArray[np.float32]:
    """Crown colours in a season: broadleaved trees turn, palms and conifers stay."""
    tint, share = _TINTS[season]
    if not share or not len(colours):
        return colours
    # every tree turns as much as its own brightness says: woods are patchy in autumn
    own = 0.3 + 1.2 * ((colours.sum(axis=1) * 7.3) % 1.0)
    turn = np.where(kinds == 0, np.minimum(share * own, 0.85), 0.0)[:, None]
    dark = np.array(tint, np.float32) * 0.8
    return np.asarray(colours + (dark - colours) * turn, dtype=np.float32)
