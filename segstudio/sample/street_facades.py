"""House fronts as textures: walls with age, windows with frames and reflections, shops, balconies, roofs."""

import random
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.sample.hashing import array_chance
from segstudio.sample.materials import blend, varied
from segstudio.sample.sheet import Colour
from segstudio.sample.street_view import Texture

WALLS: tuple[Colour, ...] = (
    (168, 112, 88), (182, 134, 108), (206, 196, 178), (222, 214, 200), (188, 184, 178), (150, 146, 142),
    (214, 192, 150), (176, 158, 140), (232, 228, 220), (142, 92, 76), (160, 168, 172), (120, 118, 120),
)  # fmt: skip
ROOFS: tuple[Colour, ...] = ((92, 82, 78), (132, 78, 62), (74, 76, 82), (120, 98, 84))
_SIGNS: tuple[Colour, ...] = (
    (176, 38, 40), (32, 72, 140), (30, 110, 76), (228, 222, 206), (36, 36, 40), (222, 160, 40), (90, 50, 100),
)  # fmt: skip


def weathered(
    rows: int, cols: int, colour: Colour, key: int, grain: float = 4.0, stain: float = 10.0
) -> Texture:
    """A piece of wall: base colour, fine grain, streaks and clouds of dirt."""
    rng = array_chance(key, 61)
    pool = _grain_pool()
    row, col = rng.integers(0, pool.shape[0] - rows + 1), rng.integers(0, pool.shape[1] - cols + 1)
    fine = pool[row : row + rows, col : col + cols] * np.float32(grain)
    small = rng.standard_normal((max(2, rows // 24), max(2, cols // 10)), dtype=np.float32)
    fine += cv2.resize(small, (cols, rows), interpolation=cv2.INTER_CUBIC) * np.float32(stain)
    bands = [cv2.convertScaleAbs(np.maximum(fine + np.float32(part), 0)) for part in colour]
    return np.asarray(cv2.merge(bands), dtype=np.uint8)


@lru_cache(maxsize=1)
def _grain_pool() -> NDArray[np.float32]:
    # drawn once: every wall cuts its own piece out of it
    return array_chance(66).standard_normal((2600, 1400), dtype=np.float32)


def facade(
    width_m: float, height_m: float, per_m: float, rng: random.Random, *, shops: bool, wall: Colour
) -> Texture:
    """The front of one house, row 0 at the eaves."""
    rows, cols = max(8, int(height_m * per_m)), max(8, int(width_m * per_m))
    image = weathered(rows, cols, wall, rng.getrandbits(40), 3.5, 6.0)
    if rng.random() < 0.4 and per_m >= 14:
        _add_courses(image, per_m, rng)
    floor_m = rng.uniform(2.9, 3.5)
    floors = max(1, int(height_m / floor_m))
    ground = height_m - (floors - 1) * floor_m
    kind = rng.random()
    for floor in range(1, floors):
        top = height_m - ground - floor * floor_m
        _add_windows(
            image, top * per_m, floor_m * per_m, per_m, kind, random.Random(rng.getrandbits(30)), floor
        )
    if shops:
        _add_shop(image, (height_m - ground) * per_m, ground * per_m, per_m, rng)
    else:
        _add_ground_floor(image, (height_m - ground) * per_m, ground * per_m, per_m, rng)
    _add_cornice(image, per_m, wall)
    shade = np.linspace(1.03, 0.9, rows, dtype=np.float32)[:, None, None]
    return np.asarray(np.clip(image * shade, 0, 255), dtype=np.uint8)


def _add_courses(image: Texture, per_m: float, rng: random.Random) -> None:
    step = per_m * rng.choice((0.15, 0.3, 0.5))
    for row in np.arange(0, image.shape[0], max(2.0, step)).astype(int):
        image[row] = (image[row] * 0.9).astype(np.uint8)


def _add_cornice(image: Texture, per_m: float, wall: Colour) -> None:
    deep = max(1, int(0.35 * per_m))
    image[:deep] = blend(wall, (245, 242, 236), 0.35)
    image[deep : deep + max(1, deep // 3)] = blend(wall, (30, 28, 26), 0.5)


def _add_windows(
    image: Texture, top: float, high: float, per_m: float, kind: float, rng: random.Random, floor: int
) -> None:
    """One floor of windows; `kind` is the same for all floors of a house."""
    style = random.Random(kind)
    wide = style.uniform(0.9, 2.2) * per_m
    gap = wide + style.uniform(0.7, 1.8) * per_m
    height = style.uniform(1.3, 1.9) * per_m
    count = max(1, int((image.shape[1] - 0.6 * per_m) / gap))
    start = (image.shape[1] - (count - 1) * gap - wide) / 2
    sill = top + (high - height) * 0.45
    balcony = style.random() < 0.25
    frame = style.choice(((236, 234, 228), (60, 58, 56), (120, 84, 60), (220, 216, 206)))
    for k in range(count):
        _add_window(image, start + k * gap, sill, wide, height, per_m, frame, rng)
    if balcony:
        low = int(top + high * 0.62)
        rail: Colour = style.choice(((210, 206, 198), (90, 92, 96), (160, 168, 170)))
        cv2.rectangle(
            image,
            (int(start * 0.6), low),
            (int(image.shape[1] - start * 0.6), low + int(0.95 * per_m)),
            rail,
            -1,
        )
        cv2.rectangle(
            image,
            (0, low + int(0.95 * per_m)),
            (image.shape[1], low + int(1.1 * per_m)),
            blend(rail, (40, 40, 40), 0.5),
            -1,
        )


def _add_window(
    image: Texture,
    x: float,
    y: float,
    wide: float,
    high: float,
    per_m: float,
    frame: Colour,
    rng: random.Random,
) -> None:
    x0, y0, x1, y1 = int(x), int(y), int(x + wide), int(y + high)
    rim = max(1, int(0.09 * per_m))
    cv2.rectangle(image, (x0 - rim, y0 - rim), (x1 + rim, y1 + rim), frame, -1)
    glass: Colour = blend((34, 40, 48), (150, 172, 190), rng.random() ** 2 * 0.8)
    image[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = glass
    if rng.random() < 0.5:
        part = y0 + int((y1 - y0) * rng.uniform(0.15, 0.6))
        image[max(0, y0) : max(0, part), max(0, x0) : max(0, x1)] = blend(
            glass, (226, 222, 212), rng.uniform(0.2, 0.8)
        )
    middle = (x0 + x1) // 2
    cv2.line(image, (middle, y0), (middle, y1), frame, rim)
    cv2.rectangle(image, (x0 - 2 * rim, y1 + rim), (x1 + 2 * rim, y1 + 2 * rim), (196, 192, 186), -1)


def _add_shop(image: Texture, top: float, high: float, per_m: float, rng: random.Random) -> None:
    cols = image.shape[1]
    edge = 0.0
    while edge < cols - per_m:
        wide = rng.uniform(3.5, 8) * per_m
        x0, x1 = int(edge + 0.2 * per_m), int(min(cols, edge + wide) - 0.2 * per_m)
        sign = varied(rng.choice(_SIGNS), rng, 0.2)
        base, band = int(top + high), int(top + 0.8 * per_m)
        cv2.rectangle(image, (x0, int(top + 0.15 * per_m)), (x1, band), sign, -1)
        letters = blend(sign, (250, 248, 240) if sum(sign) < 380 else (30, 30, 34), 0.85)
        for x in range(int(x0 + 0.6 * per_m), int(x1 - 0.8 * per_m), max(2, int(0.42 * per_m))):
            if rng.random() < 0.8:
                cv2.rectangle(
                    image,
                    (x, int(top + 0.32 * per_m)),
                    (x + int(0.26 * per_m), band - int(0.16 * per_m)),
                    letters,
                    -1,
                )
        glass = blend((30, 34, 40), (196, 184, 150), rng.random() * 0.45)
        cv2.rectangle(image, (x0, band + 1), (x1, base - int(0.35 * per_m)), glass, -1)
        for _ in range(rng.randint(2, 7)):
            x, y = rng.randint(x0, max(x0, x1)), rng.randint(band, max(band, base - int(0.5 * per_m)))
            tone = blend(glass, varied((190, 170, 150), rng, 0.3, 0.3), rng.uniform(0.1, 0.5))
            cv2.rectangle(
                image,
                (x, y),
                (min(x1, x + int(per_m)), min(base - int(0.4 * per_m), y + int(per_m))),
                tone,
                -1,
            )
        door = int(rng.uniform(x0, max(x0 + 1, x1 - per_m)))
        cv2.rectangle(
            image,
            (door, int(top + high * 0.3)),
            (door + int(0.95 * per_m), base),
            blend(glass, (16, 16, 18), 0.6),
            -1,
        )
        edge += wide


def _add_ground_floor(image: Texture, top: float, high: float, per_m: float, rng: random.Random) -> None:
    _add_windows(image, top, high, per_m, rng.random() * 0.999, rng, 0)
    x, base = rng.uniform(0.1, 0.75) * image.shape[1], int(top + high)
    door = varied(rng.choice(((96, 52, 40), (40, 62, 84), (52, 74, 56), (120, 116, 110), (40, 38, 40))), rng)
    cv2.rectangle(
        image,
        (int(x - 0.1 * per_m), int(base - 2.35 * per_m)),
        (int(x + 1.15 * per_m), base),
        (206, 202, 194),
        -1,
    )
    cv2.rectangle(image, (int(x), int(base - 2.2 * per_m)), (int(x + 1.05 * per_m), base), door, -1)


def tiled_roof(width_m: float, height_m: float, per_m: float, colour: Colour, key: int) -> Texture:
    """A slope of tiles seen from the street."""
    rows, cols = max(6, int(height_m * per_m)), max(6, int(width_m * per_m))
    image = weathered(rows, cols, colour, key, 6.0, 9.0)
    for row in range(0, rows, max(2, int(0.35 * per_m))):
        image[row] = (image[row] * 0.8).astype(np.uint8)
    return image
