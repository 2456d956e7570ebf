"""Draws image tiles and overlay tiles into a frame, with what is there until the sharp ones arrive."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from segstudio.raster.tiles import TileGrid, TileKey
from segstudio.raster.window import Window
from segstudio.ui.canvas.overlay import OverlayKind, OverlayTiles
from segstudio.ui.canvas.projection import Projection
from segstudio.ui.canvas.tile_reader import TileReader

_SMOOTH = QPainter.RenderHint.SmoothPixmapTransform
_TRANSLUCENT = QImage.Format.Format_ARGB32_Premultiplied
_QUARTERS = ((0, 0), (1, 0), (0, 1), (1, 1))
# class areas keep their pixel edges as soon as a pixel is two screen pixels large
_SHARP_OVERLAY_SCALE = 2.0
# a missing tile is shown from up to so many levels coarser; further away the preview is as good
_FALLBACK_LEVELS = 3


def draw_ground(painter: QPainter, rect: QRect, image: QRect, around: QColor, nodata: QColor) -> None:
    """The surface around the image, and the one that shows where the image has no data."""
    if not image.contains(rect):
        painter.fillRect(rect, around)
    painter.fillRect(rect & image, nodata)


def draw_image(
    painter: QPainter, projection: Projection, rect: QRect, grid: TileGrid, tiles: TileReader
) -> None:
    """The image tiles in a rectangle of device pixels; what there is of a missing one lies beneath."""
    level = grid.level_for(projection.scale)
    found = [(key, tiles.image(key)) for key in grid.visible(projection.window_of(rect), level)]
    missing = [key for key, image in found if image is None]
    painter.setRenderHint(_SMOOTH, True)
    if missing:
        _draw_instead(painter, projection, rect, grid, missing, tiles)
    painter.setRenderHint(_SMOOTH, not projection.is_crisp)
    for key, image in found:
        if image is not None:
            painter.drawImage(_tile_rect(projection, grid, key), image)


class OverlayPainter:
    """Draws overlay tiles, enlarged ones by way of a sheet: Qt enlarges dense tiles four times faster."""

    def __init__(self, tiles: OverlayTiles) -> None:
        self._tiles = tiles
        self._sheet = QImage()

    def draw(
        self, painter: QPainter, projection: Projection, rect: QRect, kind: OverlayKind, opacity: float
    ) -> list[Window]:
        """Draw the tiles in a rectangle; gives the windows that need another go."""
        smooth = projection.scale < _SHARP_OVERLAY_SCALE and projection.scale != 1
        if opacity == 1 or smooth or projection.scale == 1:
            painter.setRenderHint(_SMOOTH, smooth)
            painter.setOpacity(opacity)
            behind = self._draw_tiles(painter, projection, rect, kind)
        else:
            behind = self._draw_sheet(rect, projection, kind)
            painter.setOpacity(opacity)
            painter.drawImage(rect, self._sheet, QRect(0, 0, rect.width(), rect.height()))
        painter.setOpacity(1.0)
        return behind

    def _draw_sheet(self, rect: QRect, projection: Projection, kind: OverlayKind) -> list[Window]:
        """Draw the tiles in a rectangle densely, on a sheet of its size."""
        if self._sheet.width() < rect.width() or self._sheet.height() < rect.height():
            self._sheet = QImage(rect.size().expandedTo(self._sheet.size()), _TRANSLUCENT)
        sheet = QPainter(self._sheet)
        sheet.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        sheet.fillRect(0, 0, rect.width(), rect.height(), Qt.GlobalColor.transparent)
        sheet.setClipRect(0, 0, rect.width(), rect.height())
        sheet.translate(-rect.left(), -rect.top())
        behind = self._draw_tiles(sheet, projection, rect, kind)
        sheet.end()
        return behind

    def _draw_tiles(
        self, painter: QPainter, projection: Projection, rect: QRect, kind: OverlayKind
    ) -> list[Window]:
        tiles, behind = self._tiles, []
        level = tiles.grid.level_for(projection.scale, outline=kind == "outline")
        for key in tiles.grid.tiles(projection.window_of(rect), level):
            tile = tiles.tile(kind, key)
            if not tile.is_new:
                behind.append(tiles.grid.window(key))
            if tile.image is not None:
                painter.drawImage(projection.device_rect(tiles.grid.window(key)), tile.image)
            elif not tile.is_new:
                _draw_coarser_overlay(painter, projection, tiles, kind, key)
        return behind


def _draw_instead(
    painter: QPainter,
    projection: Projection,
    rect: QRect,
    grid: TileGrid,
    missing: list[TileKey],
    tiles: TileReader,
) -> None:
    """Cover missing tiles with the best there is: the preview, then coarser tiles, then finer ones."""
    extent = Window(0, 0, grid.width, grid.height)
    if tiles.preview is not None:
        _draw_part(
            painter, projection, tiles.preview, extent, projection.window_of(rect).intersection(extent)
        )
    level = missing[0].level
    for up in range(min(_FALLBACK_LEVELS, grid.levels - 1 - level), 0, -1):
        for col, row in {(key.col >> up, key.row >> up) for key in missing}:
            _draw_tile(painter, projection, grid, TileKey(level + up, col, row), tiles)
    if level > 0:
        for key in missing:
            for right, down in _QUARTERS:
                _draw_tile(
                    painter,
                    projection,
                    grid,
                    TileKey(level - 1, 2 * key.col + right, 2 * key.row + down),
                    tiles,
                )


def _draw_tile(
    painter: QPainter, projection: Projection, grid: TileGrid, key: TileKey, tiles: TileReader
) -> None:
    image = tiles.image(key)
    if image is not None:
        painter.drawImage(_tile_rect(projection, grid, key), image)


def _tile_rect(projection: Projection, grid: TileGrid, key: TileKey) -> QRect:
    side = grid.tile_size << key.level
    left, top = key.col * side, key.row * side
    return projection.device_span(left, top, min(left + side, grid.width), min(top + side, grid.height))


def _draw_coarser_overlay(
    painter: QPainter, projection: Projection, tiles: OverlayTiles, kind: OverlayKind, key: TileKey
) -> None:
    for up in range(1, _FALLBACK_LEVELS + 1):
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
