"""Small-data augmentation: what a patch may look like without changing what it shows (NumPy and OpenCV).

Vectorised by hand rather than with torchvision's transforms: masks, depth and pixels follow one geometry in
native dtype, and a 256 px patch costs about 2 ms of one core, which is what a feeder thread beside the net
may cost.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Geometry:
    """How a patch is taken: `scale` source pixels per patch pixel, then turned and mirrored."""

    scale: float = 1.0
    quarter_turns: int = 0
    mirror: bool = False

    @classmethod
    def draw(cls, rng: np.random.Generator, *, aerial: bool, jitter: float) -> "Geometry":
        """A random one: scale within 1/jitter..jitter; quarter turns only where no side is up."""
        span = math.log(max(jitter, 1.0))
        scale = math.exp(rng.uniform(-span, span))
        turns = int(rng.integers(4)) if aerial else 0
        return cls(scale, turns, bool(rng.integers(2)))

    def place(self, plane: NDArray[Any], size: int, *, interpolation: int) -> NDArray[Any]:
        """A square plane or stack (h, w) or (h, w, B), resized to `size`, turned and mirrored."""
        if plane.shape[0] != size:
            plane = resize(plane, size, interpolation)
        plane = np.rot90(plane, self.quarter_turns)
        return plane[:, ::-1] if self.mirror else plane


def resize(plane: NDArray[Any], size: int, interpolation: int) -> NDArray[Any]:
    """Resize (h, w) or (h, w, B) to a square; OpenCV takes four bands at a time."""
    if plane.ndim == 2 or plane.shape[2] <= 4:
        resized = cv2.resize(plane, (size, size), interpolation=interpolation)
        return resized if resized.ndim == plane.ndim else resized[..., None]
    parts = [resize(plane[..., at : at + 4], size, interpolation) for at in range(0, plane.shape[2], 4)]
    return np.concatenate(parts, axis=2)


@dataclass(frozen=True, slots=True)
class Tones:
    """How strongly a patch's values may change; all in units of the 0..1 range the net sees."""

    brightness: float = 0.15
    contrast: float = 0.3
    gamma: float = 0.3
    colour: float = 0.08
    noise: float = 0.03
    blur_chance: float = 0.1

    def apply(self, pixels: Floats, rng: np.random.Generator) -> Floats:
        """Change prepared pixels (h, w, B) in place, or a fresh array; the range stays about 0..1."""
        if rng.random() < 0.5:
            exponent = math.exp(rng.uniform(-self.gamma, self.gamma))
            np.clip(pixels, 0.0, 1.25, out=pixels)
            pixels = _like(cv2.pow(pixels, exponent), pixels)
        bands = pixels.shape[2]
        gain = math.exp(rng.uniform(-self.contrast, self.contrast)) * _around_one(rng, self.colour, bands)
        # a sixteenth of the pixels tells the mean well enough
        shift = rng.uniform(-self.brightness, self.brightness) + pixels[::4, ::4].mean(axis=(0, 1)) * (
            1 - gain
        )
        pixels = _like(cv2.transform(pixels, np.column_stack([np.diag(gain), shift])), pixels)
        if rng.random() < self.blur_chance:
            pixels = _like(cv2.GaussianBlur(pixels, (3, 3), 0), pixels)
        elif rng.random() < 0.3:
            strength = np.float32(rng.uniform(0, self.noise))
            pixels += rng.standard_normal(pixels.shape, dtype=np.float32) * strength
        return np.clip(pixels, -0.25, 1.25, out=pixels)


def _like(found: NDArray[Any], pixels: Floats) -> Floats:
    """OpenCV drops the axis of a single band."""
    return np.asarray(found, np.float32).reshape(pixels.shape)


def _around_one(rng: np.random.Generator, spread: float, count: int) -> NDArray[np.float64]:
    return np.exp(rng.uniform(-spread, spread, count))
