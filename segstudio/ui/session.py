"""The window's door to everything: intents come in as methods, changes go out as signals (see `desk.py`)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject

from segstudio.raster.window import Window
from segstudio.ui.desk import MAX_BRUSH_PX, MIN_BRUSH_PX, TOOLS, Desk
from segstudio.ui.display import DisplaySettings
from segstudio.ui.pen import Pen

Scope = Literal["view", "area", "scene"]


class Session(Desk):
    """Keeps the open project, document and settings consistent; widgets ask it and hear it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pen = Pen(self)

    # ---- opening -------------------------------------------------------------------------------------------

    def open_path(self, path: str | Path) -> None:
        """Open an image (a project is made beside it), a folder of photos, or a project folder."""

    def open_paths(self, paths: Sequence[str | Path]) -> None:
        """Open several images as one project."""

    def open_project(self, folder: Path) -> None:
        """Open a project folder."""

    def show_image(self, image_id: int) -> None:
        """Open the document of one image of the project."""

    # ---- what is in the hand -------------------------------------------------------------------------------

    def set_class(self, class_id: int) -> None:
        """Take a class; the one before can be swapped back with `swap_class`."""
        if class_id != self.class_id:
            self.last_class_id, self.class_id = self.class_id, class_id
            self.class_changed.emit(class_id)

    def swap_class(self) -> None:
        """Take the last class again."""
        self.set_class(self.last_class_id)

    def set_tool(self, name: str) -> None:
        """Take a tool of `desk.TOOLS`."""
        if name not in TOOLS:
            raise ValueError(f"no tool is named {name!r}: there are {', '.join(TOOLS)}")
        if name != self.tool:
            self.end_stroke()
            self.tool = name
            self.tool_changed.emit(name)

    def set_brush_radius(self, radius_px: int) -> None:
        """Set the brush radius in image pixels, kept within its limits."""
        radius_px = max(MIN_BRUSH_PX, min(MAX_BRUSH_PX, int(radius_px)))
        if radius_px != self.brush_radius_px:
            self.brush_radius_px = radius_px
            self.brush_changed.emit(radius_px)

    def set_display(self, display: DisplaySettings) -> None:
        """Show the scene in another way."""
        if display != self.display:
            self.display = display
            self.display_changed.emit()

    def set_area(self, area: Window | None) -> None:
        """Set or clear the area of interest."""
        self.area = area if area is None or self.extent is None else area.intersection(self.extent)
        self.area_changed.emit(self.area)

    # ---- said by the canvas --------------------------------------------------------------------------------

    def set_view(self, window: Window | None) -> None:
        """Remember what is on screen (image pixels, clipped to the image)."""
        self.view = window
        self.view_changed.emit(window)

    def move_cursor(self, col: float, row: float) -> None:
        """Say where the pointer is, in image pixels."""
        self.cursor = (col, row)
        self.cursor_moved.emit(self.cursor)

    def leave_cursor(self) -> None:
        """Say that the pointer left the image."""
        self.cursor = None
        self.cursor_moved.emit(None)

    # ---- correcting ----------------------------------------------------------------------------------------

    def begin_stroke(self, col: float, row: float, erase: bool = False) -> None:
        """Start a stroke with brush or eraser; `erase` is the right button."""
        self._pen.begin(col, row, erase=erase)

    def stroke_to(self, col: float, row: float) -> None:
        """Draw the stroke on."""
        self._pen.to(col, row)

    def end_stroke(self) -> None:
        """Finish the stroke; it is on disk afterwards."""
        self._pen.end()

    def apply_polygon(self, points: Sequence[tuple[float, float]]) -> None:
        """Fill a polygon (col, row) with the class in hand."""
        self._pen.polygon(points)

    def fill_at(self, col: float, row: float) -> None:
        """Fill the connected region under the pointer with the class in hand."""
        self._pen.fill_at(col, row)

    def pick_class_at(self, col: float, row: float) -> None:
        """Take the class shown under the pointer."""

    def class_at(self, col: float, row: float) -> int | None:
        """The class shown at a pixel; None outside the image or where nothing is said."""

    def undo(self) -> None:
        """Take the last edit back."""

    def redo(self) -> None:
        """Make the last edit again that was taken back."""

    def accept(self, window: Window) -> None:
        """Accept the prediction in a window where nobody has spoken."""

    def accept_tile_at_cursor(self) -> None:
        """The rest of this tile is right."""

    def next_doubtful_tile(self) -> None:
        """Show the tile with the highest mean doubt that is not done yet (`look_requested`)."""

    # ---- models and jobs -----------------------------------------------------------------------------------

    def set_model(self, model_id: str) -> None:
        """Choose a card (`mff-light`, `gray:mff-light`) or a version of the project."""

    def predict(self, scope: Scope) -> None:
        """Predict the view, the area or the whole scene in the background."""

    def fine_tune(self) -> None:
        """Teach the model in use from the corrections, in the background."""

    def cancel_job(self) -> None:
        """Ask the running job to stop; it does within one batch."""

    def keep_version(self, version_id: str) -> None:
        """Use a new version from now on."""

    def drop_version(self, version_id: str) -> None:
        """Throw a version away and stay with its parent."""
