"""Pixels as pictures that Qt draws without converting them."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

Pixels = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


def picture(rgb: Pixels, valid: Flags | None = None) -> QImage:
    """A picture of uint8 (h, w, 3) pixels, transparent where `valid` (h, w) is false."""
    bgra = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2BGRA)
    if valid is None or valid.all():
        return _owned(bgra, QImage.Format.Format_RGB32)
    bgra[~valid] = 0
    return _owned(bgra, QImage.Format.Format_ARGB32_Premultiplied)


def shared_picture(argb: npt.NDArray[np.uint32]) -> QImage:
    """A picture that shows a premultiplied ARGB array (h, w) and follows what is written into it.

    The caller keeps the array as long as the picture.
    """
    height, width = argb.shape
    buffer: Any = argb.data
    return QImage(buffer, width, height, argb.strides[0], QImage.Format.Format_ARGB32_Premultiplied)


def _owned(bgra: npt.NDArray[Any], form: QImage.Format) -> QImage:
    height, width = bgra.shape[:2]
    return QImage(bgra.data, width, height, bgra.strides[0], form).copy()
