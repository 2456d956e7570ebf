"""Class ids, doubt and depth as premultiplied ARGB colours (uint32), looked up in tables."""

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.mask.classes import UNLABELLED, SegmentationClass

Argb = npt.NDArray[np.uint32]
Values = npt.NDArray[Any]

# what a model says is drawn lighter than what a person said
PREDICTION_SHARE = 0.7
# doubt below this share is the ordinary noise of a sure model
DOUBT_FLOOR = 0.12
# one red hue: it stands out of soil, leaves and roofs, and reads as "look here"
DOUBT_DARK, DOUBT_LIGHT = (128, 0, 38), (255, 92, 66)


class ClassColours:
    """One table for annotation and prediction together: a pixel's colour is one look-up."""

    def __init__(self, classes: Iterable[SegmentationClass] = ()) -> None:
        shown = np.zeros((256, 4), np.float64)
        for entry in classes:
            if entry.visible and entry.id != UNLABELLED:
                shown[entry.id] = (*entry.rgb, 255)
        said = premultiplied(shown)
        # [annotation, prediction]: where the annotation is silent, the prediction shows
        table = np.repeat(said[:, None], 256, axis=1)
        shown[:, 3] *= PREDICTION_SHARE
        table[UNLABELLED] = premultiplied(shown)
        self._table = np.ascontiguousarray(table.reshape(-1))

    def paint(self, annotation: Values, prediction: Values) -> Argb:
        """The colours of class ids uint8 (h, w); transparent where nobody has spoken or a class is hidden."""
        both = annotation.astype(np.uint16)
        both <<= 8
        both |= prediction
        colours: Argb = self._table.take(both, mode="wrap")  # no index is out of bounds: do not look
        return colours


def premultiplied(rgba: Values) -> Argb:
    """Colours (n, 4) with parts 0..255 as Qt's premultiplied ARGB."""
    alpha = rgba[:, 3:] / 255
    parts = np.rint(np.concatenate([rgba[:, :3] * alpha, rgba[:, 3:]], axis=1)).astype(np.uint32)
    argb: Argb = (parts[:, 3] << 24) | (parts[:, 0] << 16) | (parts[:, 1] << 8) | parts[:, 2]
    return argb


def doubt_table() -> Argb:
    """Colours of doubt 0..255: one hue, lighter and denser with more doubt, nothing where a model is sure."""
    share = np.clip((np.arange(256) / 255 - DOUBT_FLOOR) / (1 - DOUBT_FLOOR), 0, 1)[:, None]
    dark, light = np.array(DOUBT_DARK), np.array(DOUBT_LIGHT)
    alpha = 255 * np.minimum(1, 1.6 * share) ** 0.8
    return premultiplied(np.concatenate([dark + (light - dark) * share, alpha], axis=1))


def depth_table() -> Argb:
    """Colours of depth, near or low to far or high; 0 is transparent and means that nobody has said."""
    ramp = cv2.applyColorMap(np.arange(256, dtype=np.uint8)[:, None], cv2.COLORMAP_VIRIDIS)[:, 0, ::-1]
    alpha = np.full((256, 1), 255)
    alpha[0] = 0
    return premultiplied(np.concatenate([ramp, alpha], axis=1).astype(np.float64))


def depth_levels(depth: Values, low: float, high: float) -> npt.NDArray[np.uint8]:
    """Depth as 1..255 between `low` and `high`, 0 where it is NaN."""
    span = max(high - low, 1e-6)
    level = np.clip((depth.astype(np.float32) - low) / span, 0, 1) * 254 + 1
    levels: npt.NDArray[np.uint8] = np.nan_to_num(level, nan=0).astype(np.uint8)
    return levels


def outlined(argb: Argb, ids: Values, reach: int) -> Argb:
    """Keep only the pixels at the rim of a region.

    Args:
        argb: Colours (h, w).
        ids: What tells regions apart, (h + 2 * reach, w + 2 * reach): so many more pixels on every side.
        reach: Thickness of the rim, on either side of a border.
    """
    height, width = argb.shape
    middle = ids[reach : reach + height, reach : reach + width]
    rim = np.zeros(argb.shape, np.bool_)
    for offset in (*range(-reach, 0), *range(1, reach + 1)):
        there = reach + offset
        rim |= middle != ids[there : there + height, reach : reach + width]
        rim |= middle != ids[reach : reach + height, there : there + width]
    return np.where(rim, argb, np.uint32(0))
