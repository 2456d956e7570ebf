"""The docks of the window: title bars, places, and tabs that share one place."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QToolButton, QWidget

from segstudio.ui.icons import icon
from segstudio.ui.theme import current_theme
from segstudio.ui.words import translate

LEFT_PX, RIGHT_PX = 264, 312
_LEFT, _RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea


@dataclass(frozen=True, slots=True)
class DockSpec:
    """One dock: `title` is a word to translate, `tab_of` the dock it shares its place with."""

    id: str
    title: str
    widget: QWidget
    is_left: bool = False
    tab_of: str = ""
    share: int = 1


class TitleBar(QWidget):
    """A slim heading with a close button; empty while the dock is a tab, which has the words already."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.is_folded = False
        self._close = QToolButton()
        self._close.setProperty("quiet", True)
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.setAccessibleName(dock.windowTitle())
        self._close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 3, 4, 3)
        row.addWidget(QLabel(dock.windowTitle()), 1)
        row.addWidget(self._close)
        self.restyle()

    def fold(self, folded: bool) -> None:
        """Take no room, or as much as a heading needs."""
        if folded != self.is_folded:
            self.is_folded = folded
            self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: D102  # Qt's name
        return QSize(0, 0) if self.is_folded else super().sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: D102
        return self.sizeHint()

    def restyle(self) -> None:
        """Take the theme's colours."""
        theme = current_theme()
        self._close.setIcon(icon("close", theme.disabled, theme.disabled))


class Docks:
    """Keeps every dock by id, hidden at first, and title bars out of the way where there are tabs."""

    def __init__(self, window: QMainWindow, specs: list[DockSpec]) -> None:
        self._window = window
        self._specs = {spec.id: spec for spec in specs}
        self._docks = {spec.id: self._make(spec) for spec in specs}
        self._bars = {dock_id: TitleBar(dock) for dock_id, dock in self._docks.items()}
        for dock_id, dock in self._docks.items():
            dock.setTitleBarWidget(self._bars[dock_id])
        self._place()

    def __getitem__(self, dock_id: str) -> QDockWidget:
        return self._docks[dock_id]

    @property
    def all(self) -> list[QDockWidget]:
        """Every dock, in the table's order."""
        return list(self._docks.values())

    def arrange(self) -> None:
        """Show every dock where it belongs at first."""
        self._place()
        for dock in self._docks.values():
            dock.show()
        for spec in self._specs.values():
            if not spec.tab_of:
                self._docks[spec.id].raise_()
        self._size()
        self.settle_titles()

    def settle_titles(self, *_: object) -> None:
        """Show a dock's own title only where no tab says it."""
        for dock_id, dock in self._docks.items():
            tabbed = bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating()
            self._bars[dock_id].fold(tabbed)

    def restyle(self) -> None:
        """Take the theme's colours."""
        for bar in self._bars.values():
            bar.restyle()

    def _make(self, spec: DockSpec) -> QDockWidget:
        dock = QDockWidget(translate("MainWindow", spec.title), self._window)
        dock.setObjectName(f"dock-{spec.id}")
        dock.setWidget(spec.widget)
        dock.dockLocationChanged.connect(self.settle_titles)
        dock.topLevelChanged.connect(self.settle_titles)
        dock.visibilityChanged.connect(self.settle_titles)
        return dock

    def _place(self) -> None:
        """Out of sight: docks shown one by one would ask for more room than all of them take at the end."""
        for spec in self._specs.values():
            dock = self._docks[spec.id]
            dock.hide()
            self._window.addDockWidget(_LEFT if spec.is_left else _RIGHT, dock)
            dock.setFloating(False)
        for spec in self._specs.values():
            if spec.tab_of:
                self._window.tabifyDockWidget(self._docks[spec.tab_of], self._docks[spec.id])

    def _size(self) -> None:
        window, horizontal, vertical = self._window, Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        left = [spec for spec in self._specs.values() if spec.is_left and not spec.tab_of]
        right = [spec for spec in self._specs.values() if not spec.is_left and not spec.tab_of]
        window.resizeDocks(
            [self._docks[left[0].id], self._docks[right[0].id]], [LEFT_PX, RIGHT_PX], horizontal
        )
        for side in (left, right):
            window.resizeDocks(
                [self._docks[spec.id] for spec in side], [spec.share for spec in side], vertical
            )
