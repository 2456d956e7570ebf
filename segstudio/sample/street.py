"""One street put together: sky, ground, two rows of houses, trees, cars, haze and the camera's own mark."""

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.sample.hashing import array_chance, chance
from segstudio.sample.materials import varied
from segstudio.sample.street_facades import ROOFS, WALLS, facade, tiled_roof, weathered
from segstudio.sample.street_ground import LONG_M, NEAR_M, add_ground, ground_texture, spread_shadow
from segstudio.sample.street_things import add_car, add_post, add_tree
from segstudio.sample.street_view import BUILDING, TREE, Camera, View, vector

Blob = tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Street:
    """What one street is like."""

    half_road: float
    front_m: float  # from the middle to the house fronts
    storeys: tuple[int, int]
    shops: float
    trees: float
    cars: float
    sun_side: float  # -1 or 1: on which side the sun stands
    sun_slope: float  # length of shadows across the street per metre of height
    overcast: bool
    fog_m: float


def street_of(rng: random.Random) -> Street:
    """A lane in an old town, a city street, or a quiet suburb."""
    kind = rng.choice(("old", "city", "suburb", "suburb"))
    half = {"old": 3.4, "city": 6.0, "suburb": 4.0}[kind] * rng.uniform(0.9, 1.15)
    return Street(
        half_road=half,
        front_m=half + {"old": 2.0, "city": 3.6, "suburb": 7.0}[kind] * rng.uniform(0.9, 1.3),
        storeys={"old": (2, 4), "city": (3, 9), "suburb": (1, 3)}[kind],
        shops={"old": 0.5, "city": 0.8, "suburb": 0.0}[kind],
        trees={"old": 0.15, "city": 0.5, "suburb": 0.8}[kind],
        cars=rng.uniform(0.2, 0.75),
        sun_side=rng.choice((-1.0, 1.0)),
        sun_slope=rng.uniform(0.3, 1.6),
        overcast=rng.random() < 0.25,
        fog_m=rng.choice((900.0, 500.0, 260.0, 140.0)),
    )


def paint_street(view: View, street: Street, seed: int) -> None:
    """Everything in front of the sky, nearest wins."""
    rng = chance(seed, 601)
    blobs: list[Blob] = []
    things = _things(street, rng, blobs)
    houses = [_row(view, street, side, random.Random(rng.getrandbits(40)), blobs) for side in (-1.0, 1.0)]
    shadow = spread_shadow([] if street.overcast else blobs, seed)
    shadow = np.minimum(shadow, spread_shadow(_contact(things), seed))
    add_ground(view, ground_texture(street.half_road, rng, shadow), street.half_road)
    _close(view, rng, max(houses))
    for kind, x, z, size in sorted(things, key=lambda thing: thing[2]):
        own, tone = random.Random(rng.getrandbits(40)), 0.9 if street.overcast else 1.05
        if kind == "car":
            add_car(view, x, z, own, tone, oncoming=x < 0)
        elif kind == "tree":
            add_tree(view, x, z, size, own, tone)
        else:
            add_post(view, x, z, size)


Thing = tuple[str, float, float, float]


def _things(street: Street, rng: random.Random, blobs: list[Blob]) -> list[Thing]:
    things: list[Thing] = []
    for side in (-1.0, 1.0):
        z = rng.uniform(4, 12)
        while z < 95:
            if rng.random() < street.cars:
                things.append(("car", side * (street.half_road - 1.05), z, 1.5))
            z += rng.uniform(5.2, 9)
        z = rng.uniform(8, 20)
        while z < 110:
            if rng.random() < street.trees:
                things.append(
                    ("tree", side * (street.half_road + rng.uniform(0.8, 1.6)), z, rng.uniform(5, 9))
                )
                reach = 2.5 * street.sun_slope
                blobs.append((things[-1][1] - street.sun_side * reach, z, 1.9 + reach * 0.4, 2.0, 0.5))
            elif rng.random() < 0.2:
                things.append(("post", side * (street.half_road + 0.5), z, 6.5))
            z += rng.uniform(6, 11)
    if rng.random() < 0.7:
        lane = rng.choice((-1.0, 1.0))
        things.append(("car", lane * street.half_road * 0.3, rng.uniform(14, 60), 1.5))
    return things


def _contact(things: list[Thing]) -> list[Blob]:
    return [(x, z, 1.15, 2.4, 0.62) for kind, x, z, _ in things if kind == "car"]


def _row(view: View, street: Street, side: float, rng: random.Random, blobs: list[Blob]) -> float:
    """The houses along one side; returns the tallest."""
    z, tallest = NEAR_M + rng.uniform(-8, 0), 0.0
    while z < LONG_M + NEAR_M - 6:
        long = rng.uniform(7, 18)
        if rng.random() < 0.1 and z > 8:
            z += rng.uniform(4, 9)
        setback = rng.choice((0.0, 0.0, 0.4, 1.2)) + (rng.uniform(0, 3) if street.storeys[0] == 1 else 0)
        height = rng.randint(*street.storeys) * 3.15 + rng.uniform(0.2, 0.9)
        _house(view, street, side, z, long, height, street.front_m + setback, rng)
        tallest = max(tallest, height)
        if side == street.sun_side:
            reach = height * street.sun_slope / 2
            blobs.append((side * (street.front_m - reach + 8), z + long / 2, reach + 8, long / 2 + 0.4, 0.5))
        z += long + (rng.uniform(2, 6) if street.storeys[0] == 1 else 0.0)
    return tallest


