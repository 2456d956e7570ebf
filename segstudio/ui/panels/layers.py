"""How the image and what lies over it are shown: bands, stretch, mask, doubt and depth."""

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from segstudio.ui.display import ViewMode
from segstudio.ui.panels.parts import GAP_PX, Panel, ValueSlider, heading, line, scrolled
from segstudio.ui.panels.stretch_box import StretchBox
from segstudio.ui.session import Session


class LayersPanel(Panel):
    """Follows `session.display` and `session.stretch`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=False)
        self._session = session
        self.stretch = StretchBox(session)
        self.opacity = ValueSlider(self.tr("Opacity"), 0, 100, lambda value: f"{value} %")
        self.opacity.value_changed.connect(self._set_opacity)
        self.outline = self._box(self.tr("Outlines only"), "outline_only")
        self.doubt_box = self._box(self.tr("Doubt"), "show_doubt")
        self.doubt_box.setToolTip(self.tr("Where the model is least sure"))
        self.depth_box = self._box(self.tr("Depth"), "show_depth")
        self.depth_box.setToolTip(self.tr("Depth or height, from models with two decoders"))
        self.side = QCheckBox(self.tr("Side by side"))
        self.side.toggled.connect(self._set_side)
        self.column.addWidget(scrolled(self._body()))
        session.display_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the settings as they are now."""
        display = self._session.display
        self.opacity.set_value(round(display.mask_opacity * 100))
        for box, on in (
            (self.outline, display.outline_only),
            (self.doubt_box, display.show_doubt),
            (self.depth_box, display.show_depth),
            (self.side, display.mode == "side_by_side"),
        ):
            box.blockSignals(True)
            box.setChecked(on)
            box.blockSignals(False)

    def _body(self) -> QWidget:
        inner = Panel()
        inner.column.addWidget(heading(self.tr("Image")))
        inner.column.addWidget(self.stretch)
        inner.column.addSpacing(2)
        inner.column.addWidget(line())
        inner.column.addWidget(heading(self.tr("Mask")))
        inner.column.addWidget(self.opacity)
        grid = QGridLayout()
        grid.setVerticalSpacing(GAP_PX)
        grid.setHorizontalSpacing(GAP_PX)
        for place, box in enumerate((self.outline, self.side, self.doubt_box, self.depth_box)):
            grid.addWidget(box, place // 2, place % 2)
        inner.column.addLayout(grid)
        inner.column.addStretch(1)
        return inner

    def _box(self, text: str, field: str) -> QCheckBox:
        box = QCheckBox(text)
        box.toggled.connect(
            lambda on: self._session.set_display(replace(self._session.display, **{field: on}))
        )
        return box

    def _set_opacity(self, value: int) -> None:
        self._session.set_display(replace(self._session.display, mask_opacity=value / 100))

    def _set_side(self, on: bool) -> None:
        mode: ViewMode = "side_by_side" if on else "single"
        self._session.set_display(replace(self._session.display, mode=mode))
