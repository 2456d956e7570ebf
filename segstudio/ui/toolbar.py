"""The toolbar: a few verbs with words, the tools as icons, and the one button that teaches."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from segstudio.ui.actions import Actions
from segstudio.ui.icons import icon
from segstudio.ui.theme import current_theme

_ICON_PX = 20
_TOOLS = ("tool-pan", "tool-brush", "tool-eraser", "tool-polygon", "tool-fill", "tool-area")
_MODES = ("mode-single", "mode-side_by_side", "mode-swipe", "hide-mask")


class MainToolBar(QToolBar):
    """Cannot be closed: it holds the way to everything."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setWindowTitle(self.tr("Toolbar"))
        self.setMovable(False)
        self.setFloatable(False)
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.toggleViewAction().setEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._actions = actions
        self._fill()
        self.restyle()

    def restyle(self) -> None:
        """Take the theme's colours; the main button stands on the accent colour."""
        theme = current_theme()
        self.teach.setIcon(icon("fine-tune", theme.on_accent, theme.disabled))

    def _fill(self) -> None:
        actions = self._actions
        self._worded(actions["open"])
        self.addSeparator()
        self._predict()
        self.addSeparator()
        self._icons(*_TOOLS)
        self.addSeparator()
        self._icons("undo", "redo")
        self.addSeparator()
        self._icons(*_MODES)
        self._icons("fit")
        self.addSeparator()
        self._icons("accept-tile", "next-doubt")
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        self._worded(actions["export"], self.tr("Export"))
        self.teach = self._teach(actions["fine-tune"])

    def _worded(self, action: QAction, text: str = "") -> QToolButton:
        if text:
            action.setIconText(text)
        self.addAction(action)
        button = self._button_of(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    def _predict(self) -> None:
        button = self._worded(self._actions["predict-view"])
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        for name in ("predict-area", "predict-scene"):
            button.addAction(self._actions[name])

    def _icons(self, *names: str) -> None:
        for name in names:
            self.addAction(self._actions[name])
            self._button_of(self._actions[name]).setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

    def _teach(self, action: QAction) -> QToolButton:
        """Not the action's own button: its icon has another colour."""
        button = QToolButton()
        button.setObjectName("primary")
        button.setText(action.text())
        button.setToolTip(action.toolTip())
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setEnabled(action.isEnabled())
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)
        self.addWidget(button)
        return button

    def _button_of(self, action: QAction) -> QToolButton:
        button = self.widgetForAction(action)
        if not isinstance(button, QToolButton):
            raise TypeError(f"the toolbar shows {action.objectName()} not as a button")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAccessibleName(action.text())
        return button
