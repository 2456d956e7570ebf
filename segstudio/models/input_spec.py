"""How raster values become the numbers a net sees."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from segstudio.raster.limits import MAX_BANDS

Scaling = Literal["scene", "fixed", "native"]

_UINT8_RANGE = (0.0, 255.0)


@dataclass(frozen=True, slots=True)
class InputSpec:
    """Which bands go in and which of their values become 0 and 1; it travels with the weights.

    `bands` are 0-based raster bands in the order the net wants them, None = the raster's own order.
    "fixed": `low` and `high` per band (one value stands for all bands) are the same for every scene.
    "scene": each scene's own 1 and 99 percentiles, `low` and `high` stay empty. "native": values go in as
    they are in the file, as float32; for functions that calculate with reflectances or heights. The ImageNet
    mean and standard deviation an encoder expects are no matter of this spec: they live inside the net.
    """

    bands: tuple[int, ...] | None = None
    scaling: Scaling = "scene"
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse ranges that fit no band."""
        if self.scaling not in ("scene", "fixed", "native"):
            raise ValueError(f"scaling is 'scene', 'fixed' or 'native', not {self.scaling!r}")
        if self.bands is not None and not all(0 <= band < MAX_BANDS for band in self.bands):
            raise ValueError(f"bands count from 0 to {MAX_BANDS - 1}")
        if not all(map(math.isfinite, (*self.low, *self.high))):
            raise ValueError("a value range has two finite ends")
        if self.scaling == "fixed" and not self.low:
            raise ValueError("a fixed scaling needs at least one value range")
        if len(self.low) != len(self.high) or any(a >= b for a, b in zip(self.low, self.high, strict=True)):
            raise ValueError(f"each low must lie below its high: {self.low} and {self.high}")

    @classmethod
    def for_dtype(cls, dtype: str, bands: tuple[int, ...] | None = None) -> "InputSpec":
        """The sensible start: 0..255 for uint8, each scene's own percentiles for all else."""
        if dtype == "uint8":
            return cls(bands=bands, scaling="fixed", low=_UINT8_RANGE[:1], high=_UINT8_RANGE[1:])
        return cls(bands=bands, scaling="scene")

    def ranges(self, band_count: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The fixed `(low, high)` of each of `band_count` bands; one given value is repeated."""
        if self.scaling != "fixed":
            raise ValueError(f"a {self.scaling} scaling has no ranges of its own")
        if len(self.low) == 1:
            return self.low * band_count, self.high * band_count
        if len(self.low) != band_count:
            raise ValueError(f"{len(self.low)} value ranges for {band_count} bands")
        return self.low, self.high

    def to_json(self) -> dict[str, Any]:
        """The spec as a JSON object."""
        return {
            "bands": None if self.bands is None else list(self.bands),
            "scaling": self.scaling,
            "low": list(self.low),
            "high": list(self.high),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "InputSpec":
        """The spec a JSON object describes; raises KeyError, TypeError or ValueError where none."""
        bands = values["bands"]
        return cls(
            bands=None if bands is None else tuple(int(band) for band in bands),
            scaling=values["scaling"],
            low=tuple(float(value) for value in values.get("low", ())),
            high=tuple(float(value) for value in values.get("high", ())),
        )
