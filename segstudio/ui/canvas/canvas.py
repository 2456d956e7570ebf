"""The canvas: panes side by side over one scene, laid out as the display settings say."""

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSizeF, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from segstudio.mask.depth_filter import DepthFilter
from segstudio.mask.mask import Mask
from segstudio.project.document import Document
from segstudio.raster.stretch import Stretch
from segstudio.raster.tiles import TileGrid, TileKey
from segstudio.raster.window import Window
from segstudio.ui.canvas.arrangement import Arrangement
from segstudio.ui.canvas.depth_scale import is_other_range, visible_range
from segstudio.ui.canvas.gestures import Gestures
from segstudio.ui.canvas.minimap import Minimap
from segstudio.ui.canvas.overlay import OverlayTiles
from segstudio.ui.canvas.pane import CanvasPane, PaneRole
from segstudio.ui.canvas.pane_grid import Cells, pane_cells
from segstudio.ui.canvas.plates import HEIGHT_PX, MARGIN_PX
from segstudio.ui.canvas.stage import Stage
from segstudio.ui.canvas.tile_reader import TileReader
from segstudio.ui.canvas.viewport import Viewport
from segstudio.ui.memory_budget import memory_budget, share_out
from segstudio.ui.session import Session
from segstudio.ui.theme import current_theme

# the view is said, and depth colours are spread anew, when it has rested for so long
REST_MS = 80
# tiles that come within so short a time are painted together
GATHER_MS = 12
# a tile that was accepted or is to be judged is framed for so long
MOMENT_MS = 900
_MINIMAP_ROOM_PX = 420
_ROLES: tuple[PaneRole, ...] = ("image", "overlay", "depth")


