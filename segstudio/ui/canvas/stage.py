"""What all panes share: the place one looks at, the tiles, the overlays and the hand."""

from dataclasses import dataclass, field

from PySide6.QtGui import QColor

from segstudio.raster.tiles import TileGrid
from segstudio.raster.window import Window
from segstudio.ui.canvas.gestures import Gestures
from segstudio.ui.canvas.overlay import OverlayKind, OverlayTiles
from segstudio.ui.canvas.tile_reader import TileReader
from segstudio.ui.canvas.viewport import Viewport
from segstudio.ui.display import DisplaySettings
from segstudio.ui.session import Session
from segstudio.ui.theme import current_theme

# these overlays stand for themselves: at the faint mask's opacity their colours could not be told apart
_OUTLINE_OPACITY, _HEAT_OPACITY = 0.45, 0.3


@dataclass(slots=True)
class Stage:
    """Belongs to the Canvas; panes only look."""

    session: Session
    viewport: Viewport
    tiles: TileReader
    overlays: OverlayTiles
    gestures: Gestures
    grid: TileGrid = field(default_factory=lambda: TileGrid(0, 0))
    spot: tuple[float, float] | None = None  # the pointer, in image pixels
    pointed_out: Window | None = None  # a tile that is framed for a moment

    @property
    def display(self) -> DisplaySettings:
        """How the scene is shown."""
        return self.session.display

    def overlay_kind(self) -> OverlayKind | None:
        """What lies over the image now; None when it is hidden."""
        display = self.display
        if display.mask_hidden:
            return None
        if display.show_doubt:
            return "doubt"
        if display.show_depth and display.mode != "side_by_side":
            return "depth"
        return "outline" if display.outline_only else "mask"

    def opacity(self, kind: OverlayKind) -> float:
        """How dense an overlay is painted."""
        opacity = self.display.mask_opacity
        if kind == "outline":
            return min(1.0, opacity + _OUTLINE_OPACITY)
        return opacity if kind == "mask" else min(1.0, opacity + _HEAT_OPACITY)


def ground_colours() -> tuple[QColor, QColor]:
    """Around the image, and where the image has no data."""
    theme = current_theme()
    return QColor(theme.canvas), QColor(theme.line)
