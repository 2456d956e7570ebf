"""What lies on the desk: the window's own state, which no project keeps, and the signals of its changes."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from segstudio.mask.depth_filter import DepthFilter
from segstudio.mask.plane import Plane
from segstudio.raster.window import Window
from segstudio.ui.display import DisplaySettings
from segstudio.ui.pen_settings import PenSettings, remember_pen, remembered_pen

if TYPE_CHECKING:
    from segstudio.project.document import Document
    from segstudio.project.project import Project
    from segstudio.raster.stretch import Stretch

DepthEnd = Literal["low", "high"]
TOOLS = ("pan", "brush", "eraser", "polygon", "fill", "area")
MIN_BRUSH_PX, MAX_BRUSH_PX = 1, 1000


@dataclass(frozen=True, slots=True)
class JobState:
    """What the status bar and the panels say about the running job."""

    verb: str  # "predict" | "fine_tune" | "sample" | "export"
    title: str
    text: str = ""
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    cancelling: bool = False

    @property
    def fraction(self) -> float | None:
        """Share done, 0..1; None while it is not known."""
        return min(1.0, self.done / self.total) if self.total > 0 else None


class Desk(QObject):
    """State and signals that the session and its helpers share; holds no arrays.

    Positions are image pixels: `col` and `row` as floats, the first pixel spans 0..1.
    """

    project_changed = Signal()
    images_changed = Signal()
    document_changed = Signal(object)  # Document | None
    classes_changed = Signal()
    class_changed = Signal(int)
    tool_changed = Signal(str)
    brush_changed = Signal(int)
    pen_changed = Signal(object)  # PenSettings
    mask_changed = Signal(object)  # Window to repaint: annotation, prediction, doubt or depth changed
    history_changed = Signal()
    time_changed = Signal(object)  # Mask | None to show: another moment's, or the present one again
    review_changed = Signal(object)  # Window of a tile that is done, or not any more
    stretch_changed = Signal(object)  # Stretch | None
    display_changed = Signal()
    area_changed = Signal(object)  # Window | None: the area of interest
    depth_filter_changed = Signal(object)  # DepthFilter | None: which depths the tools may change
    depth_pick_changed = Signal(object)  # "low" | "high": the next click sets this end of the filter; None
    view_changed = Signal(object)  # Window on screen, said by the canvas
    cursor_moved = Signal(object)  # (col, row) floats, or None when the pointer left the image
    look_requested = Signal(object)  # Window the canvas shall show
    fit_requested = Signal()
    zoom_requested = Signal(float)  # factor about the middle of the view
    model_changed = Signal(object)  # ModelRef | None
    versions_changed = Signal()
    job_changed = Signal(object)  # JobState | None
    job_done = Signal(str)  # verb of a job that came to its end, neither cancelled nor failed
    job_result = Signal(object)  # any other step of a job: a file was written, a figure was measured
    epoch_ready = Signal(object)  # jobs.steps.EpochReady
    version_ready = Signal(object)  # jobs.steps.VersionReady: keep or drop it
    locate_requested = Signal(int)  # image id: where does this image lie now?
    backups_requested = Signal()  # show the copies of the project
    notice = Signal(str, str)  # level "info" | "warning" | "error", sentence
    offer = Signal(str, str, object)  # sentence, text of the button, what it calls

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.document: Document | None = None
        self.display = DisplaySettings()
        self.stretch: Stretch | None = None
        self.tool = "pan"
        self.class_id = 0
        self.last_class_id = 0
        self.brush_radius_px = 12
        self.pen = remembered_pen()
        self.area: Window | None = None
        self.depth_filter: DepthFilter | None = None
        self.depth_pick: DepthEnd | None = None
        self.view: Window | None = None
        self.cursor: tuple[float, float] | None = None

    @property
    def extent(self) -> Window | None:
        """All pixels of the open image."""
        info = self.document.info if self.document else None
        return Window(0, 0, info.width, info.height) if info else None

    # ---- what is in the hand -------------------------------------------------------------------------------

    def set_class(self, class_id: int) -> None:
        """Take a class; the one before can be swapped back with `swap_class`."""
        if class_id != self.class_id:
            self.last_class_id, self.class_id = self.class_id, class_id
            self.class_changed.emit(class_id)

    def swap_class(self) -> None:
        """Take the last class again."""
        self.set_class(self.last_class_id)

    def set_brush_radius(self, radius_px: int) -> None:
        """Set the brush radius in image pixels, kept within its limits."""
        radius_px = max(MIN_BRUSH_PX, min(MAX_BRUSH_PX, int(radius_px)))
        if radius_px != self.brush_radius_px:
            self.brush_radius_px = radius_px
            self.brush_changed.emit(radius_px)

    def set_pen(self, pen: PenSettings) -> None:
        """Say how strokes follow the hand; it is remembered."""
        if pen != self.pen:
            self.pen = pen
            remember_pen(pen)
            self.pen_changed.emit(pen)

    def hear_pen(self) -> None:
        """A pen is in use: from now on there is something to say about pressure."""
        if not self.pen.has_pen:
            self.set_pen(replace(self.pen, has_pen=True))

    def set_display(self, display: DisplaySettings) -> None:
        """Show the scene in another way."""
        if display != self.display:
            self.display = display
            self.display_changed.emit()

    def set_area(self, area: Window | None) -> None:
        """Set or clear the area of interest."""
        clipped = area if area is None or self.extent is None else area.intersection(self.extent)
        self.area = None if clipped is None or clipped.is_empty else clipped
        self.area_changed.emit(self.area)

    def set_depth_filter(self, wanted: DepthFilter | None) -> None:
        """Let the tools change only pixels of these depths; None lets them change all."""
        if wanted != self.depth_filter:
            self.depth_filter = wanted
            self.depth_filter_changed.emit(wanted)

    def pick_depth(self, end: DepthEnd | None) -> None:
        """Let the next click on the image set one end of the depth filter and open the other."""
        if end != self.depth_pick:
            self.depth_pick = end
            self.depth_pick_changed.emit(end)

    @property
    def depth_plane(self) -> Plane | None:
        """The depth that is shown and that the filter looks at; None where nobody has said any."""
        if self.document is None:
            return None
        return self.document.mask.depth_shown(prefer_target=self.display.depth_from == "target")

    # ---- said by the canvas --------------------------------------------------------------------------------

    def set_view(self, window: Window | None) -> None:
        """Remember what is on screen (image pixels)."""
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
