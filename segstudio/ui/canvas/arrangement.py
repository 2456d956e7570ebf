"""Which panes stand side by side, and what is written on them."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from segstudio.raster.raster import RasterInfo
from segstudio.ui.canvas.divider import Divider
from segstudio.ui.canvas.furniture import Furniture
from segstudio.ui.canvas.overlay import OverlayKind
from segstudio.ui.canvas.pane import CanvasPane, PaneRole
from segstudio.ui.canvas.stage import Stage
from segstudio.ui.display import DisplaySettings

_translate = QCoreApplication.translate


def roles(display: DisplaySettings) -> tuple[PaneRole, ...]:
    """The panes from left to right."""
    if display.mode != "side_by_side":
        return ("overlay",)
    return ("image", "overlay", "depth") if display.show_depth else ("image", "overlay")


class Arrangement:
    """Lays the three panes out as the display settings say; the divider keeps its place between swipes."""

    def __init__(self, panes: Mapping[PaneRole, CanvasPane], stage: Stage) -> None:
        self._panes, self._stage = panes, stage
        self._divider = Divider()

    def arrange(self, info: RasterInfo | None) -> None:
        """Show the panes that are asked for, with their names; the first one has the scale bar."""
        display = self._stage.display
        shown = roles(display)
        is_swiped = display.mode == "swipe"
        for role, pane in self._panes.items():
            pane.setVisible(role in shown)
            pane.furniture = Furniture(
                title=_name(self._kind(role)) if len(shown) > 1 else "",
                has_scale_bar=role == shown[0] and info is not None,
                pixel_size_m=info.pixel_size_m if info else None,
            )
        overlay = self._panes["overlay"]
        overlay.divider = self._divider if is_swiped else None
        if is_swiped:
            overlay.furniture.title = _name(None)
            overlay.furniture.title_right = _name(self._kind("overlay"))
        self.tell_depth()

    def tell_depth(self) -> None:
        """Write the depth range where depth is shown, and say where there is none."""
        overlays = self._stage.overlays
        has_depth = overlays.depth_plane() is not None
        for role, pane in self._panes.items():
            is_shown = has_depth and self._kind(role) == "depth"
            pane.furniture.depth_range = overlays.depth_range if is_shown else None
        self._panes["depth"].furniture.message = (
            ""
            if has_depth
            else _translate("Canvas", "No depth yet: predict with a model that gives mask and depth.")
        )

    def _kind(self, role: PaneRole) -> OverlayKind | None:
        if role == "depth":
            return "depth"
        return self._stage.overlay_kind() if role == "overlay" else None


def _name(kind: OverlayKind | None) -> str:
    if kind is None:
        return _translate("Canvas", "Image")
    if kind == "doubt":
        return _translate("Canvas", "Doubt")
    return _translate("Canvas", "Depth") if kind == "depth" else _translate("Canvas", "Mask")
