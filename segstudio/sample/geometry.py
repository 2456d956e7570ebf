"""Plane geometry on small polygons: arrays of shape (n, 2), metres, x to the east and y to the south."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """A place to build: an origin, a direction along x and the one along y (to its left hand or right)."""

    x: float
    y: float
    ux: float
    uy: float
    vx: float
    vy: float

    @classmethod
    def along(cls, x: float, y: float, angle: float, side: float = 1.0) -> "Frame":
        """Frame whose x axis looks along `angle` (radians); `side` -1 mirrors its y axis."""
        c, s = math.cos(angle), math.sin(angle)
        return cls(x, y, c, s, -s * side, c * side)

    @property
    def angle(self) -> float:
        """Direction of the x axis in radians."""
        return math.atan2(self.uy, self.ux)

    def at(self, a: float, b: float) -> tuple[float, float]:
        """World position of local (a, b)."""
        return self.x + a * self.ux + b * self.vx, self.y + a * self.uy + b * self.vy

    def moved(self, a: float, b: float) -> "Frame":
        """The same directions, the origin at local (a, b)."""
        x, y = self.at(a, b)
        return Frame(x, y, self.ux, self.uy, self.vx, self.vy)

    def turned(self) -> "Frame":
        """The same origin, x where y was."""
        return Frame(self.x, self.y, self.vx, self.vy, -self.ux, -self.uy)

    def polygon(self, local: Sequence[tuple[float, float]]) -> Points:
        """World polygon of local corners."""
        return np.array([self.at(a, b) for a, b in local])

    def rect(self, a0: float, b0: float, a1: float, b1: float) -> Points:
        """World polygon of a local rectangle."""
        return self.polygon(((a0, b0), (a1, b0), (a1, b1), (a0, b1)))


def area(polygon: Points) -> float:
    """Unsigned area in square metres."""
    x, y = polygon[:, 0], polygon[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def clip(polygon: Points, x: float, y: float, nx: float, ny: float) -> Points:
    """The part of a polygon on the side of the line through (x, y) to which its normal points."""
    d = (polygon[:, 0] - x) * nx + (polygon[:, 1] - y) * ny
    if d.min() >= 0:
        return polygon
    kept: list[Points] = []
    for i in range(len(polygon)):
        j = (i + 1) % len(polygon)
        if d[i] >= 0:
            kept.append(polygon[i])
        if (d[i] >= 0) != (d[j] >= 0):
            kept.append(polygon[i] + (polygon[j] - polygon[i]) * (d[i] / (d[i] - d[j])))
    return np.array(kept) if len(kept) >= 3 else np.empty((0, 2))


def inset(polygon: Points, metres: float | Sequence[float]) -> Points:
    """A convex polygon with each edge moved inwards by so much; empty where nothing is left."""
    widths = [float(metres)] * len(polygon) if isinstance(metres, (int, float)) else list(metres)
    centre = polygon.mean(axis=0)
    result = polygon
    for i, width in enumerate(widths):
        p, q = polygon[i], polygon[(i + 1) % len(polygon)]
        length = math.hypot(q[0] - p[0], q[1] - p[1])
        if length < 1e-6:
            continue
        nx, ny = -(q[1] - p[1]) / length, (q[0] - p[0]) / length
        if (centre[0] - p[0]) * nx + (centre[1] - p[1]) * ny < 0:
            nx, ny = -nx, -ny
        result = clip(result, p[0] + nx * width, p[1] + ny * width, nx, ny)
        if len(result) < 3:
            return np.empty((0, 2))
    return result


def box(polygon: Points) -> tuple[float, float, float, float, float]:
    """Smallest turned rectangle around: centre x, y, long side, short side, angle of the long side."""
    (x, y), (w, h), degrees = cv2.minAreaRect(polygon.astype(np.float32))
    angle = math.radians(degrees)
    return (x, y, w, h, angle) if w >= h else (x, y, h, w, angle + math.pi / 2)


def fitted_box(polygon: Points) -> tuple[float, float, float, float, float]:
    """Like `box`, but shrunk so that it lies within the polygon (nearly: a few points of it decide)."""
    edges = np.roll(polygon, -3, axis=0) - polygon
    longest = edges[int(np.argmax(np.hypot(edges[:, 0], edges[:, 1])))]
    angles = (box(polygon)[4], math.atan2(longest[1], longest[0]))
    return max((_box_within(polygon, angle) for angle in angles), key=lambda found: found[2] * found[3])


def _box_within(polygon: Points, angle: float) -> tuple[float, float, float, float, float]:
    """The largest of some boxes along `angle` around the middle that fit."""
    c, s = math.cos(angle), math.sin(angle)
    u, v = polygon @ np.array([c, s]), polygon @ np.array([-s, c])
    mid_u, mid_v = (u.min() + u.max()) / 2, (v.min() + v.max()) / 2
    mean_u, mean_v = float(u.mean()), float(v.mean())
    steps, shifts = np.linspace(1.0, 0.28, 10), np.array([1.0, 0.0])
    a, b, k = (m.ravel() for m in np.meshgrid(steps * np.ptp(u) / 2, steps * np.ptp(v) / 2, shifts))
    centre_u, centre_v = mid_u + (mean_u - mid_u) * k, mid_v + (mean_v - mid_v) * k
    spots = [(0.95 * p, 0.95 * q) for p in (-1, 0, 1) for q in (-1, 0, 1)]
    pu = np.stack([centre_u + p * a for p, _ in spots], axis=1)
    pv = np.stack([centre_v + q * b for _, q in spots], axis=1)
    world = np.stack([pu * c - pv * s, pu * s + pv * c], axis=-1)
    fits = np.asarray(inside(polygon, world.reshape(-1, 2)).reshape(pu.shape).all(axis=1))
    best = int(np.argmax(np.where(fits, a * b, 0)))
    x, y = world[best, 4]
    long, short = 2 * float(a[best]), 2 * float(b[best])
    if not fits[best]:
        long, short = 0.25 * long, 0.25 * short
    if long >= short:
        return float(x), float(y), long, short, angle
    return float(x), float(y), short, long, angle + math.pi / 2


def shrunk(polygon: Points, metres: float) -> Points:
    """Any smooth polygon with its rim moved inwards a little; corners are mitred, crossings not sought."""
    edges = np.roll(polygon, -1, axis=0) - polygon
    edges /= np.maximum(np.hypot(edges[:, 0], edges[:, 1]), 1e-9)[:, None]
    x, y = polygon[:, 0], polygon[:, 1]
    turn = 1.0 if np.dot(x, np.roll(y, -1)) > np.dot(y, np.roll(x, -1)) else -1.0
    normals = np.stack([-edges[:, 1], edges[:, 0]], axis=1) * turn
    bisector = normals + np.roll(normals, 1, axis=0)
    square = np.maximum((bisector**2).sum(axis=1), 0.5)
    return np.asarray(polygon + bisector * (2 * metres / square)[:, None])


def rounded(polygon: Points, radius: float) -> Points:
    """The corners cut round: each becomes an arc of three points."""
    out: list[Points] = []
    for i in range(len(polygon)):
        p = polygon[i]
        for_prev, for_next = polygon[i - 1] - p, polygon[(i + 1) % len(polygon)] - p
        a, b = float(np.hypot(*for_prev)), float(np.hypot(*for_next))
        if a < 1e-6 or b < 1e-6:
            continue
        r = min(radius, a * 0.45, b * 0.45)
        s, e = p + for_prev * (r / a), p + for_next * (r / b)
        out += [s, (s + e + 2 * p) / 4 * 0.8 + (s + e) / 2 * 0.2, e]
    return np.array(out)


def densified(polygon: Points, step: float, *, closed: bool = True) -> Points:
    """The same line with a point at least every `step` metres, so that it can be bent."""
    ends = np.roll(polygon, -1, axis=0) if closed else polygon[1:]
    starts = polygon if closed else polygon[:-1]
    pieces = []
    for p, q in zip(starts, ends, strict=True):
        n = max(1, math.ceil(math.hypot(q[0] - p[0], q[1] - p[1]) / step))
        pieces.append(p + (q - p) * (np.arange(n) / n)[:, None])
    if not closed:
        pieces.append(polygon[-1:])
    return np.concatenate(pieces)


def offset_line(line: Points, left: float) -> Points:
    """A line beside an open line, `left` metres towards (-dy, dx)."""
    d = np.gradient(line, axis=0)
    d /= np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-9)[:, None]
    return line + np.stack([-d[:, 1], d[:, 0]], axis=1) * left


def ribbon(line: Points, left: float, right: float) -> Points:
    """Polygon between two lines beside an open line."""
    return np.concatenate([offset_line(line, left), offset_line(line, right)[::-1]])


def lengths(line: Points) -> NDArray[np.float64]:
    """Running length at every point of an open line."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def along(line: Points, at: NDArray[np.float64]) -> tuple[Points, NDArray[np.float64]]:
    """Positions and directions (radians) at running lengths of an open line."""
    run = lengths(line)
    x, y = np.interp(at, run, line[:, 0]), np.interp(at, run, line[:, 1])
    x2, y2 = np.interp(at + 0.5, run, line[:, 0]), np.interp(at + 0.5, run, line[:, 1])
    x1, y1 = np.interp(at - 0.5, run, line[:, 0]), np.interp(at - 0.5, run, line[:, 1])
    return np.stack([x, y], axis=1), np.arctan2(y2 - y1, x2 - x1)