def _house(
    view: View,
    street: Street,
    side: float,
    z: float,
    long: float,
    height: float,
    front: float,
    rng: random.Random,
) -> None:
    per_m = 34.0 if z < 14 else 20.0 if z < 45 else 10.0
    wall = varied(rng.choice(WALLS), rng, 0.1, 0.03)
    lit = 1.04 if street.overcast else (0.72 if side == street.sun_side else 1.18)
    texture = facade(long, height, per_m, rng, shops=rng.random() < street.shops, wall=wall)
    texture = np.clip(texture * lit, 0, 255).astype(np.uint8)
    origin = vector(side * front, 0, z)
    view.add(origin, vector(0, 0, long), vector(0, height, 0), texture, BUILDING)
    flank = weathered(60, 60, varied(wall, rng), rng.getrandbits(40), 4.0, 8.0)
    flank = np.clip(flank * (0.82 if not street.overcast else 0.95), 0, 255).astype(np.uint8)
    view.add(origin, vector(side * 10, 0, 0), vector(0, height, 0), flank, BUILDING)
    if street.storeys[1] <= 4 and rng.random() < 0.8:
        colour = varied(rng.choice(ROOFS), rng, 0.15)
        slope = tiled_roof(long, 5.5, min(per_m, 14.0), colour, rng.getrandbits(40))
        slope = np.clip(slope * lit, 0, 255).astype(np.uint8)
        eaves = vector(side * (front - 0.35), height - 0.1, z)
        view.add(eaves, vector(0, 0, long), vector(side * 4.6, 3.0, 0), slope, BUILDING)


def _close(view: View, rng: random.Random, tallest: float) -> None:
    """What the street ends at."""
    z = LONG_M + NEAR_M - 1
    if rng.random() < 0.5:
        front = facade(
            50, max(8.0, tallest * 0.8), 6.0, rng, shops=False, wall=varied(rng.choice(WALLS), rng)
        )
        view.add(vector(-25, 0, z), vector(50, 0, 0), vector(0, max(8.0, tallest * 0.8), 0), front, BUILDING)
        return
    for k in range(-9, 10):
        add_tree(view, k * 3.6 + rng.uniform(-1, 1), z + rng.uniform(-3, 0), rng.uniform(8, 13), rng, 0.9)
    hedge = weathered(20, 60, (58, 72, 44), rng.getrandbits(40), 14.0, 8.0)
    view.add(vector(-40, 0, z + 0.5), vector(80, 0, 0), vector(0, 4.5, 0), hedge, TREE)


def sky(camera: Camera, street: Street, seed: int) -> NDArray[np.float32]:
    """Blue overhead, pale at the horizon, clouds; or grey all over. 0..255."""
    rows, cols = camera.rows, camera.cols
    up = np.linspace(1, 0, rows, dtype=np.float32)[:, None, None]
    low, high = np.array((214, 224, 232), np.float32), np.array((98, 148, 206), np.float32)
    if street.overcast:
        low, high = np.array((222, 224, 226), np.float32), np.array((196, 202, 210), np.float32)
    base = low + (high - low) * up
    rng = array_chance(seed, 64)
    cloud = np.zeros((rows, cols), np.float32)
    for cells, weight in ((4, 1.0), (9, 0.6), (20, 0.35), (44, 0.2)):
        field = rng.standard_normal((cells, cells), dtype=np.float32)
        cloud += cv2.resize(field, (cols, rows), interpolation=cv2.INTER_CUBIC) * np.float32(weight)
    cover = np.clip(cloud * 0.45 + rng.uniform(-0.5, 0.3), 0, 1)[..., None]
    return np.asarray(base + (np.array((246, 246, 244), np.float32) - base) * cover * np.float32(0.85))


def camera_of(rng: random.Random, size: tuple[int, int], *, wide: bool) -> Camera:
    """A photographer on the pavement or in the road."""
    return Camera(
        x=rng.uniform(-2.2, 2.2),
        height_m=rng.uniform(1.45, 1.75) if not wide else rng.uniform(2.0, 2.6),
        yaw=rng.gauss(0, 0.09),
        pitch=rng.gauss(0.03, 0.03) * (1 if not wide else -1),
        focal_px=size[1] * (rng.uniform(0.85, 1.1) if not wide else rng.uniform(0.6, 0.75)),
        rows=size[0],
        cols=size[1],
    )


def hazed(pixels: NDArray[np.float32], depth_m: NDArray[np.float32], street: Street) -> NDArray[np.float32]:
    """Distance turns towards the sky's colour, by true depth; NaN (the sky) stays."""
    share = 1 - np.exp(-np.nan_to_num(depth_m, nan=0.0) / np.float32(street.fog_m))
    air = np.array((206, 214, 222), np.float32)
    return np.asarray(pixels + (air - pixels) * share[..., None])


def vignette(rows: int, cols: int, depth: float) -> NDArray[np.float32]:
    """Darker corners."""
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : cols * 1j].astype(np.float32)
    return np.asarray(1 - depth * (x * x + y * y) / 2, dtype=np.float32)[..., None]