class Canvas(QWidget):
    """Shows the open document; hears and asks the Session, and reads tiles through its own threads."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.viewport = Viewport(self)
        self.tiles = TileReader()
        self.overlays = OverlayTiles()
        self.gestures = Gestures(session, self.viewport, self)
        self._stage = Stage(session, self.viewport, self.tiles, self.overlays, self.gestures)
        self._document: Document | None = None
        self._cells: Cells = ()
        self._wanted: tuple[int, frozenset[TileKey]] | None = None
        self._rest_timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._arrival_timer = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._moment_timer = QTimer(self, singleShot=True, interval=MOMENT_MS)
        self._arrived: list[TileKey] = []
        self._awaited: set[TileKey] = set()
        self._build()
        self._hear_session()
        self._hear_parts()
        self._show_document(session.document)
        self._show_stretch(session.stretch)

    @property
    def panes(self) -> list[CanvasPane]:
        """The panes on screen, from left to right."""
        return [pane for pane in self._panes.values() if not pane.isHidden()]

    def shut_down(self) -> None:
        """Stop the reader threads; the canvas can show nothing new afterwards."""
        self.tiles.close()

    # ---- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._panes = {role: CanvasPane(self._stage, role, self) for role in _ROLES}
        for pane in self._panes.values():
            pane.pointed.connect(self._point)
        self._arrangement = Arrangement(self._panes, self._stage)
        self._minimap = Minimap(self)
        self.setFocusProxy(self._panes["overlay"])

    def _hear_session(self) -> None:
        session, viewport = self.session, self.viewport
        session.document_changed.connect(self._show_document)
        session.stretch_changed.connect(self._show_stretch)
        session.classes_changed.connect(self._recolour)
        session.project_changed.connect(self._recolour)
        session.mask_changed.connect(self._mask_changed)
        session.time_changed.connect(self._show_time)
        session.display_changed.connect(self._arrange)
        session.area_changed.connect(self._update_panes)
        session.depth_filter_changed.connect(self._dim)
        session.depth_pick_changed.connect(self._hand_changed)
        session.brush_changed.connect(self._refresh_spot)
        session.class_changed.connect(self._update_panes)
        session.look_requested.connect(self._look_at)
        session.review_changed.connect(self._point_out)
        session.fit_requested.connect(viewport.fit)
        session.zoom_requested.connect(viewport.zoom_by)
        session.overviews.grew.connect(self.tiles.overviews_grew)

    def _hear_parts(self) -> None:
        self.viewport.changed.connect(self._moved)
        self.tiles.arrived.connect(self._tiles_arrived)
        self.tiles.preview_arrived.connect(self._preview_arrived)
        self.tiles.failed.connect(self._say_trouble)
        self.gestures.changed.connect(self._hand_changed)
        self._minimap.picked.connect(self.viewport.centre_on)
        self._rest_timer.timeout.connect(self._rest)
        self._arrival_timer.timeout.connect(self._paint_arrived)
        self._moment_timer.timeout.connect(self._point_out)
        # the reader outlives this widget's C++ half for a moment: its threads are stopped either way
        self.destroyed.connect(self.tiles.close)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.tiles.close)

    # ---- another document, stretch, colour, layout ---------------------------------------------------------

    def _show_document(self, document: Document | None) -> None:
        self._document = document
        info = document.info if document else None
        grid = TileGrid(info.width, info.height) if info else TileGrid(0, 0)
        self._stage.grid, self._stage.spot = grid, None
        self.tiles.show(info, grid if info else None, self.session.overviews.pyramid)
        self._wanted = None
        mask = document.mask if document else None
        share_out(memory_budget(), self.tiles, self.overlays, mask)
        self.overlays.set_mask(mask)
        self._recolour()
        self._minimap.set_image(grid.width, grid.height)
        self._arrange()
        self.viewport.set_image(grid.width, grid.height)

    def _show_time(self, mask: Mask | None) -> None:
        """Colour the mask of another moment, or the present one again."""
        self.overlays.set_mask(mask)
        self._recolour()

    def _show_stretch(self, stretch: Stretch | None) -> None:
        self.tiles.set_stretch(stretch if self._document else None)
        self._wanted = None
        self._want_tiles()

    def _recolour(self) -> None:
        self.overlays.set_classes(self.session.classes if self._document else None)
        self._refresh()

    def _arrange(self) -> None:
        self.overlays.prefer_depth(self.session.display.depth_from)
        self._arrangement.arrange(self._document.info if self._document else None)
        self._measure()
        self._refresh()
        self._rest_timer.start()

    # ---- the view moved, something arrived -----------------------------------------------------------------

    def _moved(self) -> None:
        self._want_tiles()
        self._update_panes()
        self._rest_timer.start()
        self._place_minimap()

    def _want_tiles(self) -> None:
        """Ask for the tiles of the view, then for those around it, if others than before."""
        if self._document is None:
            return
        grid, level = self._stage.grid, self._stage.grid.level_for(self.viewport.coming_scale)
        view = self._view(coming=True)
        now = grid.visible(view, level)
        # sorted by how near they are to the middle: the same tiles in another order are no other wish
        if self._wanted == (wish := (level, frozenset(now))):
            return
        self._wanted = wish
        self._awaited = set(self.tiles.missing(now))
        later: list[TileKey] = []
        if not self.tiles.is_heavy(level):
            around = grid.visible(view.padded(grid.tile_size << level), level)
            later = [key for key in around if key not in wish[1]]
        self.tiles.want(now, later)

    def _view(self, *, coming: bool = False) -> Window:
        """The image pixels on screen in any pane, or that will be when the zoom has come to rest."""
        look = self.viewport.coming_projection if coming else self.viewport.projection
        view = Window(0, 0, 0, 0)
        for pane in self.panes:
            view = view.union(look(pane.size()).window)
        return view

    def _rest(self) -> None:
        """The view came to rest: say it, and spread the depth colours over what is shown."""
        view = None
        if self._document is not None:
            view = self._view().intersection(self._document.info.extent)
        if view != self.session.view:
            self.session.set_view(view)
        self._spread_depth(view)

    def _spread_depth(self, view: Window | None) -> None:
        plane = self.overlays.depth_plane()
        if plane is not None and view is not None and self.session.display.show_depth:
            found = visible_range(plane, view)
            if found is not None and is_other_range(self.overlays.depth_range, found):
                self.overlays.set_depth_range(*found)
                self._refresh()
        self._arrangement.tell_depth()

    def _tiles_arrived(self, keys: list[TileKey]) -> None:
        """Paint what came: at once when the view is complete, else with what comes in the next moment."""
        self._arrived += keys
        is_complete = self._awaited and self._awaited.issubset(self._arrived)
        self._awaited.difference_update(keys)
        if is_complete:
            self._paint_arrived()
        elif not self._arrival_timer.isActive():
            self._arrival_timer.start()

    def _paint_arrived(self) -> None:
        self._arrival_timer.stop()
        level = self._stage.grid.level_for(self.viewport.scale)
        windows = [self._stage.grid.window(key) for key in self._arrived if key.level == level]
        self._arrived.clear()
        for pane in self.panes:
            if windows and pane.role != "depth":
                pane.refresh(*windows)

    def _preview_arrived(self) -> None:
        if self.tiles.preview is not None:
            self._minimap.set_picture(self.tiles.preview)
        if self._awaited:
            self._refresh()

    def _mask_changed(self, window: Window) -> None:
        self.overlays.mark_stale(window)
        for pane in self.panes:
            if pane.role != "image":
                pane.refresh(window)
        if self.session.display.show_depth:
            self._rest_timer.start()

    def _look_at(self, window: Window) -> None:
        self.viewport.look_at(window)
        self._point_out(window)

    def _point_out(self, window: Window | None = None) -> None:
        """Frame a tile for a moment, so that one sees which one is meant."""
        self._stage.pointed_out = window
        if window is not None:
            self._moment_timer.start()
        self._update_panes()

    def _say_trouble(self, sentence: str) -> None:
        self.session.notice.emit("error", sentence)

    def _dim(self, wanted: DepthFilter | None) -> None:
        self.overlays.set_depth_filter(wanted)
        self._refresh()

    # ---- the hand ------------------------------------------------------------------------------------------

    def _point(self, spot: tuple[float, float] | None) -> None:
        self._stage.spot = spot
        grid = self._stage.grid
        if spot is not None and 0 <= spot[0] < grid.width and 0 <= spot[1] < grid.height:
            self.session.move_cursor(*spot)
        elif self.session.cursor is not None:
            self.session.leave_cursor()
        self._refresh_spot()

    def _hand_changed(self) -> None:
        for pane in self.panes:
            pane.show_cursor(self.gestures.cursor)
        self._update_panes()

    def _refresh_spot(self) -> None:
        for pane in self.panes:
            pane.refresh_spot()

    def _refresh(self) -> None:
        for pane in self.panes:
            pane.refresh()

    def _update_panes(self) -> None:
        for pane in self.panes:
            pane.update()

    # ---- sizes ---------------------------------------------------------------------------------------------

    def _measure(self) -> None:
        """Put the panes into their places and tell the viewport how large the smallest is."""
        panes, grid = self.panes, self._stage.grid
        cells = pane_cells(len(panes), self.size(), (grid.width, grid.height))
        if cells != self._cells:
            self._cells = cells
            _lay_out(self._layout, panes, cells)
        self._layout.activate()
        smallest = QSizeF(min(pane.width() for pane in panes), min(pane.height() for pane in panes))
        self.viewport.set_pane(smallest, self.devicePixelRatioF())
        self._place_minimap()

    def _place_minimap(self) -> None:
        pane = self.panes[0]
        view = pane.projection.window
        self._minimap.set_view(view)
        has_room = min(pane.width(), pane.height()) >= _MINIMAP_ROOM_PX
        self._minimap.setVisible(has_room and self._document is not None and self._minimap.is_needed(view))
        corner = pane.geometry().bottomRight() - QPoint(self._minimap.width(), self._minimap.height())
        display = self.session.display
        has_legend = display.show_depth and display.mode == "single"
        lift = round(HEIGHT_PX + MARGIN_PX / 2) if has_legend else 0
        self._minimap.move(corner - QPoint(round(MARGIN_PX) - 1, round(MARGIN_PX) - 1 + lift))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the gaps between the panes."""
        QPainter(self).fillRect(event.rect(), QColor(current_theme().border))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the view in its place."""
        super().resizeEvent(event)
        self._measure()

    def event(self, event: QEvent) -> bool:
        """Another theme paints another ground, another screen has other pixels."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._measure()
        elif event.type() == QEvent.Type.PaletteChange:
            self._refresh()
        return super().event(event)


def _lay_out(layout: QGridLayout, panes: list[CanvasPane], cells: Cells) -> None:
    """Put panes into cells of one size."""
    for index in range(layout.rowCount()):
        layout.setRowStretch(index, 0)
    for index in range(layout.columnCount()):
        layout.setColumnStretch(index, 0)
    for pane, cell in zip(panes, cells, strict=True):
        layout.addWidget(pane, cell.row, cell.col, cell.rows, cell.cols)
        for line in range(cell.row, cell.row + cell.rows):
            layout.setRowStretch(line, 1)
        for line in range(cell.col, cell.col + cell.cols):
            layout.setColumnStretch(line, 1)
