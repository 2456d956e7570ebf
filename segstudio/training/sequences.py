"""Which photos belong together: those of one drive or walk show the same places."""

import re
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.raster.open import open_raster
from segstudio.training.sources import SampleSource

_SECONDS = 60.0  # photos of one drive or walk follow one another within a minute
_LOOK_PX = 32
# Correlation of 32 px thumbnails: street frames a few seconds apart reach 0.4-0.9, the neighbouring
# parts of one aerial picture -0.4..0.25.
_ALIKE = 0.35

Look = NDArray[np.float64]


def sequences(sources: Sequence[SampleSource]) -> list[list[int]]:
    """Indices of the sources, grouped: one folder, and taken within a minute of the one before.

    Where photos carry no time, consecutive names count if the photos also look alike: names alone are
    consecutive too where one picture was cut into tiles.
    """
    groups: list[list[int]] = []
    for index in sorted(range(len(sources)), key=lambda n: _order(sources[n])):
        if groups and _follows(sources[groups[-1][-1]], sources[index]):
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def look(source: SampleSource) -> Look:
    """A gray thumbnail with zero mean and unit length: the product of two is their correlation."""
    with open_raster(source.image_path) as raster:
        pixels, _ = raster.read_preview(4 * _LOOK_PX)
    gray = np.nan_to_num(pixels.mean(axis=0)).astype(np.float32)
    small = cv2.resize(gray, (_LOOK_PX, _LOOK_PX), interpolation=cv2.INTER_AREA).astype(np.float64)
    small -= small.mean()
    unit: Look = small / max(float(np.linalg.norm(small)), 1e-9)
    return unit


def _follows(before: SampleSource, after: SampleSource) -> bool:
    if Path(before.image_path).parent != Path(after.image_path).parent:
        return False
    if before.taken_at is not None and after.taken_at is not None:
        return after.taken_at - before.taken_at <= _SECONDS
    if _series(before) != _series(after):
        return False
    return float((look(before) * look(after)).sum()) > _ALIKE


def _order(source: SampleSource) -> tuple[str, float, str]:
    path = Path(source.image_path)
    return str(path.parent), source.taken_at or 0.0, path.name


def _series(source: SampleSource) -> str:
    """The file's name without its last number."""
    return re.sub(r"\d+(?=\D*$)", "", Path(source.image_path).stem)
