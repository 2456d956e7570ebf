"""One tile of the world as a picture: surfaces, crowns, water, shadows and texture put together."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from segstudio.sample import light
from segstudio.sample.canvas import FINE, Crowns, Grid, Painting, grow, paint, shore_distance
from segstudio.sample.hashing import array_chance, chance, mix
from segstudio.sample.materials import soil
from segstudio.sample.noise import noise_grid
from segstudio.sample.season import in_season, leaves_in_season
from segstudio.sample.sensor import Sensor
from segstudio.sample.sheet import BUILDING, LAND, VEGETATION, WATER, Sheet, SheetBuilder, Surface
from segstudio.sample.town import Town

PAD_PX = 8
"""Rendered around every tile, so that blur and texture do not end at its rim."""
_LONGEST_SHADOW_PX = 220

Plane = NDArray[np.float32]
Ids = NDArray[np.intp]


class Tile:
    """The layers of one finished tile, all of the same shape."""

    def __init__(self, light_rgb: Plane, class_ids: NDArray[np.uint8], height_m: Plane) -> None:
        self.light, self.class_ids, self.height_m = light_rgb, class_ids, height_m


def render_tile(town: Town, sensor: Sensor, seed: int, x0: float, y0: float, gsd_m: float, size: int) -> Tile:
    """A square tile and `PAD_PX` around it; (x0, y0) are the world metres of the tile's corner."""
    reach = 8.0 + 50.0 * max(map(abs, sensor.lean))
    inner = Grid(x0 - PAD_PX * gsd_m, y0 - PAD_PX * gsd_m, gsd_m, size + 2 * PAD_PX, size + 2 * PAD_PX)
    sheets = town.sheets(_padded(inner.bounds, reach))
    grid, core = _sunward(inner, sensor, town, sheets)
    if grid.rows != inner.rows or grid.cols != inner.cols:
        sheets = town.sheets(_padded(grid.bounds, reach))
    painting = paint(sheets, grid, _ground(town), sensor.lean)
    shore = shore_distance(town.plan.water, grid)
    _flood(painting, shore, town)
    in_season(painting.table, sensor.season)
    ids = painting.fine_ids[1::FINE, 1::FINE].astype(np.intp)
    height = _heights(painting, ids, gsd_m, sensor.lean)
    classes = painting.table[:, 0].astype(np.uint8).take(ids)
    crowns = grow(sheets, grid, height, (classes == VEGETATION) | (classes == LAND))
    shadow = light.sun_height(crowns.height_m, sensor.sun, gsd_m, _reach(sheets, sensor, gsd_m))
    return _finish(painting, ids, classes, crowns, shadow, shore, grid, core, town, sensor, seed)


def _padded(bounds: tuple[float, float, float, float], pad: float) -> tuple[float, float, float, float]:
    return bounds[0] - pad, bounds[1] - pad, bounds[2] + pad, bounds[3] + pad


def _reach(sheets: list[Sheet], sensor: Sensor, gsd_m: float) -> int:
    tallest = max((s.tallest_m for s in sheets), default=0.0)
    return min(_LONGEST_SHADOW_PX, math.ceil(tallest / sensor.sun.rise / gsd_m) + 2)


def _sunward(
    inner: Grid, sensor: Sensor, town: Town, sheets: list[Sheet]
) -> tuple[Grid, tuple[slice, slice]]:
    """The grid grown towards the sun as far as shadows may fall from, and where the inner one lies in it."""
    limit = _LONGEST_SHADOW_PX * inner.gsd_m
    x, y = sensor.sun.towards
    far = (inner.x0 + min(0.0, x) * limit, inner.y0 + min(0.0, y) * limit)
    end = (inner.bounds[2] + max(0.0, x) * limit, inner.bounds[3] + max(0.0, y) * limit)
    reach = _reach(town.sheets((*far, *end)), sensor, inner.gsd_m)
    cols, rows = math.ceil(abs(x) * reach), math.ceil(abs(y) * reach)
    west, north = cols if x < 0 else 0, rows if y < 0 else 0
    grid = Grid(
        inner.x0 - west * inner.gsd_m,
        inner.y0 - north * inner.gsd_m,
        inner.gsd_m,
        inner.rows + rows,
        inner.cols + cols,
    )
    return grid, (slice(north, north + inner.rows), slice(west, west + inner.cols))


def _ground(town: Town) -> NDArray[np.float64]:
    builder = SheetBuilder()
    builder.add(np.zeros((3, 2)), soil(town.plan.place, chance(1)))
    return builder.finish().table