def reach(polygon: Points, origins: Points, dx: float, dy: float) -> NDArray[np.float64]:
    """How far rays from points within go along (dx, dy) until they leave the polygon; NaN where they miss."""
    p, q = polygon, np.roll(polygon, -1, axis=0)
    ex, ey = q[:, 0] - p[:, 0], q[:, 1] - p[:, 1]
    det = dx * ey - dy * ex
    det = np.where(np.abs(det) < 1e-9, np.nan, det)
    ox, oy = p[None, :, 0] - origins[:, None, 0], p[None, :, 1] - origins[:, None, 1]
    t = (ox * ey - oy * ex) / det
    u = (ox * dy - oy * dx) / det
    hit = np.where((u >= 0) & (u <= 1) & (t > 0), t, -1.0)
    far = hit.max(axis=1)
    return np.where(far > 0, far, np.nan)


def inside(polygon: Points, points: Points) -> NDArray[np.bool_]:
    """Which points lie within (even-odd rule)."""
    x, y = points[:, 0][:, None], points[:, 1][:, None]
    x0, y0 = polygon[:, 0][None], polygon[:, 1][None]
    x1, y1 = np.roll(polygon[:, 0], -1)[None], np.roll(polygon[:, 1], -1)[None]
    rise = np.where(np.abs(y1 - y0) < 1e-12, 1e-12, y1 - y0)
    crosses = ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / rise + x0)
    return np.asarray(crosses.sum(axis=1) % 2 == 1)


def scattered(polygon: Points, spacing: float, rng: np.random.Generator) -> Points:
    """Points strewn over a polygon, about one per square of `spacing` metres, never in rows."""
    lo, hi = polygon.min(axis=0), polygon.max(axis=0)
    xs, ys = np.arange(lo[0], hi[0], spacing), np.arange(lo[1], hi[1], spacing)
    if len(xs) == 0 or len(ys) == 0:
        return np.empty((0, 2))
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    grid += rng.uniform(-0.1, 1.1, grid.shape) * spacing
    return grid[inside(polygon, grid)]
