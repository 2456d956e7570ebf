"""The style sheet: shapes and spacing on a 4 px grid; `$name` is a colour token of the theme."""

STYLE_SHEET = """
* { outline: none; }
QMainWindow, QDialog, QMenuBar, QStatusBar, QToolBar { background: $window; }
QMainWindow::separator { background: $window; width: 4px; height: 4px; }
QMainWindow::separator:hover { background: $accent; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 6px; }

QMenuBar { padding: 2px 4px; border: 0; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; color: $text; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $panel; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QMenu::icon { padding-left: 6px; }

QToolBar { border: 0; border-bottom: 1px solid $line; padding: 4px 8px; spacing: 2px; }
QToolBar::separator { width: 1px; background: $border; margin: 6px 7px; }
QToolBar QToolButton { padding: 5px 6px; border: 0; border-radius: 5px; color: $text; background: transparent; }
QToolBar QToolButton:hover { background: $hover; }
QToolBar QToolButton:pressed { background: $raised; }
QToolBar QToolButton:checked { background: $selection; }
QToolBar QToolButton:disabled { color: $disabled; }
QToolBar QToolButton[popupMode="1"] { padding-right: 20px; }
QToolBar QToolButton::menu-button { border: 0; width: 16px; border-radius: 4px; }
QToolBar QToolButton::menu-button:hover { background: $hover; }
QToolBar QToolButton::menu-arrow { image: url("$arrow_down"); width: 12px; height: 12px; }
QToolBar QToolButton#primary { background: $accent; color: $on_accent; padding: 5px 12px 5px 10px; }
QToolBar QToolButton#primary:hover { background: $accent_hover; }
QToolBar QToolButton#primary:disabled { background: $raised; color: $disabled; }

QDockWidget { color: $text; }
QDockWidget > QWidget { background: $panel; }
#dockTitle { background: $panel; border-bottom: 1px solid $line; }
#dockTitle QLabel { color: $text; font-weight: 600; }
#panel, #panel QScrollArea, #panelBody { background: $panel; }
QScrollArea { border: 0; background: transparent; }
QTabBar { background: $window; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $dim; padding: 6px 12px; border: 0; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; background: $panel; border-bottom: 2px solid $accent; }

QPushButton { background: $raised; border: 1px solid $border; border-radius: 5px; padding: 4px 12px; min-height: 18px; color: $text; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $field; }
QPushButton:disabled { color: $disabled; border-color: $line; background: transparent; }
QPushButton:focus { border-color: $accent; }
QPushButton[primary="true"] { background: $accent; border-color: $accent; color: $on_accent; font-weight: 600; }
QPushButton[primary="true"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[primary="true"]:disabled { background: $raised; border-color: $line; color: $disabled; }
QPushButton[flat="true"] { background: transparent; border-color: transparent; }
QPushButton[flat="true"]:hover { background: $hover; }
QToolButton[quiet="true"] { border: 0; border-radius: 4px; padding: 3px; background: transparent; }
QToolButton[quiet="true"]:hover { background: $hover; }
QToolButton[quiet="true"]:checked { background: $selection; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit {
  background: $field; border: 1px solid $border; border-radius: 5px; padding: 3px 6px; min-height: 18px;
  color: $text; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: $accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: $disabled; border-color: $line; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: top right; width: 16px; border: 0; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-position: bottom right; width: 16px; border: 0; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("$arrow_up"); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("$arrow_down"); width: 10px; height: 10px; }
QComboBox::drop-down { border: 0; width: 20px; }
QComboBox::down-arrow { image: url("$arrow_down"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $border; padding: 2px; selection-background-color: $selection; selection-color: $text; }

QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $border; border-radius: 4px; background: $field; }
QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check_mark"); }
QCheckBox::indicator:disabled { background: $panel; border-color: $line; }
QCheckBox:disabled { color: $disabled; }

QSlider { min-height: 18px; background: transparent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::sub-page:horizontal:disabled { background: $border; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; background: $text; }
QSlider::handle:horizontal:hover { background: $accent_hover; }
QSlider::handle:horizontal:disabled { background: $disabled; }

QListView, QTreeView, QTableView { background: $panel; border: 0; color: $text; }
QTreeView::item { padding: 3px 2px; border: 0; }
QListView::item:hover, QTreeView::item:hover { background: $hover; }
QListView::item:selected, QTreeView::item:selected { background: $selection; color: $text; }
QTreeView::branch:has-children:closed { image: url("$arrow_right"); }
QTreeView::branch:has-children:open { image: url("$arrow_down"); }
QHeaderView::section { background: $panel; color: $dim; border: 0; border-bottom: 1px solid $line; padding: 3px 6px; }

QProgressBar { background: $border; border: 0; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $disabled; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QStatusBar { border-top: 1px solid $line; color: $dim; }
QStatusBar::item { border: 0; }
QLabel[dim="true"] { color: $dim; }
QLabel[heading="true"] { font-weight: 600; }
QLabel[title="true"] { font-size: 20pt; font-weight: 600; }
QLabel[good="true"] { color: $good; }
QLabel[bad="true"] { color: $bad; }
#notice { background: $panel; border-bottom: 1px solid $line; }
#welcome { background: $window; }
#welcomeCard { background: $panel; border: 1px solid $line; border-radius: 8px; }
"""