def _flood(painting: Painting, shore: Plane, town: Town) -> None:
    """Water over everything but bridges, a bank beside it on open ground."""
    if shore.max() < -9:
        return
    table, place = painting.table, town.plan.place
    builder = SheetBuilder()
    corner = np.zeros((3, 2))
    builder.add(corner, Surface(WATER, place.water, place.shallow, grain=0.012, speckle=0.02))
    sand = Surface(LAND, place.soil, place.soil2, blotch=0.7, grain=0.04, speckle=0.05, cloud=0.06)
    reeds = Surface(VEGETATION, place.lawn, place.tree, blotch=0.8, bias=0.2, grain=0.08, speckle=0.1)
    builder.add(corner, sand if place.green < 0.6 else reeds)
    first = len(table)
    painting.table = np.concatenate([table, builder.finish().table])
    bridge, kind = painting.table[:, 19] > 0, painting.table[:, 0]
    wet = shore > 0
    bank = (shore > (-6.0 if place.green < 0.6 else -4.0)) & ~wet
    spans, open_ground = (
        bridge.take(painting.fine_ids),
        np.isin(kind, (LAND, VEGETATION)).take(painting.fine_ids),
    )
    painting.fine_ids[wet & ~spans] = first
    painting.fine_ids[bank & open_ground & ~spans] = first + 1


def _heights(painting: Painting, ids: Ids, gsd_m: float, lean: tuple[float, float]) -> Plane:
    """Height of everything that casts a shadow but trees."""
    planes = painting.table[:, 16:19]
    # a point of a leaning roof shows where it is moved to: h = plane(p - lean * h), solved for h
    planes = planes / (1 + planes[:, :1] * lean[0] + planes[:, 1:2] * lean[1])
    planes = planes.astype(np.float32)
    rows, cols = ids.shape
    x = (np.arange(cols, dtype=np.float32) + 0.5) * np.float32(gsd_m)
    y = (np.arange(rows, dtype=np.float32) + 0.5) * np.float32(gsd_m)
    height = planes[:, 2].take(ids)
    sloping = (planes[:, 0] != 0) | (planes[:, 1] != 0)
    if sloping.any():
        height += planes[:, 0].take(ids) * x[None, :] + planes[:, 1].take(ids) * y[:, None]
    return np.asarray(np.maximum(height, 0))


def _finish(
    painting: Painting, ids: Ids, classes: NDArray[np.uint8], crowns: Crowns, shadow: Plane, shore: Plane,
    grid: Grid, core: tuple[slice, slice], town: Town, sensor: Sensor, seed: int,
) -> Tile:  # fmt: skip
    """Colour, texture and light on the inner part."""
    rows, cols = core
    fine = (slice(rows.start * FINE, rows.stop * FINE), slice(cols.start * FINE, cols.stop * FINE))
    ids, classes, top, tree = ids[core], classes[core], crowns.height_m[core], crowns.tree[core]
    inner = Grid(grid.x0 + cols.start * grid.gsd_m, grid.y0 + rows.start * grid.gsd_m, grid.gsd_m, *ids.shape)
    colour = _colours(painting, painting.fine_ids[fine], sensor)
    noises = _noises(seed, inner)
    _texture(colour, painting.table, ids, noises, inner, sensor)
    distance = cv2.resize(shore[fine], (inner.cols, inner.rows), interpolation=cv2.INTER_AREA)
    _water(colour, classes, np.asarray(distance, dtype=np.float32), noises, town)
    wood = tree >= 0
    _foliage(colour, crowns, tree, wood, top, noises, sensor, grid.gsd_m)
    classes = np.where(wood, np.uint8(VEGETATION), classes)
    np.maximum(colour, 2, out=colour)
    linear = colour * np.float32(1 / 255)
    linear *= linear
    tolerance = np.where(wood, np.float32(0.9), np.float32(0.12))
    shade = light.lit(top, shadow[core], 0.6, tolerance) * np.float32(1 - sensor.shade) + np.float32(
        sensor.shade
    )
    shade *= light.openness(top, grid.gsd_m)
    blue = (1 - shade) * np.float32(0.12)
    linear *= shade[..., None]
    linear[..., 2] *= 1 + blue
    linear[..., 0] *= 1 - blue * np.float32(0.5)
    solid = (classes == BUILDING) | (classes == VEGETATION)
    return Tile(linear, classes, np.where(solid, top, np.float32(0)))


