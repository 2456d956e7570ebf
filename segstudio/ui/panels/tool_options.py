"""What the tool in the hand can be told: for brush and eraser the size, for the others how they work."""

import math
from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from segstudio.mask.depth_filter import DepthFilter
from segstudio.raster.window import Window
from segstudio.ui.desk import MAX_BRUSH_PX, MIN_BRUSH_PX
from segstudio.ui.panels.depth import depth_words
from segstudio.ui.panels.parts import GAP_PX, Panel, ValueSlider, dim_label
from segstudio.ui.session import Session
from segstudio.ui.words import grouped, short_count

_STEPS = 300


class ToolPanel(Panel):
    """Follows the tool; the brush slider is logarithmic, so that small sizes can be met."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.brush_size = ValueSlider(self.tr("Size"), 0, _STEPS, self._diameter)
        self.brush_size.value_changed.connect(lambda step: session.set_brush_radius(_radius(step)))
        self.smoothing = ValueSlider(self.tr("Smoothing"), 0, 100, self._percent)
        self.smoothing.setToolTip(self.tr("Takes the jitter of a slow hand out of strokes"))
        self.smoothing.value_changed.connect(
            lambda value: session.set_pen(replace(session.pen, smoothing=value))
        )
        self.pressure = ValueSlider(self.tr("Pressure"), 0, 100, self._percent)
        self.pressure.setToolTip(self.tr("How much smaller the lightest touch of the pen paints"))
        self.pressure.value_changed.connect(
            lambda value: session.set_pen(replace(session.pen, pressure=value))
        )
        self.brush_size.align_with(self.smoothing, self.pressure)
        self._area_text = dim_label(wrap=True)
        self._hint = dim_label(wrap=True)
        self._pages = QStackedWidget()
        self._brush_page, self._hint_page, self._area_page = self._make_pages()
        self.column.addWidget(self._pages)
        self.column.addWidget(self._depth_row())
        self.column.addStretch(1)
        session.tool_changed.connect(self.refresh)
        session.brush_changed.connect(self.refresh)
        session.pen_changed.connect(self.refresh)
        session.area_changed.connect(self.refresh)
        session.document_changed.connect(self.refresh)
        session.depth_filter_changed.connect(self._show_filter)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show the page of the tool in the hand."""
        tool = self._session.tool
        if tool in ("brush", "eraser"):
            self.brush_size.set_value(_step(self._session.brush_radius_px))
            self.smoothing.set_value(self._session.pen.smoothing)
            self.pressure.set_value(self._session.pen.pressure)
            self.pressure.setVisible(self._session.pen.has_pen)
            self._brush_hint.setText(self._hint_of(tool))
            self._pages.setCurrentWidget(self._brush_page)
        elif tool == "area":
            self._area_text.setText(self._area_words(self._session.area))
            self._clear_area.setEnabled(self._session.area is not None)
            self._pages.setCurrentWidget(self._area_page)
        else:
            self._hint.setText(self._hint_of(tool))
            self._pages.setCurrentWidget(self._hint_page)

    def _make_pages(self) -> tuple[QWidget, QWidget, QWidget]:
        self._brush_hint = dim_label(wrap=True)
        brush = _page(self.brush_size, self.smoothing, self.pressure, self._brush_hint)
        hint = _page(self._hint)
        self._clear_area = QPushButton(self.tr("Clear"))
        self._clear_area.clicked.connect(lambda: self._session.set_area(None))
        row = QWidget()
        side_by_side = QHBoxLayout(row)
        side_by_side.setContentsMargins(0, 0, 0, 0)
        side_by_side.addWidget(self._area_text, 1)
        side_by_side.addWidget(self._clear_area)
        area = _page(row)
        for page in (brush, hint, area):
            self._pages.addWidget(page)
        return brush, hint, area

    def _depth_row(self) -> QWidget:
        """What the depth filter leaves to the tools; hidden while it is off."""
        self.depth_words = dim_label()
        self._depth_off = QPushButton(self.tr("All depths"))
        self._depth_off.clicked.connect(lambda: self._session.set_depth_filter(None))
        self._depth_line = QWidget()
        row = QHBoxLayout(self._depth_line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.depth_words, 1)
        row.addWidget(self._depth_off)
        self._show_filter(self._session.depth_filter)
        return self._depth_line

    def _show_filter(self, wanted: DepthFilter | None) -> None:
        self._depth_line.setVisible(wanted is not None)
        # the panel is small: while there is a filter it says more than how the tool works
        for hint in (self._brush_hint, self._hint):
            hint.setVisible(wanted is None)
        if wanted is not None:
            self.depth_words.setText(self.tr("Only depth {range}").format(range=depth_words(wanted)))

    def _hint_of(self, tool: str) -> str:
        return {
            "brush": self.tr("[ and ] change the size, the right button erases."),
            "eraser": self.tr("Takes back what was said; the prediction shows again."),
            "pan": self.tr("Drag moves the view, the wheel zooms. Hold Space to pan with any tool."),
            "polygon": self.tr("Click the corners, double-click closes. Esc leaves it."),
            "fill": self.tr("Click a region: all connected pixels of its class get the class in hand."),
        }.get(tool, "")

    def _diameter(self, step: int) -> str:
        """The brush's own where it lies between two steps."""
        radius = self._session.brush_radius_px
        return f"{grouped(2 * (radius if _step(radius) == step else _radius(step)))} px"

    def _percent(self, value: int) -> str:
        return f"{value} %" if value else self.tr("off")

    def _area_words(self, area: Window | None) -> str:
        if area is None:
            return self.tr("Drag a rectangle: it can be predicted on its own.")
        size = f"{grouped(area.width)} × {grouped(area.height)}"
        return self.tr("{size} px, {count} pixels").format(size=size, count=short_count(area.area))


def _page(*widgets: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GAP_PX)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return page


def _radius(step: int) -> int:
    return max(MIN_BRUSH_PX, int(MIN_BRUSH_PX * (MAX_BRUSH_PX / MIN_BRUSH_PX) ** (step / _STEPS) + 0.5))


def _step(radius_px: int) -> int:
    return round(_STEPS * math.log(radius_px / MIN_BRUSH_PX) / math.log(MAX_BRUSH_PX / MIN_BRUSH_PX))
