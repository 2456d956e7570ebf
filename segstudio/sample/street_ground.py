"""The ground of a street as one large texture: tarmac, lines, kerbs, slabs, and where shadows fall."""

import random

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.sample.hashing import array_chance
from segstudio.sample.materials import blend
from segstudio.sample.sheet import Colour
from segstudio.sample.street_facades import weathered
from segstudio.sample.street_view import PAVEMENT, ROAD, Texture, View, vector

PER_M = 16
HALF_M = 16.0
NEAR_M, LONG_M = -2.0, 120.0


def ground_texture(half_road: float, rng: random.Random, shadow: NDArray[np.float32]) -> Texture:
    """Texture over x in +-HALF_M (columns) and z from far to near (rows); `shadow` is stretched over it."""
    rows, cols = int(LONG_M * PER_M), int(2 * HALF_M * PER_M)
    road: Colour = blend((74, 74, 78), (128, 126, 122), rng.random())
    image = weathered(rows, cols, road, rng.getrandbits(40), 5.0, 3.0)
    _add_patches(image, rng)
    left, right = int((HALF_M - half_road) * PER_M), int((HALF_M + half_road) * PER_M)
    slabs = _slabs(rows, rng)
    image[:, :left] = slabs[:, :left]
    image[:, right:] = slabs[:, slabs.shape[1] - (cols - right) :]
    kerb = blend((186, 182, 176), (120, 118, 114), rng.random())
    for edge in (left, right):
        image[:, edge - 3 : edge + 3] = kerb
    _add_lines(image, half_road, rng)
    full = cv2.resize(
        np.clip(shadow * 200, 0, 255).astype(np.uint8), (cols, rows), interpolation=cv2.INTER_LINEAR
    )
    return cv2.multiply(image, cv2.merge([full] * 3), scale=1 / 200).astype(np.uint8, copy=False)


def _add_patches(image: Texture, rng: random.Random) -> None:
    for _ in range(rng.randint(2, 8)):
        x, y = rng.randrange(image.shape[1]), rng.randrange(image.shape[0])
        w, h = rng.randint(12, 50), rng.randint(20, 260)
        piece = image[y : y + h, x : x + w]
        piece[:] = (piece * rng.uniform(0.82, 1.1)).clip(0, 255).astype(np.uint8)
    for _ in range(rng.randint(1, 5)):
        spot = (rng.randrange(image.shape[1]), rng.randrange(image.shape[0]))
        cv2.circle(image, spot, 6, (58, 56, 54), -1)


def _slabs(rows: int, rng: random.Random) -> Texture:
    colour = blend((168, 162, 154), (136, 122, 112), rng.random())
    cols = int(HALF_M * PER_M)
    image = weathered(rows, cols, colour, rng.getrandbits(40), 4.0, 6.0)
    step = int(PER_M * rng.choice((0.4, 0.6, 1.0)))
    image[::step] = (image[::step] * 0.84).astype(np.uint8)
    image[:, ::step] = (image[:, ::step] * 0.84).astype(np.uint8)
    return image


def _add_lines(image: Texture, half_road: float, rng: random.Random) -> None:
    middle, rows = int(HALF_M * PER_M), image.shape[0]
    paint: Colour = rng.choice(((214, 212, 204), (214, 212, 204), (206, 170, 66)))
    on, off = rng.choice(((3, 4.5), (2, 4), (4, 6)))
    for start in np.arange(rng.uniform(0, 4), LONG_M, on + off):
        r0 = int(start * PER_M)
        image[r0 : r0 + int(on * PER_M), middle - 1 : middle + 2] = paint
    if rng.random() < 0.5:
        for side in (-1, 1):
            column = middle + int(side * (half_road - rng.choice((0.35, 2.3))) * PER_M)
            image[:, column - 1 : column + 1] = paint
    if rng.random() < 0.45:
        far = rows - int(rng.uniform(9, 40) * PER_M)
        wide = int((half_road - 0.4) * PER_M)
        for k in range(-wide, wide, PER_M):
            image[far - 3 * PER_M : far, middle + k : middle + k + PER_M // 2] = (216, 214, 206)


def add_ground(view: View, texture: Texture, half_road: float) -> None:
    """Lay the texture down; what is within the kerbs is road, the rest pavement."""
    cols = texture.shape[1]
    left, right = int((HALF_M - half_road) * PER_M), int((HALF_M + half_road) * PER_M)
    along = vector(0, 0, LONG_M)
    for x0, x1, class_id in ((left, right, ROAD), (0, left, PAVEMENT), (right, cols, PAVEMENT)):
        origin = vector(x0 / PER_M - HALF_M, 0, NEAR_M)
        view.add(origin, vector((x1 - x0) / PER_M, 0, 0), along, texture[:, x0:x1], class_id)


def spread_shadow(blobs: list[tuple[float, float, float, float, float]], key: int) -> NDArray[np.float32]:
    """Light on the ground, 1 in the sun; blobs (x, z, half width, half length, darkness) take some away."""
    per_m = 5
    light = np.ones((int(LONG_M * per_m), int(2 * HALF_M * per_m)), np.float32)
    for x, z, wide, long, dark in blobs:
        c0, c1 = ((x - wide + HALF_M) * per_m, (x + wide + HALF_M) * per_m)
        r0, r1 = ((LONG_M + NEAR_M - z - long) * per_m, (LONG_M + NEAR_M - z + long) * per_m)
        piece = light[max(0, int(r0)) : max(0, int(r1)), max(0, int(c0)) : max(0, int(c1))]
        np.minimum(piece, 1 - dark, out=piece)
    light = cv2.GaussianBlur(light, (0, 0), 1.1).astype(np.float32)
    return light + array_chance(key, 63).standard_normal(light.shape, dtype=np.float32) * np.float32(0.012)
