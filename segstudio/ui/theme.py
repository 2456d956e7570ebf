"""One set of colour tokens per theme, turned into a QPalette and a small style sheet over Fusion."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from segstudio.shipped import resources
from segstudio.ui.icons import arrow_files

ThemeName = Literal["dark", "light"]

# Drawn well at small sizes, with Korean or a fallback that has it; the first one installed is used.
_FAMILIES = (
    "Inter",
    "Pretendard",
    "Segoe UI",
    "SF Pro Text",
    "Noto Sans",
    "Noto Sans KR",
    "Noto Sans CJK KR",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "Cantarell",
    "Ubuntu",
)
_POINT_SIZE = 9.5


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they are for; all `#RRGGBB`."""

    name: ThemeName
    canvas: str  # around the image
    window: str  # between the panels, toolbar, status bar
    panel: str  # docks
    field: str  # inputs, lists
    raised: str  # buttons
    hover: str
    border: str
    line: str  # separators, weaker than a border
    text: str
    dim: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    selection: str  # the chosen row of a list
    good: str
    warning: str
    bad: str


DARK = Theme(
    name="dark",
    canvas="#131416",
    window="#1a1c1f",
    panel="#212327",
    field="#191b1e",
    raised="#2d3036",
    hover="#363a41",
    border="#3c4048",
    line="#2c2f34",
    text="#e4e6e9",
    dim="#9ba1ab",
    disabled="#62676f",
    accent="#3d8bfd",
    accent_hover="#5a9dff",
    on_accent="#ffffff",
    selection="#27405f",
    good="#46c08a",
    warning="#e3a740",
    bad="#f0706d",
)
LIGHT = Theme(
    name="light",
    canvas="#c9ccd1",
    window="#e9ebee",
    panel="#f6f7f8",
    field="#ffffff",
    raised="#ffffff",
    hover="#e3e7ec",
    border="#c3c8cf",
    line="#dcdfe4",
    text="#1d2024",
    dim="#5b626c",
    disabled="#a0a6ae",
    accent="#1b6fe0",
    accent_hover="#125fc8",
    on_accent="#ffffff",
    selection="#d3e4fb",
    good="#1d8a58",
    warning="#9a6300",
    bad="#c73733",
)
_THEMES: dict[str, Theme] = {"dark": DARK, "light": LIGHT}
_current = DARK


def current_theme() -> Theme:
    """The theme in use, for widgets that paint themselves."""
    return _current


def apply_theme(app: QApplication, name: str) -> Theme:
    """Give the whole program the theme of that name; an unknown name means dark."""
    global _current
    _current = _THEMES.get(name, DARK)
    app.setStyle("Fusion")
    app.setPalette(_palette(_current))
    app.setStyleSheet(_style_sheet(_current))
    return _current


def choose_font(app: QApplication) -> None:
    """Use the best small-size family that is installed; Qt's own default stays where none is."""
    installed = set(QFontDatabase.families())
    family = next((name for name in _FAMILIES if name in installed), QFontInfo(app.font()).family())
    font = QFont(family)
    font.setPointSizeF(_POINT_SIZE)
    app.setFont(font)


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.field,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.PlaceholderText: theme.disabled,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.bad,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent_hover,
        role.Light: theme.hover,
        role.Midlight: theme.raised,
        role.Mid: theme.border,
        role.Dark: theme.line,
        role.Shadow: "#000000",
        role.Accent: theme.accent,
    }
    palette = QPalette()
    for name, colour in colours.items():
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(theme.disabled))
    return palette


def _style_sheet(theme: Theme) -> str:
    text = (resources() / "theme" / "style.qss").read_text(encoding="utf-8")
    tokens = {field: getattr(theme, field) for field in Theme.__slots__} | arrow_files(theme.name)
    # longest first: `$accent` must not eat the beginning of `$accent_hover`
    for token in sorted(tokens, key=len, reverse=True):
        text = text.replace(f"${token}", str(tokens[token]))
    return text
