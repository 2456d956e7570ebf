"""Draws image tiles and overlay tiles into a frame, with what is there until the sharp ones arrive."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from segstudio.raster.tiles import TileGrid, TileKey
from segstudio.raster.window import Window
from segstudio.ui.canvas.overlay import OverlayKind, OverlayTiles
from segstudio.ui.canvas.projection import Projection
from segstudio.ui.canvas.tile_reader import TileReader

# class areas keep their pixel edges as soon as a pixel is two screen pixels large
_SHARP_OVERLAY_SCALE = 2.0
# a missing overlay tile is shown from up to so many levels coarser
_OVERLAY_FALLBACK_LEVELS = 3


def draw_ground(painter: QPainter, rect: QRect, image: QRect, around: QColor, nodata: QColor) -> None:
    """The surface around the image, and the one that shows where the image has no data."""
    painter.fillRect(rect, around)
    painter.fillRect(rect & image, nodata)


def draw_image(
    painter: QPainter, projection: Projection, rect: QRect, grid: TileGrid, tiles: TileReader
) -> None:
    """The image tiles in a rectangle of device pixels; coarser ones lie beneath those that are missing."""
    view = projection.window_of(rect)
    keys = grid.visible(view, grid.level_for(projection.scale))
    found = [(key, tiles.image(key)) for key in keys]
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
    for key, image in found:
        if image is None:
            _draw_instead(painter, projection, grid, key, tiles)
    smooth = not projection.is_crisp
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    for key, image in found:
        if image is not None:
            painter.drawImage(projection.device_rect(grid.window(key)), image)


def draw_overlay(
    painter: QPainter,
    projection: Projection,
    rect: QRect,
    tiles: OverlayTiles,
    kind: OverlayKind,
    opacity: float,
) -> list[Window]:
    """The overlay tiles in a rectangle; gives the windows that need another go."""
    level = tiles.grid.level_for(projection.scale, outline=kind == "outline")
    smooth = projection.scale < _SHARP_OVERLAY_SCALE and (kind != "mask" or projection.scale != 1)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.setOpacity(opacity)
    behind: list[Window] = []
    for key in tiles.grid.tiles(projection.window_of(rect), level):
        image, is_new = tiles.image(kind, key)
        window = tiles.grid.window(key)
        if not is_new:
            behind.append(window)
        if image is not None:
            painter.drawImage(projection.device_rect(window), image)
        else:
            _draw_coarser_overlay(painter, projection, tiles, kind, key)
    painter.setOpacity(1.0)
    return behind


def _draw_instead(
    painter: QPainter, projection: Projection, grid: TileGrid, key: TileKey, tiles: TileReader
) -> None:
    """Cover a missing tile with the best there is: a coarser tile, else the preview, then finer tiles."""
    window = grid.window(key)
    for level in range(key.level + 1, grid.levels):
        up = level - key.level
        parent = TileKey(level, key.col >> up, key.row >> up)
        image = tiles.image(parent)
        if image is not None:
            _draw_part(painter, projection, image, grid.window(parent), window)
            break
    else:
        if tiles.preview is not None:
            _draw_part(painter, projection, tiles.preview, Window(0, 0, grid.width, grid.height), window)
    for child in _children(grid, key):
        image = tiles.image(child)
        if image is not None:
            painter.drawImage(projection.device_rect(grid.window(child)), image)


def _draw_coarser_overlay(
    painter: QPainter, projection: Projection, tiles: OverlayTiles, kind: OverlayKind, key: TileKey
) -> None:
    for up in range(1, _OVERLAY_FALLBACK_LEVELS + 1):
        parent = TileKey(key.level + up, key.col >> up, key.row >> up)
        image = tiles.known(kind, parent)
        if image is not None:
            _draw_part(painter, projection, image, tiles.grid.window(parent), tiles.grid.window(key))
            return


def _draw_part(
    painter: QPainter, projection: Projection, image: QImage, covered: Window, part: Window
) -> None:
    """Draw that part of a picture of `covered` that shows the window `part`."""
    across, down = image.width() / covered.width, image.height() / covered.height
    source = QRectF(
        (part.col_off - covered.col_off) * across,
        (part.row_off - covered.row_off) * down,
        part.width * across,
        part.height * down,
    )
    painter.drawImage(QRectF(projection.device_rect(part)), image, source)


def _children(grid: TileGrid, key: TileKey) -> list[TileKey]:
    if key.level == 0:
        return []
    found = [
        TileKey(key.level - 1, 2 * key.col + right, 2 * key.row + down) for down in (0, 1) for right in (0, 1)
    ]
    return [child for child in found if not grid.window(child).is_empty]
