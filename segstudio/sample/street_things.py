"""What stands in streets: trees with ragged crowns, cars made of bent sheets, lamp posts."""

import math
import random
from functools import lru_cache

import cv2
import numpy as np

from segstudio.sample.hashing import array_chance
from segstudio.sample.materials import blend, varied
from segstudio.sample.sheet import Colour
from segstudio.sample.street_view import BUILDING, CAR, TREE, Texture, View, vector

PAINTS: tuple[Colour, ...] = (
    (226, 226, 228), (190, 192, 196), (120, 124, 130), (44, 46, 50), (28, 28, 32), (150, 30, 34),
    (40, 64, 120), (90, 100, 96), (196, 184, 160),
)  # fmt: skip
# side of a car: (z along, y up), metres, from the rear bumper over the roof to the front
_PROFILE = (
    (-2.15, 0.35), (-2.15, 0.78), (-2.0, 0.95), (-1.55, 1.0), (-1.0, 1.42), (0.35, 1.46), (1.05, 1.0),
    (1.95, 0.82), (2.15, 0.6), (2.15, 0.35),
)  # fmt: skip
_GLASS_EDGES = frozenset({3, 5})
_PER_M = 48


@lru_cache(maxsize=64)
def crown_texture(variant: int) -> Texture:
    """A tree as seen from its side, RGBA; the lower end of the trunk is at the bottom middle."""
    rng = array_chance(variant, 62)
    size = 256
    image = np.zeros((size, size, 4), np.uint8)
    cv2.line(
        image, (size // 2, size - 1), (size // 2 + int(rng.uniform(-8, 8)), size // 2), (72, 60, 50, 255), 9
    )
    for angle in rng.uniform(-1.2, 1.2, 6):
        end = (int(size / 2 + 70 * math.sin(angle)), int(size * 0.55 - 70 * math.cos(angle)))
        cv2.line(image, (size // 2, int(size * 0.62)), end, (66, 56, 48, 255), 4)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    solid = np.full((size, size), -1, np.float32)
    for _ in range(16):
        cx, cy = 0.5 + rng.normal(0, 0.15), 0.36 + rng.normal(0, 0.12)
        r = rng.uniform(0.09, 0.2)
        solid = np.maximum(solid, 1 - np.hypot(x - cx, (y - cy) * 1.1) / r)
    leaves = rng.standard_normal((size, size)).astype(np.float32)
    clumps = cv2.GaussianBlur(leaves, (0, 0), 5) * 9
    fine = cv2.GaussianBlur(leaves, (0, 0), 1.4) * 2.6
    alpha = solid + 0.16 * clumps + 0.22 * fine > 0.3
    light = 0.78 + 0.16 * clumps + 0.13 * fine - 0.55 * (y - 0.3) - 0.15 * (x - 0.5)
    green = (
        np.array((84, 106, 54), np.float32)
        * rng.uniform(0.75, 1.2)
        * rng.uniform(0.9, 1.1, 3).astype(np.float32)
    )
    image[alpha, :3] = np.clip(green * light[alpha][:, None], 8, 255)
    image[alpha, 3] = 255
    return image


@lru_cache(maxsize=64)
def _toned_crown(variant: int, tone: float) -> Texture:
    texture = crown_texture(variant).copy()
    texture[..., :3] = np.clip(texture[..., :3] * tone, 0, 255)
    return texture


def add_tree(view: View, x: float, z: float, height: float, rng: random.Random, tone: float) -> None:
    """A tree at the roadside, always turned to the camera."""
    texture = _toned_crown(rng.randrange(12), tone)
    wide = height * rng.uniform(0.75, 1.0)
    view.add(vector(x - wide / 2, 0.1, z), vector(wide, 0, 0), vector(0, height, 0), texture, TREE)


def add_post(view: View, x: float, z: float, height: float) -> None:
    """A lamp post; it belongs to no class of its own and counts as building."""
    metal = np.full((8, 4, 3), (92, 94, 96), np.uint8)
    view.add(vector(x - 0.07, 0, z), vector(0.14, 0, 0), vector(0, height, 0), metal, BUILDING)
    arm = 1.6 if x < 0 else -1.6
    view.add(vector(min(x, x + arm), height - 0.1, z), vector(1.6, 0, 0), vector(0, 0.12, 0), metal, BUILDING)


def add_car(
    view: View, x: float, z: float, rng: random.Random, tone: float, *, oncoming: bool = False
) -> None:
    """A car made of one profile drawn across its width."""
    paint = varied(rng.choice(PAINTS), rng, 0.1)
    long, high, half = rng.uniform(0.92, 1.1), rng.uniform(0.95, 1.25), rng.uniform(0.84, 0.95)
    turn = -1.0 if oncoming else 1.0
    points = [(z + turn * pz * long, py * high) for pz, py in _PROFILE]
    side = _side_texture(paint, tone)
    for face in (-half, half):
        origin = vector(x + face, 0.0, z - turn * 2.2 * long)
        view.add(origin, vector(0, 0, turn * 4.4 * long), vector(0, 1.6 * high, 0), side, CAR)
    for k in range(len(points) - 1):
        (z0, y0), (z1, y1) = points[k], points[k + 1]
        steep = abs(y1 - y0) / max(1e-6, math.hypot(z1 - z0, y1 - y0))
        bright = tone * (1.08 - 0.35 * steep)
        texture = _glass(tone) if k in _GLASS_EDGES else _end(paint, bright, k, oncoming)
        view.add(vector(x - half, y0, z0), vector(2 * half, 0, 0), vector(0, y1 - y0, z1 - z0), texture, CAR)
    for face in (-0.85, 0.85):
        tyre = np.full((6, 6, 3), (26, 26, 28), np.uint8)
        for wheel in (-1.35, 1.35):
            origin = vector(x + face * half - 0.1, 0.0, z + turn * (wheel - 0.3) * long)
            view.add(origin, vector(0.2, 0, 0), vector(0, 0.5, 0), tyre, CAR)


def _glass(tone: float) -> Texture:
    image = np.empty((16, 32, 3), np.uint8)
    ramp = np.linspace(130, 42, 16)[:, None] * np.array([0.85, 0.97, 1.05])
    image[:] = np.clip(ramp * tone, 0, 255)[:, None, :]
    image[:, :2] = image[:, -2:] = 34
    return image


def _end(paint: Colour, bright: float, part: int, oncoming: bool) -> Texture:
    """One sheet across the car; the lowest ones carry lamps and a number plate."""
    image = np.empty((24, 64, 3), np.uint8)
    image[:] = np.clip(np.array(paint) * bright, 0, 255)
    if part == 0 or part == 8:
        image[15:] = (30, 30, 32)
        lamp = (206, 44, 40) if part == 0 else (236, 236, 226)
        image[3:11, 3:13] = image[3:11, 51:61] = lamp
        image[11:17, 24:40] = (232, 230, 214) if not oncoming else (240, 240, 238)
    return image


@lru_cache(maxsize=128)
def _side_shape() -> tuple[Texture, Texture, Texture]:
    rows, cols = int(1.6 * _PER_M), int(4.4 * _PER_M)
    body, glass, wheels = (np.zeros((rows, cols), np.uint8) for _ in range(3))

    def pixel(z: float, y: float) -> tuple[int, int]:
        return int((z + 2.2) * _PER_M), int((1.6 - y) * _PER_M)

    cv2.fillPoly(body, [np.array([pixel(*p) for p in _PROFILE], np.int32)], 255, cv2.LINE_AA)
    pane = [pixel(*p) for p in ((-1.42, 1.02), (-0.94, 1.36), (0.3, 1.4), (0.9, 1.02))]
    cv2.fillPoly(glass, [np.array(pane, np.int32)], 255, cv2.LINE_AA)
    cv2.line(glass, pixel(-0.2, 1.0), pixel(-0.2, 1.42), 0, 4)
    for z in (-1.35, 1.35):
        cv2.circle(wheels, pixel(z, 0.33), int(0.33 * _PER_M), 255, -1, cv2.LINE_AA)
    return body, glass, wheels


def _side_texture(paint: Colour, tone: float) -> Texture:
    body, glass, wheels = _side_shape()
    rows, cols = body.shape
    image = np.zeros((rows, cols, 4), np.uint8)
    ramp = np.linspace(1.05, 0.62, rows)[:, None, None] * tone
    image[..., :3] = np.clip(np.array(paint) * ramp, 0, 255)
    image[int(rows * 0.62) : int(rows * 0.64), :, :3] //= 2
    image[..., 3] = np.maximum(body, wheels)
    image[glass > 127, :3] = np.clip(np.array((58, 66, 74)) * tone, 0, 255)
    image[wheels > 127, :3] = (28, 28, 30)
    for z in (-1.35, 1.35):
        centre = (int((z + 2.2) * _PER_M), int((1.6 - 0.33) * _PER_M))
        cv2.circle(
            image,
            centre,
            int(0.19 * _PER_M),
            (*blend((150, 152, 156), (60, 60, 60), 1 - tone / 1.4), 255),
            -1,
        )
    return image
