"""A small picture maker for streets: textured planes, one camera, nearest wins."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Texture = NDArray[np.uint8]
"""(h, w, 3) or, where parts are see-through, (h, w, 4)."""
SKY, BUILDING, ROAD, PAVEMENT, TREE, CAR = range(6)
"""Class ids of street photos."""
_NEAR_M = 0.25


def vector(x: float, y: float, z: float) -> Vector:
    """A position or direction: x to the right of the street, y up, z along it; metres."""
    return np.array([x, y, z], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the photographer stands and looks."""

    x: float
    height_m: float
    yaw: float
    pitch: float
    focal_px: float
    rows: int
    cols: int

    def turned(self, v: Vector) -> Vector:
        """A world direction as the camera sees it."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        x, z = v[0] * c - v[2] * s, v[0] * s + v[2] * c
        c, s = math.cos(self.pitch), math.sin(self.pitch)
        return vector(x, v[1] * c - z * s, v[1] * s + z * c)

    def seen(self, position: Vector) -> Vector:
        """A world position in camera coordinates."""
        return self.turned(position - vector(self.x, self.height_m, 0.0))

    @property
    def matrix(self) -> Vector:
        """Camera coordinates to pixels."""
        return np.array(
            [[self.focal_px, 0, self.cols / 2], [0, -self.focal_px, self.rows / 2], [0, 0, 1]],
            dtype=np.float64,
        )


class View:
    """Picture, class ids and inverse depth while they are painted; what is nearer is never overdrawn."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.pixels = np.zeros((camera.rows, camera.cols, 3), np.uint8)
        self.class_ids = np.full((camera.rows, camera.cols), SKY, np.uint8)
        self.inverse_depth = np.zeros((camera.rows, camera.cols), np.float32)

    def add(self, origin: Vector, along: Vector, up: Vector, texture: Texture, class_id: int) -> None:
        """Paint the rectangle of two edges from `origin`; the texture's first row lies at `origin + up`."""
        camera = self.camera
        o, a, b = camera.seen(origin + up), camera.turned(along), camera.turned(-up)
        outline = _projected([o, o + a, o + a + b, o + b], camera)
        if outline is None:
            return
        x0, y0 = np.maximum(np.floor(outline.min(axis=0)).astype(int), 0)
        x1, y1 = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 1, (camera.cols, camera.rows))
        if x0 >= x1 or y0 >= y1:
            return
        nearness = self._nearness(o, np.cross(a, b), x0, y0, x1, y1)
        if nearness is None:
            return
        roi = (slice(y0, y1), slice(x0, x1))
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        cv2.fillConvexPoly(mask, np.round((outline - (x0, y0)) * 16).astype(np.int32), 1, 8, 4)
        visible = (mask > 0) & (nearness > self.inverse_depth[roi])
        if not visible.any():
            return
        texture = _minified(texture, outline)
        rows, cols = texture.shape[:2]
        plane = camera.matrix @ np.stack([a / cols, b / rows, o], axis=1)
        plane[0] -= x0 * plane[2]
        plane[1] -= y0 * plane[2]
        warped = cv2.warpPerspective(
            texture,
            plane,
            (int(x1 - x0), int(y1 - y0)),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        self._put(roi, visible, np.asarray(warped, dtype=np.uint8), nearness, class_id)

    def _nearness(
        self, o: Vector, n: Vector, x0: int, y0: int, x1: int, y1: int
    ) -> NDArray[np.float32] | None:
        """1 / depth of a plane on a piece of the picture; it is affine in the pixels."""
        distance = float(n @ o)
        if abs(distance) < 1e-9:
            return None
        camera = self.camera
        x = (np.arange(x0, x1) + 0.5 - camera.cols / 2) / camera.focal_px * n[0]
        y = -(np.arange(y0, y1) + 0.5 - camera.rows / 2) / camera.focal_px * n[1]
        return np.asarray((x[None, :] + y[:, None] + n[2]) / distance, dtype=np.float32)

    def _put(
        self,
        roi: tuple[slice, slice],
        visible: NDArray[np.bool_],
        warped: NDArray[np.uint8],
        nearness: NDArray[np.float32],
        class_id: int,
    ) -> None:
        if warped.shape[2] == 4:
            alpha = warped[..., 3]
            visible &= alpha > 20
            share = (alpha[visible].astype(np.float32) / 255)[:, None]
            old = self.pixels[roi][visible]
            self.pixels[roi][visible] = (
                old + (warped[..., :3][visible] - old.astype(np.float32)) * share
            ).astype(np.uint8)
            solid = visible & (alpha > 110)
        else:
            self.pixels[roi][visible] = warped[visible]
            solid = visible
        self.class_ids[roi][solid] = class_id
        self.inverse_depth[roi][solid] = nearness[solid]


def _projected(corners: list[Vector], camera: Camera) -> Vector | None:
    """Pixel outline of a polygon in camera coordinates, cut where it comes too near."""
    kept: list[Vector] = []
    for k, p in enumerate(corners):
        q = corners[(k + 1) % len(corners)]
        if p[2] >= _NEAR_M:
            kept.append(p)
        if (p[2] >= _NEAR_M) != (q[2] >= _NEAR_M):
            kept.append(p + (q - p) * ((_NEAR_M - p[2]) / (q[2] - p[2])))
    if len(kept) < 3:
        return None
    pixels = np.array(kept) @ camera.matrix.T
    flat = pixels[:, :2] / pixels[:, 2:]
    return np.asarray(np.clip(flat, -30_000, 30_000))


def _minified(texture: Texture, outline: Vector) -> Texture:
    """The texture at about the size it will be seen, so that distant detail does not flicker."""
    wide, high = np.ptp(outline, axis=0)
    fx, fy = texture.shape[1] / max(wide, 1), texture.shape[0] / max(high, 1)
    if fx < 1.6 and fy < 1.6:
        return texture
    size = (
        max(2, int(texture.shape[1] / max(1.0, fx * 0.8))),
        max(2, int(texture.shape[0] / max(1.0, fy * 0.8))),
    )
    return cv2.resize(texture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