def _colours(painting: Painting, fine_ids: NDArray[np.int32], sensor: Sensor) -> Plane:
    """Colours of the surfaces in the sun, averaged from sub-pixels, 0..255, (h, w, 3)."""
    faced = np.sqrt(light.facing(painting.table, sensor.sun, 0.32, sensor.lean))
    table = np.zeros((len(painting.table), 4), np.uint8)
    table[:, :3] = np.clip(painting.table[:, 1:4] * faced[:, None], 0, 255)
    packed = table.view(np.uint32)[:, 0].take(fine_ids)
    fine = packed.view(np.uint8).reshape(*fine_ids.shape, 4)
    size = (fine_ids.shape[1] // FINE, fine_ids.shape[0] // FINE)
    small = cv2.resize(fine, size, interpolation=cv2.INTER_AREA)
    return small[..., :3].astype(np.float32)


def _noises(seed: int, grid: Grid) -> list[Plane]:
    """Grain, speckle (1.2 m), cloud (6 m), drift (30 m), weather (150 m)."""
    shape = (grid.rows, grid.cols)
    key = mix(seed, round(grid.x0 * 64), round(grid.y0 * 64))
    grain = array_chance(key, 81).standard_normal(shape, dtype=np.float32)
    planes = [grain]
    for number, wave in enumerate((1.2, 6.0, 30.0, 150.0)):
        x, y = grid.x0 + grid.gsd_m / 2, grid.y0 + grid.gsd_m / 2
        planes.append(noise_grid(mix(seed, 82, number), max(wave, 1.5 * grid.gsd_m), x, y, grid.gsd_m, shape))
    return planes


def _texture(
    colour: Plane, table: NDArray[np.float64], ids: Ids, noises: list[Plane], grid: Grid, sensor: Sensor
) -> None:
    """Blotches of the second colour, then brightness at every scale, then furrows and ribs."""
    looks = table[:, 4:16].astype(np.float32)
    grain, speckle, cloud, drift, weather = noises
    mask = cloud * np.float32(0.8) + drift * np.float32(0.8) + speckle * np.float32(0.6)
    mask += weather * np.float32(0.3) + looks[:, 4].take(ids)
    mask = np.clip(mask * np.float32(1.1) + np.float32(0.35), 0, 1)
    mask *= looks[:, 3].take(ids)
    faced = looks[:, 0:3].take(ids, axis=0)
    colour += (faced - colour) * mask[..., None]
    factor = grain * looks[:, 5].take(ids)
    for plane, column in ((speckle, 6), (cloud, 7), (drift, 8)):
        factor += plane * looks[:, column].take(ids)
    factor += weather * np.float32(0.025)
    swell = light.relief(drift * np.float32(1.3) + cloud * np.float32(0.3), sensor.sun, grid.gsd_m)
    factor += swell * looks[:, 8].take(ids) * np.float32(7)
    if (table[:, 13] != 0).any():
        x = (np.arange(grid.cols, dtype=np.float32) + 0.5) * np.float32(grid.gsd_m)
        y = (np.arange(grid.rows, dtype=np.float32) + 0.5) * np.float32(grid.gsd_m)
        phase = table[:, 14] * grid.x0 + table[:, 15] * grid.y0
        wave = looks[:, 10].take(ids) * x[None, :] + looks[:, 11].take(ids) * y[:, None]
        wave += (phase % (2 * math.pi)).astype(np.float32).take(ids) + speckle * np.float32(0.5)
        factor += np.sin(wave) * looks[:, 9].take(ids) * (1 + cloud * np.float32(0.6))
    factor += 1
    colour *= factor[..., None]


def _water(colour: Plane, classes: NDArray[np.uint8], shore: Plane, noises: list[Plane], town: Town) -> None:
    """Depth colour, ripples and a little sparkle on open water."""
    wet = (classes == WATER) & (shore > 0)
    if not wet.any():
        return
    place = town.plan.place
    grain, speckle, cloud, drift, weather = noises
    depth = 1 - np.exp(-shore[wet] / np.float32(5.0 + 9.0 * place.coast))
    depth = np.clip(depth + drift[wet] * np.float32(0.12) + weather[wet] * np.float32(0.15), 0, 1)[:, None]
    shallow, deep = np.array(place.shallow, np.float32), np.array(place.water, np.float32)
    tone = shallow + (deep - shallow) * depth
    ripple = 1 + 0.06 * speckle[wet] + 0.05 * cloud[wet] + 0.03 * grain[wet] + 0.1 * weather[wet]
    tone *= ripple[:, None]
    sparkle = np.maximum(grain[wet] * 0.5 + drift[wet] + weather[wet] * 1.5 - 2.1, 0) * 45
    colour[wet] = tone + sparkle[:, None].astype(np.float32)


def _foliage(
    colour: Plane, crowns: Crowns, tree: NDArray[np.int32], wood: NDArray[np.bool_], top: Plane,
    noises: list[Plane], sensor: Sensor, gsd_m: float,
) -> None:  # fmt: skip
    """Leaves: each tree's colour, lit on the side of the sun, mottled."""
    if not wood.any():
        return
    slope = light.relief(top, sensor.sun, gsd_m)[wood]
    colours = leaves_in_season(crowns.colours, crowns.kinds, sensor.season)
    leaf = colours.take(tree[wood], axis=0)
    bright = (
        1
        + np.clip(slope, -1.2, 1.6) * np.float32(0.2)
        + np.float32(0.12)
        + noises[0][wood] * 0.07
        + noises[1][wood] * 0.09
    )
    colour[wood] = leaf * bright.astype(np.float32)[:, None]
